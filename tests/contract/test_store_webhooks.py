"""A webhook is known again, and is a reason to look that is never lost."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from bot.core.production import State
from storage.values import Hinted, Settled, UnmatchedJob
from tests.factories import NOW, later, make_job, make_production
from tests.stores import claim_one, make_change, record


async def _hint(store, *ids, at=NOW, due_at=None, **overrides):
    values = {
        "delivery_ids": ids or ("d-1",),
        "job_id": "job-1",
        "account": "acc-1",
        "kind": "production.completed",
        "at": at,
        "due_at": due_at or at,
    }
    return await store.hint("jarai", **(values | overrides))


async def _queued(store, **overrides):
    values = {"job": make_job("job-1"), "due_at": later(300)}
    return await record(store, make_production(State.QUEUED, **(values | overrides)))


async def test_a_webhook_makes_its_production_due(store):
    """It is due when the webhook says, and remembers that it was hinted at."""
    production = await _queued(store)
    hinted = await _hint(store, due_at=later(2))
    assert hinted == Hinted(is_new=True, production_id=production.id)
    loaded = await store.load(production.id)
    assert (loaded.hints, loaded.due_at, loaded.version) == (1, later(2), production.version)


@pytest.mark.parametrize(
    ("before", "after"), [(later(1), later(1)), (later(9), later(2)), (None, later(2))]
)
async def test_a_webhook_never_delays(store, before, after):
    """The sooner moment wins; one that waited for nothing waits no longer."""
    production = await _queued(store, due_at=before)
    await _hint(store, due_at=later(2))
    assert (await store.load(production.id)).due_at == after


async def test_a_webhook_known_by_any_of_its_ids_does_nothing(store):
    """Deliveries repeat, sometimes under another id beside the same one."""
    production = await _queued(store)
    await _hint(store, "d-1", "hash-1")
    for ids in [("d-1", "hash-1"), ("d-2", "hash-1")]:
        assert await _hint(store, *ids) == Hinted(is_new=False, production_id=None)
    assert (await store.load(production.id)).hints == 1


async def test_one_delivery_coming_many_times_at_once_counts_once(store):
    """Whoever is first hints."""
    production = await _queued(store)
    hinted = await asyncio.gather(*(_hint(store, "d-1", "hash-1") for _ in range(8)))
    assert Counter(each.is_new for each in hinted) == {True: 1, False: 7}
    assert (await store.load(production.id)).hints == 1


async def test_a_webhook_about_no_job_is_only_remembered(store):
    """A test event has no job."""
    assert await _hint(store, job_id=None) == Hinted(is_new=True, production_id=None)
    assert (await _hint(store, job_id=None)).is_new is False
    assert await store.unmatched_jobs("jarai", NOW) == []


async def test_a_webhook_that_says_all_causes_no_look(store):
    """Progress is read from the body."""
    production = await _queued(store)
    hinted = await _hint(store, looks=False)
    assert hinted == Hinted(is_new=True, production_id=production.id)
    assert await store.load(production.id) == production


async def test_a_webhook_about_an_old_attempt_causes_no_look(store):
    """The next attempt must not be submitted sooner because the last one stirred."""
    production = await _queued(store, due_at=None)
    attempt = replace(production.attempt, number=2, job=None)
    retried = make_change(production, state=State.REQUESTED, attempt=attempt)
    await store.save(retried, claim=None)
    assert (await _hint(store)).production_id == production.id
    assert (await store.load(production.id)).due_at is None


async def test_a_webhook_during_a_look_keeps_the_production_due(store):
    """A look that changed nothing may have looked too early."""
    await _queued(store, due_at=NOW)
    claim = await claim_one(store)
    await _hint(store, at=later(1), due_at=later(3))
    look = Settled(
        production_id=claim.production.id,
        claim=claim.token,
        hints=claim.production.hints,
        version=claim.production.version,
        due_at=later(600),
    )
    await store.settle([look])
    again = await claim_one(store, seconds=3)
    assert again.production.hints == 1


async def test_a_webhook_during_a_change_keeps_the_production_due(store):
    """The save neither writes hints nor forgets that they moved."""
    await _queued(store, due_at=NOW)
    claim = await claim_one(store)
    await _hint(store, due_at=later(3))
    change = make_change(claim.production, state=State.PRODUCING, due_at=later(600))
    await store.save(change, claim=claim.token)
    loaded = await store.load(claim.production.id)
    assert (loaded.hints, loaded.due_at) == (1, NOW)


async def test_a_webhook_seen_before_the_look_does_not_repeat_it(store):
    """Hints that the look knew of are answered by it."""
    await _queued(store, due_at=NOW)
    await _hint(store)
    claim = await claim_one(store)
    change = make_change(claim.production, state=State.PRODUCING, due_at=later(600))
    await store.save(change, claim=claim.token)
    assert (await store.load(claim.production.id)).due_at == later(600)


async def test_a_hint_never_delays_what_a_change_wants_sooner(store):
    """Of the two moments the earlier one stays."""
    production = await _queued(store, due_at=later(300))
    await _hint(store, due_at=later(50))
    change = make_change(production, is_late=True, due_at=later(10))
    await store.save(change, claim=None)
    assert (await store.load(production.id)).due_at == later(10)


async def test_a_webhook_that_reopens_keeps_an_ended_production_due(store):
    """A save that plans no further look does not swallow a hint."""
    await _queued(store, due_at=NOW)
    claim = await claim_one(store)
    await _hint(store)
    change = make_change(claim.production, state=State.FAILED, due_at=None)
    await store.save(change, claim=claim.token)
    assert (await store.load(claim.production.id)).due_at == NOW


async def test_an_unmatched_job_is_kept_for_a_person(store):
    """Ids only, the newest webhook of each job, newest first."""
    await _hint(store, "d-1", kind="first", at=NOW)
    await _hint(store, "d-2", kind="second", at=later(5))
    await _hint(store, "d-3", job_id="job-2", at=later(1))
    jobs = await store.unmatched_jobs("jarai", NOW)
    assert [job.job_id for job in jobs] == ["job-1", "job-2"]
    assert jobs[0] == UnmatchedJob(
        provider="jarai", job_id="job-1", account="acc-1", kind="second", at=later(5)
    )
    assert await store.unmatched_jobs("jarai", later(6)) == []
    assert await store.unmatched_jobs("narakeet", NOW) == []


async def test_a_webhook_before_its_job_is_known_is_acted_on_when_it_is(store):
    """The submit's answer and its first webhook may come in either order."""
    production = await record(store, make_production(State.SUBMITTING))
    assert (await _hint(store)).production_id is None
    attempt = replace(production.attempt, job=make_job("job-1"))
    change = make_change(
        production, state=State.QUEUED, attempt=attempt, due_at=later(60), at=later(4)
    )
    await store.save(change, claim=None)
    loaded = await store.load(production.id)
    assert (loaded.hints, loaded.due_at) == (1, later(4))
    assert await store.unmatched_jobs("jarai", NOW) == []


async def test_a_job_and_its_webhook_at_the_same_moment_never_miss_each_other(store):
    """Whichever is first, the production ends up hinted at."""
    for number in range(10):
        production = make_production(State.SUBMITTING, id=f"RACE{number:02}")
        production = await record(store, production)
        job = make_job(f"race-{number}")
        attempt = replace(production.attempt, job=job)
        change = make_change(production, state=State.QUEUED, attempt=attempt, due_at=later(60))
        await asyncio.gather(
            store.save(change, claim=None), _hint(store, f"r-{number}", job_id=job.job_id)
        )
        assert (await store.load(production.id)).hints == 1
    assert await store.unmatched_jobs("jarai", NOW) == []


async def test_what_only_guards_against_repeats_is_forgotten(store):
    """Old ids and unmatched jobs go, younger ones stay."""
    await _hint(store, "old", at=NOW)
    await _hint(store, "young", job_id="job-2", at=later(50))
    await store.prune(later(10))
    assert [job.job_id for job in await store.unmatched_jobs("jarai", NOW)] == ["job-2"]
    assert (await _hint(store, "old", at=later(60))).is_new is True
    assert (await _hint(store, "young", at=later(60))).is_new is False


async def test_signing_secrets_are_kept_per_subscription(store):
    """Newest first; a new one takes the place of the old; removed ones are gone."""
    await store.add_webhook_secret("jarai", "w-1", "whsec_old", NOW)
    await store.add_webhook_secret("jarai", "w-2", "whsec_two", later(1))
    await store.add_webhook_secret("techforge", "w-1", "whsec_other", NOW)
    await store.add_webhook_secret("jarai", "w-1", "whsec_new", later(2))
    assert await store.webhook_secrets("jarai") == ("whsec_new", "whsec_two")
    assert await store.remove_webhook_secret("jarai", "w-1") is True
    assert await store.remove_webhook_secret("jarai", "w-1") is False
    assert await store.webhook_secrets("jarai") == ("whsec_two",)
