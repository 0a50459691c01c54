"""What the local JARAI remembers of each production; no HTTP and no clock in here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from twin.clock import wire_time
from twin.jarai.catalogue import STEP_NAMES
from twin.jobs import JobShelf


class Status(StrEnum):
    """Where a production stands, in the service's own words."""

    QUEUED = "Queued"
    PRODUCING = "Producing"
    AWAITING_APPROVAL = "AwaitingApproval"
    DISTRIBUTING = "Distributing"
    PUBLISHED = "Published"
    FAILED = "Failed"
    CANCELLED = "Cancelled"


CANCELLABLE = frozenset({Status.QUEUED, Status.PRODUCING, Status.AWAITING_APPROVAL})
WITH_DELIVERABLES = frozenset({Status.AWAITING_APPROVAL, Status.DISTRIBUTING, Status.PUBLISHED})
ALIVE = CANCELLABLE | {Status.DISTRIBUTING}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a submit asked for, already checked."""

    account_id: str
    topic: str
    language_id: str
    country_id: str
    avatar_id: str
    project_type_slug: str
    metadata_md: str | None


@dataclass(frozen=True, kw_only=True)
class Job:
    """One production as the service sees it.

    Attributes:
        sandbox: It was submitted with a test key.
        correlation_id: The submit's; its events carry it too.
        submits: Requests that were answered with this production, replays included.
        history: Every status it entered, oldest first.
        steps_done: Steps completed, up to `steps`.
        sequence: Number of its newest event; 0 before the first.
        turn: Counts its moves, so that an appointment made earlier can tell it is out of date.
    """

    production_id: str
    partner: str
    wish: Wish
    sandbox: bool
    correlation_id: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    steps: int
    history: tuple[tuple[Status, datetime], ...]
    steps_done: int = 0
    error_code: str | None = None
    error_message: str | None = None
    idempotency_key: str | None = None
    submits: int = 1
    sequence: int = 0
    turn: int = 0

    @property
    def status(self) -> Status:
        """Where it stands now."""
        return self.history[-1][0]

    def entered(self, status: Status, *, at: datetime, **changes: Any) -> "Job":
        """Give the job as it is after entering `status`."""
        history = (*self.history, (status, at))
        return replace(self, history=history, updated_at=at, turn=self.turn + 1, **changes)


class Jobs(JobShelf[Job]):
    """Hold the productions by id, in the order they were submitted."""

    def __init__(self, *, changed: Callable[[], None] = lambda: None) -> None:
        super().__init__(id_of=lambda job: job.production_id, called="production", changed=changed)
        self._by_key: dict[tuple[str, str], str] = {}

    def put(self, job: Job) -> None:
        """Keep the newest form of a job."""
        if job.idempotency_key is not None:
            self._by_key[job.partner, job.idempotency_key] = job.production_id
        super().put(job)

    def get(self, job_id: str) -> Job:
        """Give a job, however the letters of its id are written."""
        return super().get(job_id.lower())

    def by_key(self, *, partner: str, idempotency_key: str) -> Job | None:
        """Find what this partner submitted under this key before."""
        production_id = self._by_key.get((partner, idempotency_key))
        return None if production_id is None else self.get(production_id)


def step_data(number: int, *, steps: int) -> dict[str, Any]:
    """Describe a step, numbered from 1, as status answers and events do."""
    return {"stepNumber": number, "stepName": STEP_NAMES[number - 1], "totalSteps": steps}


def status_body(job: Job) -> dict[str, Any]:
    """Write what a look at the production answers.

    Only status, expiresAt, errorCode and errorMessage are documented; the rest is plausible.
    """
    body: dict[str, Any] = {
        "productionId": job.production_id,
        "accountId": job.wish.account_id,
        "topic": job.wish.topic,
        "status": job.status,
        "expiresAt": wire_time(job.expires_at),
        "createdAt": wire_time(job.created_at),
        "updatedAt": wire_time(job.updated_at),
    }
    if job.status is Status.PRODUCING:
        body["currentStep"] = step_data(min(job.steps_done + 1, job.steps), steps=job.steps)
    if job.status is Status.FAILED:
        body |= failure(job)
    return body


def failure(job: Job) -> Mapping[str, str | None]:
    """Say why a failed production failed."""
    return {"errorCode": job.error_code, "errorMessage": job.error_message}
