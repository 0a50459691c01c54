"""What the local TechForge remembers of each job; no HTTP and no clock in here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from twin.techforge.catalogue import Account

Json = dict[str, Any]


class Status(StrEnum):
    """Where a job stands (docs.techforgeinnovate.com/api/jobs-get, seen 2026-11-21).

    The list is not closed: an update may write any word, so a job's own status is a text.
    """

    QUEUED = "QUEUED"
    STARTED = "STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


ENDED = frozenset({Status.SUCCESS, Status.FAILED})
# The overview of v1.0.0 has four words; both running states are one of them.
OLD_STATUS: Mapping[str, str] = {
    Status.QUEUED: "queued",
    Status.STARTED: "processing",
    Status.IN_PROGRESS: "processing",
    Status.SUCCESS: "done",
    Status.FAILED: "failed",
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a submit asked for, already checked.

    Attributes:
        source_id: The project that was resolved, or the image prompt.
        body: The whole body as it was sent; the worker gets it and every look shows it.
    """

    job_type: str
    project_id: str
    source_id: str
    body: Mapping[str, Any]

    @property
    def values(self) -> Any:
        """What was filled in; None where nothing was sent."""
        return self.body.get("values")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job as the service sees it.

    Attributes:
        run_cost: What the run in hand costs once it has ended, in credits.
        history: Every status it entered, oldest first.
        output: What the worker wrote; None before.
        reason: Why the newest failure happened; None without one.
        runs: How often it was put on the queue, 1 or more.
        successes: Runs that made files; those of the newest are kept.
        credit_used: Over all runs.
        turn: Counts its moves, so that an appointment made earlier can tell it is out of date.
    """

    uuid: str
    account: Account
    wish: Wish
    run_cost: float
    created_at: datetime
    updated_at: datetime
    history: tuple[tuple[str, datetime], ...]
    output: Json | None = None
    reason: str | None = None
    runs: int = 1
    successes: int = 0
    credit_used: float = 0.0
    turn: int = 0

    @property
    def status(self) -> str:
        """Where it stands now."""
        return self.history[-1][0]

    def entered(self, status: str, *, at: datetime, **changes: Any) -> "Job":
        """Give the job as it is after entering `status`."""
        history = (*self.history, (status, at))
        return replace(self, history=history, updated_at=at, turn=self.turn + 1, **changes)


def milliseconds(moment: datetime) -> str:
    """Write a moment as the service does: ISO 8601, UTC, milliseconds, `Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def credits_text(amount: float) -> str:
    """Write credits as job rows do: a text, such as `12.5` or `3`."""
    return str(credits_number(amount))


def credits_number(amount: float) -> float:
    """Write credits as the balance does: a number, whole where it can be."""
    rounded = round(amount, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def row_of(job: Job, *, reason: str) -> Json:
    """Write a job's row, which is what every look answers.

    Args:
        reason: Where a failed job says why, as in the settings.
    """
    row: Json = {
        "uuid": job.uuid,
        "user_id": job.account.user_id,
        "template_id": job.wish.source_id,
        "input": dict(job.wish.body),
        "output": job.output,
        "values": job.wish.values,
        "job_status": job.status,
        "job_type": job.wish.job_type,
        "credit_used": credits_text(job.credit_used),
        "created_at": milliseconds(job.created_at),
        "updated_at": milliseconds(job.updated_at),
    }
    return row if job.status != Status.FAILED else _with_reason(row, job.reason, where=reason)


def _with_reason(row: Json, text: str | None, *, where: str) -> Json:
    place, _, name = where.rpartition(".")
    if where == "none":
        return row
    if place:
        return row | {place: {**(row[place] or {}), name: text}}
    return row | {name: text}


def with_old_names(row: Json) -> Json:
    """Give a row the names and words of the overview of v1.0.0."""
    rest = {name: value for name, value in row.items() if name not in {"uuid", "job_status"}}
    status = row["job_status"]
    return {"jobId": row["uuid"], "status": OLD_STATUS.get(status, status), **rest}
