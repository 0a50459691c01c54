"""Productions of a service that is off rest, and everything around them goes on."""

from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from bot.copies import Copier, CopyRules, Retention
from bot.copies.holding import LEASE_S
from bot.copies.transfer import Transfer
from bot.core.approval import Policy
from bot.core.errors import FilesUnavailableError, TransitionNotAllowedError
from bot.core.events import Command
from bot.core.production import CopyState, State
from bot.productions import Productions, Rules
from bot.providers.fetching import FetchRules
from bot.providers.switched_off import Services
from bot.services import service_pace
from bot.settings import Settings
from bot.switching import note_services
from tests.copying import PATIENCE_S, VIDEO, running_world
from tests.factories import NOW, make_job
from tests.following import ANA, running_bench

FREE = [(State.REQUESTED, Command.CANCEL), (State.SUBMISSION_UNKNOWN, Command.GIVE_UP)]
"""What needs no service."""

NOTHING_ON = Services({}, label_of=str.upper)


@pytest.fixture
async def bench(tmp_path):
    async with running_bench(tmp_path) as made:
        yield made


@pytest.fixture
async def world(tmp_path):
    async with running_world(tmp_path) as made:
        yield made


def without_services(bench):
    """Make the use cases of a bot on which no service is on."""
    pace_of = partial(service_pace, Settings(_env_file=None))
    return Productions(
        store=bench.store,
        providers=NOTHING_ON,
        rules=Rules(pace_of=pace_of, policy=Policy(), debounce_s=2.0),
        clock=bench.clock.now,
        jitter=lambda: 0.0,
        bells=bench.bells,
    )


async def give(bench, production, command):
    """Let Ana click a button while the service is off; gives the state that follows."""
    productions = without_services(bench)
    after = await productions.command(
        production.id, command, person=ANA, attempt=1, round_number=production.round_number
    )
    return after.state


@pytest.mark.parametrize(("state", "command"), FREE)
async def test_what_needs_no_service_can_be_done(bench, state, command):
    """What was not sent can be cancelled, and what is unknown given up."""
    production = await bench.recorded(state)
    assert await give(bench, production, command) is State.CANCELLED


async def test_nothing_else_can_be_done(bench):
    """Nobody knows either whether a decision here would be the last word at this service."""
    for number, state in enumerate(State):
        production = await bench.recorded(state, job=make_job(f"job-{number}"))
        for command in Command:
            if (state, command) in FREE:
                continue
            with pytest.raises(TransitionNotAllowedError, match="switched_off"):
                await give(bench, production, command)
        assert (await bench.store.load(production.id)).version == production.version


async def test_nothing_is_linked_meanwhile(bench):
    """Nobody could confirm that the job exists."""
    production = await bench.recorded(State.SUBMISSION_UNKNOWN)
    with pytest.raises(TransitionNotAllowedError, match="switched_off"):
        await without_services(bench).link(production.id, job_id="j", person=ANA, attempt=1)


async def test_copies_are_deleted_when_their_time_is_over(world):
    """Whether or not the service that made the files is still on."""
    production = await world.finished(VIDEO)
    await world.copier.drain()
    await world.state(production)
    world.bench.clock.move(100 * 86_400)
    retention = Retention(
        store=world.bench.store,
        files=world.files,
        productions=without_services(world.bench),
        keep_days=90,
        clock=world.bench.clock.now,
    )
    assert await retention.delete_outlived() == 1
    assert await retention.delete_outlived() == 0


@pytest.fixture
def idle(world):
    """Give a copier of a process where the service is off."""
    return Copier(
        store=world.bench.store,
        files=world.files,
        providers=NOTHING_ON,
        rules=CopyRules(at_once=2, patience_s=PATIENCE_S, fetch=FetchRules(max_bytes=10_000_000)),
        clock=world.bench.clock.now,
        jitter=lambda: 0.0,
        bell=world.bench.bells.copier,
    )


async def test_a_copy_that_is_wanted_waits(world, idle):
    """However long it is off, and it is made once the service is on again."""
    production = await world.finished(VIDEO)
    for _ in range(4):
        await idle.drain()
        world.bench.clock.move(PATIENCE_S)
    assert await world.copies(production) == {"v": CopyState.WANTED}
    await world.copier.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}


async def test_a_copy_that_is_stored_whole_is_taken_over(world, idle):
    """Nobody needs the service for that."""
    production = await world.finished(VIDEO)
    store, now = world.bench.store, world.bench.clock.now()
    (claim,) = await store.claim_copies(now=now, limit=1, lease_s=LEASE_S)
    await Transfer(claim, files=world.files).run(
        f"{world.server.url()}/v", rules=FetchRules(max_bytes=10_000_000)
    )
    world.bench.clock.move(LEASE_S + 1)
    await idle.drain()
    assert await world.copies(production) == {"v": CopyState.KEPT}


async def test_a_store_that_is_away_meanwhile_loses_nothing(world, idle, monkeypatch):
    """The patience is over by then, but nobody has had a chance."""
    production = await world.finished(VIDEO)

    async def refuse(_folder):
        raise FilesUnavailableError("no connection")

    monkeypatch.setattr(world.files, "find", refuse)
    world.bench.clock.move(2 * PATIENCE_S)
    await idle.drain()
    assert await world.copies(production) == {"v": CopyState.WANTED}


async def test_cards_of_a_service_that_comes_or_goes_are_drawn_anew(bench):
    """Those that have not ended, once; the first start knows of no change."""
    went = await bench.recorded(State.QUEUED)
    ended = await bench.recorded(State.FAILED, job=make_job("job-2"))
    with capture_logs() as lines:
        for on in (["jarai"], ["jarai"], [], [], ["jarai"]):
            await note_services(bench.store, on, at=bench.clock.now())
    assert [(line["event"], line["is_on"], line["open"]) for line in lines] == [
        ("service_switched", False, 1),
        ("service_switched", True, 1),
    ]
    lanes = await bench.store.claim_lanes(
        now=NOW + timedelta(seconds=1), limit=9, rows_per_lane=9, lease_s=9
    )
    assert went.id in {row.production_id for lane in lanes for row in lane.rows}
    assert ended.id not in {row.production_id for lane in lanes for row in lane.rows}
