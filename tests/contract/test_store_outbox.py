"""Messages are owed until they arrived, keep their order, and never arrive twice by our fault."""

from datetime import timedelta

import pytest

from bot.core.errors import LostClaimError, StorageUnavailableError, UnknownProductionError
from bot.core.notices import Kind, Notice, Priority, Route
from bot.core.production import State
from storage.outbox import lane_of
from tests.factories import NOW, later, make_job, make_production, make_request
from tests.stores import CARD, REPLY, make_change, make_edit, raw, record

POSTS = "T0GREEN:post:C0MARKETING"
EDITS = "T0GREEN:edit"
DIRECT = Notice(route=Route.DIRECT, kind=Kind.FAILED)
ALERT = Notice(route=Route.ALERT, kind=Kind.NONSENSE)


async def _claim(store, *, seconds=0, limit=10, rows=10, lease_s=60):
    return await store.claim_lanes(
        now=later(seconds), limit=limit, rows_per_lane=rows, lease_s=lease_s
    )


async def _release(store, lane, **overrides):
    values = {"not_before_at": None, "window_started_at": None, "window_count": 0}
    await store.release_lane(lane.key, lane.token, **(values | overrides))


async def _lane(store, **wanted):
    (lane,) = await _claim(store, **wanted)
    return lane


def _said(lane):
    return [(row.production_id, row.kind) for row in lane.rows]


@pytest.mark.parametrize(
    ("route", "key"),
    [
        (Route.CARD, "T1:post:C1"),
        (Route.REPLY, "T1:post:C1"),
        (Route.DIRECT, "T1:post:U1"),
        (Route.EDIT, "T1:edit"),
        (Route.ALERT, "T1:alert"),
    ],
)
def test_a_lane_is_what_slack_limits_together(route, key):
    """Posts by channel or person, edits by workspace."""
    assert lane_of(route, team_id="T1", channel_id="C1", user_id="U1") == key


async def test_what_a_production_owes_waits_in_lanes(store):
    """Every notice becomes one row that carries what the message needs."""
    detail = {"reason": "dark", "attempt": 1}
    notices = (CARD, Notice(route=Route.REPLY, kind=Kind.REJECTION, detail=detail), DIRECT, ALERT)
    production = await record(store, notices=notices)
    lanes = {lane.key: lane for lane in await _claim(store)}
    assert set(lanes) == {POSTS, "T0GREEN:post:U0ANA", "T0GREEN:alert"}
    card, reply = lanes[POSTS].rows
    assert card.id < reply.id
    assert (reply.production_id, reply.team_id, reply.lane) == (production.id, "T0GREEN", POSTS)
    assert (reply.route, reply.kind, reply.detail) == (Route.REPLY, Kind.REJECTION, detail)
    assert (reply.attempt, reply.owed_at, reply.token) == (1, NOW, None)


async def test_nothing_owed_means_no_lane(store):
    """An empty outbox gives nobody work."""
    await record(store)
    assert await _claim(store) == []


async def test_a_lane_is_held_by_one_until_released_or_the_lease_ends(store):
    """Messages under one limit keep their order because nobody else sends them."""
    await record(store, notices=(CARD,))
    lane = await _lane(store, lease_s=30)
    assert await _claim(store, seconds=29) == []
    assert (await _lane(store, seconds=30)).token != lane.token


async def test_a_released_lane_tells_the_next_holder(store):
    """When Slack takes more, and how many went out in which window."""
    await record(store, notices=(CARD,))
    lane = await _lane(store)
    assert (lane.window_started_at, lane.window_count) == (None, 0)
    await _release(store, lane, not_before_at=later(5), window_started_at=later(1), window_count=49)
    assert await _claim(store, seconds=4) == []
    again = await _lane(store, seconds=5)
    assert (again.window_started_at, again.window_count) == (later(1), 49)


async def test_a_lost_lane_is_not_released_by_its_old_holder(store):
    """Whoever comes back late does not open what another holds."""
    await record(store, notices=(CARD,))
    lost = await _lane(store, lease_s=1)
    await _lane(store, seconds=2)
    await _release(store, lost)
    assert await _claim(store, seconds=3) == []


async def test_the_lane_that_waited_longest_is_served_first(store):
    """With more lanes than workers, none is forgotten."""
    for number in range(3):
        request = make_request(channel_id=f"C{number}")
        await record(store, make_production(id=f"WAIT{number}", request=request), notices=(CARD,))
    served = []
    for turn in range(3):
        lane = await _lane(store, seconds=turn + 1, limit=1)
        served.append(lane.key)
        await _release(store, lane)
    assert sorted(served) == [f"T0GREEN:post:C{number}" for number in range(3)]


async def test_a_lane_gives_some_of_its_rows_in_order(store):
    """The oldest first, no more than asked for."""
    for number in range(3):
        await record(store, make_production(id=f"ROWS{number}"), notices=(CARD, REPLY))
    lane = await _lane(store, rows=3)
    assert _said(lane) == [
        ("ROWS0", Kind.CARD),
        ("ROWS0", Kind.REVIEW),
        ("ROWS1", Kind.CARD),
    ]


async def _edits(store, *priorities):
    """Owe edits, each of its own production."""
    for number, priority in enumerate(priorities):
        production = make_production(
            State.QUEUED, id=f"EDIT{number}", job=make_job(f"job-{number}")
        )
        await record(store, production, notices=(make_edit(priority),))


async def test_urgent_edits_go_first(store):
    """Failed and awaiting before other states, progress last; else oldest first."""
    await _edits(store, Priority.PROGRESS, Priority.STATE, Priority.URGENT, Priority.STATE)
    lane = await _lane(store)
    assert [row.production_id for row in lane.rows] == ["EDIT2", "EDIT1", "EDIT3", "EDIT0"]


async def test_edits_of_one_card_collapse_to_the_newest(store):
    """One row stays: the newest words, the greatest urgency, owed since the oldest."""
    production = await record(store, notices=(make_edit(Priority.STATE, said="first"),))
    change = make_change(
        production, notices=(make_edit(Priority.URGENT, said="second"),), at=later(1)
    )
    await store.save(change, claim=None)
    change = make_change(
        change.after, notices=(make_edit(Priority.PROGRESS, said="third"),), at=later(2)
    )
    await store.save(change, claim=None)
    lane = await _lane(store, seconds=9)
    (row,) = lane.rows
    assert (row.priority, row.detail, row.owed_at) == (Priority.URGENT, {"said": "third"}, NOW)


async def test_an_edit_being_sent_does_not_swallow_a_newer_one(store):
    """What changes after the card was drawn owes a row of its own."""
    production = await record(store, notices=(make_edit(),))
    lane = await _lane(store)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await store.owe(production.id, (make_edit(),), NOW)
    assert await store.count_owed() == 2
    await store.pay(lane.rows[0].id, ts="1.1", at=NOW)
    await _release(store, lane)
    assert len((await _lane(store, seconds=1)).rows) == 1


async def test_an_edit_of_unknown_outcome_gives_way_to_a_newer_one(store):
    """It disappears, and leaves its urgency behind."""
    production = await record(store, notices=(make_edit(Priority.URGENT),))
    lane = await _lane(store)
    old = lane.rows[0].id
    await store.mark_sending(old, lane.token, at=NOW)
    await store.owe(production.id, (make_edit(Priority.PROGRESS),), NOW)
    await store.owe_again(old, lane.token)
    await _release(store, lane)
    (row,) = (await _lane(store, seconds=1)).rows
    assert row.id != old
    assert row.priority is Priority.URGENT
    assert await store.count_owed() == 1


async def test_a_held_back_edit_goes_at_once_when_it_matters(store):
    """Progress may wait; the state it became may not."""
    production = await record(store, notices=(make_edit(Priority.PROGRESS),))
    lane = await _lane(store)
    await store.hold_back(lane.rows[0].id, lane.token, until_at=later(30))
    await _release(store, lane)
    await store.owe(production.id, (make_edit(Priority.PROGRESS),), NOW)
    assert await _claim(store, seconds=1) == []
    await store.owe(production.id, (make_edit(Priority.STATE),), NOW)
    assert len((await _lane(store, seconds=1)).rows) == 1


async def test_an_edit_that_came_to_matter_after_the_claim_is_not_held_back(store):
    """Whoever claimed it as progress does not know yet that it is urgent now."""
    production = await record(store, notices=(make_edit(Priority.PROGRESS),))
    lane = await _lane(store)
    await store.owe(production.id, (make_edit(Priority.URGENT),), NOW)
    await store.hold_back(lane.rows[0].id, lane.token, until_at=later(30))
    await _release(store, lane)
    (row,) = (await _lane(store, seconds=1)).rows
    assert row.priority is Priority.URGENT


async def test_only_the_holder_of_the_lane_holds_back(store):
    """Who lost the lane puts nothing off."""
    await record(store, notices=(make_edit(Priority.PROGRESS),))
    lost = await _lane(store, lease_s=1)
    await _release(store, await _lane(store, seconds=2))
    await store.hold_back(lost.rows[0].id, lost.token, until_at=later(30))
    assert len((await _lane(store, seconds=3)).rows) == 1


async def test_edits_of_one_card_are_sent_one_at_a_time(store):
    """While one is under way, whoever holds the lane now starts no other; other cards go on."""
    production = await record(store, make_production(id="FIRST1"), notices=(make_edit(),))
    await record(store, make_production(id="OTHER1"), notices=(make_edit(),))
    lost = await _lane(store, rows=1, lease_s=1)
    await store.mark_sending(lost.rows[0].id, lost.token, at=NOW)
    await store.owe(production.id, (make_edit(),), NOW)
    lane = await _lane(store, seconds=2)
    assert [row.production_id for row in lane.rows] == ["OTHER1"]
    await store.pay(lost.rows[0].id, ts="1.1", at=later(3))
    await _release(store, lane)
    assert len((await _lane(store, seconds=4)).rows) == 2


async def test_a_message_of_unknown_outcome_holds_up_those_behind_it(store):
    """A reply must not overtake a card that may yet have to be sent again."""
    await record(store, notices=(CARD, REPLY))
    lane = await _lane(store)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await _release(store, lane)
    assert await _claim(store, seconds=1) == []


async def test_a_refused_message_holds_nobody_up(store):
    """The next one goes out."""
    await record(store, notices=(CARD, REPLY))
    lane = await _lane(store)
    await store.refuse([lane.rows[0].id], reason="msg_too_long", at=NOW)
    await _release(store, lane)
    lane = await _lane(store, seconds=1)
    assert [row.kind for row in lane.rows] == [Kind.REVIEW]


async def _refused(store, row, *instead):
    await store.refuse([row.id], reason="gone", at=later(1), instead=instead)


async def test_a_refused_message_owes_another_in_the_same_breath(store, monkeypatch):
    """Where the other cannot be written, the first is not refused either, so nothing is lost."""
    await record(store, notices=(REPLY,))
    lane = await _lane(store)

    async def fail(*_args, **_kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr("storage.outbox.write_notices", fail)
    with pytest.raises(StorageUnavailableError):
        await _refused(store, lane.rows[0], DIRECT)
    monkeypatch.undo()
    await _release(store, lane)
    lane = await _lane(store, seconds=1)
    await _refused(store, lane.rows[0], DIRECT)
    await _release(store, lane)
    assert [row.route for row in (await _lane(store, seconds=2)).rows] == [Route.DIRECT]


async def test_what_was_refused_before_owes_nothing_again(store):
    """Two that refuse one message tell people once."""
    await record(store, notices=(REPLY,))
    row = (await _lane(store)).rows[0]
    await _refused(store, row, DIRECT)
    await _refused(store, row, DIRECT)
    assert await store.count_owed() == 1


async def test_no_second_card_is_owed_while_one_is_on_its_way(store):
    """Two edits that find the card gone bring one new card."""
    production = await record(store, notices=(make_edit(),))
    await _refused(store, (await _lane(store)).rows[0], CARD)
    await store.owe(production.id, (CARD,), NOW)
    assert await store.count_owed() == 1
    lane = await _lane(store)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await store.owe(production.id, (CARD, REPLY), NOW)
    assert await store.count_owed() == 2
    await store.pay(lane.rows[0].id, ts="1.1", at=NOW)
    await store.owe(production.id, (CARD,), NOW)
    assert await store.count_owed() == 2


async def test_a_paid_message_is_done(store, database):
    """It is never handed out again, and what Slack called it is kept."""
    await record(store, notices=(CARD,))
    lane = await _lane(store)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await store.pay(lane.rows[0].id, ts="17.1", at=later(1))
    await _release(store, lane)
    assert await _claim(store, seconds=2) == []
    assert await raw(database, "SELECT status, message_ts FROM outbox") == [("paid", "17.1")]


async def test_only_the_holder_of_the_lane_may_send(store):
    """Under a lost claim, or twice, nothing leaves."""
    await record(store, notices=(CARD,))
    lost = await _lane(store, lease_s=1)
    row = lost.rows[0]
    current = await _lane(store, seconds=2)
    with pytest.raises(LostClaimError):
        await store.mark_sending(row.id, lost.token, at=NOW)
    await store.mark_sending(row.id, current.token, at=NOW)
    with pytest.raises(LostClaimError):
        await store.mark_sending(row.id, current.token, at=NOW)


async def test_messages_being_sent_are_unknown_once_nobody_holds_them(store):
    """Not while their holder is at it; when its lease ends, the lane is released, or at start."""
    await record(store, notices=(CARD,))
    lane = await _lane(store, lease_s=30)
    await store.mark_sending(lane.rows[0].id, lane.token, at=later(1))
    assert await store.sending_rows(now=later(29)) == []
    (row,) = await store.sending_rows(now=later(30))
    assert (row.id, row.sending_since_at, row.token) == (lane.rows[0].id, later(1), lane.token)
    await store.release_all_claims(later(2))
    assert len(await store.sending_rows(now=later(2))) == 1


async def test_a_later_claim_of_the_lane_does_not_hide_an_unknown_message(store):
    """A busy lane is nearly always held by somebody."""
    await record(store, make_production(id="FIRST1"), notices=(CARD,))
    await record(store, make_production(id="OTHER1"), notices=(CARD,))
    lane = await _lane(store, rows=1)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    await _release(store, lane)
    await _lane(store, seconds=1)
    assert [row.id for row in await store.sending_rows(now=later(2))] == [lane.rows[0].id]


async def test_a_message_is_put_back_by_one_of_two_that_found_it(store):
    """The second must not put back what is already being sent anew."""
    await record(store, notices=(CARD,))
    lane = await _lane(store, lease_s=1)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    (found,) = await store.sending_rows(now=later(5))
    await store.owe_again(found.id, found.token)
    again = await _lane(store, seconds=5)
    await store.mark_sending(found.id, again.token, at=later(5))
    await store.owe_again(found.id, found.token)
    await _release(store, again)
    assert await _claim(store, seconds=6) == []


async def test_more_may_be_owed_without_an_event(store):
    """For the current attempt; an unknown production owes nothing."""
    production = await record(store, make_production(number=2, job=make_job()))
    await store.owe(production.id, (REPLY,), later(3))
    (row,) = (await _lane(store, seconds=3)).rows
    assert (row.attempt, row.owed_at) == (2, later(3))
    with pytest.raises(UnknownProductionError):
        await store.owe("NOBODY", (REPLY,), NOW)


async def test_what_is_owed_is_counted(store):
    """Owed and being sent count, paid and refused do not."""
    assert await store.count_owed() == 0
    production = await record(store, notices=(CARD,))
    await store.owe(production.id, (REPLY,), later(5))
    lane = await _lane(store, seconds=5)
    await store.mark_sending(lane.rows[0].id, lane.token, at=NOW)
    assert await store.count_owed() == 2
    await store.pay(lane.rows[0].id, ts="1.1", at=later(6))
    assert await store.count_owed() == 1


async def test_done_messages_are_forgotten_in_time(store, database):
    """Owed ones stay however old they are."""
    production = await record(store, notices=(CARD, REPLY))
    lane = await _lane(store)
    await store.pay(lane.rows[0].id, ts="1.1", at=NOW)
    await store.prune(NOW + timedelta(days=9))
    kinds = await raw(database, "SELECT kind FROM outbox")
    assert kinds == [("review",)]
    assert production.id == lane.rows[1].production_id
