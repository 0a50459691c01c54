"""The local Slack as one object: start it, act in it, look at it."""

import time
from collections.abc import Callable

from aiohttp import web

from twin.clock import Clock
from twin.faults import Faults, fault_middleware
from twin.journal import Journal
from twin.origin import own_pages_only
from twin.pulse import Pulse
from twin.server import RunningServer, start_server
from twin.slack.api.limits import Limits
from twin.slack.api.methods import connections, manifests
from twin.slack.api.response_urls import PATH, ResponseUrls
from twin.slack.api.webapi import WebApi, rate_limited
from twin.slack.control.apps import AppControl
from twin.slack.control.endpoints import Control, explain_refusals
from twin.slack.control.snapshots import Snapshots
from twin.slack.control.sockets import SocketControl
from twin.slack.files.routes import FileRoutes
from twin.slack.files.store import Files
from twin.slack.files.uploads import Uploads
from twin.slack.install.oauth import Oauth
from twin.slack.install.page import OauthPage
from twin.slack.middleware import beating, recording
from twin.slack.outbound.deliveries import Deliveries
from twin.slack.outbound.events import Events
from twin.slack.outbound.links import PATH as LINK_PATH
from twin.slack.outbound.pictures import Pictures
from twin.slack.outbound.posts import Posts
from twin.slack.outbound.sockets import Sockets
from twin.slack.page.desk import Desk
from twin.slack.page.routes import Page, is_page_path
from twin.slack.people.acting import Acting
from twin.slack.people.changes import Changes
from twin.slack.people.stage import Stage
from twin.slack.place import seed
from twin.slack.place.modals import Modals
from twin.slack.place.model import Json

DEFAULT_REQUEST_URL = "http://127.0.0.1:3000/slack/events"


class SlackTwin:
    """Two workspaces, one with an app, on a loopback port between `start` and `stop`.

    Args:
        clock: The twin's time. Whoever made it also runs it: event retries fall due on it.
        request_url: Where the bot takes commands, interactions and events.
        ack_deadline_s: Real seconds the bot has to ack.
        post_burst: Messages a channel takes at once before it falls back to one a second.
        wall: Epoch seconds as the bot's own clock tells them, for signatures.
        draw: Gives numbers from 0 up to 1 for faults that hit by chance; None draws at random.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        request_url: str = DEFAULT_REQUEST_URL,
        ack_deadline_s: float = 3.0,
        post_burst: int = 5,
        wall: Callable[[], float] = time.time,
        draw: Callable[[], float] | None = None,
    ) -> None:
        self.clock = clock
        self.pulse = Pulse()
        self.journal = Journal(clock.now, changed=self.pulse.bump)
        self.faults = Faults(clock, draw=draw, changed=self.pulse.bump)
        self.desk = Desk(self.pulse)
        self.limits = Limits(clock.now, post_burst=post_burst)
        self.directory = seed.directory(clock.now, request_url=request_url, changed=self.pulse.bump)
        self.workspace = self.directory.workspaces[seed.TEAM_ID]
        self.app = self.directory.apps[seed.APP_ID]
        self.installation = self.directory.installations(app_id=seed.APP_ID)[0]
        self.files = Files(clock.now)
        self.modals = Modals(clock.now, speed=lambda: clock.speed, changed=self.pulse.bump)
        self.snapshots = Snapshots(directory=self.directory, modals=self.modals)
        self.sockets = Sockets(clock=clock, journal=self.journal, base_url=lambda: self.url)
        self._posts = Posts(ack_deadline_s=ack_deadline_s, wall=wall)
        self._deliveries = Deliveries(
            journal=self.journal,
            clock=clock,
            faults=self.faults,
            posts=self._posts,
            sockets=self.sockets,
            ack_deadline_s=ack_deadline_s,
        )
        self._pictures = Pictures(self.faults)
        self._response_urls = ResponseUrls(
            self.directory, pictures=self._pictures, base_url=lambda: self.url
        )
        self.events = Events(directory=self.directory, deliveries=self._deliveries)
        self.change = Changes(directory=self.directory, modals=self.modals, events=self.events)
        self._oauth = Oauth(directory=self.directory, change=self.change, now=clock.now)
        uploads = Uploads(self.files, directory=self.directory, base_url=lambda: self.url)
        self.act = Acting(self._stage(), events=self.events, uploads=uploads)
        self._server: RunningServer | None = None

    def _stage(self) -> Stage:
        return Stage(
            directory=self.directory,
            files=self.files,
            base_url=lambda: self.url,
            modals=self.modals,
            deliveries=self._deliveries,
            response_urls=self._response_urls,
            journal=self.journal,
        )

    async def start(self, *, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        self._server = await start_server(self._web_app(), port=port)
        self.faults.guard(self._server.door)
        self._posts.start()
        self._pictures.start()

    async def stop(self) -> None:
        """Close the port and every connection, both ways."""
        await self.events.stop()
        await self._posts.stop()
        await self._pictures.stop()
        await self.sockets.stop()
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
        """The seeded app's token for the Web API."""
        return self.installation.bot_token

    @property
    def signing_secret(self) -> str:
        """The secret that deliveries to the seeded app are signed with."""
        return self.app.signing_secret

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

    def home(self, user: str, *, app_id: str = seed.APP_ID) -> Json | None:
        """Give a person's Home tab of an app, or None."""
        return self.snapshots.home(user, app_id=app_id)

    def _web_app(self) -> web.Application:
        web_api = WebApi(
            directory=self.directory,
            files=self.files,
            modals=self.modals,
            limits=self.limits,
            events=self.events,
            pictures=self._pictures,
            open_methods={
                **manifests.METHODS,
                **self._oauth.methods(),
                **connections.methods(self.sockets),
            },
            base_url=lambda: self.url,
        )
        app = web.Application(
            middlewares=[
                own_pages_only("/__"),
                explain_refusals,
                beating(self.pulse),
                recording(self.journal, self.directory),
                fault_middleware(self.faults, rate_limited=rate_limited, is_spared=is_page_path),
            ]
        )
        app.router.add_get("/api/{method}", web_api.handle)
        app.router.add_post("/api/{method}", web_api.handle)
        app.router.add_post(PATH, self._response_urls.handle)
        app.router.add_routes(FileRoutes(self.files, directory=self.directory).routes())
        app.router.add_routes(Control(self).routes())
        app.router.add_routes(AppControl(self).routes())
        app.router.add_get(LINK_PATH, self.sockets.handle)
        app.router.add_routes(SocketControl(self).routes())
        app.router.add_routes(OauthPage(self._oauth, directory=self.directory).routes())
        Page(self).add_to(app)
        return app
