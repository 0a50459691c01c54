"""What remains of a production once it is made: what it cost, and how long its files are there."""

from datetime import timedelta

from bot.core.production import CopyState, Production, ShareState, State
from bot.core.shares import UNSAID
from bot.slack.views.face import Face
from bot.slack.views.parts import DATE, cut, escape, when


def outcome_note(production: Production, face: Face) -> str | None:
    """Say what it cost and how long the files are there, as far as that is known."""
    notes = [cost_words(production), files_note(production, face), _kept_words(production, face)]
    return " ".join(note for note in notes if note) or None


def cost_words(production: Production) -> str | None:
    """Say what it cost, once it is made; a failure says so by itself."""
    if production.cost is None or production.state not in _MADE:
        return None
    return f"It cost {escape(production.cost)}."


_MADE = frozenset(
    {
        State.AWAITING_APPROVAL,
        State.DISTRIBUTING,
        State.COMPLETED,
        State.REJECTED,
        State.CANCELLED,
    }
)


def _kept_words(production: Production, face: Face) -> str | None:
    """Say until when our copies are kept; None where there are none, or where they stay."""
    copies = [file.copy for file in production.deliverables if file.has_copy(CopyState.KEPT)]
    is_handed_out = production.is_terminal and production.state is not State.REJECTED
    if not copies or not is_handed_out or face.keep_days == 0:
        return None
    kept_at = [copy.at for copy in copies if copy is not None and copy.at is not None]
    until_at = max([production.state_since_at, *kept_at]) + timedelta(days=face.keep_days)
    whose = "The files" if face.capabilities.links_die else "Our copies of the files"
    return f"{whose} are kept until {when(until_at, DATE)}."


def files_note(production: Production, face: Face) -> str | None:
    """Say what became of files that are not where they should be; None where all are."""
    notes = [_not_there(production, face), _not_shared(production)]
    return " ".join(note for note in notes if note) or None


def _not_there(production: Production, face: Face) -> str | None:
    """Say that our copies are gone or could not all be made."""
    deleted_at = production.files_deleted_at
    if deleted_at is not None:
        days = max((deleted_at - production.state_since_at).days, 1)
        after = "1 day" if days == 1 else f"{days} days"
        note = f"Files deleted {when(deleted_at)}, after {after}."
        return note if face.capabilities.links_die else f"{note} Ours only, not the service's."
    lost = sum(file.has_copy(CopyState.LOST) for file in production.deliverables)
    if lost == 0 or not face.capabilities.links_die:
        return None
    named = "1 file" if lost == 1 else f"{lost} files"
    return f"{named} could not be copied before {escape(face.label)}'s link died."


def _not_shared(production: Production) -> str | None:
    """Say which files Slack would not have in the thread, and why."""
    shares = [one.share for one in production.deliverables if one.share is not None]
    refused = [
        one.reason or ""
        for one in shares
        if one.state is ShareState.REFUSED and one.reason not in UNSAID
    ]
    if not refused:
        return None
    named = "1 file" if len(refused) == 1 else f"{len(refused)} files"
    why = ", ".join(f"`{escape(cut(word, 60))}`" for word in dict.fromkeys(refused))
    return f"{named} could not be put into this thread: {why}."
