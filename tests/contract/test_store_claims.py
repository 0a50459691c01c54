"""Productions are handed to one worker at a time, and come back whatever becomes of it."""

import asyncio
from collections import Counter

import pytest

from bot.core.errors import LostClaimError
from bot.core.production import State
from storage.engine import Database
from storage.store import Store
from storage.values import Settled
from tests.factories import NOW, later, make_deliverable, make_job, make_production, make_request
from tests.stores import SECRET_KEY, claim_one, make_change, record


async def _due(store, *seconds, provider="jarai"):
    """Record productions that are due so many seconds after `NOW`."""
    for number, second in enumerate(seconds):
        production = make_production(
            State.QUEUED,
            id=f"{provider[:3].upper()}{number:03}",
            request=make_request(provider=provider),
            job=make_job(f"job-{number}"),
            due_at=None if second is None else later(second),
        )
        await record(store, production)


async def _ids(store, *, seconds, provider="jarai", limit=100, lease_s=60):
    claims = await store.claim_due(provider, now=later(seconds), limit=limit, lease_s=lease_s)
    return [claim.production.id for claim in claims]


async def test_what_is_due_is_claimed_most_overdue_first(store):
    """Nothing comes before its moment, without one, or for another service."""
    await _due(store, 3, 1, 2, 99, None)
    await _due(store, 0, provider="techforge")
    assert await _ids(store, seconds=10) == ["JAR001", "JAR002", "JAR000"]


async def test_no_more_are_claimed_than_asked_for(store):
    """The rest stays for the next turn."""
    await _due(store, 1, 2, 3)
    assert await _ids(store, seconds=10, limit=2) == ["JAR000", "JAR001"]
    assert await _ids(store, seconds=10, limit=2) == ["JAR002"]


async def test_a_claim_can_be_held_for_longer_while_it_is_ours(store):
    """Passing uploads on takes its time; whoever lost the claim is told instead."""
    await _due(store, 1)
    claim = await claim_one(store, seconds=10, lease_s=60)
    await store.extend_claim(claim, until_at=later(500))
    assert await _ids(store, seconds=400) == []
    assert await _ids(store, seconds=500) == ["JAR000"]
    with pytest.raises(LostClaimError):
        await store.extend_claim(claim, until_at=later(900))


async def test_a_claim_holds_until_its_lease_ends(store):
    """A worker that dies keeps nobody waiting for longer."""
    await _due(store, 0)
    assert await _ids(store, seconds=0, lease_s=30) == ["JAR000"]
    assert await _ids(store, seconds=29) == []
    assert await _ids(store, seconds=30) == ["JAR000"]


async def test_a_claim_brings_the_whole_production(store):
    """Attempt, job and files come along, whichever productions have files."""
    await _due(store, 1, 2)
    first, _ = await store.claim_due("jarai", now=later(5), limit=2, lease_s=60)
    change = make_change(first.production, deliverables=(make_deliverable(),), due_at=NOW)
    await store.save(change, claim=first.token)
    (again,) = await store.claim_due("jarai", now=later(5), limit=2, lease_s=60)
    assert again.production == await store.load(first.production.id)
    assert again.production.deliverables[0].token is not None
    assert again.until_at == later(65)


async def test_claimers_beside_each_other_never_share_a_production(store, database_url):
    """Four workers, some over connections of their own, take every production once."""
    await _due(store, *range(200))
    databases = [await Database.open(database_url) for _ in range(2)]
    stores = [store, store, *[await Store.open(each, secret_key=SECRET_KEY) for each in databases]]

    async def take_all(store):
        taken = []
        while ids := await _ids(store, seconds=999, limit=7):
            taken += ids
        return taken

    takings = await asyncio.gather(*(take_all(each) for each in stores))
    counted = Counter(each for taken in takings for each in taken)
    assert len(counted) == 200
    assert set(counted.values()) == {1}
    for each in databases:
        await each.close()


async def test_saving_releases_the_claim(store):
    """What changed can be claimed again when it is next due."""
    await _due(store, 0)
    claim = await claim_one(store)
    await store.save(make_change(claim.production, due_at=later(10)), claim=claim.token)
    assert await _ids(store, seconds=9) == []
    assert await _ids(store, seconds=10) == ["JAR000"]


async def test_a_claim_is_used_up_by_saving(store):
    """A second save under it is refused, though nobody else has claimed."""
    await _due(store, 0)
    claim = await claim_one(store)
    change = make_change(claim.production, is_late=True)
    await store.save(change, claim=claim.token)
    with pytest.raises(LostClaimError):
        await store.save(make_change(change.after, is_late=False), claim=claim.token)


async def test_submitting_keeps_the_claim_until_told(store):
    """While the paid call is out, nothing makes the production due."""
    await record(store, make_production(due_at=NOW))
    claim = await claim_one(store, lease_s=5)
    begun = make_change(claim.production, state=State.SUBMITTING, due_at=None)
    await store.save(begun, claim=claim.token, claim_until=later(90))
    assert await _ids(store, seconds=89) == []
    queued = make_change(begun.after, state=State.QUEUED, due_at=later(20))
    await store.save(queued, claim=claim.token)
    assert await _ids(store, seconds=20) == [claim.production.id]


async def test_a_submission_nobody_finished_comes_back_as_submitting(store):
    """The lease ran out: the tracker must see it, and the old worker may not save."""
    await record(store, make_production(due_at=NOW))
    claim = await claim_one(store)
    begun = make_change(claim.production, state=State.SUBMITTING, due_at=None)
    await store.save(begun, claim=claim.token, claim_until=later(90))
    orphan = await claim_one(store, seconds=90)
    assert orphan.production.state is State.SUBMITTING
    with pytest.raises(LostClaimError):
        await store.save(make_change(begun.after, state=State.QUEUED), claim=claim.token)


async def test_a_click_leaves_the_claim_alone(store):
    """A person's wish while submitting neither ends the claim nor makes the production due."""
    await record(store, make_production(due_at=NOW))
    claim = await claim_one(store)
    begun = make_change(claim.production, state=State.SUBMITTING, due_at=None)
    await store.save(begun, claim=claim.token, claim_until=later(90))
    clicked = make_change(begun.after, is_late=True)
    await store.save(clicked, claim=None)
    assert await _ids(store, seconds=89) == []
    done = make_change(clicked.after, state=State.QUEUED, due_at=later(20))
    await store.save(done, claim=claim.token)
    assert (await store.load(claim.production.id)).state is State.QUEUED


def _settled(claim, *, due_at, **facts):
    values = {
        "production_id": claim.production.id,
        "claim": claim.token,
        "hints": claim.production.hints,
        "version": claim.production.version,
        "due_at": due_at,
    }
    return Settled(**(values | facts))


async def test_settled_looks_are_released_and_due_when_told(store):
    """One call settles many; version and history stay."""
    await _due(store, 0, 1)
    claims = await store.claim_due("jarai", now=later(1), limit=9, lease_s=60)
    looks = [_settled(claim, due_at=later(30 + n), quiet_looks=n) for n, claim in enumerate(claims)]
    await store.settle(looks)
    assert await _ids(store, seconds=29) == []
    again = await store.claim_due("jarai", now=later(31), limit=9, lease_s=60)
    assert [claim.production.quiet_looks for claim in again] == [0, 1]
    assert [claim.production.due_at for claim in again] == [later(30), later(31)]
    assert {claim.production.version for claim in again} == {3}


async def test_a_click_during_a_look_keeps_its_own_moment(store):
    """A cancel that wants to be sent at once does not wait for the next look."""
    await _due(store, 0)
    claim = await claim_one(store)
    clicked = make_change(claim.production, is_late=True, due_at=later(2))
    await store.save(clicked, claim=None)
    await store.settle([_settled(claim, due_at=later(600))])
    assert await _ids(store, seconds=2) == ["JAR000"]


async def test_a_look_may_settle_never_to_look_again(store):
    """None as the next moment means that only a webhook or a person wakes it."""
    await _due(store, 0)
    await store.settle([_settled(await claim_one(store), due_at=None)])
    assert await _ids(store, seconds=10**6) == []


async def test_settling_under_a_lost_claim_changes_nothing(store):
    """A worker that came back late neither releases nor delays what another has."""
    await _due(store, 0)
    late = await claim_one(store, lease_s=1)
    current = await claim_one(store, seconds=2, lease_s=60)
    await store.settle([_settled(late, due_at=later(3))])
    assert await _ids(store, seconds=10) == []
    await store.settle([_settled(current, due_at=later(5))])
    assert await _ids(store, seconds=10) == ["JAR000"]


async def test_settling_nothing_is_fine(store):
    """A flush may find no looks."""
    await store.settle([])


async def test_claims_of_a_process_that_is_gone_are_released(store):
    """What was claimed is claimable at once; what was being submitted too, as that."""
    await _due(store, 0)
    await record(store, make_production(id="SUBMIT", due_at=NOW))
    for claim in await store.claim_due("jarai", now=NOW, limit=9, lease_s=600):
        if claim.production.id == "SUBMIT":
            begun = make_change(claim.production, state=State.SUBMITTING, due_at=None)
            await store.save(begun, claim=claim.token, claim_until=later(900))
    await store.release_all_claims(later(1))
    claims = await store.claim_due("jarai", now=later(1), limit=9, lease_s=60)
    states = {claim.production.id: claim.production.state for claim in claims}
    assert states == {"JAR000": State.QUEUED, "SUBMIT": State.SUBMITTING}


async def test_a_click_during_a_look_keeps_the_moment_it_set(store):
    """A cancel that somebody asked for is not put off to the next regular look."""
    await _due(store, 0)
    claim = await claim_one(store)
    clicked = make_change(claim.production, due_at=later(2))
    await store.save(clicked, claim=None)
    await store.settle([_settled(claim, due_at=later(600))])
    assert await _ids(store, seconds=2) == [claim.production.id]
