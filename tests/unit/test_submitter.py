"""The paid call: made once, and its outcome never thrown away."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.core.errors import LostClaimError, ProviderUnavailableError, StorageUnavailableError
from bot.core.events import Command, News
from bot.core.production import Failure, State
from bot.providers.base import Accepted, NotSent, Uncertain
from bot.tracker.submitter import PREPARING_LEASE_S
from tests.factories import make_job
from tests.following import ANA, SUBMIT_LEASE_S, fails_first, running_bench
from tests.stores import claim_one

LOCKED = StorageUnavailableError("locked")
UNCERTAIN = Uncertain(failure=Failure(code=None, text="No answer came."))


@pytest.fixture
async def bench(tmp_path):
    async with running_bench(tmp_path) as made:
        yield made


async def submit(bench, *, locked_times):
    """Submit while the outcome cannot be saved the first so many times; gives the waits."""
    production = await bench.recorded()
    claim = await claim_one(bench.store)
    waits, real = [], bench.store.save

    async def pause(seconds):
        waits.append(seconds)

    async def lock():
        bench.store.save = fails_first(locked_times, LOCKED, real)

    bench.service.during_submit = lock
    await bench.submitter(pause).submit(claim)
    return await bench.store.load(production.id), waits


async def test_outcome_is_saved_although_the_database_is_locked_for_a_moment(bench):
    """The answer to a paid call is saved again and again, and the call is not made again."""
    production, waits = await submit(bench, locked_times=3)
    assert production.state is State.QUEUED
    assert production.attempt.job == make_job("job-9")
    assert bench.service.posts == 1
    assert waits == sorted(waits)
    assert 0 < sum(waits) < 10.0


async def test_outcome_that_cannot_be_saved_at_all_is_asked_about(bench):
    """Where the database stays away, tries end within the lease and a person is asked after it."""
    with pytest.raises(StorageUnavailableError):
        await submit(bench, locked_times=100)
    del bench.store.save
    await bench.advance(SUBMIT_LEASE_S)
    (production,) = await bench.store.list_productions(limit=2)
    assert production.state is State.SUBMISSION_UNKNOWN
    assert bench.service.posts == 1


async def lose_the_lease(bench):
    """Let the lease run out while the call is under way, so that it is taken for a dead one."""
    bench.clock.move(SUBMIT_LEASE_S + 1)
    (claim,) = await bench.store.claim_due("jarai", now=bench.clock.now(), limit=9, lease_s=60)
    await bench.submitter(_never).find_interrupted(claim)


async def _never(_seconds):
    raise AssertionError("nothing is to be waited for")


async def test_answer_after_the_lease_was_lost_settles_what_is_unknown(bench):
    """A job that the service took is followed, however late its answer comes."""
    production = await bench.recorded()
    bench.service.during_submit = lambda: lose_the_lease(bench)
    await bench.submitter(_never).submit(await claim_one(bench.store))
    settled = await bench.store.load(production.id)
    assert settled.state is State.QUEUED
    assert settled.attempt.job == make_job("job-9")
    assert await bench.events(production, News.UNCERTAIN) != []


async def test_late_answer_settles_no_other_attempt(bench):
    """An answer to v1 that comes when v2 is unknown says nothing about v2."""
    production = await bench.recorded()

    async def sent_again_meanwhile():
        await lose_the_lease(bench)
        await bench.command(production, Command.SUBMIT_AGAIN)
        bench.service.outcome = UNCERTAIN
        await bench.advance(1)

    bench.service.during_submit = sent_again_meanwhile
    await bench.submitter(_never).submit(await claim_one(bench.store))
    now = await bench.store.load(production.id)
    assert (now.attempt.number, now.attempt.job) == (2, None)
    assert now.state is State.SUBMISSION_UNKNOWN


async def test_late_answer_changes_nothing_that_a_person_has_given_up(bench):
    """What somebody gave up stays ended."""
    production = await bench.recorded()

    async def given_up_meanwhile():
        await lose_the_lease(bench)
        await bench.command(production, Command.GIVE_UP)

    bench.service.during_submit = given_up_meanwhile
    await bench.submitter(_never).submit(await claim_one(bench.store))
    assert (await bench.store.load(production.id)).state is State.CANCELLED
    assert await bench.events(production, News.ACCEPTED) == []


async def test_service_that_cannot_be_reached_is_tried_ever_more_rarely(bench):
    """A quarter of an hour without the service costs a dozen tries, and one paid call after it."""
    production = await bench.recorded()
    bench.service.outcome = NotSent(text="No connection.")
    tried_at = []
    for _ in range(500):
        before = bench.service.posts
        await bench.advance(2)
        tried_at += [bench.clock.now()] * (bench.service.posts - before)
    waits = [(b - a).total_seconds() for a, b in pairwise(tried_at)]
    assert len(tried_at) <= 12
    assert waits == sorted(waits)
    assert max(waits) >= 200
    bench.service.outcome = Accepted(job=make_job("job-9"), word="Queued")
    await bench.advance(600)
    assert len(await bench.events(production, News.ACCEPTED)) == 1
    assert bench.service.posts == len(await bench.events(production, News.NOT_SENT)) + 1


async def test_steps_before_the_paid_call_are_tried_ever_more_rarely(bench):
    """A service that is down for uploads is not asked every second either."""
    asked_at = []

    async def down(_request):
        asked_at.append(bench.clock.now())
        raise ProviderUnavailableError("down", code="503")

    bench.service.prepare = down
    await bench.recorded()
    await bench.advance(1000, step_s=2)
    assert 3 < len(asked_at) <= 12
    assert bench.service.posts == 0


async def test_cancel_asked_while_submitting_is_sent_once_the_job_is_linked(bench):
    """A cancel outlives the unknown: whoever links the job need not ask again."""
    production = await bench.recorded()
    bench.service.outcome = UNCERTAIN
    bench.service.during_submit = lambda: bench.command(production, Command.CANCEL)
    await bench.advance(1)
    unknown = await bench.store.load(production.id)
    assert unknown.state is State.SUBMISSION_UNKNOWN
    assert bench.service.cancels == 0
    await bench.productions.link(production.id, job_id="job-7", person=ANA, attempt=1)
    await bench.advance(1)
    assert bench.service.cancels == 1


async def test_a_job_that_another_thread_follows_is_asked_about_at_once(bench):
    """What the service told is kept, encrypted, and people are told why it is unknown."""
    first = await bench.recorded(State.QUEUED, job=make_job("job-9"))
    production = await bench.recorded()
    answered = make_job("job-9", status_url="https://status.example/secret")
    bench.service.outcome = Accepted(job=answered, word="building")
    await bench.tracker.drain()
    unknown = await bench.store.load(production.id)
    assert (unknown.state, unknown.attempt.job) == (State.SUBMISSION_UNKNOWN, None)
    assert unknown.failure.code == "job_taken"
    assert await bench.store.kept_answer(production.id) == answered
    assert "secret" not in str(await bench.store.recall(f"answer:{production.id}"))
    (event,) = await bench.events(production, News.UNCERTAIN)
    assert event.detail["job_id"] == "job-9"
    assert (await bench.store.load(first.id)).state is not State.SUBMISSION_UNKNOWN
    await bench.advance(SUBMIT_LEASE_S)
    assert bench.service.posts == 1


def preparing(bench):
    """Let the service prepare until it is broken off; gives what is set when it begins and ends."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(_request):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    bench.service.prepare = endless
    return begun, ended


async def due(bench):
    """Claim what another worker would find now."""
    return await bench.store.claim_due("jarai", now=bench.clock.now(), limit=9, lease_s=60)


async def test_an_order_that_takes_long_to_prepare_is_prepared_once(bench, monkeypatch):
    """Files and typed text are uploaded by then: the claim is renewed however long it takes."""
    monkeypatch.setattr("bot.tracker.submitter.RENEW_S", 0.0)
    production = await bench.recorded()
    prepared, renewed, real = [], asyncio.Queue(), bench.store.extend_claim

    async def extend_claim(*args, **options):
        await real(*args, **options)
        renewed.put_nowait(None)

    async def slow(_request):
        prepared.append(bench.clock.now())
        for _ in range(40):
            bench.clock.move(PREPARING_LEASE_S / 2)
            while not renewed.empty():
                renewed.get_nowait()
            async with asyncio.timeout(5):
                await renewed.get()
                await renewed.get()  # The first may have begun before the clock was moved.
            assert await due(bench) == []
        return {}

    bench.store.extend_claim = extend_claim
    bench.service.prepare = slow
    await bench.tracker.drain()
    assert len(prepared) == bench.service.posts == 1
    assert (await bench.store.load(production.id)).state is State.QUEUED


async def test_an_order_whose_preparing_died_is_taken_up_within_minutes(bench):
    """A kill on the way costs the short lease, not the time that preparing may take."""
    await bench.recorded()
    begun, ended = preparing(bench)
    submitting = asyncio.create_task(bench.submitter(_never).submit(await claim_one(bench.store)))
    await begun.wait()
    submitting.cancel()
    await asyncio.gather(submitting, return_exceptions=True)
    assert ended.is_set()
    assert await due(bench) == []
    bench.clock.move(PREPARING_LEASE_S + 1)
    assert len(await due(bench)) == 1


async def test_preparing_is_broken_off_once_another_worker_has_the_order(bench, monkeypatch):
    """A machine that slept uploads nothing more for an order that is no longer its own."""
    monkeypatch.setattr("bot.tracker.submitter.RENEW_S", 0.0)
    await bench.recorded()
    begun, ended = preparing(bench)
    submitting = asyncio.create_task(bench.submitter(_never).submit(await claim_one(bench.store)))
    await begun.wait()
    real = bench.store.extend_claim

    async def taken(claim, *, until_at):
        await real(replace(claim, token="another"), until_at=until_at)

    bench.store.extend_claim = taken
    with pytest.raises(LostClaimError):
        async with asyncio.timeout(5):
            await submitting
    assert ended.is_set()
    assert bench.service.posts == 0


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_preparing(bench, monkeypatch):
    """One renewal that fails is made up for by the next."""
    monkeypatch.setattr("bot.tracker.submitter.RENEW_S", 0.0)
    production = await bench.recorded()
    renewals = fails_first(2, LOCKED, bench.store.extend_claim)
    enough, times = asyncio.Event(), []

    async def extend_claim(*args, **options):
        times.append(None)
        await renewals(*args, **options)
        enough.set()

    async def slow(_request):
        await enough.wait()
        return {}

    bench.store.extend_claim = extend_claim
    bench.service.prepare = slow
    await bench.tracker.drain()
    assert len(times) >= 3
    assert (await bench.store.load(production.id)).state is State.QUEUED
