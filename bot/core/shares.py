"""Which finished files are put into the production's thread; it never looks at a file.

What is in a thread is Slack's: the bot can take it away again, but not who has saved it. So only
what nobody can reject any more is put there by itself, and the rest where a person asks for it.
"""

from datetime import timedelta

from bot.core.errors import TransitionNotAllowedError
from bot.core.production import CopyState, Deliverable, Production, Share, ShareState, State

FILES_MOST = 10
"""Files that one message shows at most, so that a thread stays one to read."""
ASKED_MOST_BYTES = 1_000_000_000
"""Longest file that is put there because somebody asked; a workspace may take less."""
AFTER = timedelta(seconds=3)
"""How long files wait, so that the reply which says that they are finished comes before them."""
TOO_LARGE = "too_large"
NOT_KEPT = "not_kept"
TAKEN_BACK = "taken_back"
UNSAID = frozenset({TOO_LARGE, NOT_KEPT, TAKEN_BACK})
"""Reasons of our own that are nobody's news."""

_KIND_ORDER = ("video", "captions", "transcript", "audio_description", "certificate")
_UNDER_WAY = frozenset({ShareState.WANTED, ShareState.SENDING, ShareState.SHARED})


def file_rank(file: Deliverable) -> int:
    """Give a file's place among others: the video first, then what belongs to it."""
    return _KIND_ORDER.index(file.kind) if file.kind in _KIND_ORDER else len(_KIND_ORDER)


def files_to_share(before: Production, after: Production, *, most_bytes: int) -> tuple[str, ...]:
    """List the keys of the files that a change brings into the thread, in the order to show them.

    Args:
        most_bytes: Longest file; 0 for none. One of unknown length is checked once it is copied.
    """
    if after.state is not State.COMPLETED or before.state is State.COMPLETED:
        return ()
    files = sorted(after.deliverables, key=file_rank)
    fitting = [one.key for one in files if _has_copy(one) and _size(one) <= most_bytes]
    return tuple(fitting[:FILES_MOST]) if most_bytes else ()


def _has_copy(file: Deliverable) -> bool:
    return file.has_copy(CopyState.WANTED) or file.has_copy(CopyState.KEPT)


def _size(file: Deliverable) -> int:
    """Give what is known of a length; 0 where nothing is."""
    counted = file.copy.size_bytes if file.copy is not None else None
    return counted or file.size_bytes or 0


def why_not_shared(file: Deliverable, *, most_bytes: int, is_taken_back: bool) -> str | None:
    """Say why a file is not put into the thread after all; None where it is.

    Args:
        is_taken_back: Whether its links were ended meanwhile.
    """
    if is_taken_back:
        return TAKEN_BACK
    if not file.has_copy(CopyState.KEPT):
        return NOT_KEPT
    return TOO_LARGE if _size(file) > most_bytes else None


def share_under_way(production: Production, key: str) -> Share | None:
    """Give how it stands with a file that somebody wants in the thread.

    Returns:
        None where it is to be put there now.

    Raises:
        TransitionNotAllowedError: It is longer than Slack takes, or not listed any more.
    """
    file = next((one for one in production.deliverables if one.key == key), None)
    if file is None:
        raise TransitionNotAllowedError("not_listed")
    if file.share is not None and file.share.state in _UNDER_WAY:
        return file.share
    if _size(file) > ASKED_MOST_BYTES:
        raise TransitionNotAllowedError("too_large_to_share")
    return None
