"""What people are told about a change: which message, to whom, how urgent.

Edits notify nobody in Slack, so what somebody must act on is also a reply that mentions them. The
words themselves are in `bot.slack.views`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from bot.core.events import Command, News, Signal
from bot.core.production import LOOKED_AT, TERMINAL, CopyState, Production, State, Verdict


class Route(StrEnum):
    """How a notice reaches people."""

    CARD = "card"
    EDIT = "edit"
    REPLY = "reply"
    DIRECT = "direct"
    ALERT = "alert"


class Kind(StrEnum):
    """What a notice says."""

    CARD = "card"
    REVIEW = "review"
    APPROVED = "approved"
    REJECTION = "rejection"
    DECISION_WITHDRAWN = "decision_withdrawn"
    RELEASED_UNASKED = "released_unasked"
    AGAINST_DECISION = "against_decision"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    LINKED = "linked"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    CANCEL_TOO_LATE = "cancel_too_late"
    NEXT_ATTEMPT = "next_attempt"
    TRIED_AGAIN = "tried_again"
    REOPENED = "reopened"
    OVERDUE = "overdue"
    NONSENSE = "nonsense"
    CARD_REFUSED = "card_refused"
    FILES_LOST = "files_lost"


class Priority(IntEnum):
    """Which edit goes first when Slack's budget is short; smaller is sooner."""

    URGENT = 0
    STATE = 1
    PROGRESS = 2


BROADCAST = frozenset({Kind.COMPLETED, Kind.FAILED})
"""Replies that are shown in the channel too."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One message owed.

    Attributes:
        detail: Small facts of the moment that the row will no longer tell when the message is
            written; no secrets, no script text.
    """

    route: Route
    kind: Kind
    priority: Priority = Priority.STATE
    detail: Mapping[str, Any] = field(default_factory=dict)


def first_notice() -> Notice:
    """Owe the card of a production that was just recorded."""
    return Notice(route=Route.CARD, kind=Kind.CARD)


def notices_for(before: Production, after: Production, signal: Signal) -> tuple[Notice, ...]:
    """List the messages a change owes, in the order they should be sent."""
    owed: list[Notice] = []
    if signal.kind is not News.CARD_POSTED:
        owed.append(_card(before, after))
    detail = _detail(before, after, signal)
    owed += [_reply(kind, after, detail) for kind in _milestones(before, after, signal)]
    if signal.kind is News.UNCLEAR and after.problem and after.problem.kind == "nonsense":
        owed.append(Notice(route=Route.ALERT, kind=Kind.NONSENSE, detail=detail))
    if _has_lost_files(before, after):
        owed.append(_reply(Kind.FILES_LOST, after, detail))
        owed.append(Notice(route=Route.ALERT, kind=Kind.FILES_LOST, detail=detail))
    return tuple(owed)


def _has_lost_files(before: Production, after: Production) -> bool:
    """Tell whether the copying that was waited for has ended, and not with every file."""
    has_ended = before.copying is not None and after.copying is None
    return has_ended and any(file.has_copy(CopyState.LOST) for file in after.deliverables)


def _card(before: Production, after: Production) -> Notice:
    if after.thread_ts is None and after.attempt.number > before.attempt.number:
        return first_notice()
    return Notice(route=Route.EDIT, kind=Kind.CARD, priority=_priority(before, after))


_URGENT = frozenset(
    {State.FAILED, State.AWAITING_APPROVAL, State.COMPLETED, State.SUBMISSION_UNKNOWN}
)


def _priority(before: Production, after: Production) -> Priority:
    if after.state is before.state and after.decision == before.decision:
        is_waited_for = (
            after.pending_cancel != before.pending_cancel
            or after.problem != before.problem
            or after.copying != before.copying
            or after.files_deleted_at != before.files_deleted_at
        )
        return Priority.STATE if is_waited_for else Priority.PROGRESS
    return Priority.URGENT if after.state in _URGENT else Priority.STATE


def _reply(kind: Kind, after: Production, detail: Mapping[str, Any]) -> Notice:
    route = Route.REPLY if after.thread_ts is not None else Route.DIRECT
    return Notice(route=route, kind=kind, detail=detail)


def _detail(before: Production, after: Production, signal: Signal) -> dict[str, Any]:
    decision = after.decision or before.decision  # A step back drops it, and that is the news.
    facts = {
        "attempt": after.attempt.number,
        "state": after.state.value,
        "actor_id": signal.actor_id,
        "reason": signal.reason,
        "verdict": decision.verdict.value if decision else None,
        "decided_by": decision.user_id if decision else None,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _milestones(before: Production, after: Production, signal: Signal) -> list[Kind]:
    if signal.in_place:
        return [Kind.TRIED_AGAIN]
    if signal.kind is Command.APPROVE and after.state is State.COMPLETED:
        return [Kind.COMPLETED]  # One reply with the files says who approved them, too.
    if signal.kind in _SAID:
        return [_SAID[signal.kind]]
    if signal.kind is News.OVERDUE and after.is_late and not before.is_late:
        return [Kind.OVERDUE]
    if after.state is before.state:
        return []
    return _of_entering(before, after, signal)


_SAID: Mapping[News | Command, Kind] = {
    Command.APPROVE: Kind.APPROVED,
    Command.REJECT: Kind.REJECTION,
    Command.CHANGE_DECISION: Kind.DECISION_WITHDRAWN,
    Command.RETRY: Kind.NEXT_ATTEMPT,
    Command.SUBMIT_AGAIN: Kind.NEXT_ATTEMPT,
    Command.LINK: Kind.LINKED,
    News.CANCEL_REFUSED: Kind.CANCEL_TOO_LATE,
}


def _of_entering(before: Production, after: Production, signal: Signal) -> list[Kind]:
    kinds: list[Kind] = []
    if before.state in TERMINAL and isinstance(signal.kind, News):
        kinds.append(Kind.REOPENED)
    kinds += _beside_decision(before, after)
    if before.pending_cancel is not None and after.state in {State.DISTRIBUTING, State.COMPLETED}:
        kinds.append(Kind.CANCEL_TOO_LATE)
    if signal.kind is News.CARD_REFUSED:
        kinds.append(Kind.CARD_REFUSED)
    elif after.state in _ENTERED:
        kinds.append(_ENTERED[after.state])
    return kinds


_ENTERED: Mapping[State, Kind] = {
    State.SUBMISSION_UNKNOWN: Kind.UNKNOWN,
    State.AWAITING_APPROVAL: Kind.REVIEW,
    State.COMPLETED: Kind.COMPLETED,
    State.FAILED: Kind.FAILED,
    State.CANCELLED: Kind.CANCELLED,
    State.REJECTED: Kind.REJECTED,
}


def _beside_decision(before: Production, after: Production) -> list[Kind]:
    """Say aloud what the service did without us, or against what was decided here."""
    if before.state is not State.AWAITING_APPROVAL:
        return []
    verdict = before.decision.verdict if before.decision else None
    if after.state in {State.DISTRIBUTING, State.COMPLETED}:
        if verdict is None:
            return [Kind.RELEASED_UNASKED]
        return [Kind.AGAINST_DECISION] if verdict is Verdict.REJECT else []
    went_back = after.state is State.CANCELLED or after.state in LOOKED_AT
    return [Kind.AGAINST_DECISION] if went_back and verdict is Verdict.APPROVE else []
