"""A form as a person fills it in: by label or by id, checked the way their client would."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from twin.slack.errors import ClientError
from twin.slack.model import Json, View
from twin.slack.states import KINDS, form_state, state_of, value_of
from twin.slack.text import inputs

# Asks the bot for the options of an external select: (block, text typed) → options.
Suggest = Callable[[Json, str], Awaitable[list[Json]]]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


async def fill_in(view: View, values: Any, *, suggest: Suggest, force: bool = False) -> Json:
    """Enter values into a form.

    Args:
        view: The open form.
        values: `{label: value}` or `{block_id: {action_id: value}}`, mixed as one likes.
        suggest: Asks the bot for options while one types.
        force: Send what no client would send.

    Returns:
        The whole form's state, `{block_id: {action_id: state}}`.

    Raises:
        ClientError: There is no such field or option.
    """
    if not isinstance(values, dict):
        raise ClientError("values must be an object")
    state = form_state(view.blocks, entered=view.state, channel=view.channel)
    for name, value in values.items():
        block, entered = _field(view, name, value)
        element = block["element"]
        offered = await _offered(block, entered, suggest=suggest)
        state[block["block_id"]] = {
            element["action_id"]: state_of(element, entered, offered=offered, force=force)
        }
    return state


def _field(view: View, name: str, value: Any) -> tuple[Json, Any]:
    """Find the field that a name means, and what is entered into it."""
    fields = inputs(view.blocks)
    by_id = [block for block in fields if block["block_id"] == name]
    if by_id and isinstance(value, dict) and list(value) == [by_id[0]["element"]["action_id"]]:
        return by_id[0], next(iter(value.values()))
    by_label = [block for block in fields if block["label"]["text"] == name]
    if len(by_label) == 1:
        return by_label[0], value
    if by_label:
        raise ClientError(f"several fields are labelled {name!r}")
    known = ", ".join(
        f"{block['label']['text']!r} ({block['block_id']}/{block['element']['action_id']})"
        for block in fields
    )
    raise ClientError(f"no field {name!r}; there are: {known}")


async def _offered(block: Json, entered: Any, *, suggest: Suggest) -> list[Json] | None:
    if "external_select" not in block["element"]["type"]:
        return None
    asked = entered if isinstance(entered, list) else [entered] if entered else []
    found = [await suggest(block, _typed(one)) for one in asked]
    return [option for options in found for option in options]


def _typed(entered: Any) -> str:
    return str(entered.get("value", "")) if isinstance(entered, dict) else str(entered)


def refusal(view: View, state: Json) -> str | None:
    """Say what a client would hold against sending the form, or None."""
    for block in inputs(view.blocks):
        held = state[block["block_id"]][block["element"]["action_id"]]
        reason = _field_refusal(block, value_of(held))
        if reason is not None:
            return f"{block['label']['text']}: {reason}"
    return None


def _field_refusal(block: Json, value: Any) -> str | None:
    element = block["element"]
    if value in (None, "", []):
        return None if block.get("optional") else "please complete this required field"
    if KINDS[element["type"]].key == "value":
        return _text_refusal(element, str(value))
    most = element.get("max_selected_items") or element.get("max_files")
    if most is not None and len(value) > most:
        return f"choose at most {most}"
    return None


def _text_refusal(element: Json, text: str) -> str | None:
    if len(text) < element.get("min_length", 0):
        return f"enter at least {element['min_length']} characters"
    if len(text) > element.get("max_length", 3000):
        return f"enter at most {element.get('max_length', 3000)} characters"
    if element["type"] == "email_text_input" and not _EMAIL.fullmatch(text):
        return "enter an email address"
    if element["type"] == "url_text_input" and not text.startswith(("http://", "https://")):
        return "enter a URL"
    if element["type"] == "number_input":
        return _number_refusal(element, text)
    return None


def _number_refusal(element: Json, text: str) -> str | None:
    if not _NUMBER.fullmatch(text) or ("." in text and not element["is_decimal_allowed"]):
        return "enter a number"
    number = float(text)
    if number < float(element.get("min_value", number)):
        return f"enter at least {element['min_value']}"
    if number > float(element.get("max_value", number)):
        return f"enter at most {element['max_value']}"
    return None
