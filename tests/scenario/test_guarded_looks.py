"""Looks at JARAI: as many as are needed, and what they bring."""

import pytest

from tests.rig import ANA, BO, GIL
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


async def test_step_alone_moves_the_progress_without_a_look(rig, producing):
    """What a step's webhook says is on the card, and JARAI is not asked for it."""
    before, shown = looks(rig), rig.text(producing)
    rig.jarai.act.step(rig.job_id())
    rig.jarai.act.step(rig.job_id())
    await rig.advance(40)
    assert looks(rig) == before
    assert rig.text(producing) != shown


async def test_webhooks_leave_only_the_safety_net(rig, producing):
    """Where webhooks come, JARAI is looked at every five minutes instead of every half."""
    before = looks(rig)
    await rig.advance(240)
    assert looks(rig) == before
    await rig.advance(120)
    assert looks(rig) == before + 1


async def test_review_waits_for_the_files(rig):
    """Nobody is asked to approve what is not listed yet."""
    card = await rig.request()
    rig.jarai.faults.add(Fault(match="/deliverables", kind="status", status=404, body="{}"))
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(30)
    assert rig.state(card) == "Queued"
    await rig.advance(60)
    assert rig.state(card) == "Awaiting approval"
    assert "Approve" in rig.buttons(card)
    assert "video-16x9.mp4" in rig.text(card)


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


async def test_form_opens_although_the_service_is_down(rig):
    """The trigger dies soon, so the form opens before JARAI is asked for anything."""
    rig.jarai.faults.add(Fault(match="GET /v1/partner/accounts", kind="status", status=503))
    await rig.open_form()
    assert [one.answer for one in rig.calls("views.open")] == ["ok"]


async def test_click_is_acked_before_anybody_is_looked_up(rig):
    """Slack gets its answer at once; who clicked is asked after that."""
    card = await rig.request_and_finish()
    rig.slack.faults.add(Fault(match="users.info", kind="delay", seconds=0.5))
    await rig.click("Approve", card, user=BO)
    whats = [one.what for one in rig.slack.journal.entries()]
    assert whats.index("block_actions") < whats.index("users.info")


async def test_guest_decides_nothing(rig):
    """A guest who presses Approve is told why not, and the card stays as it was."""
    card = await rig.request_and_finish()
    await rig.click("Approve", card, user=GIL)
    assert "Approve" in rig.buttons(card)
    assert len(rig.private(GIL)) == 1


async def test_nobody_decides_while_slack_does_not_say_who_they_are(rig):
    """Slack cannot be asked about somebody: they may do nothing, and are told so."""
    card = await rig.request_and_finish()
    rig.slack.faults.add(Fault(match="users.info", kind="status", status=500, body="{}"))
    await rig.click("Approve", card, user=BO)
    assert "Approve" in rig.buttons(card)
    assert len(rig.private(BO)) == 1
