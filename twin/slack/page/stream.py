"""Tell open pages, as server-sent events, that something they show may have changed."""

import asyncio
import contextlib

from aiohttp import web

from twin.pulse import Pulse

PAUSE_S = 0.1  # Real seconds between two events; changes meanwhile make one.
ALIVE_EVERY_S = 15.0
_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}


class Stream:
    """Keep every open page told until `close`.

    Args:
        pulse: Beats at every change.
        alive_every_s: Real seconds of silence after which a comment is sent.
    """

    def __init__(self, pulse: Pulse, *, alive_every_s: float = ALIVE_EVERY_S) -> None:
        self._pulse = pulse
        self._alive_every_s = alive_every_s
        self._is_over = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Say the present number, then every newer one, until one side goes away."""
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # The page was closed.
            await self._tell(response)
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        number = -1
        while not self._is_over:
            try:
                async with asyncio.timeout(self._alive_every_s):
                    number = await self._pulse.wait_past(number)
            except TimeoutError:
                await response.write(b": nothing new\n\n")
                continue
            await response.write(b'event: changed\ndata: {"number": %d}\n\n' % number)
            await asyncio.sleep(PAUSE_S)

    async def close(self, _: web.Application) -> None:
        """End every stream, so that the server need not wait for them."""
        self._is_over = True
        self._pulse.bump()
