"""What the tests of the local Slack share: a twin on a hand-moved clock, a client, a stand-in bot."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from twin.clock import Clock
from twin.server import start_server
from twin.slack.app import SlackTwin
from twin.slack.place.model import App, Command, Installation
from twin.slack.place.seed import SCOPES

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WALL_S = 1_795_000_000.0
MARKETING = "C0MARKETING"


@contextlib.asynccontextmanager
async def running_twin(**options: Any) -> AsyncIterator[SlackTwin]:
    """Run a local Slack whose clock stands still until moved."""
    settings: dict[str, Any] = {"ack_deadline_s": 10.0, "wall": lambda: WALL_S, **options}
    twin = SlackTwin(Clock(start=START, speed=0), **settings)
    await twin.start()
    try:
        yield twin
    finally:
        await twin.stop()


@contextlib.asynccontextmanager
async def client_of(twin: SlackTwin, **options: Any) -> AsyncIterator[AsyncWebClient]:
    """Make the official client for a twin."""
    async with aiohttp.ClientSession() as session:
        settings: dict[str, Any] = {"token": twin.bot_token, "retry_handlers": [], **options}
        yield AsyncWebClient(base_url=twin.api_url, session=session, **settings)


async def refusal_of(call: Any) -> dict[str, Any]:
    """Give the body of a call that is refused, its HTTP status and headers beside it."""
    try:
        await call
    except SlackApiError as error:
        response = error.response
        return {**response.data, "status": response.status_code, "headers": response.headers}
    raise AssertionError("the call was not refused")


@dataclass(kw_only=True)
class Received:
    """One delivery as the stand-in bot got it."""

    headers: dict[str, str]
    raw: bytes

    @property
    def form(self) -> dict[str, str]:
        """The form fields."""
        return {name: values[0] for name, values in parse_qs(self.raw.decode()).items()}

    @property
    def payload(self) -> dict[str, Any]:
        """The interaction in the form."""
        found: dict[str, Any] = json.loads(self.form["payload"])
        return found

    @property
    def event(self) -> dict[str, Any]:
        """The event envelope."""
        found: dict[str, Any] = json.loads(self.raw)
        return found


@dataclass(kw_only=True)
class StandInBot:
    """Take deliveries and answer as told.

    Attributes:
        answer: Makes the answer; may be asynchronous in what it does before.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], Any] = lambda _: web.Response()

    async def handle(self, request: web.Request) -> web.Response:
        """Note a delivery and answer it."""
        delivery = Received(headers=dict(request.headers), raw=await request.read())
        self.received.append(delivery)
        answer = self.answer(delivery)
        if asyncio.iscoroutine(answer):
            answer = await answer
        found: web.Response = answer
        return found


@contextlib.asynccontextmanager
async def stand_in_bot(twin: SlackTwin, of: App | None = None) -> AsyncIterator[StandInBot]:
    """Run a stand-in bot and point an app at it, the seeded one unless told."""
    bot = StandInBot()
    app = web.Application()
    app.router.add_post("/slack/events", bot.handle)
    server = await start_server(app)
    bot.url = f"{server.url}/slack/events"
    (of or twin.app).request_url = bot.url
    try:
        yield bot
    finally:
        await server.stop()


def another_app(
    twin: SlackTwin,
    *,
    team_id: str = "T0GREEN",
    name: str = "Lunch",
    url: str = "http://127.0.0.1:1/slack/events",
    scopes: frozenset[str] = frozenset(SCOPES),
    commands: tuple[Command, ...] = (),
    events: frozenset[str] = frozenset(),
) -> Installation:
    """Register another app and install it in a workspace."""
    number = len(twin.directory.apps) + 1
    app = App(
        id=f"A0APP{number}",
        name=name,
        bot_name=name,
        client_id=f"111.{number}",
        client_secret=f"client-secret-{number}",
        signing_secret=f"signing-secret-{number}",
        app_token=f"xapp-{number}",
        request_url=url,
        scopes=set(scopes),
        bot_events=set(events),
        commands={command.name: command for command in commands},
    )
    return twin.directory.install(twin.directory.register(app), team_id, set(scopes))


def invite_bot(twin: SlackTwin, installation: Installation, channel: str = MARKETING) -> None:
    """Put an app's bot into a channel, without telling anybody."""
    host = twin.directory.workspace_of_channel(channel)
    members = host.channels[channel].members | {installation.bot_user_id}
    host.change_channel(channel, members=members)


def plain(text: str) -> dict[str, Any]:
    """Make a plain text object."""
    return {"type": "plain_text", "text": text}


def section(text: str = "hello", **more: Any) -> dict[str, Any]:
    """Make a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Go", **more: Any) -> dict[str, Any]:
    """Make a button."""
    return {"type": "button", "text": plain(text), "action_id": text.lower(), **more}


def option(text: str, value: str | None = None) -> dict[str, Any]:
    """Make an option."""
    return {"text": plain(text), "value": value or text.lower()}


def field_of(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make an input block named after its label."""
    name = label.lower()
    element = {"action_id": f"{name}_action", **element}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make a modal with a submit button."""
    view = {"type": "modal", "title": plain("Form"), "submit": plain("Send"), **more}
    return {**view, "blocks": list(blocks) or [field_of("Topic", {"type": "plain_text_input"})]}
