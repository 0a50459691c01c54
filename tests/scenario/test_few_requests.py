"""JARAI's requests are few: what can wait for the next one does, and nothing is asked twice."""

import pytest

from tests.rig import ANA


def looks(rig):
    """Count the GETs of the newest job's status."""
    return len(
        [
            one
            for one in rig.jarai.journal.entries()
            if one.what.startswith("GET ") and one.what.endswith(rig.job_id())
        ]
    )


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
