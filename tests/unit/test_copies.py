"""Files whose links soon die are copied before anybody is told; what cannot be copied is said."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.copies import Copier, CopyRules, Retention
from bot.copies.loop import OUT_OF_TIME
from bot.core.errors import (
    FilesUnavailableError,
    LostClaimError,
    ProviderRefusedError,
    ProviderUnavailableError,
    TransitionNotAllowedError,
)
from bot.core.events import Command, News
from bot.core.notices import Kind, Route
from bot.core.production import CopyState, State
from bot.handout import Gone, Handout, OurFile, Why
from bot.providers.base import Link
from bot.providers.fetching import FetchRules
from storage.files import Files
from tests.factories import make_deliverable
from tests.faults.raw_server import RawServer, answer
from tests.following import CONSOLE, Bench, running_bench, see

DATA = b"frames " * 50_000
PATIENCE_S = 600.0
DIES = replace(CONSOLE, links_die=True)
VIDEO = make_deliverable(key="v", name="autumn.mp4")
CAPTIONS = make_deliverable(key="c", kind="captions", name="autumn.vtt")


@dataclass(kw_only=True)
class World:
    """A bench with a copier, and the server that the service's links lead to."""

    bench: Bench
    files: Files
    copier: Copier
    server: RawServer
    answers: dict[str, bytes]

    @property
    def handout(self):
        """Give what downloads are served from."""
        return Handout(
            store=self.bench.store,
            files=self.files,
            providers={"jarai": self.bench.service},
        )

    async def finished(self, *files, news=News.COMPLETED):
        """Let the service finish a production; gives it as it is after one look."""
        production = await self.bench.recorded(State.PRODUCING)
        service = self.bench.service
        service.seen, service.files = see(news, "Done"), files
        service.links = {one.key: f"{self.server.url()}/{one.key}" for one in files}
        await self.bench.tracker.drain()
        return await self.bench.store.load(production.id)

    async def state(self, production):
        """Give a production's state after everything due was done."""
        await self.bench.tracker.drain()
        return (await self.bench.store.load(production.id)).state

    async def copies(self, production):
        """Say how it stands with the copies, by key."""
        loaded = await self.bench.store.load(production.id)
        return {one.key: one.copy.state for one in loaded.deliverables if one.copy is not None}

    async def owed(self, production):
        """List the kinds of reply and alert that are owed."""
        lanes = await self.bench.store.claim_lanes(
            now=self.bench.clock.now(), limit=10, rows_per_lane=10, lease_s=9
        )
        rows = [row for lane in lanes for row in lane.rows if row.production_id == production.id]
        return [(row.route, row.kind) for row in rows if row.route is not Route.EDIT]


@pytest.fixture
async def world(tmp_path):
    answers = {}

    async def behave(exchange):
        request = await exchange.read_request()
        key = request.split(b" ")[1].decode().strip("/")
        await exchange.write(answers.get(key, answer("200 OK", DATA, "Content-Type: video/mp4")))
        exchange.close()

    async with running_bench(tmp_path) as bench, RawServer(behave) as server:
        bench.service.capabilities = DIES
        files = Files((tmp_path / "files").as_uri())
        rules = CopyRules(
            at_once=2, patience_s=PATIENCE_S, fetch=FetchRules(max_bytes=10_000_000, stall_s=0.5)
        )
        copier = Copier(
            store=bench.store,
            files=files,
            providers={"jarai": bench.service},
            rules=rules,
            clock=bench.clock.now,
            jitter=lambda: 0.0,
            bell=bench.bells.copier,
        )
        yield World(bench=bench, files=files, copier=copier, server=server, answers=answers)


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
        answer("200 OK", DATA)[:-1],
        b"",
    ],
    ids=["away", "not yet", "cut", "silence"],
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
    found = await world.handout.find(await _token(world, production))
    assert b"".join([piece async for piece in world.handout.read(found, 0, len(DATA))]) == DATA


async def _token(world, production, index=0):
    return (await world.bench.store.load(production.id)).deliverables[index].token


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
    found = await world.handout.find(await _token(world, production, 1))
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


async def test_copier_that_died_is_followed_by_another(world):
    """Once its lease is over the file is begun anew, and what it left is swept away."""
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


async def test_long_copy_holds_on_to_its_claim(world, monkeypatch):
    """As long as bytes come; whoever lost it writes nothing."""
    production = await world.finished(VIDEO)
    renewed = []
    real = world.bench.store.renew_copy

    async def renew(claim, *, until_at):
        renewed.append(until_at)
        if len(renewed) == 2:
            raise LostClaimError("taken")
        await real(claim, until_at=until_at)

    class Watch:
        """A clock on which every look takes a while."""

        def __call__(self):
            world.bench.clock.move(31)
            return world.bench.clock.now()

    monkeypatch.setattr(world.bench.store, "renew_copy", renew)
    monkeypatch.setattr(world.copier, "_clock", Watch())
    await world.copier._claim()
    await world.copier._finish()
    assert len(renewed) == 2
    assert await world.copies(production) == {"v": CopyState.WANTED}
    assert not [path for path in world.files.folder.rglob("*") if path.is_file()]


async def test_stop_gives_the_file_back(world):
    """At once, and without counting as a try."""
    await world.finished(VIDEO)
    world.copier._stop.set()
    await world.copier._claim()
    await world.copier._finish()
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


async def test_copy_is_what_people_get(world):
    """Also when the service is gone; its size is checked, and another thing there is not served."""
    production = await world.finished(VIDEO)
    token = await _token(world, production)
    assert isinstance(await world.handout.find(token), Link)  # Not copied yet: the link lives.
    await world.copier.drain()
    await world.state(production)
    world.bench.service.links["v"] = ProviderRefusedError("gone")
    found = await world.handout.find(token)
    assert isinstance(found, OurFile)
    assert (found.size_bytes, found.name, found.sent_type) == (len(DATA), VIDEO.name, "video/mp4")
    (world.files.folder / found.file).write_bytes(b"cut")
    missing = await world.handout.find(token)
    assert missing.why is Why.MISSING


async def test_service_that_is_switched_off_is_said(world):
    """Its files cannot be asked for; ours still can."""
    world.bench.service.capabilities = CONSOLE
    production = await world.finished(VIDEO)
    handout = Handout(store=world.bench.store, files=world.files, providers={})
    found = await handout.find(await _token(world, production))
    assert found.why is Why.SWITCHED_OFF


async def test_private_download_says_what_is_missing(world):
    """Without PUBLIC_URL our copy has no address; a dead link would be no answer."""
    production = await world.finished(VIDEO)
    ask = world.bench.productions.open_deliverable
    assert isinstance(await ask(production.id, attempt=1, key="v"), Link)
    await world.copier.drain()
    with pytest.raises(TransitionNotAllowedError) as raised:
        await ask(production.id, attempt=1, key="v")
    assert raised.value.why == "no_address"


async def test_cancel_is_still_sent_while_files_are_copied(world):
    """What people ask for does not wait for copies."""
    production = await world.finished(VIDEO)
    await world.bench.command(production, Command.CANCEL)
    await world.bench.tracker.drain()
    assert world.bench.service.cancels == 1


@pytest.mark.parametrize(("days", "is_deleted"), [(89, False), (91, True)])
async def test_copies_are_deleted_when_their_time_is_over(world, days, is_deleted):
    """The files go, the card is owed an edit, and the link says why."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    await world.state(production)
    retention = _retention(world, keep_days=90)
    world.bench.clock.move(days * 86_400)
    assert await retention.delete_outlived() == int(is_deleted)
    kept = [path for path in world.files.folder.rglob("*") if path.is_file()]
    assert bool(kept) is not is_deleted
    loaded = await world.bench.store.load(production.id)
    assert (loaded.files_deleted_at is not None) is is_deleted
    found = await world.handout.find(await _token(world, production))
    assert isinstance(found, Gone if is_deleted else OurFile)
    if is_deleted:
        assert found.why is Why.DELETED
        assert await retention.delete_outlived() == 0


def _retention(world, *, keep_days):
    return Retention(
        store=world.bench.store,
        files=world.files,
        productions=world.bench.productions,
        keep_days=keep_days,
        clock=world.bench.clock.now,
    )


async def test_copies_may_be_kept_for_ever(world):
    """With 0 nothing is ever deleted."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    await world.state(production)
    world.bench.clock.move(400 * 86_400)
    assert await _retention(world, keep_days=0).delete_outlived() == 0


async def test_deleting_is_tried_again(world, monkeypatch):
    """A store that does not answer leaves the row as it is, and the next round finds it."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    await world.state(production)
    world.bench.clock.move(91 * 86_400)

    async def away(*_args, **_more):
        raise FilesUnavailableError("away")

    retention = _retention(world, keep_days=90)
    with monkeypatch.context() as patch, capture_logs():
        patch.setattr(world.files, "remove", away)
        assert await retention.delete_outlived() == 0
    assert await retention.delete_outlived() == 1
