"""A message as lines of a terminal, and what in it is worth drawing again."""

import re
from collections.abc import Iterator, Mapping

from rich.text import Text

from twin.demo.words import render
from twin.slack.place.model import Json
from twin.slack.text import buttons

STATES = (
    "Requested",
    "Submitting",
    "Submission unknown",
    "Queued",
    "Producing",
    "Awaiting approval",
    "Distributing",
    "Completed",
    "Failed",
    "Cancelled",
    "Rejected",
)
_QUOTED = re.compile("“[^”]*”")
_SMALL = "dim"
_STYLES = {"primary": "bold green", "danger": "bold red", None: "bold"}


def state_of(card: Json) -> str | None:
    """Read the state off a card's text, as a screen reader says it; None where it says none."""
    told = _QUOTED.sub("", str(card.get("text", "")))  # The topic may hold any word.
    found = [(told.find(word), word) for word in STATES if word in told]
    return min(found)[1] if found else None


def outline(card: Json) -> tuple[object, ...]:
    """Give what of a card deserves to be drawn anew; a mere step of progress leaves it equal."""
    is_decided = "not yet released" in str(card.get("text", ""))
    return (state_of(card), tuple(buttons(card)), is_decided)


def state_words(card: Json) -> str:
    """Give the second sentence of a card, which tells where it stands."""
    for block in card.get("blocks") or []:
        lines = _words(block).split("\n")
        if lines[0].strip("*") in STATES and len(lines) > 1:
            return lines[1]
    return ""


def lines_of(message: Json, *, names: Mapping[str, str], lists_files: bool = True) -> list[Text]:
    """Draw a message block by block; without blocks, its text.

    Args:
        lists_files: Whether the files are listed, or only counted.
    """
    blocks = message.get("blocks") or []
    if not blocks:
        return [render(str(message.get("text", "")), names=names)]
    lines: list[Text] = []
    files = [block for block in blocks if _is_file(block)]
    for block in blocks:
        if lists_files or not _is_file(block):
            lines += _block_lines(block, names)
        elif block is files[0]:
            lines.append(_counted(files))
    return lines


def _is_file(block: Json) -> bool:
    words = ((block.get("accessory") or {}).get("text") or {}).get("text")
    return block["type"] == "section" and words == "Download"


def _counted(files: list[Json]) -> Text:
    labels = [_words(block).split("\n", maxsplit=1)[0].strip("*") for block in files]
    return Text(f"{len(files)} files to download: {', '.join(labels)}")


def _block_lines(block: Json, names: Mapping[str, str]) -> Iterator[Text]:
    kind = block["type"]
    if kind == "header":
        yield Text(_words(block), style="bold")
    elif kind == "context":
        small = "  ".join(_words(element) for element in block["elements"])
        yield render(small, names=names, style=_SMALL)
    elif kind == "actions":
        yield Text("  ").join(_button(element) for element in block["elements"])
    else:
        yield from _section_lines(block, names)


def _section_lines(block: Json, names: Mapping[str, str]) -> Iterator[Text]:
    first, *rest = _words(block).split("\n")
    line = render(first, names=names)
    accessory = block.get("accessory") or {}
    if accessory.get("type") == "button":
        line = Text("  ").join([line, _button(accessory)])
    yield line
    yield from (render(more, names=names) for more in rest)


def _button(element: Json) -> Text:
    if element.get("type") != "button":
        return Text("")
    return Text(f"[{element['text']['text']}]", style=_STYLES[element.get("style")])


def _words(value: Json) -> str:
    found = value.get("text", "")
    return str(found.get("text", "")) if isinstance(found, dict) else str(found)
