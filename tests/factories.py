"""Values with sensible defaults; tests name only what they are about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.production import (
    Answer,
    Attempt,
    Deliverable,
    Job,
    Production,
    ProductionRequest,
    State,
)
from bot.core.schedule import Pace

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """Give the moment so many seconds after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def make_request(**overrides: Any) -> ProductionRequest:
    """Make a wish."""
    values: dict[str, Any] = {
        "provider": "jarai",
        "topic": "Autumn range teaser",
        "team_id": "T0GREEN",
        "channel_id": "C0MARKETING",
        "requester_id": "U0ANA",
        "answers": (
            Answer(key="language", label="Language", value="lang-1", shown="English (UK)"),
            Answer(key="avatar", label="Avatar", value="acc-1/av-1", shown="Mia"),
        ),
    }
    return ProductionRequest(**(values | overrides))


def make_job(job_id: str = "job-1", **handle: Any) -> Job:
    """Make a service's job."""
    return Job(job_id=job_id, handle=handle or {"account_id": "acc-1"})


def make_deliverable(**overrides: Any) -> Deliverable:
    """Make a finished file."""
    values: dict[str, Any] = {"key": "d1", "kind": "video", "name": "autumn.mp4"}
    return Deliverable(**(values | overrides))


def make_production(
    state: State = State.REQUESTED,
    *,
    request: ProductionRequest | None = None,
    job: Job | None = None,
    number: int = 1,
    **overrides: Any,
) -> Production:
    """Make a production; states that have a job get one."""
    if job is None and state not in {
        State.REQUESTED,
        State.SUBMITTING,
        State.SUBMISSION_UNKNOWN,
    }:
        job = make_job()
    attempt = Attempt(number=number, request=request or make_request(), started_at=NOW, job=job)
    production = Production(
        id="7K3MQ2",
        version=3,
        state=state,
        attempt=attempt,
        created_at=NOW,
        state_since_at=NOW,
        thread_ts="1700000000.000100",
        card_ts="1700000000.000100",
    )
    return replace(production, **overrides)


def make_pace(**overrides: Any) -> Pace:
    """Make JARAI's default pace."""
    values: dict[str, Any] = {
        "look_s": {
            State.QUEUED: 10.0,
            State.PRODUCING: 30.0,
            State.AWAITING_APPROVAL: 120.0,
            State.DISTRIBUTING: 30.0,
        },
        "safety_s": 300.0,
        "ceiling_s": 600.0,
        "deadline_s": {State.QUEUED: 900.0, State.PRODUCING: 12_600.0},
        "collect_s": 600.0,
    }
    return Pace(**(values | overrides))
