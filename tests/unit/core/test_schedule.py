"""When to look again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.production import PendingCancel, State
from bot.core.schedule import backoff_s, is_overdue, look_interval_s, plan_next
from tests.factories import NOW, later, make_pace, make_production


def planned(production, **details):
    """Plan from `NOW` without jitter."""
    return plan_next(production, make_pace(), now=NOW, jitter=0.0, **details)


@pytest.mark.parametrize(
    ("state", "seconds"),
    [
        (State.QUEUED, 10),
        (State.PRODUCING, 30),
        (State.AWAITING_APPROVAL, 120),
        (State.DISTRIBUTING, 30),
    ],
)
def test_each_state_has_its_interval(state, seconds):
    """JARAI asks for 10 s while queued and 30 s while producing."""
    assert planned(make_production(state)).due_at == later(seconds)


def test_webhooks_leave_only_the_safety_net():
    """Once a webhook came for a production, looks are rare."""
    assert planned(make_production(State.PRODUCING, hints=1)).due_at == later(300)


def test_jitter_spreads_looks_by_a_tenth():
    """Looks made together do not stay together."""
    production = plan_next(make_production(State.QUEUED), make_pace(), now=NOW, jitter=0.5)
    assert production.due_at == later(10.5)


@pytest.mark.parametrize(
    "state", [State.COMPLETED, State.FAILED, State.CANCELLED, State.SUBMISSION_UNKNOWN]
)
def test_what_only_people_can_move_is_never_due(state):
    """Ends and unknowns are not looked at."""
    assert planned(make_production(state)).due_at is None


def test_nothing_is_due_before_the_thread_exists():
    """The card comes first; then the submission is due at once."""
    assert planned(make_production(thread_ts=None)).due_at is None
    assert planned(make_production()).due_at == NOW


def test_a_cancel_to_send_is_due_at_once():
    """Somebody waits for it."""
    pending = PendingCancel(user_id="U0ANA", at=NOW)
    assert planned(make_production(State.PRODUCING, pending_cancel=pending)).due_at == NOW


def test_a_service_that_asks_to_wait_is_obeyed():
    """A 429's wait is never cut short."""
    assert planned(make_production(State.QUEUED), wait_s=500).due_at == later(500)


def test_looks_come_at_the_deadline_at_the_latest():
    """A safety net of an hour still notices a queue that takes too long."""
    pace = make_pace(safety_s=3600.0)
    production = plan_next(make_production(State.QUEUED, hints=2), pace, now=NOW, jitter=0.0)
    assert production.due_at == production.deadline_at == later(900)


def test_a_state_called_late_has_no_deadline_left():
    """People are told once."""
    assert planned(make_production(State.QUEUED, is_late=True)).deadline_at is None
    assert is_overdue(make_production(deadline_at=NOW), now=NOW)
    assert not is_overdue(make_production(deadline_at=later(1)), now=NOW)


def test_promised_files_are_looked_for_often():
    """While files are awaited, the queue's interval holds even with webhooks."""
    production = make_production(State.PRODUCING, hints=3, collecting_since_at=NOW)
    assert look_interval_s(production, make_pace()) == 10


@given(
    failures=st.integers(0, 10_000),
    base_s=st.floats(0.01, 60),
    ceiling_s=st.floats(60, 3600),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_backoff_grows_to_its_ceiling_and_no_further(failures, base_s, ceiling_s, jitter):
    """Waits are at least the base and never over twice the ceiling."""
    assert base_s <= backoff_s(failures, base_s=base_s, ceiling_s=ceiling_s, jitter=jitter)
    assert backoff_s(failures, base_s=base_s, ceiling_s=ceiling_s, jitter=jitter) <= 2 * ceiling_s


def test_backoff_doubles():
    """2, 4, 8 seconds."""
    waits = [backoff_s(n, base_s=2.0, ceiling_s=60.0, jitter=0.0) for n in (1, 2, 3, 9)]
    assert waits == [2, 4, 8, 60]


def test_a_deadline_that_has_passed_makes_nothing_due_at_once():
    """A service that asked to wait is left alone, however late the state is."""
    pace = make_pace(deadline_s={State.QUEUED: 900.0})
    production = make_production(State.QUEUED)
    planned_late = plan_next(production, pace, now=later(1000), jitter=0.0, wait_s=60)
    assert planned_late.due_at == later(1060)
