"""What the listeners do with what Slack sends; the whole wire is walked by the scenarios."""

import asyncio
from types import SimpleNamespace
from unittest.mock import AsyncMock, Mock, create_autospec

import pytest
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError

from bot.core.approval import Person, Refusal
from bot.core.errors import (
    NotPermittedError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageUnavailableError,
    TransitionNotAllowedError,
)
from bot.core.events import Command
from bot.productions import Productions
from bot.providers.base import Link
from bot.slack.bolt import build_bolt, build_client
from bot.slack.ids import Action, ButtonValue, Callback, Metadata, build_metadata
from bot.slack.listeners import Listeners
from bot.slack.people import Channels, People
from tests.unit.slack.factory import EVERY_STATE, make_face, make_form, make_production, visible

CARD = EVERY_STATE["awaiting"].card_ts
PERSON = Person(user_id="U0BO", team_id="T0GREEN")
VALUES = {
    "field.topic": {"entered": {"value": "Autumn"}},
    "field.language": {"entered": {"selected_option": {"value": "en"}}},
    "field.avatar": {"entered": {"selected_option": {"value": "a/1"}}},
}


class Bench:
    """Listeners with stand-ins around them, and the order in which they were used."""

    def __init__(self):
        self.order = []
        self.productions = create_autospec(Productions, instance=True)
        self.productions.load.return_value = EVERY_STATE["awaiting"]
        self.productions.last_choices.return_value = {}
        self.productions.candidates.return_value = ()
        self.productions.request.side_effect = self._record
        self.outcome = "new"
        self.people = create_autospec(People, instance=True)
        self.people.look_up.return_value = PERSON
        self.channels = create_autospec(Channels, instance=True)
        self.channels.is_member.return_value = True
        self.provider = Mock(label="JARAI")
        self.provider.name = "jarai"
        self.provider.known_form = AsyncMock(return_value=make_form())
        self.provider.form = AsyncMock(side_effect=self._ask_service)
        self.client = AsyncMock()
        self.client.views_open.side_effect = self._open
        self.client.views_update.return_value = {"view": {"id": "V1", "hash": "h2"}}
        self.ack = AsyncMock(side_effect=self._ack)
        self.ack.response = None
        self.respond = AsyncMock()
        self.listeners = Listeners(
            productions=self.productions,
            providers={"jarai": self.provider},
            people=self.people,
            channels=self.channels,
            face_of=lambda _: make_face(),
            command="/produce",
        )
        self.heard = {}
        self.listeners.register(self)

    # What Bolt does with a listener: keep it under its id.

    def _keep(self, name):
        return lambda listener: self.heard.setdefault(name, listener)

    action = view = command = _keep

    async def hear(self, name, body):
        """Let a listener hear something, with the arguments it names."""
        listener = self.heard[name]
        given = {
            "ack": self.ack,
            "body": body,
            "client": self.client,
            "respond": self.respond,
            "view": body.get("view"),
        }
        names = listener.__code__.co_varnames[1 : listener.__code__.co_argcount]
        await listener(**{one: given[one] for one in names})

    def _record(self, *_args, **_more):
        self.order.append("recorded")
        return SimpleNamespace(production_id="7K3MQ2", outcome=self.outcome)

    def _ask_service(self):
        self.order.append("service asked")
        return make_form()

    def _open(self, **_):
        self.order.append("form opened")
        return {"view": {"id": "V1", "hash": "h1"}}

    def _ack(self, **_):
        self.order.append("acked")
        self.ack.response = object()

    @property
    def told(self):
        """What one person was told, and where."""
        return self.client.chat_postEphemeral.call_args.kwargs


@pytest.fixture
def bench():
    return Bench()


def command(text="", **changes):
    """Type the command."""
    body = {
        "text": text,
        "user_id": "U0ANA",
        "team_id": "T0GREEN",
        "channel_id": "C0MARKETING",
        "trigger_id": "1.2.abc",
    }
    return body | changes


def click(value="1.7K3MQ2.1", *, ts=CARD, **container):
    """Press a button of the card."""
    return {
        "user": {"id": "U0BO", "team_id": "T0GREEN"},
        "team": {"id": "T0GREEN"},
        "channel": {"id": "C0MARKETING"},
        "container": {"type": "message", "message_ts": ts} | container,
        "actions": [{"value": value}],
        "trigger_id": "1.2.abc",
    }


def form(values=VALUES, **metadata):
    """Send a form."""
    carried = Metadata(**({"channel_id": "C0MARKETING", "provider": "jarai"} | metadata))
    view = {
        "id": "V1",
        "private_metadata": build_metadata(carried),
        "state": {"values": values},
    }
    return {"user": {"id": "U0ANA"}, "team": {"id": "T0GREEN"}, "view": view}


def about_one(**values):
    """Send a form about the production that waits for approval."""
    entered = {key: {"entered": {"value": text}} for key, text in values.items()}
    value = ButtonValue(production_id="7K3MQ2", attempt=1)
    return form(entered, provider=None, value=value, thread_ts=CARD)


def test_everything_that_can_be_pressed_is_heard(bench):
    """No button and no form ends in silence."""
    inert = {Action.ENTERED, Callback.NOTHING}
    wanted = {one.value for kind in (Action, Callback) for one in kind if one not in inert}
    assert set(bench.heard) == wanted | {"/produce"}


async def test_bolt_takes_every_listener(bench):
    """Bolt and its client are set up without a warning, and without retries of their own."""
    client = build_client(SecretStr("xoxb-1"), "http://127.0.0.1:1/api/")
    assert client.retry_handlers == []
    assert build_bolt(client, bench.listeners).client is client


async def test_form_opens_before_the_service_is_asked(bench):
    """The trigger dies in three seconds, whatever the service is doing."""
    await bench.hear("/produce", command("Autumn"))
    assert bench.order == ["acked", "form opened", "service asked"]
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
    assert bench.order[:2] == ["acked", "form opened"]


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


@pytest.mark.parametrize("provider", [None, "gone"])
async def test_form_of_another_version_says_so(bench, provider):
    """A form we no longer understand is answered in words."""
    await bench.hear(Callback.PRODUCE, form(provider=provider))
    assert "nothing was sent" in visible(bench.ack.call_args.kwargs["view"]["blocks"])


async def test_picked_channel_we_are_not_in_is_said_under_it(bench):
    """A thread nobody can post is not begun."""
    bench.channels.is_member.return_value = False
    picked = {"channel": {"entered": {"selected_conversation": "C0RANDOM"}}}
    await bench.hear(Callback.PRODUCE, form(VALUES | picked))
    assert list(bench.ack.call_args.kwargs["errors"]) == ["channel"]


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
    bench.productions.command.assert_awaited_once_with("7K3MQ2", wanted, person=PERSON, attempt=1)
    bench.client.chat_postEphemeral.assert_not_called()


async def test_whoever_may_not_is_told_alone(bench):
    """A refusal goes to the person who clicked, in the thread."""
    bench.productions.command.side_effect = NotPermittedError(Refusal.GUEST)
    await bench.hear(Action.APPROVE, click())
    assert (bench.told["user"], bench.told["thread_ts"]) == ("U0BO", CARD)
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


async def test_download_hands_out_a_fresh_link_to_one_person(bench):
    """The link is asked for at the click and shown to nobody else."""
    link = Link(url="https://store.example/v?sig=x", expires_at=None)
    bench.productions.open_deliverable.return_value = link
    await bench.hear(Action.DOWNLOAD, click("1.7K3MQ2.1.v1"))
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
        ({"team_id": "T0OTHER"}, False),
    ],
)
async def test_status_is_for_this_channel_and_the_requester(bench, changes, is_known):
    """Nobody learns by guessing ids what goes on in channels they are not in."""
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


async def test_page_of_a_list_replaces_the_one_before(bench):
    """Turning pages leaves one list, not many."""
    bench.productions.list_failed.return_value = []
    await bench.hear(Action.SHOW_PAGE, click("1.failed.2"))
    bench.productions.list_failed.assert_awaited_once_with(channel_id="C0MARKETING", page=2)
    assert bench.respond.call_args.kwargs["replace_original"] is True


async def test_without_a_service_the_command_says_so(bench):
    """A bot that cannot make anything does not open a form."""
    bench.listeners = Listeners(
        productions=bench.productions,
        providers={},
        people=bench.people,
        channels=bench.channels,
        face_of=lambda _: make_face(),
        command="/other",
    )
    bench.listeners.register(bench)
    await bench.hear("/other", command())
    assert "No video service is switched on" in bench.respond.call_args.kwargs["text"]
