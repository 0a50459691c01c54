"""The one function that applies what happened to a production; the table is in `transitions`.

It must never do I/O, read a clock or draw a number: the
loser of a race loads again and applies again, which is safe only because this is pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.copies import can_be_watched
from bot.core.errors import TransitionNotAllowedError
from bot.core.events import Command, Event, News, Signal
from bot.core.notices import Notice, notices_for
from bot.core.production import (
    TERMINAL,
    Copying,
    Decision,
    Ending,
    PendingCancel,
    Production,
    Progress,
    State,
    Verdict,
)
from bot.core.rounds import begins_round, check_current
from bot.core.transitions import GATE, LOOKS, TABLE

S, N, C = State, News, Command


@dataclass(frozen=True, kw_only=True)
class Change:
    """What to save in one transaction: the row, its event and the messages owed.

    Attributes:
        shares: Keys of the files that are to be put into the thread.
    """

    before: Production
    after: Production
    event: Event
    notices: tuple[Notice, ...]
    shares: tuple[str, ...] = ()


def apply(production: Production, signal: Signal, *, now: datetime) -> Change | None:
    """Work out what a signal makes of a production.

    Returns:
        The change, or None where everything is already so.

    Raises:
        TransitionNotAllowedError: A command that does not fit; news never raises.
    """
    signal = _settled(production, signal)
    if isinstance(signal.kind, Command):
        _check(production, signal)
    elif signal.attempt not in {None, production.attempt.number}:
        return None  # It tells of an attempt that a newer one has taken the place of.
    after = _after(production, signal, now)
    if after == production:
        return None
    after = replace(after, version=production.version + 1)
    return Change(
        before=production,
        after=after,
        event=_event(production, after, signal, now),
        notices=notices_for(production, after, signal),
    )


def _settled(production: Production, signal: Signal) -> Signal:
    """Read news in the light of what people asked for meanwhile."""
    decision = production.decision
    if (
        signal.kind is N.CANCELLED
        and decision is not None
        and decision.verdict is Verdict.REJECT
        and (production.state, N.REJECTED) in TABLE
    ):
        return replace(signal, kind=N.REJECTED)
    if signal.kind in {N.NOT_SENT, N.DELAYED} and production.pending_cancel is not None:
        return replace(signal, kind=N.CANCELLED)
    return signal


def _check(production: Production, signal: Signal) -> None:
    """Refuse a command that does not fit what the production has become."""
    check_current(production, attempt=signal.attempt, round_number=signal.round_number)
    if (production.state, signal.kind) not in TABLE:
        raise TransitionNotAllowedError("too_late")
    if signal.in_place and signal.round_number is None:
        # The attempt stays, so nothing tells whether this button has been pressed before.
        raise TransitionNotAllowedError("uncounted")
    decision, pending = production.decision, production.pending_cancel
    if signal.kind in {C.APPROVE, C.REJECT} and decision is not None:
        raise TransitionNotAllowedError("decided", by_id=decision.user_id)
    if signal.kind is C.APPROVE and pending is not None:
        raise TransitionNotAllowedError("already_asked", by_id=pending.user_id)
    if signal.kind is C.APPROVE and not can_be_watched(production, links_die=signal.links_die):
        raise TransitionNotAllowedError("nothing_to_watch")
    if signal.kind is C.CHANGE_DECISION:
        _check_change(production)
    if signal.kind is C.CANCEL and pending is not None:
        raise TransitionNotAllowedError("already_asked", by_id=pending.user_id)


def _check_change(production: Production) -> None:
    if production.decision is None:
        raise TransitionNotAllowedError("undecided")
    pending = production.pending_cancel
    if pending is not None and pending.sent_at is not None:
        raise TransitionNotAllowedError("too_late")


def _after(production: Production, signal: Signal, now: datetime) -> Production:
    target = _target(production, signal)
    if target is None:
        return replace(production, provider_word=signal.word or production.provider_word)
    before, effect = production, _EFFECTS.get(signal.kind)
    if effect is not None:
        production = effect(production, signal, now)
    if begins_round(before, target, signal):
        production = replace(production, round_number=production.round_number + 1)
    return production if target is production.state else _enter(production, target, now)


def _target(production: Production, signal: Signal) -> State | None:
    """Say which state a signal leads to; None where it is stale."""
    if signal.at_gate and isinstance(signal.kind, Command):
        return GATE.get((production.state, signal.kind)) or TABLE.get(
            (production.state, signal.kind)
        )
    if signal.at_gate and production.at_gate and production.state is S.REJECTED:
        return None  # What was turned down here is no more alive for being finished there.
    return TABLE.get((production.state, signal.kind))


def _enter(production: Production, target: State, now: datetime) -> Production:
    """Move to another state and drop what belonged to the old one."""
    is_running = target not in TERMINAL
    keeps_cancel = target in {
        S.SUBMISSION_UNKNOWN,
        S.QUEUED,
        S.PRODUCING,
        S.AWAITING_APPROVAL,
    }
    return replace(
        production,
        state=target,
        state_since_at=now,
        is_late=False,
        collecting_since_at=None,
        copying=None,
        progress=production.progress if target in {S.PRODUCING, S.FAILED} else None,
        failure=None if is_running and target is not S.SUBMISSION_UNKNOWN else production.failure,
        ending=None if is_running else production.ending,
        pending_cancel=production.pending_cancel if keeps_cancel else None,
        decision=None if target is S.PRODUCING else production.decision,
    )


Effect = Callable[[Production, Signal, datetime], Production]


def _sets(**values: Any) -> Effect:
    """Make the effect that only sets fields."""
    return lambda production, _signal, _now: replace(production, **values)


def _card_posted(production: Production, signal: Signal, _now: datetime) -> Production:
    return replace(production, thread_ts=production.thread_ts or signal.ts, card_ts=signal.ts)


def _linked(production: Production, signal: Signal, _now: datetime) -> Production:
    attempt = replace(production.attempt, job=signal.job)
    return replace(
        production, attempt=attempt, problem=None, failure=None, provider_word=signal.word
    )


def _seen(production: Production, signal: Signal, now: datetime) -> Production:
    """Take over what a look, or a webhook's body, has shown."""
    production = replace(
        production,
        provider_word=signal.word or production.provider_word,
        progress=signal.progress or _known_progress(production, signal),
        failure=signal.failure or production.failure,
        problem=None,
        collecting_since_at=None,
        at_gate=signal.at_gate,
        copying=None,
        cost=signal.cost or production.cost,
    )
    if signal.deliverables is not None:
        production = _listed(production, signal)
    pending = production.pending_cancel
    if signal.kind in {N.CANCELLED, N.REJECTED} and pending is not None:
        return replace(production, ending=Ending(user_id=pending.user_id, at=now))
    return production


def _known_progress(production: Production, signal: Signal) -> Progress | None:
    """Keep how far it was, also where it failed; what lives again after that begins anew."""
    lives_again = production.state is S.FAILED and signal.kind is not N.FAILED
    return None if lives_again else production.progress


def _listed(production: Production, signal: Signal) -> Production:
    """Take over the files that a look listed."""
    return replace(
        production,
        deliverables=signal.deliverables or (),
        listed_at_hints=production.hints,
        files_deleted_at=None,
    )


def _failed(production: Production, signal: Signal, _now: datetime) -> Production:
    return replace(
        production,
        failure=signal.failure,
        problem=None,
        provider_word=signal.word or production.provider_word,
    )


def _unclear(production: Production, signal: Signal, _now: datetime) -> Production:
    old, new = production.problem, signal.problem
    is_same = old is not None and new is not None and old.kind == new.kind
    return production if is_same else replace(production, problem=new)


def _collecting(production: Production, signal: Signal, now: datetime) -> Production:
    return replace(
        production,
        collecting_since_at=production.collecting_since_at or now,
        problem=None,
        provider_word=signal.word or production.provider_word,
    )


def _copying(production: Production, signal: Signal, now: datetime) -> Production:
    """Wait for our copies; what is there is known already, so that the card can show it."""
    known, then = production.copying, signal.then
    if then is None:
        return production
    since_at = known.since_at if known is not None else now
    production = replace(
        production,
        copying=Copying(since_at=since_at, then=then),
        problem=None,
        collecting_since_at=None,
        provider_word=signal.word or production.provider_word,
        cost=signal.cost or production.cost,
    )
    return _listed(production, signal)


def _files_deleted(production: Production, _signal: Signal, now: datetime) -> Production:
    return replace(production, files_deleted_at=production.files_deleted_at or now)


def _stepped(production: Production, signal: Signal, _now: datetime) -> Production:
    """Move the progress on, never back: events come late, twice and out of order."""
    done, known = signal.progress, production.progress
    is_news = done is not None and done.is_beyond(known)
    return replace(production, progress=done) if is_news else production


def _decided(production: Production, signal: Signal, now: datetime) -> Production:
    verdict = Verdict.APPROVE if signal.kind is C.APPROVE else Verdict.REJECT
    user_id = signal.actor_id or ""
    decision = Decision(
        verdict=verdict,
        user_id=user_id,
        at=now,
        attempt=production.attempt.number,
        reason=signal.reason,
    )
    cancel = PendingCancel(user_id=user_id, at=now) if signal.cancels else None
    return replace(
        production, decision=decision, pending_cancel=cancel or production.pending_cancel
    )


def _undecided(production: Production, _signal: Signal, _now: datetime) -> Production:
    """Take a decision back, and with it the cancel that a rejection asked for."""
    pending, decision = production.pending_cancel, production.decision
    is_its_own = pending is not None and decision is not None and pending.at == decision.at
    return replace(production, decision=None, pending_cancel=None if is_its_own else pending)


def _cancel(production: Production, signal: Signal, now: datetime) -> Production:
    if production.state is S.REQUESTED:
        return _ended(production, signal, now)
    return replace(production, pending_cancel=PendingCancel(user_id=signal.actor_id or "", at=now))


def _cancel_sent(production: Production, _signal: Signal, now: datetime) -> Production:
    pending = production.pending_cancel
    if pending is None:
        return production
    return replace(production, pending_cancel=replace(pending, sent_at=now))


def _ended(production: Production, signal: Signal, now: datetime) -> Production:
    ending = Ending(user_id=signal.actor_id or "", at=now, reason=signal.reason)
    return replace(production, ending=ending)


def _next_attempt(production: Production, signal: Signal, now: datetime) -> Production:
    fresh = replace(
        production, pending_cancel=None, decision=None, problem=None, provider_word=None
    )
    if signal.in_place:
        return fresh  # The same job, so the same attempt; it is `requested` once more.
    old = production.attempt
    attempt = replace(old, number=old.number + 1, started_at=now, job=None)
    fresh = replace(fresh, attempt=attempt, deliverables=(), at_gate=False, cost=None)
    return replace(fresh, files_deleted_at=None)


_EFFECTS: Mapping[News | Command, Effect] = {
    N.CARD_POSTED: _card_posted,
    N.CARD_REFUSED: _failed,
    N.ACCEPTED: _linked,
    N.NOT_SENT: _unclear,
    N.DELAYED: _unclear,
    N.REFUSED: _failed,
    N.UNCERTAIN: _failed,
    **dict.fromkeys(LOOKS, _seen),
    N.UNCLEAR: _unclear,
    N.COLLECTING: _collecting,
    N.COPYING: _copying,
    N.FILES_DELETED: _files_deleted,
    N.STEP_DONE: _stepped,
    N.CANCEL_SENT: _cancel_sent,
    N.CANCEL_REFUSED: _sets(pending_cancel=None),
    N.OVERDUE: _sets(is_late=True),
    C.APPROVE: _decided,
    C.REJECT: _decided,
    C.CHANGE_DECISION: _undecided,
    C.CANCEL: _cancel,
    C.RETRY: _next_attempt,
    C.LINK: _linked,
    C.SUBMIT_AGAIN: _next_attempt,
    C.GIVE_UP: _ended,
}


def _event(before: Production, after: Production, signal: Signal, now: datetime) -> Event:
    detail = {
        "word": signal.word,
        "job_id": signal.job.job_id if signal.job else None,
        "code": signal.failure.code if signal.failure else None,
        "correlation_id": signal.failure.correlation_id if signal.failure else None,
        "problem": signal.problem.kind if signal.problem else None,
        "step": signal.progress.step if signal.progress else None,
        "reason": signal.reason,
    }
    return Event(
        production_id=before.id,
        number=after.version,
        at=now,
        attempt=after.attempt.number,
        kind=signal.kind.value,
        before=before.state,
        after=after.state,
        actor_id=signal.actor_id,
        detail={key: value for key, value in detail.items() if value is not None},
    )
