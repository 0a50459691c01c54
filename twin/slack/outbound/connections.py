"""One Socket Mode connection: frames out, frames in, and a ping now and then."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from aiohttp import WSMessage, WSMsgType, web

from twin.slack.outbound.frames import HOST
from twin.slack.place.model import Json

_CLOSE_S = 1.0
# A writer that waits for a peer to read would hold up the clock, and aiohttp 3.14 cancels everybody
# who waits once one of them gives up. A peer that reads nothing is cut off by its second ping.
_NEVER_WAITS = 2**62


class Connection:
    """A WebSocket between its handshake and its end.

    Args:
        ws: The WebSocket, handshake done, its pings and pongs left to us.
        request: What it began with, for its transport.
        app_id: Whose it is.
        number: Counts the app's connections up from 1; no number is used twice.
        ping_s: Real seconds between pings. One that went unanswered until the next is due shows
            that nobody is there.

    Attributes:
        is_greeted: Whether it has had its `hello`, before which nothing else may be sent.
    """

    def __init__(
        self,
        ws: web.WebSocketResponse,
        *,
        request: web.Request,
        app_id: str,
        number: int,
        ping_s: float,
    ) -> None:
        self._ws = ws
        self._request = request
        self.app_id = app_id
        self.number = number
        self.is_greeted = False
        self._ping_s = ping_s
        self._ping_at = asyncio.get_running_loop().time() + ping_s
        self._is_answering = True

    async def send(self, frame: Json) -> bool:
        """Send a frame; say whether the connection took it."""
        try:
            await self._ws.send_str(json.dumps(frame))
        except ConnectionError:
            return False
        return True

    async def close(self) -> None:
        """End it with a close frame."""
        await self._ws.close(drain=False)

    def cut(self) -> None:
        """End it with no goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def texts(self) -> AsyncIterator[str | None]:
        """Give what the bot sends until the connection ends; None stands for what is no text."""
        while True:
            frame = await self._next()
            match frame.type:
                case WSMsgType.TEXT:
                    yield frame.data
                case WSMsgType.BINARY:
                    yield None
                case WSMsgType.PING:
                    with contextlib.suppress(ConnectionError):
                        await self._ws.pong(frame.data)
                case WSMsgType.PONG:
                    self._is_answering = True
                case _:
                    return

    async def _next(self) -> WSMessage:
        """Wait for a frame, pinging meanwhile.

        The wait is part of the handler's own task, so that a quiet twin has no task that never
        rests.
        """
        while True:
            wait_s = self._ping_at - asyncio.get_running_loop().time()
            try:
                if wait_s > 0:
                    return await self._ws.receive(timeout=wait_s)
            except TimeoutError:
                pass
            await self._ping()

    async def _ping(self) -> None:
        self._ping_at = asyncio.get_running_loop().time() + self._ping_s
        if not self._is_answering:
            self.cut()
            return
        self._is_answering = False
        with contextlib.suppress(ConnectionError):
            await self._ws.ping(f"Ping from {HOST}".encode())


async def accept(request: web.Request) -> web.WebSocketResponse:
    """Shake hands.

    Raises:
        HTTPException: It was no WebSocket handshake.
    """
    ws = web.WebSocketResponse(
        timeout=_CLOSE_S, autoping=False, compress=False, writer_limit=_NEVER_WAITS
    )
    await ws.prepare(request)
    return ws
