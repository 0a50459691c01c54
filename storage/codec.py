"""Turn values into columns and rows back into values."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.core.events import Event
from bot.core.production import (
    Attempt,
    Copy,
    Copying,
    CopyState,
    Decision,
    Deliverable,
    Ending,
    Failure,
    Job,
    PendingCancel,
    Problem,
    Production,
    ProductionRequest,
    Progress,
    Share,
    ShareState,
    State,
    Verdict,
)
from storage.cipher import Cipher
from storage.part import AnyRow


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is read back with a production but never searched for; named as in `Production`."""

    provider_word: str | None = None
    progress: Progress | None = None
    failure: Failure | None = None
    problem: Problem | None = None
    decision: Decision | None = None
    pending_cancel: PendingCancel | None = None
    ending: Ending | None = None
    collecting_since_at: datetime | None = None
    is_late: bool = False
    listed_at_hints: int = 0
    at_gate: bool = False
    copying: Copying | None = None
    files_deleted_at: datetime | None = None
    round_number: int = 1
    cost: str | None = None


_FACTS = TypeAdapter(Facts)
_FACT_NAMES = tuple(field.name for field in fields(Facts))
_REQUEST = TypeAdapter(ProductionRequest)
_HANDLE = TypeAdapter(Mapping[str, Any])


def build_production(production: Production) -> dict[str, Any]:
    """List the columns that every save writes; `due_at` and `hints` have rules of their own."""
    facts = Facts(**{name: getattr(production, name) for name in _FACT_NAMES})
    return {
        "version": production.version,
        "state": production.state.value,
        "attempt": production.attempt.number,
        "topic": production.topic,
        "thread_ts": production.thread_ts,
        "card_ts": production.card_ts,
        "state_since_at": production.state_since_at,
        "deadline_at": production.deadline_at,
        "quiet_looks": production.quiet_looks,
        "has_deliverables": bool(production.deliverables),
        "facts": _FACTS.dump_json(facts, exclude_defaults=True).decode(),
    }


def build_origin(production: Production) -> dict[str, Any]:
    """List the columns that are written once."""
    request = production.request
    return {
        "id": production.id,
        "provider": request.provider,
        "team_id": request.team_id,
        "channel_id": request.channel_id,
        "requester_id": request.requester_id,
        "created_at": production.created_at,
    }


def read_production(
    row: AnyRow, *, attempt: Attempt, deliverables: tuple[Deliverable, ...]
) -> Production:
    """Put a production together from its row and what belongs to it."""
    facts = _FACTS.validate_json(row.facts)
    return Production(
        id=row.id,
        version=row.version,
        state=State(row.state),
        attempt=attempt,
        created_at=row.created_at,
        state_since_at=row.state_since_at,
        thread_ts=row.thread_ts,
        card_ts=row.card_ts,
        due_at=row.due_at,
        deadline_at=row.deadline_at,
        hints=row.hints,
        quiet_looks=row.quiet_looks,
        deliverables=deliverables,
        **{name: getattr(facts, name) for name in _FACT_NAMES},
    )


def build_attempt(production_id: str, attempt: Attempt, *, cipher: Cipher) -> dict[str, Any]:
    """List the columns of an attempt."""
    return {
        "production_id": production_id,
        "number": attempt.number,
        "provider": attempt.request.provider,
        "started_at": attempt.started_at,
        "request": cipher.seal(_REQUEST.dump_json(attempt.request).decode()),
        **build_job(attempt.job, cipher=cipher),
    }


def build_job(job: Job | None, *, cipher: Cipher) -> dict[str, Any]:
    """List the columns of an attempt's job."""
    if job is None:
        return {"job_id": None, "handle": None}
    return {
        "job_id": job.job_id,
        "handle": cipher.seal(_HANDLE.dump_json(job.handle).decode()),
    }


def read_attempt(row: AnyRow, *, cipher: Cipher) -> Attempt:
    """Read an attempt."""
    return Attempt(
        number=row.number,
        request=_REQUEST.validate_json(cipher.unseal(row.request)),
        started_at=row.started_at,
        job=read_job(row, cipher=cipher),
    )


def read_job(row: AnyRow, *, cipher: Cipher) -> Job | None:
    """Read an attempt's job; None while it has none."""
    if row.job_id is None:
        return None
    return Job(job_id=row.job_id, handle=_HANDLE.validate_json(cipher.unseal(row.handle)))


def build_event(event: Event) -> dict[str, Any]:
    """List the columns of an event."""
    return {
        "production_id": event.production_id,
        "number": event.number,
        "at": event.at,
        "attempt": event.attempt,
        "kind": event.kind,
        "before": event.before.value if event.before else None,
        "after": event.after.value,
        "actor_id": event.actor_id,
        "detail": dict(event.detail),
    }


def read_event(row: AnyRow) -> Event:
    """Read an event."""
    return Event(
        production_id=row.production_id,
        number=row.number,
        at=row.at,
        attempt=row.attempt,
        kind=row.kind,
        before=State(row.before) if row.before else None,
        after=State(row.after),
        actor_id=row.actor_id,
        detail=row.detail,
    )


def read_decision(row: AnyRow) -> Decision:
    """Read a decision."""
    return Decision(
        verdict=Verdict(row.verdict),
        user_id=row.user_id,
        at=row.at,
        attempt=row.attempt,
        reason=row.reason,
    )


def read_deliverable(row: AnyRow, *, cipher: Cipher) -> Deliverable:
    """Read a deliverable with its copy; a revoked one has no token any more."""
    return Deliverable(
        key=row.key,
        kind=row.kind,
        name=row.name,
        platform=row.platform,
        language=row.language,
        content_type=row.content_type,
        size_bytes=row.size_bytes,
        expires_at=row.expires_at,
        token=cipher.unseal(row.token) if row.revoked_at is None else None,
        copy=_read_copy(row),
        share=_read_share(row),
        downloads=row.downloads,
    )


def _read_copy(row: AnyRow) -> Copy | None:
    if row.copy_state is None:
        return None
    return Copy(
        state=CopyState(row.copy_state),
        at=row.copy_at,
        file=row.copy_file,
        size_bytes=row.copy_size_bytes,
        sha256=row.copy_sha256,
        content_type=row.copy_content_type,
        reason=row.copy_reason,
    )


def _read_share(row: AnyRow) -> Share | None:
    if row.share_state is None:
        return None
    return Share(
        state=ShareState(row.share_state),
        at=row.share_at,
        permalink=row.share_permalink,
        reason=row.share_reason,
    )
