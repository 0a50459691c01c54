"""A claim is held by the clock; whoever wakes late spoils nothing that others have made."""

import asyncio
import hashlib
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.copies.holding import LEASE_S, RENEW_S
from bot.copies.loop import SAVE_AGAIN_S
from bot.copies.transfer import Transfer, folder_of
from bot.core.errors import FilesUnavailableError, LostClaimError, StorageUnavailableError
from bot.core.production import CopyState, State
from bot.handout import OurFile
from bot.providers.fetching import FetchRules
from tests.copying import DATA, VIDEO, running_world
from tests.faults.raw_server import RawServer, answer
from tests.faults.test_fetching import head
from tests.following import fails_first

RULES = FetchRules(max_bytes=10_000_000)


@pytest.fixture
async def world(tmp_path):
    async with running_world(tmp_path) as world:
        yield world


@pytest.fixture
async def stalled(world):
    """Give a claim whose holder slept until another had kept the file, and the production."""
    production = await world.finished(VIDEO)
    claim = await claimed(world)
    world.bench.clock.move(LEASE_S + 1)
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}
    return claim, production


async def claimed(world):
    """Claim the file that is due."""
    (claim,) = await world.bench.store.claim_copies(
        now=world.bench.clock.now(), limit=1, lease_s=LEASE_S
    )
    return claim


def stored(world):
    """List the files in the store."""
    return [path for path in world.files.folder.rglob("*") if path.is_file()]


async def is_served(world, production):
    """Tell whether people get our copy, whatever became of the service's link."""
    world.bench.service.links = {}
    return isinstance(await world.handout.find(await world.token(production)), OurFile)


async def test_copier_that_wakes_late_leaves_the_kept_copy_alone(world, stalled):
    """It learns that its claim is gone, and neither its try nor its sweeping touches the file."""
    claim, production = stalled
    with capture_logs() as lines:
        await world.copier._work(claim)
    assert "claim_lost" in [line["event"] for line in lines]
    assert len(stored(world)) == 1
    assert await is_served(world, production)


async def test_copier_that_wakes_at_the_end_sweeps_nothing(world, stalled):
    """All its bytes are in by then; the copy that counts is another's."""
    claim, production = stalled
    late = await Transfer(claim, files=world.files).run(f"{world.server.url()}/v", rules=RULES)
    with pytest.raises(LostClaimError):
        await world.copier._keep(claim, late)
    assert await is_served(world, production)


def pausing(world, *, times, then):
    """Make pauses that move the clock; after so many of them something happens, and they end."""
    left = [then, *[None] * (times - 1)]

    async def pause(seconds):
        if not left:
            await asyncio.Event().wait()
        world.bench.clock.move(seconds)
        meanwhile = left.pop()
        if meanwhile is not None:
            await meanwhile()

    return pause


async def test_claim_is_held_while_the_link_is_waited_for(world):
    """However long the service takes to answer, nobody else begins the same file."""
    production = await world.finished(VIDEO)
    answered, real = asyncio.Event(), world.bench.service.open

    async def slow(job, key):
        await answered.wait()
        return await real(job, key)

    async def look():
        now = world.bench.clock.now()
        assert await world.bench.store.claim_copies(now=now, limit=1, lease_s=9) == []
        answered.set()

    world.bench.service.open = slow
    world.copier._pause = pausing(world, times=int(3 * LEASE_S / RENEW_S), then=look)
    async with asyncio.timeout(10):
        await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}


async def test_work_ends_with_its_claim(world):
    """Whoever lost it asks for nothing more and has stored nothing."""
    production = await world.finished(VIDEO)
    broken_off, real = asyncio.Event(), world.bench.store.renew_copy

    async def hang(job, key):
        try:
            await asyncio.Event().wait()
        finally:
            broken_off.set()

    async def lose():
        world.bench.store.renew_copy = fails_first(1, LostClaimError("taken"), real)

    world.bench.service.open = hang
    world.copier._pause = pausing(world, times=2, then=lose)
    async with asyncio.timeout(10):
        await world.copier.drain()
    assert broken_off.is_set()
    assert await world.copies(production) == {"v": CopyState.WANTED}
    assert stored(world) == []


async def test_database_that_is_locked_for_a_moment_costs_no_claim(world):
    """The lease outlasts several renewals that fail."""
    production = await world.finished(VIDEO)
    store = world.bench.store
    store.renew_copy = fails_first(1, StorageUnavailableError("locked"), store.renew_copy)
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}


async def test_stop_does_not_wait_for_a_server(world):
    """A silent one is left in the middle of a piece; the file is given back, and no try counted."""
    await world.finished(VIDEO)
    stop, silence = asyncio.Event(), asyncio.Event()

    async def begin(exchange):
        await exchange.read_request()
        await exchange.write(head("200 OK", f"Content-Length: {len(DATA)}") + DATA[:9])
        silence.set()
        await exchange.hang()

    async def told():
        await silence.wait()
        stop.set()
        world.bench.bells.copier.ring()

    world.copier._rules = replace(world.copier._rules, fetch=RULES)
    world.copier._pause = pausing(world, times=1, then=told)
    async with RawServer(begin) as silent:
        world.bench.service.links["v"] = silent.url()
        async with asyncio.timeout(10):
            await world.copier.run(stop)
    assert stored(world) == []
    assert (await claimed(world)).tries == 0


async def test_leftovers_that_cannot_be_removed_cost_nothing(world, monkeypatch):
    """The copy is kept all the same; they go with it."""
    production = await world.finished(VIDEO)

    async def away(*_args, **_more):
        raise FilesUnavailableError("away")

    monkeypatch.setattr(world.files, "remove", away)
    await world.copier.drain()
    assert await world.state(production) is State.COMPLETED
    assert await is_served(world, production)


@pytest.fixture
async def unsaved(world):
    """Give a production whose file is stored whole, while the database would not take the row."""
    production = await world.finished(VIDEO)
    store = world.bench.store
    with pytest.MonkeyPatch.context() as patch, capture_logs():
        patch.setattr(store, "keep_copy", fails_first(99, StorageUnavailableError("locked"), None))
        patch.setattr(world.copier, "_pause", at_once)
        await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.WANTED}
    assert [path.stat().st_size for path in stored(world)] == [len(DATA)]
    world.bench.clock.move(LEASE_S + 1)
    return production


async def at_once(seconds):
    """Wait for nothing, unless it is for the next renewal."""
    if seconds == RENEW_S:
        await asyncio.Event().wait()


async def test_database_that_is_locked_as_the_copy_ends_is_asked_again(world):
    """The claim still holds, and the bytes are all there."""
    production = await world.finished(VIDEO)
    store = world.bench.store
    store.keep_copy = fails_first(3, StorageUnavailableError("locked"), store.keep_copy)
    world.copier._pause = at_once
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}
    assert world.server.connections == 1


def test_saving_again_ends_before_the_claim_does():
    """Counted from the last renewal, whenever that was."""
    assert sum(SAVE_AGAIN_S) < LEASE_S - RENEW_S


async def test_file_that_was_stored_whole_is_taken_over(world, unsaved):
    """Without asking for it again: by now its link may be dead."""
    world.answers["v"] = answer("410 Gone")
    await world.copier.drain()
    loaded = await world.bench.store.load(unsaved.id)
    copy = loaded.deliverables[0].copy
    assert (copy.state, copy.sha256) == (CopyState.KEPT, hashlib.sha256(DATA).hexdigest())
    assert await world.state(unsaved) is State.COMPLETED
    assert await is_served(world, unsaved)


async def test_file_of_another_length_is_not_taken_over(world, unsaved):
    """The service has listed the file anew since, with another length."""
    listed = replace(VIDEO, size_bytes=len(DATA) - 1)
    transfer = Transfer(replace(await claimed(world), deliverable=listed), files=world.files)
    assert await transfer.find_stored() is None


async def test_file_that_is_lost_leaves_nothing_behind(world):
    """What dead copiers left of it is swept away with the last hope."""
    await world.finished(VIDEO)
    dead = await claimed(world)
    (folder := world.files.folder / folder_of(dead)).mkdir(parents=True)
    (folder / f"{dead.token}#1").write_bytes(b"half")
    world.bench.clock.move(LEASE_S + 1)
    world.answers["v"] = answer("410 Gone")
    await world.copier.drain()
    assert stored(world) == []


@pytest.mark.parametrize(("waited_s", "try_s"), [(0, 600), (200, 400), (500, 300), (9999, 300)])
async def test_try_ends_with_the_patience(world, waited_s, try_s):
    """One that had to wait for its turn gets half of it all the same."""
    await world.finished(VIDEO)
    world.bench.clock.move(waited_s)
    assert world.copier._try_s(await claimed(world)) == try_s


async def test_try_that_takes_all_the_time_there_is_makes_room(world):
    """Whatever it waits for; it counts as a try that failed."""
    await world.finished(VIDEO)

    async def hang(job, key):
        await asyncio.Event().wait()

    world.bench.service.open = hang
    world.copier._rules = replace(world.copier._rules, patience_s=0.02)
    with capture_logs() as lines:
        await world.copier.drain()
    assert [line["code"] for line in lines if line["event"] == "copy_failed"] == ["timed_out"]
