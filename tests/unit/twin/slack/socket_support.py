"""What the tests of Socket Mode share: the sockets alone, and a bot's end of a connection."""

import asyncio
import contextlib
import json

from aiohttp import web

from tests.unit.twin.slack.support import START
from twin.clock import Clock
from twin.journal import Journal
from twin.server import start_server
from twin.slack.outbound.links import PATH
from twin.slack.outbound.sockets import Sockets
from twin.slack.place.model import App

PAYLOAD = {"command": "/produce", "text": "Cats"}


def make_app(app_id="A0GREEN"):
    """Make an app that uses Socket Mode."""
    return App(
        id=app_id,
        name="Green",
        bot_name="green",
        client_id="1.2",
        client_secret="c",
        signing_secret="s",
        app_token=f"xapp-{app_id}",
        request_url="",
        is_socket_mode=True,
    )


class Slack:
    """The sockets alone, listening, on a clock that stands still."""

    def __init__(self, **options):
        self.clock = Clock(start=START, speed=0)
        self.journal = Journal(self.clock.now)
        self.app = make_app()
        self.sockets = Sockets(
            clock=self.clock, journal=self.journal, base_url=lambda: self.url, **options
        )

    async def start(self):
        """Listen."""
        routes = web.Application()
        routes.router.add_get(PATH, self.sockets.handle)
        self.server = await start_server(routes)
        self.url = self.server.url

    async def stop(self):
        """Cut every connection and close the port."""
        await self.sockets.stop()
        await self.server.stop()

    def answers(self):
        """List what the journal says of connections."""
        return [entry.answer for entry in self.journal.entries() if entry.what == "socket"]


@contextlib.asynccontextmanager
async def running(**options):
    """Run the sockets alone."""
    slack = Slack(**options)
    await slack.start()
    try:
        yield slack
    finally:
        await slack.stop()


async def connect(slack, session, *, app=None, more="", **options):
    """Open a connection and take its greeting."""
    ws = await session.ws_connect(slack.sockets.link(app or slack.app) + more, **options)
    return ws, await ws.receive_json()


async def connected(slack, session, *, app=None):
    """Open a connection that has had its greeting."""
    ws, greeting = await connect(slack, session, app=app)
    assert greeting["type"] == "hello"
    return ws


def deliver(slack, *, app=None, deadline_s=10.0, kind="slash_commands", **options):
    """Begin a delivery."""
    sent = slack.sockets.deliver(
        app or slack.app,
        kind=kind,
        payload=PAYLOAD,
        deadline_s=deadline_s,
        **options,
    )
    return asyncio.create_task(sent)


async def ack(ws, frame, **more):
    """Acknowledge an envelope."""
    await ws.send_json({"envelope_id": frame["envelope_id"], **more})


async def ends(ws):
    """Read until the connection ends; gives the reasons of the goodbyes on the way."""
    return [json.loads(frame.data).get("reason") async for frame in ws]
