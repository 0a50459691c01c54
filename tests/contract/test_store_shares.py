"""Files for a thread are claimed together by one at a time, and what became of them is recorded."""

import pytest

from bot.core.errors import LostClaimError
from bot.core.production import Copy, CopyState, Share, ShareState, State
from bot.core.shares import AFTER
from storage.values import KeptCopy
from tests.factories import NOW, later, make_deliverable, make_job, make_production
from tests.stores import make_change, record

WANTED = Copy(state=CopyState.WANTED)
KEPT = KeptCopy(file="P/1/k/t", size_bytes=5, sha256="ab" * 32, content_type="video/mp4")
LEASE_S = 60.0


async def _copied(store, production, *, but=()):
    for claim in await store.claim_copies(now=NOW, limit=10, lease_s=0):
        if claim.production_id == production.id and claim.deliverable.key not in but:
            await store.keep_copy(claim, KEPT, at=NOW, wakes=False)


async def _completed(store, *keys, shares=None, but=(), job="j-1", **facts):
    """Record a production that completes so that its files are due `NOW`, copied but for some."""
    before = make_production(State.PRODUCING, job=make_job(job), **facts)
    production = await record(store, before)
    files = tuple(make_deliverable(key=key, copy=WANTED) for key in keys)
    change = make_change(
        production,
        at=NOW - AFTER,
        shares=keys if shares is None else shares,
        state=State.COMPLETED,
        deliverables=files,
    )
    await store.save(change, claim=None)
    await _copied(store, production, but=but)
    return await store.load(production.id)


async def _claim(store, seconds=0.0):
    return await store.claim_shares(now=later(seconds), lease_s=LEASE_S)


def _ids(claim):
    return [one.id for one in claim.shares]


async def _shares(store, production):
    files = (await store.load(production.id)).deliverables
    return {one.key: one.share for one in files if one.share is not None}


async def test_files_of_a_production_are_claimed_together_and_once(store):
    """In the order in which they were wanted; others wait until the lease ends."""
    production = await _completed(store, "v", "c", "t", shares=("t", "v"))
    claim = await _claim(store)
    assert (claim.production_id, claim.attempt, claim.state) == (
        production.id,
        1,
        ShareState.WANTED,
    )
    assert [one.deliverable.key for one in claim.shares] == ["t", "v"]
    first = claim.shares[0]
    assert (first.wanted_at, first.tries, first.asked_by) == (NOW - AFTER, 0, None)
    assert first.deliverable.copy.file == KEPT.file
    assert await _claim(store, LEASE_S - 1) is None
    assert (await _claim(store, LEASE_S)).token != claim.token


async def test_what_is_finished_is_said_before_its_files_come(store):
    """The reply goes out meanwhile; what a person asked for comes at once."""
    await _completed(store, "v")
    assert await store.claim_shares(now=later(-0.5), lease_s=LEASE_S) is None
    assert await _claim(store) is not None


async def test_productions_are_claimed_one_after_the_other(store):
    """Each into its own thread."""
    one = await _completed(store, "v", job="j-1")
    two = await _completed(store, "v", job="j-2", id="8M4NR3")
    found = [await _claim(store), await _claim(store)]
    assert {claim.production_id for claim in found} == {one.id, two.id}
    assert await _claim(store) is None


async def test_everything_waits_for_the_last_copy(store):
    """So that one message shows it all; a copy that is lost is waited for no longer."""
    await _completed(store, "v", "c", but=("c",))
    assert await _claim(store) is None
    (copy,) = await store.claim_copies(now=later(1), limit=10, lease_s=9)
    await store.lose_copy(copy, "gone", at=NOW, wakes=False)
    assert len((await _claim(store)).shares) == 2


async def test_what_a_person_asked_for_does_not_wait(store):
    """For copies of other files."""
    production = await _completed(store, "v", "c", shares=(), but=("c",))
    await store.ask_share(production.id, 1, "v", asked_by="U0BO", at=NOW)
    (share,) = (await _claim(store)).shares
    assert (share.deliverable.key, share.asked_by) == ("v", "U0BO")


async def test_file_is_asked_for_once(store):
    """By whoever came first; what is over may be asked for again."""
    production = await _completed(store, "v", shares=())
    for user in ("U0BO", "U0ANA"):
        await store.ask_share(production.id, 1, "v", asked_by=user, at=NOW)
    claim = await _claim(store)
    assert [one.asked_by for one in claim.shares] == ["U0BO"]
    await store.note_uploaded(claim, claim.shares[0].id, "F1", until_at=later(60))
    await store.end_shares(claim, _ids(claim), state=ShareState.REFUSED, reason="full", at=NOW)
    assert await _claim(store, 999) is None
    await store.ask_share(production.id, 1, "v", asked_by="U0ANA", at=later(5))
    (again,) = (await _claim(store, 5)).shares
    assert (again.asked_by, again.wanted_at, again.file_id) == ("U0ANA", later(5), None)
    assert (await _shares(store, production))["v"].reason is None


async def test_bytes_that_slack_has_are_remembered(store):
    """Whoever claims the file next need not send them."""
    await _completed(store, "v")
    claim = await _claim(store)
    await store.note_uploaded(claim, claim.shares[0].id, "F1", until_at=later(100))
    assert await _claim(store, 99) is None
    assert (await _claim(store, 100)).shares[0].file_id == "F1"


async def test_visible_call_is_marked_before_it_is_made(store):
    """Who finds it unsettled knows since when its outcome is open, and does not look too soon."""
    production = await _completed(store, "v", "c")
    claim = await _claim(store)
    await store.mark_sharing(claim, _ids(claim), at=later(1), due_at=later(100))
    assert (await _shares(store, production))["v"] == Share(state=ShareState.SENDING, at=later(1))
    assert await _claim(store, 99) is None
    found = await _claim(store, 100)
    assert found.state is ShareState.SENDING
    assert {one.sending_since_at for one in found.shares} == {later(1)}


async def test_new_wish_is_not_mixed_with_what_is_open(store):
    """What stands otherwise is claimed apart."""
    production = await _completed(store, "v", "c", shares=("v",))
    claim = await _claim(store)
    await store.mark_sharing(claim, _ids(claim), at=NOW, due_at=later(100))
    await store.ask_share(production.id, 1, "c", asked_by="U0BO", at=NOW)
    (asked,) = (await _claim(store, 1)).shares
    assert asked.deliverable.key == "c"


async def test_shown_files_know_where_they_are(store):
    """And are due no more."""
    production = await _completed(store, "v", "c")
    claim = await _claim(store)
    first, second = _ids(claim)
    await store.keep_shares(claim, {first: "https://slack/f", second: None}, at=later(3))
    assert await _shares(store, production) == {
        "v": Share(state=ShareState.SHARED, at=later(3), permalink="https://slack/f"),
        "c": Share(state=ShareState.SHARED, at=later(3)),
    }
    assert await _claim(store, 9999) is None


async def test_put_off_files_come_back_when_due(store):
    """With the tries behind them; what Slack forgot has to be sent anew."""
    await _completed(store, "v")
    claim = await _claim(store)
    await store.note_uploaded(claim, claim.shares[0].id, "F1", until_at=later(60))
    await store.mark_sharing(claim, _ids(claim), at=NOW, due_at=later(20))
    off = {"state": ShareState.SENDING, "at": NOW, "due_at": later(30)}
    await store.put_shares_off(claim, _ids(claim), **off)
    assert await _claim(store, 29) is None
    (one,) = (claim := await _claim(store, 30)).shares
    assert (claim.state, one.tries, one.file_id, one.sending_since_at) == (
        ShareState.SENDING,
        1,
        "F1",
        NOW,
    )
    off = {"state": ShareState.WANTED, "failed": False, "forgets": True}
    await store.put_shares_off(claim, _ids(claim), at=NOW, due_at=later(40), **off)
    (one,) = (claim := await _claim(store, 40)).shares
    assert (claim.state, one.tries, one.file_id, one.sending_since_at) == (
        ShareState.WANTED,
        1,
        None,
        None,
    )


@pytest.mark.parametrize("word", ["renew", "note", "mark", "keep", "end", "put off"])
async def test_lost_claim_records_nothing(store, word):
    """Whoever was too slow learns it, and what the other does stands."""
    production = await _completed(store, "v")
    old = await _claim(store)
    await _claim(store, LEASE_S)
    ids = _ids(old)
    with pytest.raises(LostClaimError):
        await {
            "renew": lambda: store.renew_shares(old, until_at=later(500)),
            "note": lambda: store.note_uploaded(old, ids[0], "F1", until_at=later(500)),
            "mark": lambda: store.mark_sharing(old, ids, at=NOW, due_at=NOW),
            "keep": lambda: store.keep_shares(old, {ids[0]: None}, at=NOW),
            "end": lambda: store.end_shares(old, ids, state=ShareState.REFUSED, reason="x", at=NOW),
            "put off": lambda: store.put_shares_off(
                old, ids, state=ShareState.WANTED, at=NOW, due_at=NOW
            ),
        }[word]()
    assert (await _shares(store, production))["v"].state is ShareState.WANTED


async def test_renewed_claim_is_held_on_to(store):
    """A long file is nobody else's while it is being sent."""
    await _completed(store, "v")
    claim = await _claim(store)
    await store.renew_shares(claim, until_at=later(500))
    assert await _claim(store, 499) is None


async def test_claims_of_a_process_that_is_gone_are_taken_back(store):
    """At the start of the one process that serves from a file."""
    await _completed(store, "v")
    await _claim(store)
    await store.release_all_claims(NOW)
    assert await _claim(store) is not None


async def _reject(store, production):
    loaded = await store.load(production.id)
    await store.save(make_change(loaded, state=State.REJECTED), claim=None)


async def test_what_is_rejected_is_due_to_be_taken_away(store):
    """What the thread shows at once, what is wanted there says that it was taken back."""
    production = await _completed(store, "v", "c", shares=())
    await store.ask_share(production.id, 1, "v", asked_by="U0BO", at=NOW)
    claim = await _claim(store)
    await store.keep_shares(claim, {claim.shares[0].id: None}, at=NOW)
    await store.ask_share(production.id, 1, "c", asked_by="U0BO", at=NOW)
    await _reject(store, production)
    found = [await _claim(store, 1), await _claim(store, 1)]
    assert {one.state for one in found} == {ShareState.SHARED, ShareState.WANTED}
    assert all(share.is_taken_back for one in found for share in one.shares)


async def test_file_that_was_rejected_while_it_was_shown_is_due_at_once(store):
    """Nobody else would come back for it."""
    production = await _completed(store, "v")
    claim = await _claim(store)
    await store.mark_sharing(claim, _ids(claim), at=NOW, due_at=later(20))
    await _reject(store, production)
    await store.keep_shares(claim, {claim.shares[0].id: None}, at=later(2))
    found = await _claim(store, 2)
    assert (found.state, found.shares[0].is_taken_back) == (ShareState.SHARED, True)
