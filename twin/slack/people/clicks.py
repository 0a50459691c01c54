"""Find what a person means to click, and write down the action that follows."""

from typing import Any

from twin.slack.errors import ClientError
from twin.slack.people.choices import Choices
from twin.slack.people.entering import find_option, state_of, too_many
from twin.slack.place.model import Json
from twin.slack.place.states import KINDS, is_external, value_of
from twin.slack.text import interactive


def find_element(
    blocks: list[Json], *, button: str | None, action_id: str | None, block_id: str | None
) -> tuple[Json, Json]:
    """Find one clickable element, by a button's text or by ids.

    Returns:
        Its block and itself.

    Raises:
        ClientError: There is none, or several.
    """
    if button is None and action_id is None:
        raise ClientError("say which: button (its text) or action_id")
    found = [
        (block, element)
        for block, element in interactive(blocks)
        if button in {None, _label(element)}
        and action_id in {None, element["action_id"]}
        and block_id in {None, block["block_id"]}
    ]
    if len(found) == 1:
        return found[0]
    name = button if button is not None else action_id
    if found:
        raise ClientError(f"several elements fit {name!r}; say block_id too")
    known = ", ".join(
        repr(_label(element) or element["action_id"]) for _, element in interactive(blocks)
    )
    raise ClientError(f"nothing to click called {name!r}; there are: {known or 'none'}")


def find_select(blocks: list[Json], *, action_id: str, block_id: str | None) -> tuple[Json, Json]:
    """Find a select that takes its options from the bot, be it in a form's field or elsewhere.

    Args:
        blocks: All blocks of the message or view.
        action_id: May stand in several blocks.
        block_id: Which of them is meant; None where there is one.

    Returns:
        Its block and itself.

    Raises:
        ClientError: There is none, or several.
    """
    found = [
        (block, element)
        for block in blocks
        for element in _elements_of(block)
        if element.get("action_id") == action_id
        and is_external(element)
        and block_id in {None, block["block_id"]}
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ClientError(f"several selects fit {action_id!r}; say block_id too")
    raise ClientError(f"no select {action_id!r} that asks for options")


def _elements_of(block: Json) -> list[Json]:
    single = [block[key] for key in ("element", "accessory") if key in block]
    return [*single, *block.get("elements", [])]


def _label(element: Json) -> str | None:
    return str(element["text"]["text"]) if element["type"] == "button" else None


# What a payload tells of an element besides what was chosen.
# Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload, read in a copy,
# 2026-11-22; the rest as slackapi/java-slack-sdk has it (BlockActionPayload).
_TOLD = ("text", "value", "style", "url", "placeholder", "confirm", "min_query_length", "timezone")


def build_action(
    block: Json,
    element: Json,
    *,
    option: Any,
    offered: Json | None,
    action_ts: str,
    choices: Choices,
) -> Json:
    """Write the action of a click or choice.

    Args:
        block: The block it stands in.
        element: What was clicked.
        option: What was chosen or entered, where the element takes something.
        offered: The bot's `options` or `option_groups`, for an external select.
        action_ts: When.
        choices: What the person can choose from besides options.

    Raises:
        ClientError: The choice does not fit the element.
    """
    initial = KINDS[element["type"]].initial if element["type"] in KINDS else ""
    told = {key: element[key] for key in (*_TOLD, initial) if key in element}
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        **told,
        "action_ts": action_ts,
    }
    if element["type"] in _BUTTONS:
        return action
    if element["type"] == "feedback_buttons":
        return action | _feedback(element, option)
    if element["type"] == "overflow":
        return action | {"selected_option": find_option(element)(_chosen(option))}
    return action | _choice(element, option, offered=offered, choices=choices)


_BUTTONS = {"button", "icon_button", "workflow_button"}


def _feedback(element: Json, option: Any) -> Json:
    """Tell which of the two buttons was pressed, by its text or its value."""
    both = [element["positive_button"], element["negative_button"]]
    found = [one for one in both if option in (one["text"]["text"], one["value"])]
    return {key: _chosen(found[0] if found else None)[key] for key in ("text", "value")}


def _choice(element: Json, option: Any, *, offered: Json | None, choices: Choices) -> Json:
    held = state_of(element, option, offered=offered, choices=choices)
    value = value_of(held)
    if element["type"] in {"static_select", "external_select", "radio_buttons"}:
        _chosen(value)
    reason = too_many(element, value)
    if reason is not None:
        raise ClientError(reason)
    return held


def _chosen(option: Any) -> Any:
    if option is None:
        raise ClientError("say which option")
    return option


def entered_state(state: Json, action: Json) -> Json:
    """Give a form's state after an action changed one of its elements."""
    kind = KINDS.get(action["type"])
    if kind is None:
        return state
    held = {key: action[key] for key in ("type", kind.key, "timezone") if key in action}
    inside = {**state.get(action["block_id"], {}), action["action_id"]: held}
    return {**state, action["block_id"]: inside}
