"""Listeners with stand-ins around them, and payloads as Slack sends them."""

import inspect
from types import SimpleNamespace
from unittest.mock import AsyncMock, Mock, create_autospec

from bot.core.approval import Person, Policy
from bot.productions import Productions
from bot.providers.switched_off import Services
from bot.slack.ids import ButtonValue, Metadata, build_metadata
from bot.slack.listeners import Listeners
from bot.slack.people import Channels, People
from bot.slack.workspace import Workspace
from tests.unit.slack.factory import EVERY_STATE, make_face, make_form

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
        self.productions.last_service.return_value = None
        self.productions.keep_entered.return_value = {}
        self.productions.entered.return_value = {}
        self.productions.candidates.return_value = ()
        self.productions.request.side_effect = self._record
        self.outcome = "new"
        self.people = create_autospec(People, instance=True)
        self.people.look_up.return_value = PERSON
        self.workspace = create_autospec(
            Workspace, instance=True, team_id="T0GREEN", reads_files=True
        )
        self.workspace.own_team_id.return_value = "T0GREEN"
        self.channels = create_autospec(Channels, instance=True)
        self.channels.is_member.return_value = True
        self.provider = Mock(label="JARAI")
        self.provider.name = "jarai"
        self.provider.known_form = AsyncMock(return_value=make_form())
        self.provider.form = AsyncMock(side_effect=self._ask_service)
        self.provider.complaints.return_value = {}
        self.client = AsyncMock()
        self.client.views_open.side_effect = self._open
        self.client.views_update.return_value = {"view": {"id": "V1", "hash": "h2"}}
        self.ack = AsyncMock(side_effect=self._ack)
        self.ack.response = None
        self.respond = AsyncMock()
        self.heard = {}
        self.listeners = self.listen()

    def listen(self, **changes):
        """Make listeners, with some of their collaborators changed, and register them."""
        usual = {
            "productions": self.productions,
            "providers": Services({"jarai": self.provider}),
            "workspace": self.workspace,
            "people": self.people,
            "channels": self.channels,
            "policy": Policy(),
            "face_of": lambda _: make_face(),
            "command": "/produce",
        }
        listeners = Listeners(**(usual | changes))
        listeners.register(self)
        return listeners

    # What Bolt does with a listener: keep it under its id.

    def _keep(self, name):
        return lambda listener: self.heard.update({name: listener})

    action = view = command = event = shortcut = options = _keep

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
        await listener(**{one: given[one] for one in inspect.signature(listener).parameters})

    def _record(self, *_args, **_more):
        self.order.append("recorded")
        return SimpleNamespace(production_id="7K3MQ2", outcome=self.outcome)

    def _ask_service(self, _chosen):
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


def click(value="2.7K3MQ2.1.1", *, ts=CARD, **container):
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
