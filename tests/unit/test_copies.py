"""Files whose links soon die are copied before anybody is told; what cannot be copied is said."""

import asyncio
import gzip
import hashlib
from datetime import timedelta

import pytest
from obstore.exceptions import GenericError
from structlog.testing import capture_logs

from bot.copies.loop import NOT_STORED, OUR_FAULT, OUT_OF_TIME
from bot.core.errors import (
    FilesUnavailableError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageError,
)
from bot.core.events import Command, News
from bot.core.notices import Kind, Route
from bot.core.production import CopyState, State
from bot.handout import Gone, Why
from tests.copying import CAPTIONS, DATA, PATIENCE_S, VIDEO, running_world
from tests.faults.raw_server import answer
from tests.following import CONSOLE


@pytest.fixture
async def world(tmp_path):
    async with running_world(tmp_path) as world:
        yield world


@pytest.mark.parametrize(
    ("news", "state"),
    [
        (News.COMPLETED, State.COMPLETED),
        (News.AWAITING_APPROVAL, State.AWAITING_APPROVAL),
    ],
)
async def test_state_follows_once_every_file_is_kept(world, news, state):
    """Until then the production stays where it was, shows its files, and is not looked at."""
    production = await world.finished(VIDEO, CAPTIONS, news=news)
    assert production.state is State.PRODUCING
    assert production.copying.then is state
    assert len(production.deliverables) == 2
    await world.bench.advance(30)
    looks = len(world.bench.service.looks)
    await world.copier.drain()
    assert await world.state(production) is state
    assert len(world.bench.service.looks) == looks == 1
    assert set((await world.copies(production)).values()) == {CopyState.KEPT}
    after = await world.bench.store.load(production.id)
    assert after.copying is None
    copy = after.deliverables[0].copy
    assert (copy.size_bytes, copy.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())


async def test_services_whose_links_live_are_not_copied(world):
    """Unless the operator wants it."""
    world.bench.service.capabilities = CONSOLE
    production = await world.finished(VIDEO)
    assert production.state is State.COMPLETED
    assert await world.copies(production) == {}


async def test_copies_of_every_service_are_made_beside_the_story(world):
    """Their links can be renewed, so nobody waits for the copies."""
    world.bench.service.capabilities = CONSOLE
    world.bench.tracker._looker._copies_all = True
    production = await world.finished(VIDEO)
    assert production.state is State.COMPLETED
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}


@pytest.mark.parametrize(
    "first",
    [
        answer("503 Service Unavailable"),
        answer("403 Forbidden"),
        answer("416 Range Not Satisfiable"),
        answer("200 OK", DATA)[:-1],
        answer("200 OK", DATA, 'ETag: "one"')[:-1],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nframes",
        answer("200 OK", gzip.compress(DATA), "Content-Encoding: gzip"),
        answer("200 OK", b"<p>Please sign in.</p>", "Content-Type: text/html; charset=utf-8"),
        answer("200 OK", b'{"message": "Not found"}', "Content-Type: application/json"),
        answer("200 OK", b"Not found", "Content-Type: text/plain"),
        answer("200 OK", b"", "Content-Type: video/mp4"),
        b"",
    ],
    ids=[
        "away",
        "link is over",
        "no such range",
        "cut",
        "cut for good, with proof",
        "chunk cut",
        "compressed",
        "page",
        "words in JSON",
        "words",
        "empty",
        "silence",
    ],
)
async def test_file_that_fails_is_tried_again(world, first):
    """What came of the first try is nowhere; the second brings the whole file."""
    production = await world.finished(VIDEO)
    world.answers["v"] = first
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.WANTED}
    assert not [path for path in world.files.folder.rglob("*") if path.is_file()]
    assert await world.state(production) is State.PRODUCING
    world.answers.clear()
    world.bench.clock.move(5)
    await world.copier.drain()
    assert await world.state(production) is State.COMPLETED
    found = await world.handout.find(await world.token(production))
    assert found.sha256 == hashlib.sha256(DATA).hexdigest()
    assert b"".join([piece async for piece in world.handout.read(found, 0, len(DATA))]) == DATA


async def test_file_that_is_gone_is_said_aloud(world):
    """The rest goes on; requester and on-call learn which file is missing and that it is lost."""
    production = await world.finished(VIDEO, CAPTIONS)
    world.answers["c"] = answer("404 Not Found")
    await world.copier.drain()
    assert await world.state(production) is State.COMPLETED
    copies = await world.copies(production)
    assert copies == {"v": CopyState.KEPT, "c": CopyState.LOST}
    owed = await world.owed(production)
    assert (Route.REPLY, Kind.FILES_LOST) in owed
    assert (Route.ALERT, Kind.FILES_LOST) in owed
    found = await world.handout.find(await world.token(production, 1))
    assert isinstance(found, Gone)
    assert found.why is Why.LOST


async def test_link_that_the_service_refuses_is_a_file_lost(world):
    """With the service's own words as the reason."""
    production = await world.finished(VIDEO)
    world.bench.service.links["v"] = ProviderRefusedError("It has expired.")
    await world.copier.drain()
    loaded = await world.bench.store.load(production.id)
    assert loaded.deliverables[0].copy.reason == "It has expired."


async def test_patience_has_an_end(world):
    """A link that never works keeps nobody waiting for ever."""
    production = await world.finished(VIDEO)
    world.bench.service.links["v"] = ProviderUnavailableError("away")
    for _ in range(100):
        world.bench.clock.move(20)
        await world.copier.drain()
    loaded = await world.bench.store.load(production.id)
    assert loaded.deliverables[0].copy.reason == OUT_OF_TIME
    assert loaded.deliverables[0].copy.at - production.copying.since_at >= timedelta(
        seconds=PATIENCE_S
    )
    assert await world.state(production) is State.COMPLETED


@pytest.mark.parametrize("error", [RuntimeError("bug"), StorageError("refused")], ids=repr)
async def test_fault_that_nobody_thought_of_ends_with_the_patience(world, error):
    """It counts as a try: it may pass, and if it does not, people are told."""
    production = await world.finished(VIDEO)

    async def open_link(job, key):
        raise error

    world.bench.service.open = open_link
    with capture_logs() as lines:
        for _ in range(40):
            world.bench.clock.move(20)
            await world.copier.drain()
    assert "turn_failed" in [line["event"] for line in lines]
    loaded = await world.bench.store.load(production.id)
    assert loaded.deliverables[0].copy.reason == OUR_FAULT
    assert await world.state(production) is State.COMPLETED


async def test_store_that_is_full_is_waited_for(world, monkeypatch):
    """It is not the file's fault; the log says what is wrong."""
    production = await world.finished(VIDEO)

    async def full(*_):
        raise FilesUnavailableError("files unavailable: OSError")

    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr(world.files, "put", full)
        await world.copier.drain()
    assert "copy_not_stored" in [line["event"] for line in lines]
    world.bench.clock.move(5)
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}


async def test_store_that_stays_full_is_not_blamed_on_the_service(world, monkeypatch):
    """What was full all the time is ours, and so says the reason that people read."""
    production = await world.finished(VIDEO)

    async def write(*_args, **_more):
        raise GenericError("Unable to copy data to file: No space left on device (os error 28)")

    monkeypatch.setattr("obstore.put_async", write)
    with capture_logs() as lines:
        for _ in range(40):
            world.bench.clock.move(20)
            await world.copier.drain()
    reasons = {line["reason"] for line in lines if line["event"] == "copy_not_stored"}
    assert reasons == {"files unavailable: No space left on device"}
    loaded = await world.bench.store.load(production.id)
    assert loaded.deliverables[0].copy.reason == NOT_STORED
    assert await world.state(production) is State.COMPLETED


async def test_copier_that_died_is_followed_by_another(world):
    """Once its lease is over the file is begun anew, and what it left is swept away in the end."""
    production = await world.finished(VIDEO)
    now = world.bench.clock.now
    (dead,) = await world.bench.store.claim_copies(now=now(), limit=1, lease_s=120)
    folder = world.files.folder / f"{production.id}/1" / hashlib.sha256(b"v").hexdigest()[:16]
    folder.mkdir(parents=True)
    (folder / f"{dead.token}#1").write_bytes(b"half")
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.WANTED}
    world.bench.clock.move(121)
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}
    assert len(list(folder.iterdir())) == 1


async def test_stop_gives_the_file_back(world):
    """At once, and without counting as a try."""
    await world.finished(VIDEO)
    world.copier._stop.set()
    await world.copier._claim()
    await world.copier._crew.finish()
    now = world.bench.clock.now()
    (claim,) = await world.bench.store.claim_copies(now=now, limit=1, lease_s=1)
    assert claim.tries == 0


async def test_loop_copies_until_it_is_stopped(world, monkeypatch):
    """Rung by the change that asked for the copy."""
    production = await world.finished(VIDEO)
    stop, kept, real = asyncio.Event(), asyncio.Event(), world.bench.store.keep_copy

    async def keep(*args, **more):
        await real(*args, **more)
        kept.set()

    monkeypatch.setattr(world.bench.store, "keep_copy", keep)
    running = asyncio.create_task(world.copier.run(stop))
    async with asyncio.timeout(20):
        await kept.wait()
    stop.set()
    world.bench.bells.copier.ring()
    await running
    assert await world.copies(production) == {"v": CopyState.KEPT}


async def test_cancel_is_still_sent_while_files_are_copied(world):
    """What people ask for does not wait for copies."""
    production = await world.finished(VIDEO)
    await world.bench.command(production, Command.CANCEL)
    await world.bench.tracker.drain()
    assert world.bench.service.cancels == 1
