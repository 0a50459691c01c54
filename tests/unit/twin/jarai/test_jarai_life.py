from datetime import timedelta

import pytest

from twin.jarai.catalogue import SOCIAL, STEP_NAMES
from twin.jarai.model import Status
from twin.jobs import WrongStatusError

PRODUCTIONS = f"/v1/partner/accounts/{SOCIAL.account_id}/productions"


@pytest.fixture
def look(http, production_id):
    """Look at the production over the wire."""

    async def get():
        return (await http.get(f"{PRODUCTIONS}/{production_id}")).json()

    return get


@pytest.mark.parametrize(
    ("after_s", "status"),
    [
        (0, "Queued"),
        (19, "Queued"),
        (20, "Producing"),
        (319, "Producing"),
        (320, "AwaitingApproval"),
        (100_000, "AwaitingApproval"),
    ],
)
async def test_production_moves_with_the_clock_and_waits_for_approval(clock, look, after_s, status):
    """It is queued, produced, and then waits for an operator for as long as it takes."""
    await clock.advance(after_s)
    assert (await look())["status"] == status


async def test_look_at_a_waiting_production_shows_its_moments(clock, look, production_id):
    """The body names the production, its account, topic and moments."""
    assert await look() == {
        "productionId": production_id,
        "accountId": SOCIAL.account_id,
        "topic": "Autumn range teaser",
        "status": "Queued",
        "expiresAt": "2026-11-21T10:10:00Z",
        "createdAt": "2026-11-21T10:00:00Z",
        "updatedAt": "2026-11-21T10:00:00Z",
        "sandbox": True,
    }


@pytest.mark.parametrize(("after_s", "number"), [(20, 1), (40, 2), (319, 15)])
async def test_step_in_hand_is_shown_while_producing(clock, look, after_s, number):
    """Fifteen equal steps follow each other under their names."""
    await clock.advance(after_s)
    assert (await look())["currentStep"] == {
        "stepNumber": number,
        "stepName": STEP_NAMES[number - 1],
        "totalSteps": 15,
    }


async def test_release_distributes_and_publishes(twin, clock, look, production_id):
    """After an operator's release it is distributed and, a minute later, published."""
    await clock.advance(400)
    twin.act.release(production_id)
    assert (await look())["status"] == "Distributing"
    await clock.advance(60)
    assert (await look())["status"] == "Published"


async def test_unwatched_queue_expires(twin, clock, look):
    """Nobody picks it up, so it fails at the end of its slot with the documented code."""
    twin.configure(hold_queue=True)
    await clock.advance(599)
    assert (await look())["status"] == "Queued"
    await clock.advance(1)
    body = await look()
    assert (body["status"], body["errorCode"]) == ("Failed", "PRODUCTION_EXPIRED")
    assert body["errorMessage"]


async def test_queue_goes_on_when_no_longer_held(twin, clock, look):
    """What waited while the queue was held is picked up afterwards."""
    twin.configure(hold_queue=True)
    await clock.advance(100)
    twin.configure(hold_queue=False)
    await clock.advance(20)
    assert (await look())["status"] == "Producing"


async def test_auto_publish_skips_the_approval(twin, clock, look):
    """An account that publishes by itself goes from producing to distributing."""
    twin.configure(auto_publish=True)
    await clock.advance(320)
    assert (await look())["status"] == "Distributing"


async def test_durations_and_steps_can_be_set(twin, clock, look):
    """Settings change how long things take and in how many steps."""
    twin.configure(queued_s=20, producing_s=30, steps=3)
    await clock.advance(30)
    assert (await look())["currentStep"]["totalSteps"] == 3
    await clock.advance(20)
    assert (await look())["status"] == "AwaitingApproval"


PATHS = {
    Status.QUEUED: (),
    Status.PRODUCING: ("pick_up",),
    Status.AWAITING_APPROVAL: ("finish",),
    Status.DISTRIBUTING: ("finish", "release"),
    Status.PUBLISHED: ("finish", "release", "finish"),
    Status.FAILED: ("fail",),
    Status.CANCELLED: ("cancel",),
}
OUTCOMES = {
    ("pick_up", Status.QUEUED): Status.PRODUCING,
    ("step", Status.PRODUCING): Status.PRODUCING,
    ("finish", Status.QUEUED): Status.AWAITING_APPROVAL,
    ("finish", Status.PRODUCING): Status.AWAITING_APPROVAL,
    ("finish", Status.DISTRIBUTING): Status.PUBLISHED,
    ("release", Status.AWAITING_APPROVAL): Status.DISTRIBUTING,
    ("reject", Status.AWAITING_APPROVAL): Status.CANCELLED,
    ("cancel", Status.QUEUED): Status.CANCELLED,
    ("cancel", Status.PRODUCING): Status.CANCELLED,
    ("cancel", Status.AWAITING_APPROVAL): Status.CANCELLED,
    ("fail", Status.QUEUED): Status.FAILED,
    ("fail", Status.PRODUCING): Status.FAILED,
    ("fail", Status.AWAITING_APPROVAL): Status.FAILED,
    ("fail", Status.DISTRIBUTING): Status.FAILED,
    ("revive", Status.FAILED): Status.PRODUCING,
}
ACTIONS = ("pick_up", "step", "finish", "release", "reject", "cancel", "fail", "revive")


@pytest.mark.parametrize("status", list(PATHS))
@pytest.mark.parametrize("action", ACTIONS)
async def test_operator_can_do_what_fits_and_nothing_else(twin, production_id, action, status):
    """Every action in every status either leads where the table says or is refused."""
    for step in PATHS[status]:
        getattr(twin.act, step)(production_id)
    outcome = OUTCOMES.get((action, status))
    if outcome is None:
        with pytest.raises(WrongStatusError):
            getattr(twin.act, action)(production_id)
    else:
        assert getattr(twin.act, action)(production_id).status is outcome


async def test_last_step_ends_producing(twin, production_id):
    """Fifteen steps by hand lead to the approval."""
    twin.act.pick_up(production_id)
    for _ in range(15):
        twin.act.step(production_id)
    assert twin.job(production_id).status is Status.AWAITING_APPROVAL


async def test_step_by_hand_moves_the_next_one_along(twin, clock, look, production_id):
    """The clock counts a step from the one before it, however that ended."""
    twin.act.pick_up(production_id)
    await clock.advance(15)
    twin.act.step(production_id)
    await clock.advance(15)
    assert (await look())["currentStep"]["stepNumber"] == 2
    await clock.advance(5)
    assert (await look())["currentStep"]["stepNumber"] == 3


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (("pick_up", "step"), Status.PRODUCING),
        (("finish",), Status.AWAITING_APPROVAL),
        (("finish", "release"), Status.DISTRIBUTING),
    ],
    ids=["producing", "awaiting", "distributing"],
)
async def test_revived_production_goes_on_where_it_failed(twin, look, production_id, path, status):
    """An operator's retry takes up the status in which it failed, without an error left."""
    for step in (*path, "fail", "revive"):
        getattr(twin.act, step)(production_id)
    assert twin.job(production_id).status is status
    assert "errorCode" not in await look()


async def test_revived_production_keeps_its_steps(twin, look, production_id):
    """Steps that were done are not done again."""
    for step in ("pick_up", "step", "step", "fail", "revive"):
        getattr(twin.act, step)(production_id)
    assert (await look())["currentStep"]["stepNumber"] == 3


async def test_ended_production_is_left_alone_by_the_clock(twin, clock, production_id):
    """Appointments made before a cancellation lapse."""
    await clock.advance(30)
    twin.act.cancel(production_id)
    await clock.advance(10_000)
    assert twin.job(production_id).status is Status.CANCELLED


async def test_history_tells_every_status_with_its_moment(twin, clock, production_id):
    """What it went through can be read back."""
    await clock.advance(320)
    start = twin.job(production_id).created_at
    assert twin.job(production_id).history == (
        (Status.QUEUED, start),
        (Status.PRODUCING, start + timedelta(seconds=20)),
        (Status.AWAITING_APPROVAL, start + timedelta(seconds=320)),
    )


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ((), 202),
        (("pick_up",), 202),
        (("finish",), 202),
        (("finish", "release"), 409),
        (("finish", "release", "finish"), 409),
        (("cancel",), 409),
        (("fail",), 409),
    ],
)
async def test_partner_can_cancel_until_distribution(twin, http, production_id, path, code):
    """DELETE works before anything is published and answers 409 afterwards."""
    for step in path:
        getattr(twin.act, step)(production_id)
    answer = await http.delete(f"{PRODUCTIONS}/{production_id}")
    assert answer.status_code == code
    assert (twin.job(production_id).status is Status.CANCELLED) is (code == 202 or "cancel" in path)


async def test_cancelling_what_does_not_exist_is_not_found(http):
    """DELETE of an unknown production answers 404."""
    assert (await http.delete(f"{PRODUCTIONS}/none")).status_code == 404


async def test_cancellation_can_take_time(twin, clock, http, look, production_id):
    """An accepted DELETE comes through later when so set."""
    twin.configure(cancelling_s=5)
    assert (await http.delete(f"{PRODUCTIONS}/{production_id}")).json()["status"] == "Queued"
    await clock.advance(5)
    assert (await look())["status"] == "Cancelled"


async def test_slow_cancellation_loses_against_a_release(twin, clock, http, production_id):
    """What was released meanwhile is published all the same."""
    twin.configure(cancelling_s=5)
    twin.act.finish(production_id)
    await http.delete(f"{PRODUCTIONS}/{production_id}")
    twin.act.release(production_id)
    await clock.advance(100)
    assert twin.job(production_id).status is Status.PUBLISHED
