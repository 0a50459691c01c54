"""What nobody knows the outcome of rests, is counted, and holds up nobody else."""

from bot.core.notices import Priority
from tests.factories import NOW, later, make_production
from tests.stores import CARD, REPLY, make_edit, record


async def _lanes(store, *, seconds):
    return await store.claim_lanes(now=later(seconds), limit=10, rows_per_lane=10, lease_s=60)


async def _lane(store, *, seconds=0):
    (lane,) = await _lanes(store, seconds=seconds)
    return lane


async def _release(store, lane):
    await store.release_lane(
        lane.key, lane.token, not_before_at=None, window_started_at=None, window_count=0
    )


async def test_what_rests_after_an_unknown_outcome_is_counted(store):
    """A newer edit takes rest and count over, or each step would begin the count anew."""
    production = await record(store, notices=(make_edit(),))
    lane = await _lane(store)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await store.owe_again(lane.rows[0].id, lane.token, unknown_until_at=later(10))
    await _release(store, lane)
    assert await _lanes(store, seconds=9) == []
    lane = await _lane(store, seconds=10)
    assert lane.rows[0].unknowns == 1
    await store.mark_sending(lane.rows[0].id, lane.token, at=later(10))
    await store.owe(production.id, (make_edit(),), later(11))
    await store.owe_again(lane.rows[0].id, lane.token, unknown_until_at=later(30))
    await _release(store, lane)
    assert await _lanes(store, seconds=29) == []
    (row,) = (await _lane(store, seconds=30)).rows
    assert (row.unknowns, await store.count_owed()) == (2, 1)


async def test_an_edit_of_unknown_outcome_goes_after_the_others(store):
    """It may cost Slack's patience again."""
    await record(store, make_production(id="FIRST1"), notices=(make_edit(Priority.URGENT),))
    lane = await _lane(store)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await store.owe_again(lane.rows[0].id, lane.token, unknown_until_at=later(10))
    await _release(store, lane)
    await record(store, make_production(id="OTHER1"), notices=(make_edit(Priority.PROGRESS),))
    rows = (await _lane(store, seconds=10)).rows
    assert [row.production_id for row in rows] == ["OTHER1", "FIRST1"]


async def test_a_message_that_rests_is_not_overtaken(store):
    """Replies behind it wait; those about other productions do not."""
    await record(store, make_production(id="FIRST1"), notices=(CARD, REPLY))
    await record(store, make_production(id="OTHER1"), notices=(CARD,))
    lane = await _lane(store)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await store.owe_again(lane.rows[0].id, lane.token, unknown_until_at=later(10))
    await _release(store, lane)
    lane = await _lane(store, seconds=9)
    assert [row.production_id for row in lane.rows] == ["OTHER1"]
    await _release(store, lane)
    assert len((await _lane(store, seconds=10)).rows) == 3
