"""Several processes copy from one database: each file once, and who comes too late spoils nothing."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from bot.copies import Copier, CopyRules
from bot.copies.holding import LEASE_S
from bot.core.production import Copy, CopyState, State
from bot.loops import Bell
from bot.providers.base import Link
from bot.providers.fetching import FetchRules
from bot.providers.switched_off import Services
from storage.engine import Database
from storage.files import Files
from storage.store import Store
from tests.factories import make_deliverable, make_job, make_production
from tests.faults.raw_server import RawServer, answer
from tests.following import Clock
from tests.stores import SECRET_KEY, make_change, record

FILES = 12
OLD, NEW = b"old frames " * 9000, b"new frames " * 8000


class Stalls:
    """What a copier that falls asleep stumbles over: one place at which it waits until woken."""

    def __init__(self, at=None):
        self.at = at
        self.reached = asyncio.Event()
        self.woken = asyncio.Event()

    async def pass_by(self, place):
        """Wait here if this is the place."""
        if place == self.at:
            self.reached.set()
            await self.woken.wait()


class Service:
    """A service whose links all lead to one file."""

    capabilities = SimpleNamespace(links_die=True, is_off=False)

    def __init__(self, url, *, stalls):
        self._url = url
        self._stalls = stalls

    async def open(self, job, key):
        """Give the file's link."""
        await self._stalls.pass_by("link")
        return Link(url=f"{self._url}-{key}", expires_at=None)


class SlowFiles(Files):
    """A store that may be slow to say that it has everything."""

    def __init__(self, url, *, stalls):
        super().__init__(url)
        self._stalls = stalls

    async def put(self, name, pieces):
        """Write a file."""
        await super().put(name, self._held_up(pieces))
        await self._stalls.pass_by("end")

    async def _held_up(self, pieces):
        async for piece in pieces:
            yield piece
        await self._stalls.pass_by("last byte")


@pytest.fixture
async def server():
    """Serve `old` files and `new` ones; `stalls` may hold up the bodies of the old."""

    async def behave(exchange):
        request = await exchange.read_request()
        is_old = b"/old-" in request
        whole = answer("200 OK", OLD if is_old else NEW, "Content-Type: video/mp4")
        await exchange.write(whole[:60])
        if is_old:
            await running.stalls.pass_by("body")
        await exchange.write(whole[60:])
        exchange.close()

    async with RawServer(behave) as running:
        running.stalls = Stalls()
        yield running


@pytest.fixture
async def hire(database_url, tmp_path, server):
    """Give a function that makes a copier with a connection to the database of its own."""
    clock = Clock()
    async with AsyncExitStack() as stack:

        async def make(word, *, stalls=None):
            database = await Database.open(database_url)
            stack.push_async_callback(database.close)
            store = await Store.open(database, secret_key=SECRET_KEY)
            stalls = stalls or Stalls()
            files = SlowFiles((tmp_path / "files").as_uri(), stalls=stalls)
            fetch = FetchRules(max_bytes=10_000_000)
            copier = Copier(
                store=store,
                files=files,
                providers=Services({"jarai": Service(f"{server.url()}/{word}", stalls=stalls)}),
                rules=CopyRules(at_once=3, patience_s=600, fetch=fetch),
                clock=clock.now,
                jitter=lambda: 0.0,
                bell=Bell(),
            )
            return SimpleNamespace(copier=copier, store=store, files=files, clock=clock)

        yield make


async def finish(store, count):
    """Record a production whose files are to be copied; gives its id."""
    job = make_job("j-1")
    production = await record(store, make_production(State.PRODUCING, job=job))
    wanted = Copy(state=CopyState.WANTED)
    files = tuple(make_deliverable(key=f"k{n}", name=f"{n}.mp4", copy=wanted) for n in range(count))
    await store.save(make_change(production, deliverables=files), claim=None)
    return production.id


def stored(files):
    """Give the bytes of every file that is stored, half-written ones too."""
    return [path.read_bytes() for path in files.folder.rglob("*") if path.is_file()]


async def test_two_copiers_copy_each_file_once(hire, server):
    """However they race for them."""
    one, two = await hire("new"), await hire("new")
    production_id = await finish(one.store, FILES)
    await asyncio.gather(one.copier.drain(), two.copier.drain())
    assert Counter(server.requests) == {f"GET /new-k{n} HTTP/1.1": 1 for n in range(FILES)}
    copies = [file.copy for file in (await two.store.load(production_id)).deliverables]
    assert [copy.state for copy in copies] == [CopyState.KEPT] * FILES
    assert stored(one.files) == [NEW] * FILES


async def raced(hire, server, place):
    """Let one copier fall asleep at a place and wake after another has settled the file.

    Gives the bytes that are on record as the copy, and those of all that is stored.
    """
    server.stalls = Stalls(place)
    late, other = await hire("old", stalls=server.stalls), await hire("new")
    production_id = await finish(late.store, 1)
    with capture_logs() as lines:
        at_work = asyncio.create_task(late.copier.drain())
        await server.stalls.reached.wait()
        other.clock.move(LEASE_S + 1)
        await other.copier.drain()
        server.stalls.woken.set()
        await at_work
    assert [line["event"] for line in lines].count("claim_lost") == 1
    (file,) = (await other.store.load(production_id)).deliverables
    assert file.copy.state is CopyState.KEPT
    kept = other.files.read(file.copy.file, 0, file.copy.size_bytes)
    return b"".join([piece async for piece in kept]), stored(other.files)


@pytest.mark.parametrize("place", ["link", "body", "last byte"])
async def test_copier_that_comes_too_late_spoils_nothing(hire, server, place):
    """Its lease ran out: the other's file stays as it is, and what the late one wrote goes."""
    assert await raced(hire, server, place) == (NEW, [NEW])


async def test_what_a_late_copier_stored_whole_is_taken_over(hire, server):
    """Nobody fetches it again, and the late one leaves it where it is."""
    assert await raced(hire, server, "end") == (OLD, [OLD])
    assert server.connections == 1
