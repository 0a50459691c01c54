"""Who sees what in the Home tab, and the form that opens from there and from the shortcut."""

from dataclasses import replace

import pytest
from slack_bolt import BoltResponse

from bot.core.approval import Person, Policy
from bot.core.errors import StorageUnavailableError
from bot.lists import Overview
from bot.providers.switched_off import Services
from bot.slack.ids import Callback
from tests.unit.slack.bench import VALUES, Bench, form
from tests.unit.slack.factory import EVERY_STATE, make_request, visible

AWAITING = EVERY_STATE["awaiting"]
SHORTCUT = {
    "type": "shortcut",
    "callback_id": "make_video",
    "trigger_id": "1.2.abc",
    "user": {"id": "U0BO"},
}


@pytest.fixture
def bench():
    made = Bench()
    made.channels.is_public.return_value = True
    made.productions.overview.return_value = overview()
    return made


def overview(**changes):
    """Give what storage finds."""
    return replace(Overview(undecided=[AWAITING], open=[], finished=[]), **changes)


def opened(tab="home"):
    """Open the app's tabs."""
    return {"event": {"type": "app_home_opened", "user": "U0BO", "tab": tab}}


async def home(bench):
    """Open the Home tab; gives the words in it."""
    await bench.hear("app_home_opened", opened())
    return published(bench)


def published(bench):
    """Give the words of the tab that was drawn."""
    given = bench.client.views_publish.call_args.kwargs
    assert given["view"]["type"] == "home"
    return visible(given["view"]["blocks"])


async def test_tab_is_drawn_for_who_opened_it(bench):
    """Slack is told whose tab it is."""
    assert "ready for review" in await home(bench)
    assert bench.client.views_publish.call_args.kwargs["user_id"] == "U0BO"


async def test_other_tabs_are_left_alone(bench):
    """The event also comes for the tab with messages."""
    await bench.hear("app_home_opened", opened("messages"))
    bench.client.views_publish.assert_not_awaited()


async def test_private_channel_is_not_told_of(bench):
    """A production in a private channel is nobody's business but its requester's."""
    bench.channels.is_public.return_value = False
    assert "Nothing waits for your decision." in await home(bench)


async def test_own_production_is_seen_wherever_it_is(bench):
    """The requester knows of it anyway, and may decide."""
    bench.channels.is_public.return_value = False
    own = replace(
        AWAITING, attempt=replace(AWAITING.attempt, request=make_request(requester_id="U0BO"))
    )
    bench.productions.overview.return_value = overview(undecided=[own])
    assert "ready for review" in await home(bench)


async def test_only_those_who_may_decide_are_asked_to(bench):
    """A production waits for its approvers, not for everybody."""
    bench.listen(policy=Policy(approvers=frozenset({"U0SAM"})))
    assert "Nothing waits for your decision." in await home(bench)
    bench.channels.is_public.assert_not_awaited()


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person(user_id="U0BO", team_id="T0GREEN", is_guest=True), "Guests may not ask"),
        (Person(user_id="U0BO", team_id="T0OTHER", is_stranger=True), "Only full members"),
        (None, "Open this tab again"),
    ],
    ids=["guest", "stranger", "unknown"],
)
async def test_others_get_a_friendly_line(bench, person, words):
    """Whoever may not ask for videos sees none, and reads why."""
    bench.people.look_up.return_value = person
    shown = await home(bench)
    assert words in shown
    assert "Make a video" not in shown
    bench.productions.overview.assert_not_awaited()


async def test_database_that_is_away_is_said(bench):
    """The tab is drawn all the same, and says when to come back."""
    bench.productions.overview.side_effect = StorageUnavailableError("locked")
    assert "could not be loaded" in await home(bench)


async def test_form_from_nowhere_asks_for_a_channel(bench):
    """The form is complete at once, with a channel to choose; nobody is asked twice."""
    await bench.hear("make_video", SHORTCUT)
    view = bench.client.views_open.call_args.kwargs["view"]
    assert [one["block_id"] for one in view["blocks"]].count("channel") == 1
    assert "Choose a channel that I am in" in visible(view["blocks"])
    bench.channels.is_member.assert_not_awaited()
    bench.client.views_update.assert_not_awaited()


async def test_without_any_service_the_form_says_so(bench):
    """There is nothing to ask for, and the person reads it."""
    bench.listen(providers=Services({}))
    await bench.hear("make_video", SHORTCUT)
    view = bench.client.views_open.call_args.kwargs["view"]
    assert "No video service is switched on" in visible(view["blocks"])


async def test_form_from_nowhere_posts_where_it_was_told_to(bench):
    """The picked channel is where the thread goes, and the tab shows what came of it."""
    picked = {"channel": {"entered": {"selected_conversation": "C0RANDOM"}}}
    sent = form(VALUES | picked, channel_id=None, asks_channel=True)
    await bench.hear(Callback.PRODUCE, sent)
    assert bench.productions.request.call_args.args[0].channel_id == "C0RANDOM"
    assert bench.order == ["recorded", "acked"]
    assert bench.client.views_publish.call_args.kwargs["user_id"] == "U0ANA"


async def test_form_from_nowhere_without_a_channel_is_outdated(bench):
    """Nothing can be posted nowhere, so nothing is recorded."""
    await bench.hear(Callback.PRODUCE, form(channel_id=None))
    assert bench.ack.call_args.kwargs["response_action"] == "update"
    bench.productions.request.assert_not_awaited()


async def test_form_from_a_channel_draws_no_tab(bench):
    """Whoever works in channels costs no call for a tab."""
    await bench.hear(Callback.PRODUCE, form())
    bench.client.views_publish.assert_not_awaited()


async def test_unreadable_form_draws_no_tab(bench):
    """What this version never wrote is answered as outdated and goes no further."""
    sent = form()
    sent["view"]["private_metadata"] = "nonsense"
    bench.ack.response = BoltResponse(status=200)
    await bench.hear(Callback.PRODUCE, sent)
    assert bench.ack.call_args.kwargs["response_action"] == "update"
    bench.client.views_publish.assert_not_awaited()
