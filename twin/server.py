"""Run an aiohttp application on a loopback port, ended by its own handle."""

import asyncio
import socket
import weakref
from dataclasses import dataclass

from aiohttp import web

_BACKLOG = 128


class Door:
    """A port that can be shut, so that connections to it are refused, and opened again.

    While it is shut the port stays bound without anybody listening: a connection is refused, and
    nobody else can take the port meanwhile.
    """

    def __init__(self, runner: web.AppRunner, taken: socket.socket) -> None:
        self._runner = runner
        self._socket = taken
        self._address = taken.getsockname()
        self._site: web.SockSite | None = None
        self._is_wanted_open = True
        self._turning: asyncio.Task[None] | None = None
        self._guests: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()

    @property
    def port(self) -> int:
        """The port's number."""
        return int(self._address[1])

    def greet(self, request: web.Request) -> None:
        """Remember the connection of a call, so that shutting the door ends it too."""
        if request.transport is not None:
            self._guests.add(request.transport)

    def shut(self) -> None:
        """Refuse connections from now on and cut those that were greeted."""
        self._turn(is_open=False)

    def open(self) -> None:
        """Take connections again."""
        self._turn(is_open=True)

    async def settled(self) -> None:
        """Wait until the door stands as it was last asked to."""
        while self._turning is not None:
            await asyncio.wait({self._turning})

    def _turn(self, *, is_open: bool) -> None:
        self._is_wanted_open = is_open
        if self._turning is None and is_open != (self._site is not None):
            self._turning = asyncio.get_running_loop().create_task(self._follow())

    async def _follow(self) -> None:
        """Bring the door to where it is wanted, which may change meanwhile."""
        try:
            while self._is_wanted_open != (self._site is not None):
                await (self.start() if self._is_wanted_open else self._close())
        finally:
            self._turning = None

    async def start(self) -> None:
        """Listen."""
        # Connections inherit this, and must not keep us from taking the port again.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        site = web.SockSite(self._runner, self._socket, backlog=_BACKLOG)
        await site.start()
        self._site = site

    async def _close(self) -> None:
        if self._site is not None:
            await self._site.stop()
            self._site = None
        self._socket = bind(str(self._address[0]), self.port)
        for guest in list(self._guests):
            guest.abort()

    async def stop(self) -> None:
        """Give the port back."""
        await self.settled()
        await self._runner.cleanup()
        self._socket.close()


def bind(host: str, port: int) -> socket.socket:
    """Take a port without listening on it; 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.setblocking(False)
    try:
        taken.bind((host, port))
    except OSError:
        taken.close()
        raise
    # The permission was for connections of those before us; nobody may share the port with us.
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    return taken


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    """A server that answers until `stop`.

    Attributes:
        url: Base URL without a trailing slash, such as `http://127.0.0.1:4000`.
    """

    url: str
    port: int
    door: Door

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self.door.stop()


async def start_server(
    app: web.Application, *, host: str = "127.0.0.1", port: int = 0
) -> RunningServer:
    """Serve `app`; port 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        door = Door(runner, bind(host, port))
        await door.start()
    except OSError:
        await runner.cleanup()
        raise
    return RunningServer(url=f"http://{host}:{door.port}", port=door.port, door=door)
