"""The lines of a card that say where a production stands, one function per state."""

from collections.abc import Callable, Mapping

from bot.core.production import CopyState, Production, Progress, State, Verdict
from bot.slack.views.face import Face
from bot.slack.views.parts import AGO, cut, ended, escape, foreign, mention, quoted, when
from bot.slack.views.words import (
    STATE_WORDS,
    VERDICT_WORDS,
    at_service,
    deciders,
    decision_words,
    ending_words,
    failure_words,
    is_lost,
    nothing_left,
    word_beside,
)

Line = Callable[[Production, Face], str]

BAR_LENGTH = 20

_NOT_SENT_YET: Mapping[str, str] = {
    "delayed": "{label} asked us to wait a little.",
    "unreachable": "{label} can't be reached right now.",
    "nonsense": "{label} answers something we don't understand.",
    "auth": "{label} does not accept our key; an admin has to put it right.",
    "files": "Slack does not hand out the uploaded files right now.",
    "store": "Our own store does not take the uploaded files right now; an admin should look.",
    "slow": "The uploaded files took too long to be stored.",
}

_PROBLEMS: Mapping[str, str] = {
    "unreachable": "{label} can't be reached since {since}. This is the last we know; "
    "we keep trying.",
    "nonsense": "{label} answers something we don't understand since {since}. "
    "This is the last we know.",
    "auth": "{label} does not accept our key since {since}, so this card stands still. "
    "An admin has to put the key right.",
    "missing": "{label} says since {since} that it does not know this video. "
    "This is the last we know.",
    "delayed": "{label} asked us to look less often since {since}, so this card may lag behind.",
}


def state_line(production: Production, face: Face) -> str:
    """Say what a state means to people: what it waits for, since when, what to do."""
    if face.capabilities.is_off and not production.is_terminal:
        return _switched_off(production, face)
    pending = production.pending_cancel
    if pending is not None and production.decision is None:
        asked = f"Cancelling, as {mention(pending.user_id)} asked {when(pending.at)}."
        return f"{asked} {escape(face.label)} has not confirmed it yet."
    return _STATE_LINES[production.state](production, face)


def _switched_off(production: Production, face: Face) -> str:
    label = escape(face.label)
    rests = (
        f"{label} is switched off here, so this stands still. It goes on by itself once "
        f"{label} is switched on again."
    )
    is_unknown = production.state is State.SUBMISSION_UNKNOWN
    return f"{_unknown(production, face)} {rests}" if is_unknown else rests


def _sending(production: Production, face: Face) -> str:
    label, problem = escape(face.label), production.problem
    has_job = production.attempt.job is not None
    if problem is None:
        return f"Asking {label} to try again." if has_job else f"Sending to {label}."
    why = _NOT_SENT_YET.get(problem.kind, "{label} can't take it right now.")
    what = "It has not been asked again yet" if has_job else "Nothing has been sent yet"
    return f"{why.format(label=label)} {what}; we keep trying."


def _unknown(production: Production, face: Face) -> str:
    if production.attempt.job is not None:
        return (
            f"We asked {escape(face.label)} to try again but don't know if that arrived. "
            "Asking once more could make and bill it twice."
        )
    return (
        f"We sent this to {escape(face.label)} but don't know if it arrived. "
        "Sending again could make and bill it twice."
    )


def _queued(production: Production, face: Face) -> str:
    if production.copying is not None:
        return _copying(production, face)
    if production.collecting_since_at is not None:
        return _collecting(face)
    return f"In {escape(face.label)}'s queue since {when(production.state_since_at)}."


def _producing(production: Production, face: Face) -> str:
    if production.copying is not None:
        return _copying(production, face)
    if production.collecting_since_at is not None:
        return _collecting(face)
    started = f"Started {when(production.state_since_at, AGO)}."
    done = progress_words(production.progress, face) if production.progress else ""
    return (
        f"{done[0].upper()}{done[1:]}. {started}"
        if done
        else f"{escape(face.label)} is making it. {started}"
    )


def progress_bar(production: Production, face: Face) -> str | None:
    """Draw how much is done; None where the service gives no percentage.

    The number stands above it in words, since screen readers spell the signs out.
    """
    percent = _percent(production.progress, face)
    if production.state is not State.PRODUCING or percent is None:
        return None
    full = percent * BAR_LENGTH // 100
    return f"`{'█' * full}{'░' * (BAR_LENGTH - full)}`"


def _percent(progress: Progress | None, face: Face) -> int | None:
    """Give the service's own percentage; never one made up from steps."""
    if progress is None or progress.percent is None or not face.capabilities.has_percent:
        return None
    return min(max(progress.percent, 0), 100)


def _collecting(face: Face) -> str:
    return f"{escape(face.label)} says it is finished; the files are being collected."


def _copying(production: Production, face: Face) -> str:
    files = production.deliverables
    left = sum(file.has_copy(CopyState.WANTED) for file in files)
    done = f"{len(files) - left} of {len(files)} done"
    return (
        f"{escape(face.label)} has finished. Its links soon die, so the files are being copied "
        f"first: {done}."
    )


def progress_words(progress: Progress, face: Face) -> str:
    """Say how far it is in the service's own terms; a percentage only where the service gives it.

    Returns:
        Such as `Visuals, step 6 of 15 (image analysis)` or `Rendering, 42 %`; empty where nothing
        is known.
    """
    percent = _percent(progress, face)
    parts = [foreign(cut(progress.stage, 60)) if progress.stage else "", _step(progress)]
    if percent is not None:
        parts.append(f"{percent} %")
    return ", ".join(part for part in parts if part)


def _step(progress: Progress) -> str:
    name = foreign(cut(progress.step, 60)) if progress.step else ""
    if progress.step_number is None:
        return name
    of = f" of {progress.total_steps}" if progress.total_steps else ""
    number = f"step {progress.step_number}{of}"
    return f"{number} ({name})" if name else number


def _awaiting(production: Production, face: Face) -> str:
    if production.decision is not None:
        return _decided(production, face)
    if not production.deliverables:
        return (
            f"{escape(face.label)} says it is ready, but lists no files yet, "
            "so it can't be approved here. We keep looking."
        )
    if is_lost(production, face):
        look = f"Look for it {at_service(face)} before you decide"
        return (
            f"{nothing_left(production, face)} {look}: reject it, or ask for it again with changes."
        )
    who = deciders(production, face)
    return f"Ready to review. {who[0].upper()}{who[1:]} may decide. {decision_words(face)}"


def _decided(production: Production, face: Face) -> str:
    decision = production.decision
    if decision is None:
        return ""
    who = mention(decision.user_id)
    if decision.verdict is Verdict.APPROVE:
        return f"Approved by {who}, not yet released in the Studio."
    if production.pending_cancel is not None:
        return f"Rejected by {who}; {escape(face.label)} has not confirmed the cancelling yet."
    return f"Rejected by {who}, but not stopped yet: somebody must reject it in the Studio too."


def _distributing(production: Production, face: Face) -> str:
    if production.copying is not None:
        return _copying(production, face)
    return f"Being published since {when(production.state_since_at)}."


def _completed(production: Production, face: Face) -> str:
    since = when(production.state_since_at)
    if is_lost(production, face) and production.files_deleted_at is None:
        return f"{nothing_left(production, face)} It ended {since}."
    files = (
        ""
        if production.deliverables
        else f" No files are listed here; look for them {at_service(face)}."
    )
    is_published = face.capabilities.decides_in_console
    return f"Published {since}.{files}" if is_published else f"Ready since {since}.{files}"


def _rejected(production: Production, face: Face) -> str:
    if production.decision is not None and face.capabilities.decides_in_console:
        return "It will not be released, and its download links no longer work."
    if production.decision is not None:
        return "Its download links no longer work."
    return f"Rejected at {escape(face.label)} {when(production.state_since_at)}."


def _failed(production: Production, face: Face) -> str:
    return f"{failure_words(production, face)}\n{failure_facts(production, face)}"


def failure_facts(production: Production, face: Face) -> str:
    """Say at which step it failed, when, and how often it was tried, as far as that is known."""
    at = when(production.state_since_at)
    where = progress_words(production.progress, face) if production.progress else ""
    failed = f"Failed at {where}, {at}." if where else f"Failed {at}."
    return f"{failed}{_tries(production, face)} It is not tried again by itself."


def _tries(production: Production, face: Face) -> str:
    number = production.attempt.number
    if face.capabilities.retries_in_place or production.attempt.job is None:
        return ""  # A job that is taken up again stays the same attempt; what was refused is none.
    return " Tried once." if number == 1 else f" Tried {number} times."


_STATE_LINES: Mapping[State, Line] = {
    State.REQUESTED: _sending,
    State.SUBMITTING: _sending,
    State.SUBMISSION_UNKNOWN: _unknown,
    State.QUEUED: _queued,
    State.PRODUCING: _producing,
    State.AWAITING_APPROVAL: _awaiting,
    State.DISTRIBUTING: _distributing,
    State.COMPLETED: _completed,
    State.FAILED: _failed,
    State.REJECTED: _rejected,
    State.CANCELLED: ending_words,
}


def decision_line(production: Production) -> str | None:
    """Say who decided what, when and why; None where nobody has."""
    decision = production.decision
    if decision is None:
        return None
    verdict = VERDICT_WORDS[decision.verdict]
    line = f"Decision: {verdict} by {mention(decision.user_id)}, {when(decision.at)}."
    if decision.reason:
        line += ended(f" Reason: {quoted(decision.reason, 300)}")
    went_out = production.state in {State.DISTRIBUTING, State.COMPLETED}
    if went_out and decision.verdict is Verdict.REJECT:
        line += " It was released all the same."
    return line


def trouble_line(production: Production, face: Face) -> str | None:
    """Say why the card may not be the whole truth; None while all is well."""
    label, problem = escape(face.label), production.problem
    has_job = production.attempt.job is not None
    if problem is not None and has_job:
        words = _PROBLEMS.get(problem.kind, _PROBLEMS["unreachable"])
        return words.format(label=label, since=when(problem.since_at))
    if production.is_late:
        word = STATE_WORDS[production.state]
        return f"This takes longer than usual: {word} since {when(production.state_since_at)}."
    return None


def small_print(production: Production, face: Face) -> str:
    """Give what support asks for: short id, attempt, the service's own word and references."""
    parts = [f"ID {escape(production.id)}"]
    if production.attempt.number > 1:
        parts.append(f"v{production.attempt.number}")
    word = word_beside(production)
    if word is not None:
        parts.append(f"{escape(face.label)} says {quoted(word, 60)}")
    return " · ".join([*parts, *references(production, face)])


def references(production: Production, face: Face) -> list[str]:
    """Give a failure's code and the id to quote to the service's support."""
    failure = production.failure
    if failure is None or production.state not in {State.FAILED, State.SUBMISSION_UNKNOWN}:
        return []
    parts = [f"Code {escape(cut(failure.code, 80))}"] if failure.code else []
    if failure.correlation_id:
        parts.append(f"{escape(face.label)} reference {escape(cut(failure.correlation_id, 80))}")
    return parts
