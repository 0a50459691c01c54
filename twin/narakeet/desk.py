"""What the twin's page shows of the local Narakeet, and what an operator may do there."""

from typing import Any

from twin.narakeet.model import Job, State, progress_text

ACTIONS = ("step", "finish", "fail")


def desk_job(job: Job) -> dict[str, Any]:
    """Write a job's entry in the page's state."""
    is_going = job.state is State.BUILDING
    return {
        "id": job.task_id,
        "topic": job.topic,
        "status": job.state,
        "step": f"{job.percent} %, {progress_text(job)}" if is_going else job.message,
        "actions": list(ACTIONS) if is_going else [],
    }
