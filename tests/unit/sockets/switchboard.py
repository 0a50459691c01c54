"""Slack's end of Socket Mode, as small as the tests of ours need it: over real connections."""

import asyncio
import json
from contextlib import asynccontextmanager
from unittest.mock import AsyncMock

from aiohttp import WSMsgType, web
from slack_bolt import BoltResponse

from bot.inflight import InFlight
from bot.slack.bolt import build_client
from bot.sockets import Patience, Sockets

HELLO = {"type": "hello", "num_connections": 1}
EVENT = {
    "type": "event_callback",
    "event": {"type": "app_home_opened", "user": "U0BO", "tab": "home"},
}
CLICK = {
    "type": "block_actions",
    "user": {"id": "U0BO"},
    "channel": {"id": "C1"},
    "trigger_id": "1.2.a",
    "actions": [{"action_id": "approve"}],
}
COMMAND = {"command": "/produce", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2.a"}
QUICK = Patience(
    connect_s=5, look_s=0.01, ping_s=0.05, leave_s=5, base_s=0.01, ceiling_s=0.02, settled_s=0
)


class Switchboard:
    """Gives addresses out, takes connections, and keeps what came over them.

    Attributes:
        refusals: Answers of `apps.connections.open` in place of an address, oldest first.
        greeting: What each new connection hears; None for silence.
        heard: The frames that arrived, each with the number of its connection.
    """

    def __init__(self):
        self.refusals = []
        self.greeting = HELLO
        self.asked = 0
        self.sockets = []
        self.heard = []
        self.ended = []
        self._tickets = set()
        self._changed = asyncio.Condition()
        app = web.Application()
        app.add_routes(
            [web.post("/api/apps.connections.open", self._open), web.get("/link", self._link)]
        )
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self):
        """Listen on a free port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self):
        """Close everything."""
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()

    @property
    def api_url(self):
        """The Web API's root."""
        return f"http://127.0.0.1:{self.port}/api/"

    async def until(self, is_so):
        """Wait until something is so."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(is_so)

    async def send(self, number, message):
        """Send a frame over one connection."""
        text = message if isinstance(message, str) else json.dumps(message)
        await self.sockets[number].send_str(text)

    async def envelope(self, number, kind, payload, *, envelope_id="E1", **more):
        """Send an envelope over one connection."""
        framed = {"envelope_id": envelope_id, "type": kind, "payload": payload} | more
        await self.send(number, framed)

    async def acked(self, count=1):
        """Wait for so many answers; gives them."""
        await self.until(lambda: len(self.heard) >= count)
        return self.heard

    def drop(self, number):
        """Cut a connection without a word."""
        self.sockets[number]._req.transport.abort()

    async def _open(self, request):
        self.asked += 1
        assert request.headers["Authorization"] == "Bearer xapp-1"
        if self.refusals:
            refusal = self.refusals.pop(0)
            if isinstance(refusal, web.Response):
                return refusal
            return web.json_response(refusal)
        ticket = f"t{self.asked}"
        self._tickets.add(ticket)
        url = f"ws://127.0.0.1:{self.port}/link?ticket={ticket}"
        return web.json_response({"ok": True, "url": url})

    async def _link(self, request):
        ticket = request.query["ticket"]
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        number = len(self.sockets)
        self.sockets.append(socket)
        if self.greeting is not None:
            await socket.send_json(self.greeting)
        await self._tell()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                self.heard.append((number, frame.json()))
                await self._tell()
        self.ended.append(number)
        await self._tell()
        return socket

    async def _tell(self):
        async with self._changed:
            self._changed.notify_all()


class Bench:
    """Our end: connections into a stand-in for Bolt, against the switchboard."""

    def __init__(self, slack):
        self.slack = slack
        self.bolt = AsyncMock()
        self.bolt.async_dispatch.return_value = BoltResponse(status=200, body="")
        self.in_flight = InFlight()

    def sockets(self, **changes):
        """Make the connections, not open yet."""
        usual = {
            "client": build_client(None, self.slack.api_url),
            "app_token": "xapp-1",
            "count": 2,
            "in_flight": self.in_flight,
            "jitter": lambda: 0.0,
            "patience": QUICK,
        }
        return Sockets(self.bolt, **(usual | changes))

    @asynccontextmanager
    async def connected(self, **changes):
        """Run them, and leave nothing behind."""
        sockets = self.sockets(**changes)
        before = asyncio.all_tasks()
        sockets.start()
        try:
            await until_up(sockets, changes.get("count", 2))
            yield sockets
        finally:
            await sockets.close()
        left = {task for task in asyncio.all_tasks() - before if _is_ours(task)}
        assert left == set()


async def until_up(sockets, count):
    """Let the loop turn until so many connections stand."""
    await eventually(lambda: sockets.count_up() == count)


async def eventually(is_so):
    """Let the loop turn until something is so that nothing tells of."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - See above.
            await asyncio.sleep(0)


def _is_ours(task):
    return "RequestHandler" not in task.get_coro().__qualname__
