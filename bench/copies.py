"""What copying and serving a large file costs: memory, seconds, and what a broken connection does.

The service is a server in this process that breaks the first connection half-way; the copier and
the download endpoint run in a process of their own, whose memory is watched from here.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import httpx
import psutil
from aiohttp import web

from bench.figures import Figure
from bench.process import free_port, running, wait_until_ready

SIZE_MB = 300
SIZE = SIZE_MB * 1_000_000
GROWTH_LIMIT_MB = 32.0
BLOCK = bytes(range(256)) * 1024
POLL_S = 0.01
ETAG = '"one"'


async def measure_copies(folder: Path) -> list[Figure]:
    """Copy one large file over a connection that breaks, then serve it whole and in part."""
    port, service = free_port(), Service()
    async with (
        service.serving() as url,
        running("bench.copying", str(folder), str(port), url) as it,
    ):
        base = f"http://127.0.0.1:{port}"
        await wait_until_ready(base)
        # One small file first, so that what is loaded once is not taken for growth.
        await _posted(base, "small")
        watch = Watch(it.pid)
        copy_s = await watch.during(lambda: _posted(base, "large"))
        copy_mb = watch.growth_mb
        digest = hashlib.sha256()
        serve_s = await watch.during(lambda: _downloaded(base, digest))
        part = await _part(base)
    is_whole = digest.hexdigest() == whole_digest() and part == piece_at(SIZE - 5, 5)
    return [
        Figure(metric="copy_300mb", value=copy_s, unit="s"),
        Figure(metric="copy_memory_growth", value=copy_mb, unit="MB", baseline=GROWTH_LIMIT_MB),
        Figure(metric="serve_300mb", value=serve_s, unit="s"),
        Figure(
            metric="copy_and_serve_memory_growth",
            value=watch.growth_mb,
            unit="MB",
            baseline=GROWTH_LIMIT_MB,
        ),
        Figure(metric="copy_requests", value=float(service.requests), unit="requests", baseline=2),
        Figure(metric="copy_is_whole", value=float(is_whole), unit="yes", baseline=1.0),
    ]


class Watch:
    """Watch a process's memory while something happens."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._before = self._rss()
        self._peak = self._before

    @property
    def growth_mb(self) -> float:
        """How much more it held at its peak than in the beginning."""
        return (self._peak - self._before) / 1e6

    async def during(self, work: Callable[[], Awaitable[None]]) -> float:
        """Do something and give the seconds it took."""
        started = monotonic()
        task = asyncio.ensure_future(work())
        while not task.done():
            self._peak = max(self._peak, self._rss())
            await asyncio.wait({task}, timeout=POLL_S)
        await task
        return monotonic() - started

    def _rss(self) -> int:
        return int(self._process.memory_info().rss)


class Service:
    """Serve made-up bytes with ranges, and break the first connection for the large file."""

    def __init__(self) -> None:
        self.requests = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a free port; gives the address."""
        app = web.Application()
        app.router.add_get("/{size}", self._answer)
        runner = web.AppRunner(app, handler_cancellation=True)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        size = SIZE if request.match_info["size"] == "large" else len(BLOCK)
        start = request.http_range.start or 0
        headers = {"etag": ETAG, "content-length": str(size - start), "accept-ranges": "bytes"}
        if start:
            headers["content-range"] = f"bytes {start}-{size - 1}/{size}"
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        await response.prepare(request)
        if size == SIZE:
            self.requests += 1
        breaks_at = SIZE // 2 if size == SIZE and self.requests == 1 else size
        while start < breaks_at:
            piece = piece_at(start, min(len(BLOCK), breaks_at - start))
            await response.write(piece)
            start += len(piece)
        if breaks_at < size and request.transport is not None:
            request.transport.close()
        return response


def piece_at(start: int, length: int) -> bytes:
    """Give some of the made-up bytes."""
    offset = start % 256
    return (BLOCK[offset:] + BLOCK[:offset])[:length]


def whole_digest() -> str:
    """Hash the whole file."""
    digest = hashlib.sha256()
    for start in range(0, SIZE, len(BLOCK)):
        digest.update(piece_at(start, min(len(BLOCK), SIZE - start)))
    return digest.hexdigest()


async def _posted(base: str, size: str) -> None:
    async with httpx.AsyncClient(timeout=600) as client:
        (await client.post(f"{base}/copy/{size}")).raise_for_status()


async def _downloaded(base: str, digest: "hashlib._Hash") -> None:
    async with (
        httpx.AsyncClient(timeout=600) as client,
        client.stream("GET", f"{base}/d/large") as answer,
    ):
        async for piece in answer.aiter_raw():
            digest.update(piece)


async def _part(base: str) -> bytes:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{base}/d/large", headers={"range": "bytes=-5"})
        return answer.content if answer.status_code == httpx.codes.PARTIAL_CONTENT else b""
