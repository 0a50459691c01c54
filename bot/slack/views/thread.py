"""Replies in the thread, one function per kind: few, and each worth a notification.

A reply may also go out as a direct message or an alert in another channel, so each names its video.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.core.notices import Kind
from bot.core.production import CopyState, Production, State, Verdict
from bot.slack.ids import card_block
from bot.slack.views.face import Face
from bot.slack.views.files import FILES_NAMED, files_line, poster
from bot.slack.views.lines import failure_facts, references
from bot.slack.views.parts import (
    TIME,
    Json,
    Message,
    channel_name,
    context,
    ended,
    escape,
    foreign,
    mentions,
    section,
    sentence,
    when,
)
from bot.slack.views.told import Reply, Told
from bot.slack.views.words import (
    STATE_WORDS,
    at_service,
    concerned,
    ending_words,
    failure_words,
    file_word,
    is_lost,
    nothing_left,
    release_words,
    review_words,
)

Writer = Callable[[Told], Reply]

_CHANGE = "press Again with changes on the card and put it right."


def build_reply(
    kind: Kind, production: Production, detail: Mapping[str, Any], face: Face
) -> Message:
    """Write the reply that a notice of some kind owes; for all kinds but the card itself."""
    told = Told(production=production, detail=detail, face=face)
    return _message(_WRITERS[kind](told), told)


def build_merged_reply(
    told: Sequence[tuple[Kind, datetime, Mapping[str, Any]]], production: Production, face: Face
) -> Message:
    """Write one reply for several that could not be sent in time: the list, then the newest.

    Args:
        told: What happened, when, and with which details; oldest first, at least one.
    """
    steps = ", ".join(f"{_IN_SHORT[kind]} {when(at, TIME)}" for kind, at, _ in told)
    newest_kind, _, newest_detail = told[-1]
    newest = build_reply(newest_kind, production, newest_detail, face)
    intro = f"While Slack was unreachable: {steps}."
    block = section(intro, block_id=card_block("meanwhile", production.version))
    return {"text": f"{intro} {newest['text']}", "blocks": [block, *newest["blocks"]]}


def _message(reply: Reply, told: Told) -> Message:
    production, version = told.production, told.production.version
    beside = poster(production, told.face) if reply.shows_poster else None
    blocks: list[Json] = [
        section(reply.words, block_id=card_block("reply", version), accessory=beside)
    ]
    files = files_line(production, told.face) if reply.shows_files else ""
    if files:
        blocks.append(section(files, block_id=card_block("reply-files", version)))
    if reply.small:
        blocks.append(context(reply.small, block_id=card_block("reply-small", version)))
    return {"text": reply.words, "blocks": blocks}


def _review(told: Told) -> Reply:
    if not told.is_still(State.AWAITING_APPROVAL):
        return told.was("was ready for review")
    who = mentions([*told.face.approver_ids, told.production.request.requester_id])
    words = f"{who}: {told.topic} {review_words(told.production, told.face)}"
    is_seen = not is_lost(told.production, told.face)
    return Reply(words=words, shows_files=True, shows_poster=is_seen)


def _approved(told: Told) -> Reply:
    words = ended(f"{told.who()} approved {told.topic}")
    waits = told.is_still(State.AWAITING_APPROVAL)
    if waits and told.face.capabilities.decides_in_console:
        return Reply(words=f"{words} It is not released yet. {release_words(told.face)}")
    return Reply(words=words)


def _rejection(told: Told) -> Reply:
    words = ended(told.for_requester(f"{told.who()} rejected {told.topic}")) + told.because()
    able = told.face.capabilities
    if not able.decides_in_console or not told.is_still(State.AWAITING_APPROVAL):
        return Reply(words=words)
    if able.reject_cancels:
        return Reply(words=f"{words} {told.label} is being asked to cancel it.")
    return Reply(words=f"{words} To stop it for good, reject it in the Studio too.")


def _withdrawn(told: Told) -> Reply:
    words = f"{told.who()} took the decision on {told.topic} back."
    if not told.is_still(State.AWAITING_APPROVAL) or told.production.decision is not None:
        return Reply(words=words)
    words += " Please decide again: Approve or Reject on the card."
    again = mentions(told.face.approver_ids)
    return Reply(words=f"{again}: {words}" if again else told.for_requester(words))


def _unasked(told: Told) -> Reply:
    return Reply(
        words=f"{told.requester}: {told.topic} was released in the Studio "
        "without a decision here. The card shows what became of it."
    )


def _against(told: Told) -> Reply:
    state = told.detail.get("state")
    if told.detail.get("verdict") == Verdict.REJECT:
        words = (
            f"{told.who('decided_by')} rejected {told.topic} here, "
            "but it was released in the Studio all the same."
        )
    elif state == State.CANCELLED:
        words = f"{told.topic} was approved here, but {told.label} cancelled it."
    else:
        words = f"{told.topic} was approved here, but {told.label} is working on it again."
    return Reply(words=f"{concerned(told.production, told.face)}: {words}")


def _completed(told: Told) -> Reply:
    done = "published" if told.face.capabilities.decides_in_console else "ready"
    if is_lost(told.production, told.face):
        left = nothing_left(told.production, told.face)
        return Reply(words=f"{told.requester}: {told.topic} has ended. {left}")
    approved = told.detail.get("verdict") == Verdict.APPROVE and told.detail.get("actor_id")
    by = f"{told.who()} approved {told.topic}; it is {done}."
    is_ready = f"{told.requester}: {told.topic} is {done}."
    words = told.for_requester(by) if approved else is_ready
    if not told.production.deliverables:
        words += f" No files are listed here; look for them {at_service(told.face)}."
    if told.production.cost is not None:
        words += f" It cost {escape(told.production.cost)}."
    return Reply(words=words, shows_files=True)


def _failed(told: Told) -> Reply:
    if not told.is_still(State.FAILED):
        return told.was("had failed")
    production, face = told.production, told.face
    is_of_form = production.failure is not None and production.failure.is_of_form
    who = told.requester if is_of_form else concerned(production, face)
    words = (
        f"{who}: {told.topic} failed. {failure_words(production, face)}\n"
        f"{failure_facts(production, face)}\n"
        f"Next: {_CHANGE if is_of_form else _retry_words(told)}"
    )
    return Reply(words=words, small=" · ".join(_small_references(told)))


def _retry_words(told: Told) -> str:
    is_same_job = told.face.capabilities.retries_in_place and told.production.attempt.job
    again = "to send the same request again as a new video"
    if is_same_job:
        again = f"to have {told.label} take the same job up again, which may be charged once more"
    return f"press Retry on the card {again}, or Again with changes to alter it first."


def _small_references(told: Told) -> list[str]:
    return [f"ID {escape(told.production.id)}", *references(told.production, told.face)]


def _unknown(told: Told) -> Reply:
    if not told.is_still(State.SUBMISSION_UNKNOWN):
        return told.was(f"was sent to {told.label} and we did not know if it arrived")
    failure = told.production.failure
    why = f" {sentence(failure.text)}" if failure and failure.text else ""
    is_again = told.production.attempt.job is not None
    what = (
        f"we asked {told.label} to try {told.topic} again but don't know if that arrived."
        if is_again
        else f"we sent {told.topic} to {told.label} but don't know if it arrived."
    )
    choices = _choices_again(told) if is_again else _choices(told)
    words = f"{concerned(told.production, told.face)}: {what}{why} {choices}"
    return Reply(words=words, small=" · ".join(_small_references(told)))


def _choices(told: Told) -> str:
    """Say what each button means where an order may or may not have arrived."""
    finds = told.face.capabilities.finds_by_id
    link_it = (
        "• *Link existing*: it is there. Paste its id and we follow it; nothing is sent again.\n"
    )
    left = "leave it." if finds else f"it can't be followed from here. Look for it at {told.label}."
    return (
        f"{_look_first(told)} whether it is there. Then choose on the card:\n"
        f"{link_it if finds else ''}"
        f"• *Submit again*: it is not there. If it turns up after all, the video is made and "
        f"charged twice.\n"
        f"• *Give up*: {left} If it did arrive, {told.label} still makes and charges it."
    )


def _choices_again(told: Told) -> str:
    """Say the same where a job that is known was to be taken up again."""
    link_it = "• *Link existing*: it is. We follow it; nothing is asked again.\n"
    return (
        f"{_look_first(told)} whether it is running again. Then choose on the card:\n"
        f"{link_it if told.face.capabilities.finds_by_id else ''}"
        f"• *Submit again*: it is not. {told.label} is asked once more, and if the first one did "
        f"arrive, may charge it twice.\n"
        f"• *Give up*: leave it. If it did arrive, {told.label} still makes and charges it."
    )


def _look_first(told: Told) -> str:
    return f"First check {at_service(told.face)}"


def _linked(told: Told) -> Reply:
    return Reply(
        words=f"{told.who()} found {told.topic} at {told.label}. "
        "We follow it from here; nothing was sent again."
    )


def _cancelled(told: Told) -> Reply:
    if not told.is_still(State.CANCELLED):
        return told.was("was cancelled")
    ended = ending_words(told.production, told.face)
    ending = told.production.ending
    words = f"{told.topic} was cancelled. {ended}"
    return Reply(words=told.for_requester(words, by_id=ending.user_id if ending else None))


def _rejected(told: Told) -> Reply:
    by = f" by {told.who('decided_by')}" if told.detail.get("decided_by") else f" at {told.label}"
    words = f"{told.topic} was rejected{by}."
    if told.face.capabilities.decides_in_console:
        words += " It will not be released."
    return Reply(words=told.for_requester(words, by_id=told.detail.get("decided_by")))


def _too_late(told: Told) -> Reply:
    return Reply(words=f"{told.requester}: too late to cancel {told.topic}; {told.label} goes on.")


def _next_attempt(told: Told) -> Reply:
    number = told.detail.get("attempt", told.production.attempt.number)
    return Reply(
        words=f"{told.who()} sends {told.topic} to {told.label} again, as v{number}. "
        "Buttons of the version before no longer work."
    )


def _tried_again(told: Told) -> Reply:
    return Reply(
        words=f"{told.who()} asks {told.label} to try {told.topic} again. "
        "It is the same job there, and may be charged again."
    )


def _reopened(told: Told) -> Reply:
    state = STATE_WORDS[_state(told)]
    return Reply(
        words=f"{concerned(told.production, told.face)}: {told.label} took up {told.topic} again "
        f"after it had ended. It is now: {state}."
    )


def _state(told: Told) -> State:
    known = {state.value for state in State}
    state = told.detail.get("state")
    return State(state) if state in known else told.production.state


def _overdue(told: Told) -> Reply:
    state = STATE_WORDS[_state(told)]
    return Reply(
        words=f"{concerned(told.production, told.face)}: {told.topic} takes longer than usual "
        f"({state}). Nothing is lost and we keep following it. If it does not move within a few "
        f"minutes, look for it {at_service(told.face)}."
    )


def _nonsense(told: Told) -> Reply:
    production, problem = told.production, told.production.problem
    who = mentions(told.face.on_call_ids)
    since = f" since {when(problem.since_at)}" if problem else ""
    words = (
        f"{told.label} answers something we don't understand about {told.topic} "
        f"in {channel_name(production.request.channel_id)}{since}. The card keeps the last state "
        "we know; we keep looking. The answer is kept for whoever looks into it."
    )
    small = [f"ID {escape(production.id)}"]
    if problem is not None and problem.correlation_id:
        small.append(f"{told.label} reference {escape(problem.correlation_id[:80])}")
    return Reply(words=f"{who}: {words}" if who else words, small=" · ".join(small))


def _card_refused(told: Told) -> Reply:
    channel = channel_name(told.production.request.channel_id)
    return Reply(
        words=f"{told.requester}: I could not post {told.topic} in {channel}, so nothing was sent "
        f"to {told.label} and nothing was charged. See that I am in that channel, then ask for it again."
    )


def _files_lost(told: Told) -> Reply:
    lost = [one for one in told.production.deliverables if one.has_copy(CopyState.LOST)]
    names = ", ".join(foreign(file_word(one)) for one in lost[:FILES_NAMED]) or "a file"
    every = len(lost) == len(told.production.deliverables)
    rest = "Nothing else was lost." if not every else "No file was left over."
    return Reply(
        words=f"{concerned(told.production, told.face)}: of {told.topic} we could not keep {names}: "
        f"{told.label}'s link died before it was copied. {rest} Check {at_service(told.face)} whether "
        "it is still there; else it has to be made again, which is charged.",
        small=f"ID {escape(told.production.id)}",
    )


_WRITERS: Mapping[Kind, Writer] = {
    Kind.REVIEW: _review,
    Kind.APPROVED: _approved,
    Kind.REJECTION: _rejection,
    Kind.DECISION_WITHDRAWN: _withdrawn,
    Kind.RELEASED_UNASKED: _unasked,
    Kind.AGAINST_DECISION: _against,
    Kind.COMPLETED: _completed,
    Kind.FAILED: _failed,
    Kind.UNKNOWN: _unknown,
    Kind.LINKED: _linked,
    Kind.CANCELLED: _cancelled,
    Kind.REJECTED: _rejected,
    Kind.CANCEL_TOO_LATE: _too_late,
    Kind.NEXT_ATTEMPT: _next_attempt,
    Kind.TRIED_AGAIN: _tried_again,
    Kind.REOPENED: _reopened,
    Kind.OVERDUE: _overdue,
    Kind.NONSENSE: _nonsense,
    Kind.CARD_REFUSED: _card_refused,
    Kind.FILES_LOST: _files_lost,
}

_IN_SHORT: Mapping[Kind, str] = {
    Kind.CARD: "requested",
    Kind.REVIEW: "ready for review",
    Kind.APPROVED: "approved",
    Kind.REJECTION: "rejected",
    Kind.DECISION_WITHDRAWN: "decision taken back",
    Kind.RELEASED_UNASKED: "released in the Studio",
    Kind.AGAINST_DECISION: "went against the decision",
    Kind.COMPLETED: "completed",
    Kind.FAILED: "failed",
    Kind.UNKNOWN: "sent, arrival unknown",
    Kind.LINKED: "linked",
    Kind.CANCELLED: "cancelled",
    Kind.REJECTED: "rejected for good",
    Kind.CANCEL_TOO_LATE: "too late to cancel",
    Kind.NEXT_ATTEMPT: "sent again",
    Kind.TRIED_AGAIN: "asked to try again",
    Kind.REOPENED: "taken up again",
    Kind.OVERDUE: "late",
    Kind.NONSENSE: "unclear answers",
    Kind.CARD_REFUSED: "could not be posted",
    Kind.FILES_LOST: "files lost",
}
