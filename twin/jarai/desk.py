"""What the twin's page shows of the local JARAI, and what an operator may do there."""

from collections.abc import Mapping
from typing import Any

from twin.jarai.model import Job, Status, step_data

_STOP = ("cancel", "fail")
ACTIONS: Mapping[Status, tuple[str, ...]] = {
    Status.QUEUED: ("pick_up", "finish", *_STOP),
    Status.PRODUCING: ("step", "finish", *_STOP),
    Status.AWAITING_APPROVAL: ("release", "reject", *_STOP),
    Status.DISTRIBUTING: ("finish", "fail"),
    Status.PUBLISHED: (),
    Status.FAILED: ("revive",),
    Status.CANCELLED: (),
}


def desk_job(job: Job) -> dict[str, Any]:
    """Write a production's entry in the page's state."""
    return {
        "id": job.production_id,
        "topic": job.wish.topic,
        "status": job.status,
        "step": _step(job),
        "actions": list(ACTIONS[job.status]),
    }


def _step(job: Job) -> str | None:
    """Say which step is in hand, such as `Script, 3 of 15`; None unless it is being produced."""
    if job.status is not Status.PRODUCING:
        return None
    step = step_data(min(job.steps_done + 1, job.steps), steps=job.steps)
    return f"{step['stepName']}, {step['stepNumber']} of {step['totalSteps']}"
