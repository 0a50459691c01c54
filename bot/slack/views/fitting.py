"""Keeping a form small enough for Slack, which refuses one that is too large altogether."""

import json
from collections.abc import Sequence

from bot.slack.views.parts import Json, context, cut, escape

VIEW_LIMIT = 250_000
"""Characters of a view as JSON (docs.slack.dev/reference/methods/views.open, seen 2026-11-22)."""
_NOTE_ROOM = 2_000
_NAMED = 10


def fitted(view: Json) -> Json:
    """Let the longest texts begin empty where the form would be too large, and say which.

    What somebody has typed into an open form stays in it all the same: Slack keeps that itself.
    """
    excess = len(json.dumps(view)) - VIEW_LIMIT
    if excess <= 0:
        return view
    blocks = list(view["blocks"])
    chosen = _longest(blocks, excess + _NOTE_ROOM)
    for place in chosen:
        blocks[place] = _emptied(blocks[place])
    labels = [str(blocks[place]["label"]["text"]) for place in chosen]
    return {**view, "blocks": [_note(labels), *blocks]} if labels else view


def _longest(blocks: Sequence[Json], excess: int) -> list[int]:
    """Choose the texts to leave out, as few as will do and of equals the last; gives their places.

    Args:
        excess: Characters to save.
    """
    chosen: list[int] = []
    sized = sorted(((_size(block), place) for place, block in enumerate(blocks)), reverse=True)
    for size, place in sized:
        if excess <= 0 or size == 0:
            break
        chosen.append(place)
        excess -= size
    return sorted(chosen)


def _size(block: Json) -> int:
    """Measure what a text begins with; 0 for every other block."""
    element = block.get("element", {})
    initial = element.get("initial_value") if element.get("type") == "plain_text_input" else None
    return len(json.dumps(initial)) if initial else 0


def _emptied(block: Json) -> Json:
    element = {name: value for name, value in block["element"].items() if name != "initial_value"}
    return {**block, "element": element}


def _note(labels: Sequence[str]) -> Json:
    named = ", ".join(escape(cut(label, 60)) for label in labels[:_NAMED])
    more = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
    words = f"There is more text than Slack takes in one form, so these begin empty: {named}{more}."
    return context(words, block_id="emptied")
