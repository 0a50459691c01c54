"""What the twin's page shows of a job, and what an operator may do there."""

from collections.abc import Mapping
from typing import Any

from twin.techforge.catalogue import PROJECTS
from twin.techforge.model import ENDED, Job, Status, Wish

_STOP = ("finish", "fail")
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    Status.QUEUED: ("pick_up", *_STOP),
    Status.STARTED: ("step", *_STOP),
    Status.IN_PROGRESS: _STOP,
    **dict.fromkeys(ENDED, ("revive",)),
}
_TOPIC_MOST = 80


def desk_job(job: Job) -> dict[str, Any]:
    """Write a job's entry on the page."""
    return {
        "id": job.uuid,
        "topic": _topic(job.wish),
        "status": job.status,
        "step": None if job.runs == 1 else f"run {job.runs}",
        "actions": list(_ACTIONS.get(job.status, _STOP)),
    }


def _topic(wish: Wish) -> str:
    """Name a job by the first text that was filled in, else by its project or its type."""
    values = wish.values if isinstance(wish.values, dict) else {}
    texts = (value for value in values.values() if isinstance(value, str) and value.strip())
    topic = next(texts, "") or PROJECTS[wish.project_id].name or wish.job_type
    return topic if len(topic) <= _TOPIC_MOST else topic[: _TOPIC_MOST - 1] + "…"
