"""What the listeners do with clicks; the whole wire is walked by the scenarios."""

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.core.approval import Refusal
from bot.core.errors import (
    NotPermittedError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageUnavailableError,
    TransitionNotAllowedError,
)
from bot.core.events import Command
from bot.providers.base import Link
from bot.providers.switched_off import Services
from bot.slack.bolt import build_bolt, build_client
from bot.slack.ids import Action, Callback
from tests.unit.slack.bench import CARD, PERSON, Bench, about_one, click, command
from tests.unit.slack.factory import EVERY_STATE, make_production


@pytest.fixture
def bench():
    return Bench()


def test_everything_that_can_be_pressed_is_heard(bench):
    """No button and no form ends in silence."""
    inert = {Callback.NOTHING}
    wanted = {one.value for kind in (Action, Callback) for one in kind if one not in inert}
    assert set(bench.heard) == wanted | {"/produce", "app_home_opened"}


async def test_bolt_takes_every_listener(bench, caplog):
    """Bolt and both clients are set up without a warning, and without retries of their own."""
    client = build_client(SecretStr("xoxb-1"), "http://127.0.0.1:1/api/")
    bolt = build_bolt(client, bench.listeners)
    assert client.retry_handlers == bolt.client.retry_handlers == []
    assert bolt.client.base_url == client.base_url
    assert caplog.records == []


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        (Action.APPROVE, Command.APPROVE),
        (Action.CHANGE_DECISION, Command.CHANGE_DECISION),
        (Action.CANCEL, Command.CANCEL),
        (Action.RETRY, Command.RETRY),
        (Action.SUBMIT_AGAIN, Command.SUBMIT_AGAIN),
        (Action.GIVE_UP, Command.GIVE_UP),
    ],
)
async def test_button_gives_its_command(bench, action, wanted):
    """Each button does what it says, for the attempt it was drawn for."""
    await bench.hear(action, click())
    bench.productions.command.assert_awaited_once_with(
        "7K3MQ2", wanted, person=PERSON, attempt=1, round_number=1
    )
    bench.client.chat_postEphemeral.assert_not_called()


@pytest.mark.parametrize(
    ("container", "thread_ts"),
    [
        pytest.param({}, None, id="a card without replies"),
        pytest.param({"thread_ts": CARD}, None, id="a card with replies, seen in the channel"),
        pytest.param({"thread_ts": "1600000000.000001"}, "1600000000.000001", id="in a thread"),
    ],
)
async def test_whoever_may_not_is_told_alone(bench, container, thread_ts):
    """A refusal goes to the person who clicked, where they clicked."""
    bench.productions.command.side_effect = NotPermittedError(Refusal.GUEST)
    await bench.hear(Action.APPROVE, click(**container))
    assert (bench.told["user"], bench.told["thread_ts"]) == ("U0BO", thread_ts)
    assert bench.told["text"].startswith("Guests may not do this")


async def test_click_on_a_replaced_card_shows_the_way(bench):
    """An old card does nothing."""
    await bench.hear(Action.APPROVE, click(ts="1600000000.000001"))
    assert "This card was replaced, so nothing was done." in bench.told["text"]
    bench.productions.command.assert_not_called()


async def test_click_in_a_private_list_counts(bench):
    """The list of failures is no card, so it is not taken for an old one."""
    await bench.hear(Action.RETRY, click(ts="1600000000.000001", is_ephemeral=True))
    bench.productions.command.assert_awaited_once()


async def test_button_of_an_older_attempt_is_superseded(bench):
    """A second version makes the first one's buttons void, forms included."""
    bench.productions.load.return_value = make_production(number=2)
    await bench.hear(Action.REJECT, click())
    assert "superseded by v2" in bench.told["text"]
    bench.client.views_open.assert_not_called()


async def test_nonsense_value_is_answered(bench):
    """A button of another version does nothing and says so."""
    await bench.hear(Action.APPROVE, click("nonsense"))
    assert "another version of this bot" in bench.told["text"]


async def test_reason_goes_along_with_the_rejection(bench):
    """The form's words reach the use case."""
    await bench.hear(Callback.REJECT, about_one(reason="Wrong logo"))
    assert bench.productions.command.call_args.kwargs["reason"] == "Wrong logo"
    bench.ack.assert_awaited_once_with()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StorageUnavailableError("locked"), "Not recorded"),
        (NotPermittedError(Refusal.UNKNOWN), "Slack did not tell us in time who you are"),
    ],
)
async def test_reason_is_kept_where_another_try_helps(bench, error, words):
    """Nobody writes their reason twice."""
    bench.productions.command.side_effect = error
    await bench.hear(Callback.REJECT, about_one(reason="Wrong logo"))
    assert words in bench.ack.call_args.kwargs["errors"]["reason"]


async def test_rejection_that_came_second_closes_and_tells(bench):
    """Somebody decided meanwhile: the form closes, and the person learns who it was."""
    bench.productions.load.return_value = EVERY_STATE["approved"]
    bench.productions.command.side_effect = TransitionNotAllowedError("decided", by_id="U0BO")
    await bench.hear(Callback.REJECT, about_one(reason="Wrong logo"))
    bench.ack.assert_awaited_once_with()
    assert bench.told["text"].startswith("Already decided: <@U0BO> approved")


async def test_job_the_service_does_not_know_is_said_under_the_field(bench):
    """Another id may be pasted at once."""
    bench.productions.link.side_effect = ProviderRefusedError("no such production")
    await bench.hear(Callback.LINK, about_one(job="x"))
    assert "no such production" in bench.ack.call_args.kwargs["errors"]["job"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ProviderRefusedError("That is not an id: it looks like 1a2b.", code="not_an_id"),
            "That is not an id: it looks like 1a2b.",
        ),
        (
            ProviderRefusedError("404", code="job_missing"),
            "JARAI has no video with this id in this account. Check that you copied all of it.",
        ),
        (
            TransitionNotAllowedError("job_taken"),
            "Another thread follows that video at JARAI already. Check the id.",
        ),
    ],
)
async def test_wrong_id_is_explained_under_the_field(bench, error, words):
    """What another id would mend is said where the id is typed, in plain words."""
    bench.productions.link.side_effect = error
    await bench.hear(Callback.LINK, about_one(job="x"))
    assert bench.ack.call_args.kwargs["errors"] == {"job": words}


async def test_link_that_no_id_could_mend_closes_the_form(bench):
    """Whoever comes too late is told alone."""
    bench.productions.link.side_effect = TransitionNotAllowedError("too_late")
    await bench.hear(Callback.LINK, about_one(job="x"))
    bench.ack.assert_awaited_once_with()
    assert bench.told["text"].startswith("Too late: ")


async def test_slow_service_does_not_cost_the_ack(bench, monkeypatch):
    """The form is answered in time, and the outcome told to the person afterwards."""
    monkeypatch.setattr("bot.slack.listeners.decisions.LINK_S", 0)
    answered = asyncio.Event()
    bench.ack.side_effect = lambda **_: (setattr(bench.ack, "response", 1), answered.set())

    async def link(*_args, **_more):
        await answered.wait()
        raise ProviderUnavailableError("503")

    bench.productions.link.side_effect = link
    await bench.hear(Callback.LINK, about_one(job="x"))
    assert bench.ack.await_count == 1
    assert "can't be reached" in bench.told["text"]


async def test_candidates_are_offered_once_the_form_is_open(bench):
    """What webhooks told of is shown as soon as it is found."""
    bench.productions.candidates.return_value = ("job-1",)
    await bench.hear(Action.LINK_EXISTING, click())
    view = bench.client.views_update.call_args.kwargs["view"]
    assert "candidate" in [block["block_id"] for block in view["blocks"]]


async def test_candidates_are_shown_to_nobody_who_may_not_link(bench):
    """Whoever may not link is told so alone, before any form opens."""
    bench.people.look_up.return_value = replace(PERSON, is_guest=True)
    await bench.hear(Action.LINK_EXISTING, click())
    assert bench.told["text"].startswith("Guests may not do this")
    bench.client.views_open.assert_not_called()
    bench.productions.candidates.assert_not_called()


@pytest.mark.parametrize("callback", [Callback.REJECT, Callback.LINK])
@pytest.mark.parametrize("metadata", ["junk", "{}", None])
async def test_form_about_nothing_is_closed_in_words(bench, callback, metadata):
    """A form that this version did not open is acked at once and does nothing."""
    sent = about_one(reason="x", job="x")
    sent["view"]["private_metadata"] = metadata
    await bench.hear(callback, sent)
    view = bench.ack.call_args.kwargs["view"]
    assert "nothing was sent" in view["blocks"][0]["text"]["text"]
    assert bench.ack.await_count == 1


async def test_download_hands_out_a_fresh_link_to_one_person(bench):
    """The link is asked for at the click and shown to nobody else."""
    link = Link(url="https://store.example/v?sig=x", expires_at=None)
    bench.productions.open_deliverable.return_value = link
    await bench.hear(Action.DOWNLOAD, click("2.7K3MQ2.1.1.v1"))
    bench.productions.open_deliverable.assert_awaited_once_with("7K3MQ2", attempt=1, key="v1")
    assert bench.told["blocks"][0]["accessory"]["url"] == link.url


async def test_again_opens_the_form_with_the_old_answers(bench):
    """What was asked before is only a few changes away."""
    await bench.hear(Action.AGAIN, click())
    view = bench.client.views_open.call_args.kwargs["view"]
    assert view["blocks"][0]["element"]["initial_value"] == "Autumn range"


@pytest.mark.parametrize(
    ("changes", "is_known"),
    [
        ({}, True),
        ({"channel_id": "C0RANDOM"}, True),
        ({"channel_id": "C0RANDOM", "user_id": "U0BO"}, False),
        ({"team_id": "T0OTHER"}, True),
    ],
)
async def test_status_is_for_this_channel_and_the_requester(bench, changes, is_known):
    """Nobody learns by guessing ids what goes on elsewhere; the payload's team says nothing."""
    await bench.hear("/produce", command("status 7k3mq2", **changes))
    shown = bench.respond.call_args.kwargs["text"]
    assert ("Awaiting approval" in shown) == is_known


@pytest.mark.parametrize("word", ["retry", "cancel"])
async def test_sub_command_gives_its_command(bench, word):
    """What can be clicked can be typed."""
    bench.productions.command.return_value = EVERY_STATE["awaiting"]
    await bench.hear("/produce", command(f"{word} 7K3MQ2"))
    assert bench.productions.command.call_args.args == ("7K3MQ2", Command(word))
    assert bench.respond.call_args.kwargs["text"].startswith(f"Recorded: {word} “Autumn range”.")


async def test_sub_command_says_why_it_could_not(bench):
    """A refusal of a typed command is as clear as that of a click."""
    bench.productions.command.side_effect = TransitionNotAllowedError("too_late")
    await bench.hear("/produce", command("cancel 7K3MQ2"))
    assert bench.respond.call_args.kwargs["text"].startswith("Too late: “Autumn range”")


async def test_status_of_another_workspace_is_unknown(bench):
    """What was recorded for another workspace than ours is not told here."""
    bench.workspace.own_team_id.return_value = "T0OTHER"
    await bench.hear("/produce", command("status 7k3mq2"))
    assert "There is no such video here" in bench.respond.call_args.kwargs["text"]


async def test_page_of_a_list_replaces_the_one_before(bench):
    """Turning pages leaves one list, not many."""
    bench.productions.list_failed.return_value = []
    await bench.hear(Action.SHOW_PAGE, click("1.failed.2"))
    bench.productions.list_failed.assert_awaited_once_with(channel_id="C0MARKETING", page=2)
    assert bench.respond.call_args.kwargs["replace_original"] is True


async def test_without_a_service_the_command_says_so(bench):
    """A bot that cannot make anything does not open a form."""
    bench.listen(providers=Services({}), command="/other")
    await bench.hear("/other", command())
    assert "No video service is switched on" in bench.ack.call_args.kwargs["text"]
