"""The local Slack as one object: start it, act in it, look at it."""

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from twin.clock import Clock
from twin.faults import Faults, fault_middleware
from twin.journal import Journal
from twin.server import RunningServer, start_server
from twin.slack import changes, seed
from twin.slack.acting import Acting
from twin.slack.arguments import read_json, read_sent
from twin.slack.control import Control, explain_refusals
from twin.slack.deliveries import Deliveries
from twin.slack.events import Events
from twin.slack.limits import Limits
from twin.slack.modals import Modals
from twin.slack.model import App, Channel, Json
from twin.slack.response_urls import PATH, ResponseUrls
from twin.slack.snapshots import Snapshots
from twin.slack.stage import Stage
from twin.slack.webapi import SENT, WebApi, rate_limited
from twin.slack.workspace import Workspace

DEFAULT_REQUEST_URL = "http://127.0.0.1:3000/slack/events"


class SlackTwin:
    """One workspace with one app, on a loopback port between `start` and `stop`.

    Args:
        clock: The twin's time. Whoever made it also runs it: event retries fall due on it.
        request_url: Where the bot takes commands, interactions and events.
        ack_deadline_s: Real seconds the bot has to ack.
        post_burst: Messages a channel takes at once before it falls back to one a second.
        wall: Epoch seconds as the bot's own clock tells them, for signatures.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        request_url: str = DEFAULT_REQUEST_URL,
        ack_deadline_s: float = 3.0,
        post_burst: int = 5,
        wall: Callable[[], float] = time.time,
    ) -> None:
        app = App(
            bot_token=seed.BOT_TOKEN,
            signing_secret=seed.SIGNING_SECRET,
            request_url=request_url,
            scopes=set(seed.SCOPES),
        )
        self.clock = clock
        self.journal = Journal(clock.now)
        self.faults = Faults()
        self.limits = Limits(clock.now, post_burst=post_burst)
        self.workspace = Workspace(clock.now, app=app)
        self.modals = Modals(clock.now, speed=lambda: clock.speed)
        self.snapshots = Snapshots(workspace=self.workspace, modals=self.modals)
        self._deliveries = Deliveries(
            app=app, journal=self.journal, clock=clock, ack_deadline_s=ack_deadline_s, wall=wall
        )
        self._response_urls = ResponseUrls(self.workspace, base_url=lambda: self.url)
        self.events = Events(workspace=self.workspace, deliveries=self._deliveries)
        self.act = Acting(self._stage(), events=self.events)
        self._server: RunningServer | None = None

    def _stage(self) -> Stage:
        return Stage(
            workspace=self.workspace,
            modals=self.modals,
            deliveries=self._deliveries,
            response_urls=self._response_urls,
            journal=self.journal,
        )

    async def start(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        self._server = await start_server(self._web_app(), host=host, port=port)
        self._deliveries.start()

    async def stop(self) -> None:
        """Close the port and every connection, both ways."""
        await self._deliveries.stop()
        if self._server is not None:
            await self._server.stop()
            self._server = None

    @property
    def url(self) -> str:
        """Base URL without a trailing slash; only between `start` and `stop`."""
        if self._server is None:
            raise RuntimeError("the local Slack is not started")
        return self._server.url

    @property
    def api_url(self) -> str:
        """Root of the Web API, ending in `/api/`."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The token the Web API takes."""
        return self.workspace.app.bot_token

    @property
    def signing_secret(self) -> str:
        """The secret that deliveries are signed with."""
        return self.workspace.app.signing_secret

    def messages(self, channel: str) -> list[Json]:
        """List a channel's messages and replies, oldest first, without ephemeral ones."""
        return self.snapshots.messages(channel)

    def thread(self, channel: str, ts: str) -> list[Json]:
        """List a message and its replies, oldest first."""
        return self.snapshots.thread(channel, ts)

    def ephemerals(self, user: str) -> list[Json]:
        """List what only this person sees, oldest first."""
        return self.snapshots.ephemerals(user=user)

    def views(self, user: str) -> list[Json]:
        """List a person's open modals, the lowest first."""
        return self.snapshots.views(user)

    def home(self, user: str) -> Json | None:
        """Give a person's Home tab, or None."""
        return self.snapshots.home(user)

    async def change_channel(self, channel: Channel, **values: Any) -> list[Json]:
        """Archive a channel, or let people in or out; see `changes.change_channel`."""
        return await changes.change_channel(
            channel, workspace=self.workspace, events=self.events, **values
        )

    def _web_app(self) -> web.Application:
        web_api = WebApi(
            workspace=self.workspace,
            modals=self.modals,
            limits=self.limits,
            base_url=lambda: self.url,
        )
        app = web.Application(
            middlewares=[
                explain_refusals,
                _recording(self.journal),
                fault_middleware(self.faults, rate_limited=rate_limited),
            ]
        )
        app.router.add_get("/api/{method}", web_api.handle)
        app.router.add_post("/api/{method}", web_api.handle)
        app.router.add_post(PATH, self._response_urls.handle)
        app.router.add_routes(Control(self).routes())
        return app


def _recording(journal: Journal) -> Middleware:
    """Build the middleware that notes every call of the bot, those a fault hits included."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        method = request.match_info.get("method")
        if request.path.startswith("/__twin/"):
            return await handler(request)
        sent = request[SENT] = await read_sent(request)
        answer = await handler(request)
        was_cut = request.transport is None or request.transport.is_closing()
        await journal.record(
            direction="in",
            what=method or "response_url",
            status=None if was_cut else answer.status,
            answer=_word(answer),
            args=sent.arguments.values,
        )
        return answer

    return record


def _word(answer: web.StreamResponse) -> str | None:
    """Give `ok` or the error word of an answer."""
    body = answer.body if isinstance(answer, web.Response) else None
    if not isinstance(body, bytes):
        return None
    try:
        value = read_json(body)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    return "ok" if value.get("ok") is True else str(value.get("error"))
