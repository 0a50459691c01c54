"""When to look again, and when a state has lasted too long."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.production import LOOKED_AT, Production, State


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often one service is looked at.

    Attributes:
        look_s: Seconds between looks, per state the service has a job in.
        safety_s: Seconds between looks once webhooks arrive for a production.
        ceiling_s: Longest wait while looks fail, in seconds, before jitter.
        deadline_s: Seconds after which a state is late; absent states never are.
        collect_s: Seconds to wait for promised files before going on without them.
    """

    look_s: Mapping[State, float]
    safety_s: float
    ceiling_s: float
    deadline_s: Mapping[State, float]
    collect_s: float


JITTER_SHARE = 0.1
"""Regular looks are spread by up to this share of their interval, so that they never march."""


def backoff_s(failures: int, *, base_s: float, ceiling_s: float, jitter: float) -> float:
    """Say how long to wait after failed looks.

    Args:
        failures: Failed looks in a row, 1 or more; large values are safe.
        base_s: First wait in seconds, above 0 and at most `ceiling_s`.
        ceiling_s: Longest wait in seconds before jitter.
        jitter: A draw from [0, 1).

    Returns:
        Seconds in [base_s, 2 * ceiling_s].
    """
    doublings = min(max(failures - 1, 0), 32)  # 2.0 * 2**1024 no longer fits a float.
    return min(ceiling_s, base_s * 2.0**doublings) * (1 + jitter)


def look_interval_s(production: Production, pace: Pace) -> float:
    """Say how often to look at a production, in seconds, before jitter and budget."""
    base_s = pace.look_s[production.state]
    is_entering = production.state is not State.AWAITING_APPROVAL
    is_collecting = production.collecting_since_at is not None and is_entering
    if production.copying is not None or is_collecting:
        return min(base_s, pace.look_s[State.QUEUED])
    return max(base_s, pace.safety_s) if production.hints > 0 else base_s


def is_overdue(production: Production, *, now: datetime) -> bool:
    """Tell whether the state has outlived its deadline."""
    return production.deadline_at is not None and production.deadline_at <= now


def plan_next(
    production: Production,
    pace: Pace,
    *,
    now: datetime,
    jitter: float,
    interval_s: float | None = None,
    wait_s: float | None = None,
) -> Production:
    """Set `due_at` and `deadline_at` for what comes next.

    Args:
        jitter: A draw from [0, 1).
        interval_s: Look interval stretched by the request budget; None takes the pace's own.
        wait_s: Seconds the service asked to wait, or None.

    Returns:
        The production with both moments; everything else is as it was.
    """
    deadline_at = _deadline(production, pace)
    due_at = _due(production, pace, now=now, jitter=jitter, interval_s=interval_s, wait_s=wait_s)
    if due_at is not None and deadline_at is not None and deadline_at > now:
        earliest_at = now + timedelta(seconds=wait_s or 0.0)
        due_at = min(due_at, max(deadline_at, earliest_at))
    return replace(production, due_at=due_at, deadline_at=deadline_at)


def _deadline(production: Production, pace: Pace) -> datetime | None:
    seconds = pace.deadline_s.get(production.state)
    if seconds is None or production.is_late:
        return None
    return production.state_since_at + timedelta(seconds=seconds)


def _due(
    production: Production,
    pace: Pace,
    *,
    now: datetime,
    jitter: float,
    interval_s: float | None,
    wait_s: float | None,
) -> datetime | None:
    if production.state is State.REQUESTED:
        # Nothing is submitted before the thread exists.
        waits = production.thread_ts is None
        return None if waits else now + timedelta(seconds=wait_s or 0.0)
    if production.state not in LOOKED_AT or production.rests:
        return None
    if production.pending_cancel is not None and production.pending_cancel.sent_at is None:
        return now + timedelta(seconds=wait_s or 0.0)
    seconds = interval_s if interval_s is not None else look_interval_s(production, pace)
    seconds = max(seconds * (1 + JITTER_SHARE * jitter), wait_s or 0.0)
    return now + timedelta(seconds=seconds)
