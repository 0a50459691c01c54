"""What can happen to a production, and the record that it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.core.production import Deliverable, Failure, Job, Problem, Production, Progress, State


class News(StrEnum):
    """Something turned out to be so; it never raises, whatever the state."""

    CARD_POSTED = "card_posted"
    CARD_REFUSED = "card_refused"
    SUBMISSION_BEGUN = "submission_begun"
    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"
    DELAYED = "delayed"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    QUEUED = "seen_queued"
    PRODUCING = "seen_producing"
    AWAITING_APPROVAL = "seen_awaiting_approval"
    DISTRIBUTING = "seen_distributing"
    COMPLETED = "seen_completed"
    FAILED = "seen_failed"
    CANCELLED = "seen_cancelled"
    REJECTED = "seen_rejected"
    COLLECTING = "collecting"
    COPYING = "copying"
    FILES_DELETED = "files_deleted"
    STEP_DONE = "step_done"
    UNCLEAR = "unclear"
    CANCEL_SENT = "cancel_sent"
    CANCEL_REFUSED = "cancel_refused"
    OVERDUE = "overdue"


class Command(StrEnum):
    """Something a person asked for; it raises where it does not fit."""

    APPROVE = "approve"
    REJECT = "reject"
    CHANGE_DECISION = "change_decision"
    CANCEL = "cancel"
    RETRY = "retry"
    LINK = "link"
    SUBMIT_AGAIN = "submit_again"
    GIVE_UP = "give_up"


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One thing that happened, with what came along.

    Attributes:
        actor_id: Slack user who asked; None for news.
        attempt: The attempt it is about: a command on another is refused, news of another changes
            nothing; None where that is obvious.
        round_number: For commands: the round its button was drawn for; None for a button of before
            rounds were counted.
        ts: Slack message, for `CARD_POSTED`.
        job: For `ACCEPTED` and `LINK`.
        word: The service's own word.
        wait_s: For `DELAYED` and `NOT_SENT`: seconds to wait before the next try.
        deliverables: The files listed; None where they were not asked for.
        cancels: For `REJECT`: whether the service shall be told to cancel.
        at_gate: For looks: the service has finished and the decision is made here alone. For
            decisions: there is nobody else to wait for, so that they end the production.
        links_die: For `APPROVE`: whether a file whose copy was lost cannot be had any more.
        in_place: For `RETRY` and `SUBMIT_AGAIN`: the service takes up the same job again.
        then: For `COPYING`: the state that follows once the copies are made.
        cost: For looks: what it has cost so far, as in `Production`.
    """

    kind: News | Command
    actor_id: str | None = None
    attempt: int | None = None
    round_number: int | None = None
    reason: str | None = None
    ts: str | None = None
    job: Job | None = None
    word: str | None = None
    progress: Progress | None = None
    failure: Failure | None = None
    problem: Problem | None = None
    wait_s: float | None = None
    deliverables: tuple[Deliverable, ...] | None = None
    cancels: bool = False
    at_gate: bool = False
    links_die: bool = False
    in_place: bool = False
    then: State | None = None
    cost: str | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of a production's history; append-only.

    Attributes:
        number: Counts up from 1 within a production; equal to its version after the event.
        kind: A `News` or `Command`, or `requested` for the first.
        detail: Small facts for the operator; no secrets, no script text.
    """

    production_id: str
    number: int
    at: datetime
    attempt: int
    kind: str
    before: State | None
    after: State
    actor_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def first_event(production: Production) -> Event:
    """Write the first line of a production that was just requested."""
    return Event(
        production_id=production.id,
        number=1,
        at=production.created_at,
        attempt=1,
        kind="requested",
        before=None,
        after=production.state,
        actor_id=production.request.requester_id,
    )
