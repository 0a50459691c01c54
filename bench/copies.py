"""What a large file costs a whole `serve`, from the order in Slack to the last download.

It is copied over a connection that breaks, fetched by its link in the ways that people's programs
do, then put into the thread. The limit of every growth is 32 MB over what `serve` held after a small order.
"""

import asyncio
import hashlib
import socket
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench.figures import Figure
from bench.memory import Watch
from bench.town import COPIES_AT_ONCE, Town, running_town
from twin.narakeet.deliverables import files_of

SIZE = 300_000_000
SMALLER = 60_000_000
"""Size of each of several at once, so that this machine can hold them all at the service."""
GROWTH_LIMIT_MB = 32.0
PART = 16_000_000
READERS = 4
GONE_AFTER = 50_000_000
_READ = 64 * 1024
_SLOW_READS = 100
_SLOW_S = 0.02


async def measure_copies(folder: Path) -> list[Figure]:
    """Order files, small, large and several at once, and fetch the large one."""
    async with running_town(folder) as town:
        # A small one first, so that what is loaded once is not taken for growth.
        await _made(town, "Small", size=100_000)
        watch = Watch(town.pid)
        run = _Run(town, watch)
        await run.note("copied_300mb", run.copy())
        await run.note("fetched_whole", run.fetch_whole())
        await run.note("fetched_in_ranges", run.fetch_ranges())
        await run.note(f"fetched_by_{READERS}_slow_readers", run.fetch_slowly())
        await run.note(f"left_by_{READERS}_readers", run.leave_midway())
        await run.note("put_into_the_thread_300mb", run.share())
        await run.note(f"copied_{COPIES_AT_ONCE}_at_once", run.copy_several())
        return run.figures()


class _Run:
    """Do one thing after the other to one `serve`, and note what each costs."""

    def __init__(self, town: Town, watch: Watch) -> None:
        self._town = town
        self._watch = watch
        self._link = ""
        self._expected = ""
        self._wrong: list[str] = []
        self._figures: list[Figure] = []

    async def note(self, name: str, work: Awaitable[None]) -> None:
        """Do something and keep its growth and its time."""
        grown = await self._watch.growth_mb(work)
        self._figures += [
            Figure(
                metric=f"memory_growth_{name}", value=grown, unit="MB", baseline=GROWTH_LIMIT_MB
            ),
            Figure(metric=f"time_{name}", value=self._watch.seconds, unit="s"),
        ]

    def figures(self) -> list[Figure]:
        """Give all figures."""
        growth = [one.value for one in self._figures if one.unit == "MB"]
        peak, cuts = max(growth), float(self._town.relay.cuts)
        return [
            *self._figures,
            Figure(metric="copies_memory_growth", value=peak, unit="MB", baseline=GROWTH_LIMIT_MB),
            Figure(metric="copies_cut_connections", value=cuts, unit="connections", baseline=1.0),
            Figure(metric="copies_not_whole", value=len(self._wrong), unit="files", baseline=0.0),
        ]

    async def copy(self) -> None:
        """Order the large file; its connection breaks half-way."""
        self._town.relay.cut_after = SIZE // 2
        links, self._expected = await _made(self._town, "Large", size=SIZE)
        self._link = links[0]

    async def fetch_whole(self) -> None:
        """Fetch it in one go."""
        digest = hashlib.sha256()
        async with _client() as client, client.stream("GET", self._link) as answer:
            async for piece in answer.aiter_raw():
                digest.update(piece)
        self._compare("whole", digest.hexdigest())

    async def fetch_ranges(self) -> None:
        """Fetch it part by part, as download managers and players do."""
        digest, start, total = hashlib.sha256(), 0, 1
        async with _client() as client:
            while start < total:
                asked = {"range": f"bytes={start}-{start + PART - 1}"}
                answer = await client.get(self._link, headers=asked)
                total = int(answer.headers["content-range"].rsplit("/", 1)[1])
                digest.update(answer.content)
                start += len(answer.content)
        self._compare("in ranges", digest.hexdigest())

    async def fetch_slowly(self) -> None:
        """Let several fetch it at once, who take little at first and then the rest."""
        for found in await asyncio.gather(*(_read_slowly(self._link) for _ in range(READERS))):
            self._compare("slow reader", found)

    async def leave_midway(self) -> None:
        """Let several begin and go away; whoever comes next gets it whole."""
        await asyncio.gather(*(_leave(self._link) for _ in range(READERS)))
        await self.fetch_whole()

    async def share(self) -> None:
        """Approve it, whereupon its files come into the thread."""
        contents = await self._town.approved("Large")
        self._compare("in the thread", hashlib.sha256(contents[0]).hexdigest())

    async def copy_several(self) -> None:
        """Order several that are finished at the same moment."""
        narakeet, topics = self._town.narakeet, [f"Clip {n}" for n in range(COPIES_AT_ONCE)]
        narakeet.configure(hold_builds=True, result_bytes=SMALLER)
        for topic in topics:
            await self._town.order(topic)
        narakeet.configure(hold_builds=False)
        for topic in topics:
            await self._town.finished(topic)

    def _compare(self, name: str, found: str) -> None:
        if found != self._expected:
            self._wrong.append(name)


async def _made(town: Town, topic: str, *, size: int) -> tuple[list[str], str]:
    """Order a file; gives the links of what came of it, and the video's hash at the service."""
    town.narakeet.configure(result_bytes=size)
    await town.order(topic)
    links = await town.finished(topic)
    blob = files_of(town.narakeet.jobs()[-1], settings=town.narakeet.settings)["result"]
    return links, hashlib.sha256(blob.content).hexdigest()


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=120.0, trust_env=False)


async def _read_slowly(link: str) -> str:
    """Fetch by a socket with a small buffer; gives the hash of the body."""
    digest = hashlib.sha256()
    reader, writer = await _asked(link)
    for _ in range(_SLOW_READS):
        digest.update(await reader.read(_READ))
        await asyncio.sleep(_SLOW_S)
    while piece := await reader.read(_READ):
        digest.update(piece)
    writer.close()
    return digest.hexdigest()


async def _leave(link: str) -> None:
    """Begin a download and hang up in the middle of it."""
    reader, writer = await _asked(link)
    left = GONE_AFTER
    while left > 0:
        left -= len(await reader.read(_READ))
    writer.transport.abort()


async def _asked(link: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for a file over a socket of our own; gives it where the body begins."""
    parts = urlsplit(link)
    plug = socket.socket()
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _READ)
    plug.setblocking(False)
    address = (parts.hostname, parts.port)
    await asyncio.get_running_loop().sock_connect(plug, address)
    reader, writer = await asyncio.open_connection(sock=plug, limit=_READ)
    ask = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    writer.write(ask.encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer
