"""JARAI's requests are few: what can wait for the next one does, and nothing is asked twice."""

import asyncio

import pytest

from tests.rig import ANA
from twin.faults import Fault


def looks(rig):
    """Count the GETs of the newest job's status."""
    return len(
        [
            one
            for one in rig.jarai.journal.entries()
            if one.what.startswith("GET ") and one.what.endswith(rig.job_id())
        ]
    )


def lists(rig, *, after):
    """Count the GETs of any job's files."""
    entries = rig.jarai.journal.entries(after=after)
    return len([one for one in entries if one.what.endswith("/deliverables")])


def deletes(rig):
    return [one for one in rig.jarai.journal.entries() if one.what.startswith("DELETE ")]


@pytest.fixture
async def producing(rig):
    """Give the card of a production that JARAI works on and tells of by webhook."""
    await rig.subscribe()
    rig.jarai.configure(producing_s=3000)
    card = await rig.request()
    rig.jarai.act.pick_up(rig.job_id())
    rig.jarai.act.step(rig.job_id())
    await rig.advance(30)
    assert rig.state(card) == "Producing"
    return card


async def test_webhooks_in_a_row_cost_one_look(rig, producing):
    """Events that come together are waited for, and then looked after once."""
    before = looks(rig)
    rig.jarai.act.finish(rig.job_id())
    await rig.settle()
    assert looks(rig) == before
    await rig.advance(10)
    assert looks(rig) == before + 1
    assert rig.state(producing) == "Awaiting approval"


async def test_webhooks_leave_only_the_safety_net(rig, producing):
    """Where webhooks come, JARAI is looked at every five minutes instead of every half."""
    before = looks(rig)
    await rig.advance(240)
    assert looks(rig) == before
    await rig.advance(120)
    assert looks(rig) == before + 1


async def test_cancel_is_asked_for_once(rig):
    """A cancel that takes its time is sent once and looked after until it has come through."""
    rig.jarai.configure(cancelling_s=60, producing_s=3000)
    card = await rig.request()
    await rig.click("Cancel", card, user=ANA)
    await rig.advance(45)
    assert len(deletes(rig)) == 1
    assert rig.state(card) != "Cancelled"
    await rig.advance(60)
    assert rig.state(card) == "Cancelled"
    assert len(deletes(rig)) == 1


@pytest.mark.parametrize("status", [404, 503])
async def test_clicks_on_a_broken_link_ask_once_a_minute(rig, status):
    """Whoever holds a link may click as often as they like; JARAI hears of it once a minute."""
    card = await rig.request_and_finish()
    await rig.advance(2 * 3600, step_s=600)
    rig.jarai.faults.add(Fault(match="/deliverables", kind="status", status=status, times=None))
    since = rig.jarai.journal.number
    for _ in range(3):
        answers = await asyncio.gather(*(rig.fetch(url) for url in rig.links(card) * 3))
        assert {one.status_code for one in answers} == {410 if status == 404 else 503}
        await rig.clock.advance(60)
    assert lists(rig, after=since) == 3


async def test_clicks_leave_forms_and_looks_their_requests(rig):
    """However many links are clicked for an hour, the form opens and the video is followed."""
    rig.jarai.configure(tier="free", producing_s=3000)
    card = await rig.request()
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(3 * 3600, step_s=300)
    assert rig.state(card) == "Awaiting approval"
    rig.jarai.faults.add(Fault(match="/deliverables", kind="status", status=503, times=None))
    since = rig.jarai.journal.number
    for _ in range(60):
        await rig.fetch(rig.links(card)[0])
        await rig.clock.advance(60)
    assert 1 <= lists(rig, after=since) <= 10
    rig.jarai.faults.clear()
    again = await rig.request("Winter range teaser")
    await rig.advance(600)
    assert rig.state(again) == "Producing"
