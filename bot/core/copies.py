"""What our own copies mean for what people may have; it never looks at a file."""

from collections.abc import Mapping

from bot.core.errors import TransitionNotAllowedError
from bot.core.production import CopyState, Production

_NOT_LINKED: Mapping[CopyState, str] = {
    CopyState.KEPT: "no_address",
    CopyState.LOST: "copy_lost",
    CopyState.DELETED: "copy_deleted",
}


def check_linked(production: Production, key: str) -> None:
    """Refuse a service's link that would be dead; while a file is to be copied it still works.

    Raises:
        TransitionNotAllowedError: The file is kept by us, lost or deleted.
    """
    file = next((one for one in production.deliverables if one.key == key), None)
    if file is not None and file.copy is not None and file.copy.state in _NOT_LINKED:
        raise TransitionNotAllowedError(_NOT_LINKED[file.copy.state])
