"""From the command to a recorded wish."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from slack_sdk.errors import SlackApiError

from bot.core.errors import (
    ProviderUnavailableError,
    StorageUnavailableError,
)
from bot.slack.ids import Action, Callback, read_metadata
from tests.unit.slack.bench import PERSON, VALUES, Bench, click, command, form
from tests.unit.slack.factory import visible

GUEST = replace(PERSON, is_guest=True)
STRANGER = replace(PERSON, team_id="T0OTHER")
PICKED = {"channel": {"entered": {"selected_conversation": "C0RANDOM"}}}


@pytest.fixture
def bench():
    return Bench()


async def test_form_opens_before_the_service_is_asked(bench):
    """The trigger dies in three seconds, whatever the service is doing."""
    await bench.hear("/produce", command("Autumn"))
    assert bench.order == ["form opened", "acked", "service asked"]
    view = bench.client.views_open.call_args.kwargs["view"]
    assert view["blocks"][0]["element"]["initial_value"] == "Autumn"
    bench.client.views_update.assert_not_called()


async def test_cold_form_is_filled_once_the_choices_are_there(bench):
    """What is not known yet comes by an update that names the view's hash."""
    bench.provider.known_form.return_value = None
    await bench.hear("/produce", command())
    opened = bench.client.views_open.call_args.kwargs["view"]
    updated = bench.client.views_update.call_args.kwargs
    assert opened["callback_id"] == Callback.PRODUCE_LOADING
    assert (updated["hash"], updated["view"]["callback_id"]) == ("h1", Callback.PRODUCE)


@pytest.mark.parametrize("error", [StorageUnavailableError("locked"), TimeoutError()])
async def test_form_opens_while_the_database_is_away(bench, error):
    """Even without our own memory the form is there in time."""
    bench.productions.last_choices.side_effect = error
    await bench.hear("/produce", command())
    assert bench.order[:2] == ["form opened", "acked"]


async def test_service_that_is_away_is_said_in_the_form(bench):
    """The form stays open with the topic, and says why there are no choices."""
    bench.provider.known_form.return_value = None
    bench.provider.form.side_effect = ProviderUnavailableError("503")
    await bench.hear("/produce", command("Autumn"))
    view = bench.client.views_update.call_args.kwargs["view"]
    assert "JARAI can't be reached right now." in visible(view["blocks"])
    assert view["blocks"][0]["element"]["initial_value"] == "Autumn"


async def test_channel_is_asked_for_where_we_are_not_in(bench):
    """The picker appears as soon as Slack says that we are not in the channel."""
    bench.channels.is_member.return_value = False
    await bench.hear("/produce", command())
    view = bench.client.views_update.call_args_list[0].kwargs["view"]
    assert "channel" in [block["block_id"] for block in view["blocks"]]


async def test_form_closed_meanwhile_is_no_error(bench):
    """Somebody who changed their mind breaks nothing."""
    bench.provider.known_form.return_value = None
    response = SimpleNamespace(status_code=200, headers={}, data={"error": "not_found"})
    bench.client.views_update.side_effect = SlackApiError("failed", response)
    await bench.hear("/produce", command())


async def test_wish_is_recorded_before_the_form_closes(bench):
    """An ack means that it is written down."""
    await bench.hear(Callback.PRODUCE, form())
    assert bench.order == ["recorded", "acked"]
    request = bench.productions.request.call_args
    assert (request.args[0].topic, request.kwargs["form_key"]) == ("Autumn", "V1")


async def test_wrong_field_is_said_under_it(bench):
    """Nothing is recorded, and the form stays open."""
    await bench.hear(Callback.PRODUCE, form({}))
    errors = bench.ack.call_args.kwargs["errors"]
    assert list(errors) == ["field.topic", "field.language", "field.avatar"]
    bench.productions.request.assert_not_called()


async def test_unrecorded_wish_keeps_the_form_open(bench):
    """Whoever sends while the database is away loses nothing."""
    bench.productions.request.side_effect = StorageUnavailableError("locked")
    await bench.hear(Callback.PRODUCE, form())
    assert bench.ack.call_args.kwargs["errors"] == {
        "field.topic": "Not recorded, nothing was sent. Try again in a minute."
    }


async def test_other_answers_under_the_same_form_are_not_taken_silently(bench):
    """A form that was recorded before says as what."""
    bench.outcome = "differs"
    await bench.hear(Callback.PRODUCE, form())
    assert "already recorded as video 7K3MQ2" in visible(
        bench.ack.call_args.kwargs["view"]["blocks"]
    )


async def test_form_of_a_service_that_is_off_says_so_under_the_topic(bench):
    """It stays open with all that was typed."""
    await bench.hear(Callback.PRODUCE, form(provider="gone"))
    (said,) = bench.ack.call_args.kwargs["errors"].values()
    assert "switched off here" in said


async def test_form_of_another_version_says_so(bench):
    """A form we no longer understand is answered in words."""
    await bench.hear(Callback.PRODUCE, form(provider=None))
    assert "nothing was sent" in visible(bench.ack.call_args.kwargs["view"]["blocks"])


async def test_picked_channel_we_are_not_in_is_said_under_it(bench):
    """A thread nobody can post is not begun."""
    bench.channels.is_member.return_value = False
    await bench.hear(Callback.PRODUCE, form(VALUES | PICKED, asks_channel=True))
    assert "not in that channel" in bench.ack.call_args.kwargs["errors"]["channel"]
    bench.productions.request.assert_not_called()


async def test_channel_that_slack_says_nothing_of_is_not_accepted(bench):
    """Where Slack could not be asked, the form stays open with a word under the channel."""
    bench.channels.is_member.return_value = None
    await bench.hear(Callback.PRODUCE, form(VALUES | PICKED, asks_channel=True))
    assert "Try again in a minute" in bench.ack.call_args.kwargs["errors"]["channel"]
    bench.productions.request.assert_not_called()


@pytest.mark.parametrize(("asks", "channel"), [(True, "C0RANDOM"), (False, "C0MARKETING")])
async def test_picked_channel_counts_only_where_the_form_asked(bench, asks, channel):
    """A channel block slipped into a form without the picker changes nothing."""
    await bench.hear(Callback.PRODUCE, form(VALUES | PICKED, asks_channel=asks))
    assert bench.productions.request.call_args.args[0].channel_id == channel


async def test_form_with_the_picker_remembers_that_it_asked(bench):
    """What the form carries along tells, when it is sent, that a channel was asked for."""
    bench.channels.is_member.return_value = False
    await bench.hear("/produce", command())
    opened = bench.client.views_open.call_args.kwargs["view"]
    updated = bench.client.views_update.call_args_list[0].kwargs["view"]
    asked = [read_metadata(one["private_metadata"]).asks_channel for one in (opened, updated)]
    assert asked == [False, True]


async def test_workspace_of_a_wish_is_ours_whatever_the_payload_says(bench):
    """Teams named in payloads count for nothing."""
    sent = form() | {"team": {"id": "T0EVIL"}, "user": {"id": "U0BO", "team_id": "T0EVIL"}}
    await bench.hear(Callback.PRODUCE, sent)
    assert bench.productions.request.call_args.args[0].team_id == "T0GREEN"


@pytest.mark.parametrize("person", [GUEST, STRANGER], ids=["guest", "stranger"])
async def test_outsiders_spend_no_money(bench, person):
    """A form from somebody who may not send it records nothing and says who may."""
    bench.people.look_up.return_value = person
    await bench.hear(Callback.PRODUCE, form())
    assert "full members" in visible(bench.ack.call_args.kwargs["view"]["blocks"])
    bench.productions.request.assert_not_called()


@pytest.mark.parametrize("unknown", ["person", "workspace"])
async def test_form_is_kept_while_slack_does_not_say_who_sent_it(bench, unknown):
    """Nothing is recorded, and the same form can be sent again."""
    if unknown == "person":
        bench.people.look_up.return_value = None
    else:
        bench.workspace.team_id = None
    await bench.hear(Callback.PRODUCE, form())
    assert "Not recorded" in bench.ack.call_args.kwargs["errors"]["field.topic"]
    bench.productions.request.assert_not_called()


async def test_outsiders_are_told_in_the_form_and_the_service_is_not_asked(bench):
    """The form opens at once, and turns into words when Slack says who it is."""
    bench.people.look_up.return_value = GUEST
    await bench.hear("/produce", command())
    view = bench.client.views_update.call_args.kwargs["view"]
    assert view["callback_id"] == Callback.NOTHING
    assert "Guests may not ask for videos" in visible(view["blocks"])
    assert bench.order == ["form opened", "acked"]


async def test_form_stays_open_while_slack_is_slow_to_say_who_it_is(bench):
    """Whether somebody may is asked again when the form is sent."""
    bench.people.look_up.return_value = None
    await bench.hear("/produce", command())
    assert bench.order == ["form opened", "acked", "service asked"]
    bench.client.views_update.assert_not_called()


async def test_again_is_not_opened_for_outsiders(bench):
    """What a video was made of is not shown in a form to somebody who may not send it."""
    bench.people.look_up.return_value = STRANGER
    await bench.hear(Action.AGAIN, click())
    assert "full members" in bench.told["text"]
    bench.client.views_open.assert_not_called()


async def test_first_choices_wait_for_nothing(bench):
    """Before Slack has told who we are, the form opens without last time's choices."""
    bench.workspace.team_id = None
    await bench.hear("/produce", command())
    bench.productions.last_choices.assert_not_called()
    bench.workspace.own_team_id.assert_not_called()
    bench.client.views_open.assert_awaited_once()


async def test_slow_form_is_acked_before_it_opens(bench, monkeypatch):
    """Slack's three seconds are kept, however long the form takes."""
    monkeypatch.setattr("bot.slack.listeners.OPENED_WITHIN_S", 0.01)
    acked = asyncio.Event()
    form = await bench.provider.known_form()

    async def slow_form(_chosen):
        await acked.wait()
        return form

    bench.provider.known_form = slow_form
    bench.ack.side_effect = lambda: (bench.order.append("acked"), acked.set())
    await bench.hear("/produce", command("Cats"))
    assert bench.order[:2] == ["acked", "form opened"]


async def test_a_form_for_a_direct_message_asks_for_a_channel(bench):
    """A thread between two would be seen by nobody who is to decide."""
    await bench.hear("/produce", command("Cats") | {"channel_id": "D0ANA"})
    blocks = bench.client.views_open.call_args.kwargs["view"]["blocks"]
    assert "Channel" in [block["label"]["text"] for block in blocks if "label" in block]
