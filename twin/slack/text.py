"""What a person sees of a message or a view: its words, its buttons, its fields."""

from collections.abc import Iterator
from typing import Any

from twin.slack.place.model import Json

_INTERACTIVE_IN = ("accessory", "element")


def visible_text(message: Json) -> str:
    """Give the words a person reads, one line per block; without blocks, the message's text.

    Args:
        message: A message or view as JSON, with `blocks` and perhaps `text`.
    """
    blocks = message.get("blocks") or []
    if not blocks:
        return str(message.get("text") or "")
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def _lines(block: Json) -> Iterator[str]:
    for key in ("title", "text", "label", "hint", "description"):
        yield _words(block.get(key))
    for field in block.get("fields", []):
        yield _words(field)
    if block["type"] == "image":
        yield f"[{block['alt_text']}]"
    shown = [*block.get("elements", []), *(block[key] for key in _INTERACTIVE_IN if key in block)]
    yield "  ".join(words for words in map(_element_words, shown) if words)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("text", ""))
    return value if isinstance(value, str) else ""


def _element_words(element: Json) -> str:
    kind = element.get("type", "")
    if kind == "button":
        return f"[{element['text']['text']}]"
    if kind == "image":
        return f"[{element['alt_text']}]"
    if kind.startswith("rich_text_"):
        return "".join(_element_words(one) for one in element.get("elements", []))
    if "placeholder" in element:
        return f"<{_words(element['placeholder'])}>"
    return _words(element.get("text")) or str(element.get("url", ""))


def interactive(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """List what can be clicked or chosen, each with its block; fields of a form are left out."""
    for block in blocks:
        if block["type"] in {"actions", "context_actions"}:
            yield from ((block, element) for element in block["elements"])
        elif block["type"] == "section" and block.get("accessory", {}).get("action_id"):
            yield block, block["accessory"]
        elif block["type"] == "input" and block.get("dispatch_action"):
            yield block, block["element"]


def inputs(blocks: list[Json]) -> list[Json]:
    """List the `input` blocks."""
    return [block for block in blocks if block["type"] == "input"]


def buttons(message: Json) -> list[str]:
    """List the buttons a person sees, by their text, in order."""
    found = interactive(message.get("blocks") or [])
    return [element["text"]["text"] for _, element in found if element["type"] == "button"]
