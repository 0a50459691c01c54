"""The operator's view of productions, as text and as JSON; pure.

Topics and reasons are what people wrote, so control characters are taken out before they reach a
terminal.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.core.events import Command, Event, News
from bot.core.production import Decision, Production, State

ADVICE: Mapping[State, str] = {
    State.REQUESTED: "Nothing was sent yet. Cancelling costs nothing.",
    State.SUBMITTING: "Wait a minute. Killing it now may leave the outcome unknown.",
    State.SUBMISSION_UNKNOWN: (
        "It may have been ordered. Look at the service first, then choose in the thread: "
        "docs/runbooks/submission-unknown.md."
    ),
    State.QUEUED: "Wait. Cancelling in the thread is possible.",
    State.PRODUCING: "Wait. Cancelling in the thread is possible; it may still be charged.",
    State.AWAITING_APPROVAL: "People decide in the thread.",
    State.DISTRIBUTING: "Wait. It is too late to cancel.",
    State.COMPLETED: "Nothing to do.",
    State.FAILED: "Retry in the thread orders it again, as the next attempt; that may be charged.",
    State.REJECTED: "Nothing to do. Ask for it again with the command.",
    State.CANCELLED: "Nothing to do. Ask for it again with the command.",
}
"""What may safely be done about a production in each state."""

GIVEN_UP_ADVICE = (
    "It may exist at the service and be charged. Check there, and cancel it there before "
    "anybody asks for it again: docs/runbooks/submission-unknown.md."
)
"""In place of what holds for CANCELLED where nobody knows whether the order arrived."""

HAPPENINGS: Mapping[str, str] = {
    "requested": "asked for",
    News.SUBMISSION_BEGUN: "order begun to be sent",
    News.ACCEPTED: "order accepted",
    News.NOT_SENT: "order not sent, tried again later",
    News.DELAYED: "order put off by the service",
    News.REFUSED: "order refused",
    News.UNCERTAIN: "order without a clear answer",
    News.COLLECTING: "waiting for promised files",
    News.COPYING: "copying the files before going on",
    News.FILES_DELETED: "our copies deleted, their time was over",
    News.STEP_DONE: "step done",
    News.UNCLEAR: "state not understood",
    News.CANCEL_SENT: "cancel sent to the service",
    News.CANCEL_REFUSED: "cancel refused by the service",
    News.OVERDUE: "takes unusually long",
    Command.APPROVE: "approved",
    Command.REJECT: "rejected",
    Command.CHANGE_DECISION: "decision changed",
    Command.CANCEL: "cancel clicked",
    Command.RETRY: "retry clicked",
    Command.LINK: "existing job linked",
    Command.SUBMIT_AGAIN: "submit again clicked",
    Command.GIVE_UP: "given up",
}
"""What an event is called for people, where its name alone does not say it."""

PROBLEM_ADVICE = "It goes on by itself once the service answers: docs/runbooks/provider-down.md."


def list_as_json(productions: Sequence[Production]) -> list[dict[str, Any]]:
    """Give the facts of a list, for programs."""
    return [_summary(production) for production in productions]


def list_as_lines(productions: Sequence[Production]) -> list[str]:
    """Write one line for each production."""
    if not productions:
        return ["There are no productions yet."]
    return [
        f"{one.id}  {_words(one.state.value):<18} v{one.attempt.number}  "
        f"{_moment(one.state_since_at)}  {_shown(one.topic)}"
        for one in productions
    ]


def show_as_json(
    production: Production, *, events: Sequence[Event], decisions: Sequence[Decision]
) -> dict[str, Any]:
    """Give everything about a production that is no secret, for programs."""
    failure, problem = production.failure, production.problem
    return {
        **_summary(production),
        "job_id": production.attempt.job.job_id if production.attempt.job else None,
        "due_at": _iso(production.due_at),
        "failure": None
        if failure is None
        else {
            "code": failure.code,
            "text": failure.text,
            "correlation_id": failure.correlation_id,
        },
        "problem": None
        if problem is None
        else {
            "kind": problem.kind,
            "since_at": _iso(problem.since_at),
            "correlation_id": problem.correlation_id,
        },
        "deliverables": [
            {
                "key": file.key,
                "kind": file.kind,
                "name": file.name,
                "copy": file.copy.state.value if file.copy else None,
                "sha256": file.copy.sha256 if file.copy else None,
                "downloads": file.downloads,
                "share": file.share.state.value if file.share else None,
                "share_reason": file.share.reason if file.share else None,
            }
            for file in production.deliverables
        ],
        "attempts": _attempts(events),
        "decisions": [_decision(decision) for decision in decisions],
        "history": [_line(event) for event in events],
        "advice": advice(production, events),
    }


def show_as_lines(
    production: Production, *, events: Sequence[Event], decisions: Sequence[Decision]
) -> list[str]:
    """Write everything about a production that is no secret, for people."""
    since = f"{_words(production.state.value)} since {_moment(production.state_since_at)}"
    return [
        f"{production.id}  {_shown(production.topic)}",
        f"{since}, v{production.attempt.number} at {production.provider}",
        *_job_lines(production),
        *_trouble_lines(production),
        "",
        "What may be done",
        f"  {advice(production, events)}",
        "",
        "Attempts",
        *_attempt_lines(events),
        "",
        "Decisions",
        *([_decision_line(decision) for decision in decisions] or ["  none"]),
        "",
        "History",
        *(_history_line(event) for event in events),
    ]


def advice(production: Production, events: Sequence[Event]) -> str:
    """Say what may safely be done now; the history tells how it came to this."""
    if production.state is State.CANCELLED and _was_given_up(events):
        return GIVEN_UP_ADVICE
    if production.problem is not None and not production.is_terminal:
        return f"{PROBLEM_ADVICE} {ADVICE[production.state]}"
    return ADVICE[production.state]


def _was_given_up(events: Sequence[Event]) -> bool:
    """Tell whether it ended while nobody knew if the order had arrived."""
    came_from = [
        event.before
        for event in events
        if event.after is State.CANCELLED and event.before is not State.CANCELLED
    ]
    return came_from[-1:] == [State.SUBMISSION_UNKNOWN]


def _summary(production: Production) -> dict[str, Any]:
    return {
        "id": production.id,
        "state": production.state.value,
        "attempt": production.attempt.number,
        "provider": production.provider,
        "provider_word": production.provider_word,
        "topic": production.topic,
        "team_id": production.request.team_id,
        "channel_id": production.request.channel_id,
        "thread_ts": production.thread_ts,
        "requester_id": production.request.requester_id,
        "created_at": _iso(production.created_at),
        "state_since_at": _iso(production.state_since_at),
    }


def _attempts(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Read from the history when each attempt began and what happened to it last."""
    first: dict[int, Event] = {}
    last: dict[int, Event] = {}
    jobs: dict[int, str] = {}
    for event in events:
        first.setdefault(event.attempt, event)
        last[event.attempt] = event
        if "job_id" in event.detail:
            jobs[event.attempt] = event.detail["job_id"]
    return [
        {
            "number": number,
            "began_at": _iso(first[number].at),
            "job_id": jobs.get(number),
            "last_event": last[number].kind,
            "last_state": last[number].after.value,
        }
        for number in first
    ]


def _attempt_lines(events: Sequence[Event]) -> list[str]:
    first = {event.attempt: event for event in reversed(events)}
    last = {event.attempt: event for event in events}
    return [
        f"  v{number}  {_moment(first[number].at)}  last: {_happening(last[number].kind)}"
        for number in last
    ]


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict.value,
        "user_id": decision.user_id,
        "at": _iso(decision.at),
        "attempt": decision.attempt,
        "reason": decision.reason,
    }


def _line(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "at": _iso(event.at),
        "attempt": event.attempt,
        "kind": event.kind,
        "before": event.before.value if event.before else None,
        "after": event.after.value,
        "actor_id": event.actor_id,
        "detail": dict(event.detail),
    }


def _job_lines(production: Production) -> list[str]:
    job = production.attempt.job
    return [f"Job {job.job_id}"] if job is not None else []


def _trouble_lines(production: Production) -> list[str]:
    lines: list[str] = []
    if production.failure is not None:
        failure = production.failure
        lines += [f"Failure {failure.code or 'without a code'}: {_shown(failure.text)}"]
        lines += _correlation_lines(failure.correlation_id)
    if production.problem is not None:
        problem = production.problem
        lines += [
            f"Problem {problem.kind} since {_moment(problem.since_at)}: {_shown(problem.text)}"
        ]
        lines += _correlation_lines(problem.correlation_id)
    return lines


def _correlation_lines(correlation_id: str | None) -> list[str]:
    return [f"  correlation id {_shown(correlation_id)}"] if correlation_id is not None else []


def _decision_line(decision: Decision) -> str:
    reason = f': "{_shown(decision.reason)}"' if decision.reason else ""
    return (
        f"  {_moment(decision.at)}  v{decision.attempt}  {decision.verdict.value} "
        f"by {decision.user_id}{reason}"
    )


def _history_line(event: Event) -> str:
    moved = "" if event.before in {None, event.after} else f" -> {_words(event.after.value)}"
    actor = f" by {event.actor_id}" if event.actor_id else ""
    detail = "".join(f"  {key}={_shown(str(value))}" for key, value in event.detail.items())
    return (
        f"  {event.number:>3}  {_moment(event.at)}  v{event.attempt}  "
        f"{_happening(event.kind)}{moved}{actor}{detail}"
    )


def _happening(kind: str) -> str:
    return HAPPENINGS.get(kind) or _words(kind)


def _words(value: str) -> str:
    return value.replace("_", " ")


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%SZ")


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
