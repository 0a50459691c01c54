"""Webhooks mean "look now", once, and only where their signature holds."""

import json

import pytest

from tests.rig import ANA
from twin.jarai.webhooks import Mishap

SLOW = {f"look_{state}_s": 3600 for state in ("queued", "producing", "awaiting", "distributing")}

NIL = "00000000-0000-0000-0000-000000000000"
FRESH_ID = "99999999-2222-4333-8444-555555555555"


@pytest.fixture
async def subscribed(make_rig):
    """Run a rig that looks once an hour by itself and is told of everything."""
    rig = await make_rig(**SLOW, look_safety_s=3600)
    await rig.subscribe()
    return rig


def looks(rig, *, after=0):
    """List the looks that reached JARAI."""
    entries = rig.jarai.journal.entries(after=after)
    return [
        one
        for one in entries
        if one.what.startswith("GET") and one.what.count("/") > 4 and "deliver" not in one.what
    ]


def answers(rig):
    """List what the bot answered to deliveries."""
    return [one.status for one in rig.jarai.journal.entries() if one.direction == "out"]


async def test_webhook_makes_a_look(subscribed):
    """A webhook brings the state up to date long before the next look was due."""
    card = await subscribed.request()
    subscribed.jarai.act.finish(subscribed.job_id())
    await subscribed.advance(10)
    assert subscribed.state(card) == "Awaiting approval"
    assert set(answers(subscribed)) == {204}


async def test_webhooks_in_a_burst_make_one_look(subscribed):
    """Many events within two seconds make one look."""
    await subscribed.request()
    await subscribed.advance(10)
    since = subscribed.jarai.journal.number
    subscribed.jarai.act.finish(subscribed.job_id())
    await subscribed.advance(10)
    assert len(looks(subscribed, after=since)) == 1


async def test_step_events_move_the_progress_without_a_look(subscribed):
    """Steps of a production are shown from the event's body alone."""
    card = await subscribed.request()
    await subscribed.advance(60)
    assert "step 2 of 15" in subscribed.text(card)
    since = subscribed.jarai.journal.number
    await subscribed.advance(120)
    assert "step 2 of 15" not in subscribed.text(card)
    assert "of 15" in subscribed.text(card)
    assert looks(subscribed, after=since) == []


async def test_webhook_delivered_again_makes_no_look(subscribed):
    """An event that was taken before is taken again, and nothing is looked at for it."""
    await subscribed.request()
    await subscribed.advance(10)
    since = subscribed.jarai.journal.number
    # JARAI names a delivery anew each time; production and sequence number tell that it is old.
    again = event_of(productionId=subscribed.job_id(), sequenceNumber=1, eventId=FRESH_ID)
    sent = await subscribed.jarai.webhooks.send_raw(again)
    assert [one["status"] for one in sent] == [204]
    await subscribed.advance(10)
    assert looks(subscribed, after=since) == []


async def test_webhook_delivered_twice_at_once_counts_once(subscribed):
    """The same event twice at the same time makes one look."""
    card = await subscribed.request()
    await subscribed.advance(10)
    since = subscribed.jarai.journal.number
    subscribed.jarai.webhooks.add_mishap(Mishap(kind="twice", event_type="deliverable.ready"))
    subscribed.jarai.act.finish(subscribed.job_id())
    await subscribed.advance(30)
    assert len(looks(subscribed, after=since)) == 1
    assert subscribed.state(card) == "Awaiting approval"


async def test_webhooks_out_of_order_do_no_harm(subscribed):
    """An event that comes after its successor changes nothing backwards."""
    card = await subscribed.request()
    subscribed.jarai.webhooks.add_mishap(Mishap(kind="out_of_order"))
    subscribed.jarai.act.finish(subscribed.job_id())
    await subscribed.advance(60)
    assert subscribed.state(card) == "Awaiting approval"


async def test_badly_signed_webhook_is_refused_and_does_nothing(subscribed):
    """A wrong signature is answered 401, and nothing is looked at; the honest retry counts."""
    card = await subscribed.request()
    subscribed.jarai.act.finish(subscribed.job_id())
    await subscribed.advance(10)
    subscribed.jarai.act.release(subscribed.job_id())
    subscribed.jarai.webhooks.add_mishap(Mishap(kind="bad_signature"))
    since = subscribed.jarai.journal.number
    await subscribed.advance(65)
    assert 401 in answers(subscribed)
    assert looks(subscribed, after=since) == []
    assert subscribed.state(card) == "Awaiting approval"
    await subscribed.advance(20)
    assert subscribed.state(card) == "Completed"


async def test_lost_webhook_is_made_good_by_the_safety_net(make_rig):
    """If an event never comes, the slow look finds out."""
    rig = await make_rig(look_safety_s=300)
    await rig.subscribe()
    card = await rig.request()
    await rig.advance(10)
    rig.jarai.webhooks.add_mishap(Mishap(kind="drop", event_type="deliverable.ready"))
    rig.jarai.act.pick_up(rig.job_id())
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(330)
    assert rig.state(card) == "Awaiting approval"


async def test_looks_become_rare_where_webhooks_arrive(rig):
    """Once a webhook came for a production, looks are as rare as the safety net."""
    await rig.subscribe()
    rig.jarai.configure(producing_s=100_000.0)
    await rig.request()
    await rig.advance(60)
    since = rig.jarai.journal.number
    await rig.advance(900)
    assert 2 <= len(looks(rig, after=since)) <= 4


async def test_test_event_is_taken_and_means_nothing(subscribed):
    """JARAI's test event is answered 2xx and changes nothing."""
    event = event_of(eventType="webhook.test", productionId=NIL, accountId=NIL)
    sent = await subscribed.jarai.webhooks.send_raw(event)
    assert [one["status"] for one in sent] == [204]
    await subscribed.settle()
    assert subscribed.cards() == []


async def test_webhook_of_another_production_is_remembered_only(subscribed):
    """Events of productions made in the console are taken, and open no thread here."""
    sent = await subscribed.jarai.webhooks.send_raw(event_of())
    assert [one["status"] for one in sent] == [204]
    await subscribed.advance(10)
    assert subscribed.cards() == []
    assert subscribed.direct(ANA) == []


@pytest.mark.parametrize(
    ("timestamp", "status"),
    [
        ("2026-11-22T08:59:00Z", 401),
        ("2026-11-23T09:06:00Z", 401),
        ("2026-11-22T09:01:00Z", 204),
        ("2026-11-23T09:04:00Z", 204),
    ],
    ids=["over a day old", "from the future", "almost a day old", "a little ahead"],
)
async def test_stale_webhooks_are_refused(subscribed, timestamp, status):
    """An event a day old or minutes ahead is not believed, however well it is signed."""
    sent = await subscribed.jarai.webhooks.send_raw(event_of(timestamp=timestamp))
    assert [one["status"] for one in sent] == [status]
    await subscribed.settle()


def event_of(**changes):
    """Write an event of a production that nobody here asked for, as it goes over the wire."""
    event = {
        "eventId": "11111111-2222-4333-8444-555555555555",
        "eventType": "production.queued",
        "productionId": "5c1f6f0e-8d0b-4b53-8a8e-0c8b7f4e4444",
        "accountId": "0b6f4c7e-2a11-4b8e-9d33-7a5f10c2e901",
        "timestamp": "2026-11-23T09:00:00Z",
        "sequenceNumber": 1,
        "correlationId": "c",
        "truncated": False,
        "data": {"status": "Queued"},
    }
    return json.dumps(event | changes).encode()


async def test_late_step_of_the_first_attempt_moves_nothing_in_the_second(subscribed):
    """Each attempt has its own job, and only that job's steps are shown."""
    card = await subscribed.request()
    first = subscribed.job_id()
    await subscribed.advance(60)
    subscribed.jarai.act.fail(first)
    await subscribed.advance(10)
    await subscribed.click("Retry", card, user=ANA)
    await subscribed.advance(70)
    shown = subscribed.text(card)
    assert "step 2 of 15" in shown, shown
    event = {
        "eventId": FRESH_ID,
        "eventType": "production.step.complete",
        "productionId": first,
        "accountId": NIL,
        "timestamp": subscribed.clock.now().isoformat(),
        "sequenceNumber": 900,
        "correlationId": "late",
        "truncated": False,
        "data": {"stepNumber": 15, "stepName": "GateEvaluator", "totalSteps": 15},
    }
    await subscribed.jarai.webhooks.send_raw(json.dumps(event).encode())
    await subscribed.settle()
    assert "step 15 of 15" not in subscribed.text(card)
