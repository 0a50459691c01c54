"""A door before a local server: it passes everything on, and spoils the answers it is told to.

What it does to an answer no switch of a server could: bytes that are no text, headers of any kind,
bodies that trickle, never end or break off. Addresses in answers lead to it too.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

import aiohttp
from aiohttp import web
from yarl import URL

from twin.server import start_server

PIECE = b" " * 16_384
PAUSE_S = 0.02
_HOP = frozenset({"host", "content-length", "transfer-encoding", "connection", "date", "server"})

Spoil = Callable[["Front", web.Request], Awaitable[web.StreamResponse]]


class Front:
    """Stand before one server.

    Attributes:
        calls: What was asked, as `METHOD /path`, oldest first.
        over: Set when the door closes.
        bodies: The last body that was passed on, by such a line.
    """

    def __init__(self, inner_url: str) -> None:
        self._inner = inner_url
        self._rules: list[tuple[str, Spoil]] = []
        self.over = asyncio.Event()
        self.calls: list[str] = []
        self.bodies: dict[str, bytes] = {}

    async def __aenter__(self) -> Self:
        """Listen."""
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._server = await start_server(app)
        self.url = self._server.url
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        self.over.set()
        await self._session.close()
        await self._server.stop()

    @contextlib.contextmanager
    def spoiling(self, match: str, spoil: Spoil) -> Any:
        """Spoil every matching answer within the block; `match` is as in `twin.faults.Fault`."""
        self._rules = [(match, spoil)]
        yield
        self._rules = []

    def count(self, match: str) -> int:
        """Count the matching calls."""
        return sum(_matches(match, call) for call in self.calls)

    def body(self, match: str) -> bytes:
        """Give the body that was passed on last for a matching call."""
        return next(body for call, body in reversed(self.bodies.items()) if _matches(match, call))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        call = f"{request.method} {request.path}"
        self.calls.append(call)
        for match, spoil in self._rules:
            if _matches(match, call):
                return await spoil(self, request)
        return await self.passed_on(request)

    async def passed_on(self, request: web.Request) -> web.Response:
        """Let the server answer."""
        async with self._session.request(
            request.method,
            # Byte for byte: storage signs an address as it stands.
            URL(self._inner + request.raw_path, encoded=True),
            data=await request.read() or None,
            headers=_kept(request.headers),
            skip_auto_headers=("Content-Type", "User-Agent", "Accept"),
            allow_redirects=False,
        ) as answer:
            here, there = self.url.encode(), self._inner.encode()
            body = (await answer.read()).replace(there, here)
            headers = {
                name: value.replace(self._inner, self.url)
                for name, value in _kept(answer.headers).items()
            }
        call = f"{request.method} {request.path}"
        self.bodies.pop(call, None)
        self.bodies[call] = body
        return web.Response(status=answer.status, body=body, headers=headers)


def _matches(match: str, call: str) -> bool:
    verb, _, part = match.rpartition(" ")
    method, _, path = call.partition(" ")
    return (not verb or verb == method) and part in path


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _HOP}


def says(status: int, body: bytes = b"", **headers: str) -> Spoil:
    """Answer without asking the server; `Retry_After` is the header Retry-After."""

    async def spoil(_: Front, request: web.Request) -> web.Response:
        await request.read()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Content-Type", "application/json")
        return web.Response(status=status, body=body, headers=named)

    return spoil


def cut(request: web.Request) -> web.Response:
    """Break the connection off."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def drop_before(_: Front, request: web.Request) -> web.StreamResponse:
    """Hang up without asking the server."""
    await request.read()
    return cut(request)


async def drop_after(front: Front, request: web.Request) -> web.StreamResponse:
    """Let the server do it, and hang up."""
    await front.passed_on(request)
    return cut(request)


def after(status: int) -> Spoil:
    """Let the server do it, and answer something else."""

    async def spoil(front: Front, request: web.Request) -> web.Response:
        await front.passed_on(request)
        return web.Response(status=status)

    return spoil


def half(status: int) -> Spoil:
    """Break off in the middle of an answer."""

    async def spoil(front: Front, request: web.Request) -> web.StreamResponse:
        answer = await front.passed_on(request)
        body = answer.body
        assert isinstance(body, bytes)
        response = web.StreamResponse(status=status)
        response.content_length = len(body) + 100
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        cut(request)
        return response

    return spoil


async def hang(front: Front, request: web.Request) -> web.StreamResponse:
    """Take the request and say nothing until the day is over."""
    await request.read()
    await front.over.wait()
    return cut(request)


def trickle(status: int) -> Spoil:
    """Answer a blank at a time: no single wait is long, and the whole never ends."""

    async def spoil(front: Front, request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(status=status)
        response.content_length = 10_000_000
        return await _written(front, request, response, piece=b" ", pause_s=PAUSE_S)

    return spoil


def flood(*, length: int | None) -> Spoil:
    """Let blanks without end follow the true answer, with their length announced or in chunks."""

    async def spoil(front: Front, request: web.Request) -> web.StreamResponse:
        answer = await front.passed_on(request)
        assert isinstance(answer.body, bytes)
        response = web.StreamResponse(status=answer.status)
        if length is None:
            response.enable_chunked_encoding()
        else:
            response.content_length = length
        return await _written(front, request, response, first=answer.body)

    return spoil


async def _written(
    front: Front,
    request: web.Request,
    response: web.StreamResponse,
    *,
    first: bytes = b"",
    piece: bytes = PIECE,
    pause_s: float = 0,
) -> web.StreamResponse:
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        await response.write(first)
        while not front.over.is_set():
            await response.write(piece)
            await asyncio.sleep(pause_s)
    return response
