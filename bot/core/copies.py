"""What our own copies mean for what people may have; it never looks at a file."""

from collections.abc import Mapping

from bot.core.errors import TransitionNotAllowedError
from bot.core.production import CopyState, Deliverable, Production

_NOT_LINKED: Mapping[CopyState, str] = {
    CopyState.KEPT: "no_address",
    CopyState.LOST: "copy_lost",
    CopyState.DELETED: "copy_deleted",
}


_GONE = frozenset({CopyState.LOST, CopyState.DELETED})
_MAIN = frozenset({"video", "audio"})


def is_gone(file: Deliverable, *, links_die: bool) -> bool:
    """Tell whether nobody has a file any more: neither we nor, by now, the service."""
    return links_die and file.copy is not None and file.copy.state in _GONE


def can_be_watched(production: Production, *, links_die: bool) -> bool:
    """Tell whether something is left of what people would watch or listen to before they decide.

    Where there is a video or a sound, what else there is, such as captions, is no help.
    """
    files = production.deliverables
    main = [one for one in files if one.kind.lower() in _MAIN] or files
    return any(not is_gone(one, links_die=links_die) for one in main)


def is_out_of_sight(production: Production, *, links_die: bool) -> bool:
    """Tell whether files were made of which nothing that can be watched is left."""
    return bool(production.deliverables) and not can_be_watched(production, links_die=links_die)


def check_linked(production: Production, key: str) -> None:
    """Refuse a service's link that would be dead; while a file is to be copied it still works.

    Raises:
        TransitionNotAllowedError: The file is kept by us, lost or deleted.
    """
    file = next((one for one in production.deliverables if one.key == key), None)
    if file is not None and file.copy is not None and file.copy.state in _NOT_LINKED:
        raise TransitionNotAllowedError(_NOT_LINKED[file.copy.state])


def is_kept(production: Production, key: str) -> bool:
    """Tell whether we have a copy of a file."""
    return any(one.key == key and one.has_copy(CopyState.KEPT) for one in production.deliverables)
