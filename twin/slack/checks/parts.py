"""Look into blocks that have been checked."""

from collections.abc import Iterator
from typing import Any

from twin.foreign_json import Json

Part = tuple[str, Json]  # A JSON pointer, and the object with a `type` that stands there.


def options_of(element: Json) -> list[Json]:
    """List the options of a checked element, those in groups included."""
    grouped = [one for group in element.get("option_groups", []) for one in group["options"]]
    return [*element.get("options", []), *grouped]


def is_same_option(one: Json, other: Json) -> bool:
    """Say whether two checked options are the same to Slack: text and value agree."""
    return (one["value"], one["text"]["text"]) == (other["value"], other["text"]["text"])


def typed_parts(value: Any, at: str) -> Iterator[Part]:
    """Go through everything that has a `type`, outermost first, each with its JSON pointer."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield at, value
        for name, one in value.items():
            if isinstance(one, (dict, list)):
                yield from typed_parts(one, f"{at}/{name}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from typed_parts(one, f"{at}/{index}")
