"""What a service's answers mean as signals; pure, so that the tracker only asks and records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.errors import (
    FILES_NOT_STORED,
    FILES_SLOW,
    FILES_UNREACHABLE,
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.events import News, Signal
from bot.core.production import (
    LOOKED_AT,
    Copy,
    CopyState,
    Deliverable,
    Failure,
    Problem,
    Production,
    State,
)
from bot.providers.base import (
    Accepted,
    Delayed,
    NotSent,
    Refused,
    Submission,
    Uncertain,
)

_FILE_TROUBLES: Mapping[str | None, str] = {
    FILES_UNREACHABLE: "files",
    FILES_NOT_STORED: "store",
    FILES_SLOW: "slow",
}
_BECOMES: Mapping[News, State] = {
    News.AWAITING_APPROVAL: State.AWAITING_APPROVAL,
    News.COMPLETED: State.COMPLETED,
}
STAYS: Mapping[State, News] = {
    State.QUEUED: News.QUEUED,
    State.PRODUCING: News.PRODUCING,
    State.AWAITING_APPROVAL: News.AWAITING_APPROVAL,
    State.DISTRIBUTING: News.DISTRIBUTING,
    State.FAILED: News.FAILED,
    State.CANCELLED: News.CANCELLED,
    State.REJECTED: News.REJECTED,
    State.COMPLETED: News.COMPLETED,
}


def needs_files(production: Production, news: News) -> bool:
    """Tell whether the finished files have to be listed before this news is recorded."""
    target = _BECOMES.get(news)
    if target is None:
        return False
    has_new_hints = production.hints > production.listed_at_hints
    return target is not production.state or not production.deliverables or has_new_hints


def with_copies(files: tuple[Deliverable, ...], production: Production) -> tuple[Deliverable, ...]:
    """Want a copy of every file, but for those of which we know one already, or its loss."""
    known = {one.key: one.copy for one in production.deliverables}
    wanted = Copy(state=CopyState.WANTED)
    return tuple(replace(one, copy=known.get(one.key) or wanted) for one in files)


def after_copies(production: Production, signal: Signal) -> Signal:
    """Put news of finished files off until we have copied them; for links that soon die."""
    then = _BECOMES.get(signal.kind) if isinstance(signal.kind, News) else None
    is_entering = then is not None and then is not production.state
    is_wanting = any(one.has_copy(CopyState.WANTED) for one in signal.deliverables or ())
    if not is_entering or not is_wanting or production.state not in LOOKED_AT:
        return signal
    return Signal(
        kind=News.COPYING,
        word=signal.word,
        deliverables=signal.deliverables,
        then=then,
        cost=signal.cost,
    )


def signal_of_copies(production: Production, *, has_gate: bool = False) -> Signal | None:
    """Give the news that was put off; None while a file is still to be copied.

    Args:
        has_gate: Whether what the service has finished waits for a decision of ours.
    """
    copying, files = production.copying, production.deliverables
    if copying is None or any(file.has_copy(CopyState.WANTED) for file in files):
        return None
    return Signal(
        kind=STAYS[copying.then],
        word=production.provider_word,
        deliverables=files,
        at_gate=has_gate and copying.then is State.AWAITING_APPROVAL,
    )


def signal_of_submission(outcome: Submission, *, now: datetime, retry_s: float) -> Signal:
    """Turn what came of the paid call into news."""
    match outcome:
        case Accepted(job=job, word=word):
            return Signal(kind=News.ACCEPTED, job=job, word=word)
        case NotSent(text=text):
            problem = Problem(kind="unreachable", text=text, since_at=now)
            return Signal(kind=News.NOT_SENT, problem=problem, wait_s=retry_s)
        case Delayed(text=text, wait_s=wait_s):
            problem = Problem(kind="delayed", text=text, since_at=now)
            return Signal(kind=News.DELAYED, problem=problem, wait_s=wait_s)
        case Refused(failure=failure):
            return Signal(kind=News.REFUSED, failure=failure)
        case Uncertain(failure=failure):
            return Signal(kind=News.UNCERTAIN, failure=failure)


def failure_of(error: ProviderError) -> Failure:
    """Keep what a refusal said."""
    return Failure(code=error.code, text=error.text, correlation_id=error.correlation_id)


def problem_kind(error: ProviderError) -> str:
    """Name why a look told us nothing, in the words of `core.production.Problem`."""
    if error.code in _FILE_TROUBLES:
        return _FILE_TROUBLES[error.code]
    kinds = {
        ProviderUnavailableError: "unreachable",
        ProviderReplyError: "nonsense",
        ProviderAuthError: "auth",
        ProviderRefusedError: "missing",
    }
    return kinds.get(type(error), "unreachable")
