"""Copies are claimed by one at a time, recorded once, and wake who waits for them."""

import pytest

from bot.core.errors import LostClaimError
from bot.core.production import Copy, Copying, CopyState, State
from storage.deliverables import token_hash
from storage.values import KeptCopy
from tests.factories import NOW, later, make_deliverable, make_job, make_production
from tests.stores import make_change, record

WANTED = Copy(state=CopyState.WANTED)
KEPT = KeptCopy(file="P/1/k/t", size_bytes=5, sha256="ab" * 32, content_type="video/mp4")


async def _with_files(store, *keys, state=State.PRODUCING, **facts):
    production = await record(store, make_production(state, job=make_job("j-1"), **facts))
    files = tuple(make_deliverable(key=key, copy=WANTED, expires_at=later(600)) for key in keys)
    await store.save(make_change(production, deliverables=files), claim=None)
    return await store.load(production.id)


async def _claims(store, seconds=0, *, limit=10, lease_s=60):
    return await store.claim_copies(now=later(seconds), limit=limit, lease_s=lease_s)


async def test_wanted_copies_are_claimed_once(store):
    """With all that is needed to fetch them; others wait until the lease ends."""
    production = await _with_files(store, "a", "b")
    (first,) = await _claims(store, limit=1)
    (second,) = await _claims(store)
    assert {first.deliverable.key, second.deliverable.key} == {"a", "b"}
    assert (first.provider, first.job) == ("jarai", make_job("j-1"))
    assert (first.production_id, first.attempt, first.tries) == (production.id, 1, 0)
    assert first.wanted_at == NOW
    assert await _claims(store, 59) == []
    assert len(await _claims(store, 61)) == 2


async def test_files_that_want_no_copy_are_left_alone(store):
    """Most services' links can be renewed."""
    production = await record(store, make_production(State.PRODUCING, job=make_job("j-1")))
    await store.save(make_change(production, deliverables=(make_deliverable(),)), claim=None)
    assert await _claims(store) == []
    assert (await store.load(production.id)).deliverables[0].copy is None


async def test_kept_copy_is_known_from_then_on(store):
    """The production shows it, and so does the link; expiry is kept with the file."""
    production = await _with_files(store, "a")
    (claim,) = await _claims(store)
    await store.keep_copy(claim, KEPT, at=later(9), wakes=False)
    (file,) = (await store.load(production.id)).deliverables
    assert file.copy == Copy(
        state=CopyState.KEPT,
        at=later(9),
        file=KEPT.file,
        size_bytes=5,
        sha256=KEPT.sha256,
        content_type="video/mp4",
    )
    assert file.expires_at == later(600)
    found = await store.find_deliverable(token_hash(file.token))
    assert found.deliverable.copy == file.copy
    assert await _claims(store, 1000) == []
    assert await store.count_copies_wanted() == 0


async def test_file_listed_again_keeps_its_copy(store):
    """What is kept is not fetched anew, and what is lost is not tried anew."""
    production = await _with_files(store, "a", "b")
    first, second = await _claims(store)
    await store.keep_copy(first, KEPT, at=NOW, wakes=False)
    await store.lose_copy(second, "gone", at=NOW, wakes=False)
    renamed = tuple(make_deliverable(key=key, name="new", copy=WANTED) for key in ("a", "b"))
    await store.save(make_change(await store.load(production.id), deliverables=renamed), claim=None)
    files = (await store.load(production.id)).deliverables
    states = {file.key: file.copy.state for file in files}
    assert states == {
        first.deliverable.key: CopyState.KEPT,
        second.deliverable.key: CopyState.LOST,
    }
    assert await _claims(store, 1000) == []


async def test_lost_copy_says_why(store):
    """People read it on the card."""
    production = await _with_files(store, "a")
    (claim,) = await _claims(store)
    await store.lose_copy(claim, "It was gone.", at=later(3), wakes=False)
    (file,) = (await store.load(production.id)).deliverables
    assert file.copy == Copy(state=CopyState.LOST, at=later(3), reason="It was gone.")


async def test_copy_is_tried_again_when_due(store):
    """With the number of tries behind it; a stop is none."""
    await _with_files(store, "a")
    (claim,) = await _claims(store)
    await store.retry_copy(claim, due_at=later(30))
    assert await _claims(store, 29) == []
    (claim,) = await _claims(store, 30)
    assert (claim.tries, claim.wanted_at) == (1, NOW)
    await store.retry_copy(claim, due_at=later(31), failed=False)
    assert [each.tries for each in await _claims(store, 31)] == [1]


@pytest.mark.parametrize("word", ["keep", "lose", "retry", "renew"])
async def test_lost_claim_records_nothing(store, word):
    """Whoever was too slow learns it, and what the other does stands."""
    production = await _with_files(store, "a")
    (old,) = await _claims(store)
    (new,) = await _claims(store, 61)
    with pytest.raises(LostClaimError):
        await {
            "keep": lambda: store.keep_copy(old, KEPT, at=NOW, wakes=True),
            "lose": lambda: store.lose_copy(old, "gone", at=NOW, wakes=True),
            "retry": lambda: store.retry_copy(old, due_at=NOW),
            "renew": lambda: store.renew_copy(old, until_at=later(500)),
        }[word]()
    (file,) = (await store.load(production.id)).deliverables
    assert file.has_copy(CopyState.WANTED)
    await store.keep_copy(new, KEPT, at=NOW, wakes=False)


async def test_renewed_claim_is_held_on_to(store):
    """A long file is nobody else's while it is being copied."""
    await _with_files(store, "a")
    (claim,) = await _claims(store)
    await store.renew_copy(claim, until_at=later(500))
    assert await _claims(store, 499) == []


@pytest.mark.parametrize(("wakes", "due_at"), [(True, later(5)), (False, later(600))])
async def test_production_that_waits_is_woken(store, wakes, due_at):
    """By the same transaction, so that dying in between leaves nobody asleep."""
    production = await _with_files(store, "a", due_at=later(600))
    (claim,) = await _claims(store)
    await store.keep_copy(claim, KEPT, at=later(5), wakes=wakes)
    assert (await store.load(production.id)).due_at == due_at


async def test_claims_of_a_process_that_is_gone_are_taken_back(store):
    """At the start of the one process that serves from a file."""
    await _with_files(store, "a")
    await _claims(store)
    await store.release_all_claims(NOW)
    assert len(await _claims(store)) == 1


async def test_what_is_waited_for_survives_a_restart(store):
    """The state that follows is kept with the production."""
    copying = Copying(since_at=NOW, then=State.AWAITING_APPROVAL)
    production = await _with_files(store, "a", copying=copying)
    assert production.copying == copying


async def _ended(store, *, since_s, copied_s, state=State.COMPLETED):
    production = await _with_files(store, "a", state=state, state_since_at=later(since_s))
    (claim,) = await _claims(store)
    await store.keep_copy(claim, KEPT, at=later(copied_s), wakes=False)
    return production


@pytest.mark.parametrize(
    ("since_s", "copied_s", "state", "is_outlived"),
    [
        (0, 0, State.COMPLETED, True),
        (0, 0, State.REJECTED, True),
        (200, 0, State.COMPLETED, False),
        (0, 200, State.COMPLETED, False),
        (0, 0, State.AWAITING_APPROVAL, False),
    ],
)
async def test_copies_outlive_the_end_for_a_time(store, since_s, copied_s, state, is_outlived):
    """The time runs from the production's end and from its newest copy; undecided ones stay."""
    production = await _ended(store, since_s=since_s, copied_s=copied_s, state=state)
    found = await store.find_outlived(before_at=later(100), limit=10)
    assert found == ([production.id] if is_outlived else [])


async def test_deleted_copies_are_recorded_with_the_change(store):
    """What was kept is deleted, and no longer found as outlived."""
    production = await _ended(store, since_s=0, copied_s=0)
    loaded = await store.load(production.id)
    await store.save(make_change(loaded, files_deleted_at=later(500)), claim=None)
    (file,) = (await store.load(production.id)).deliverables
    assert (file.copy.state, file.copy.at, file.copy.file) == (CopyState.DELETED, later(500), None)
    assert await store.find_outlived(before_at=later(1000), limit=10) == []


async def test_downloads_are_counted(store):
    """By link; a guess counts nowhere."""
    production = await _with_files(store, "a", "b")
    token = production.deliverables[0].token
    await store.count_download(token_hash(token))
    await store.count_download(token_hash(token))
    await store.count_download(token_hash("guess"))
    files = (await store.load(production.id)).deliverables
    assert [(file.key, file.downloads) for file in files] == [("a", 2), ("b", 0)]
