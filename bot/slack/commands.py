"""The grammar of the slash command: sub-commands count only when the whole text fits them."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """What somebody asks for with the command."""

    OPEN = "open"
    HELP = "help"
    LIST = "list"
    FAILED = "failed"
    STATUS = "status"
    RETRY = "retry"
    CANCEL = "cancel"


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """What was typed, understood.

    Attributes:
        topic: For `OPEN`: the text as typed, perhaps empty.
        nearly: For `OPEN`: the sub-command that the text may have been meant for, or None.
        production_id: For `STATUS`, `RETRY` and `CANCEL`, in capitals.
    """

    order: Order
    topic: str = ""
    nearly: Order | None = None
    production_id: str | None = None


_ALONE = {order.value: order for order in (Order.HELP, Order.LIST, Order.FAILED)}
_WITH_ID = re.compile(
    r"(status|retry|cancel)\s+([0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{6})", re.IGNORECASE | re.ASCII
)
_NEARLY = re.compile(r"(status|retry|cancel)(\s+\S+)?", re.IGNORECASE | re.ASCII)


def read_command(text: str | None) -> CommandLine:
    """Read what stands after the command; whatever is no sub-command is a topic."""
    words = (text or "").strip()
    order = _ALONE.get(words.lower())
    if order is not None:
        return CommandLine(order=order)
    match = _WITH_ID.fullmatch(words)
    if match is not None:
        return CommandLine(order=Order(match[1].lower()), production_id=match[2].upper())
    almost = _NEARLY.fullmatch(words)
    nearly = Order(almost[1].lower()) if almost is not None else None
    return CommandLine(order=Order.OPEN, topic=words, nearly=nearly)
