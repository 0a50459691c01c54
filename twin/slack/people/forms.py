"""A form as a person fills it in: by label or by id, checked the way their client would."""

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from twin.slack.checks import option_problems
from twin.slack.errors import ClientError
from twin.slack.people.choices import Choices
from twin.slack.people.entering import state_of, too_many
from twin.slack.place.model import Json
from twin.slack.place.states import KINDS, is_external, value_of
from twin.slack.text import inputs

# Asks the bot what an external select offers: (block, element, text typed) → its answer.
Suggest = Callable[[Json, Json, str], Awaitable[Json]]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_URL = re.compile(r"https?://[^\s/]+\S*")


async def fill_in(
    blocks: list[Json],
    values: Any,
    *,
    state: Json,
    suggest: Suggest,
    choices: Choices,
    force: bool = False,
) -> Json:
    """Enter values into the input blocks of a view or message.

    Args:
        blocks: All its blocks.
        values: `{label: value}` or `{block_id: {action_id: value}}`, mixed as one likes.
        state: What all that can hold something holds now.
        suggest: Asks the bot for options while one types.
        choices: What the person can choose from besides options.
        force: Take what no client would.

    Returns:
        The whole state, `{block_id: {action_id: state}}`.

    Raises:
        ClientError: There is no such field or option.
    """
    if not isinstance(values, dict):
        raise ClientError("values must be an object")
    filled = dict(state)
    for name, value in values.items():
        block, entered = _field(blocks, name, value)
        element = block["element"]
        offered = None
        if is_external(element):
            offered = await gather_offered(block, element, entered, suggest=suggest)
        held = state_of(element, entered, choices=choices, offered=offered, force=force)
        filled[block["block_id"]] = {element["action_id"]: held}
    return filled


def _field(blocks: list[Json], name: str, value: Any) -> tuple[Json, Any]:
    """Find the field that a name means, and what is entered into it."""
    fields = inputs(blocks)
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


async def gather_offered(block: Json, element: Json, entered: Any, *, suggest: Suggest) -> Json:
    """Gather what the bot offers for what is typed into an external select.

    An option given as a whole object was offered before, so the bot is not asked for it again.

    Returns:
        `options` and `option_groups`, of all that was typed.

    Raises:
        ClientError: The bot gave no usable answer.
    """
    asked = entered if isinstance(entered, list) else [entered] if entered else []
    whole = [one for one in asked if _is_whole_option(one)]
    answers = [await suggest(block, element, _typed(one)) for one in asked if one not in whole]
    return {
        "options": [*whole, *(one for answer in answers for one in answer.get("options", []))],
        "option_groups": [one for answer in answers for one in answer.get("option_groups", [])],
    }


def _is_whole_option(entered: Any) -> bool:
    is_option = isinstance(entered, dict) and "text" in entered
    return is_option and not option_problems({"options": [entered]})


def _typed(entered: Any) -> str:
    """Give what is typed to find an option: its own words, without its group."""
    text = str(entered.get("value", "")) if isinstance(entered, dict) else str(entered)
    return text.rpartition(" / ")[2]


def refusal(blocks: list[Json], state: Json) -> str | None:
    """Say what a client would hold against sending the form, or None."""
    for block in inputs(blocks):
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
    return too_many(element, value)


def _text_refusal(element: Json, text: str) -> str | None:
    if len(text) < element.get("min_length", 0):
        return f"enter at least {element['min_length']} characters"
    if len(text) > element.get("max_length", 3000):
        return f"enter at most {element.get('max_length', 3000)} characters"
    if element["type"] == "email_text_input" and not _EMAIL.fullmatch(text):
        return "enter an email address"
    if element["type"] == "url_text_input" and not _URL.fullmatch(text):
        return "enter a URL"
    if element["type"] == "number_input":
        return _number_refusal(element, text)
    return None


def _number_refusal(element: Json, text: str) -> str | None:
    if not _NUMBER.fullmatch(text):
        return "enter a number"
    if "." in text and not element["is_decimal_allowed"]:
        return "enter a whole number"
    number = Decimal(text)
    if number < Decimal(element.get("min_value", text)):
        return f"enter at least {element['min_value']}"
    if number > Decimal(element.get("max_value", text)):
        return f"enter at most {element['max_value']}"
    return None
