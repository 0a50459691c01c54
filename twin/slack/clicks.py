"""Find what a person means to click, and write down the action that follows."""

from typing import Any

from twin.slack.errors import ClientError
from twin.slack.model import Json
from twin.slack.states import KINDS, state_of
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


def _label(element: Json) -> str | None:
    return str(element["text"]["text"]) if element["type"] == "button" else None


def build_action(
    block: Json, element: Json, *, option: Any, offered: list[Json] | None, action_ts: str
) -> Json:
    """Write the action of a click or choice.

    Args:
        block: The block it stands in.
        element: What was clicked.
        option: What was chosen or entered, where the element takes something.
        offered: Options that came from the bot, for an external select.
        action_ts: When.

    Raises:
        ClientError: The choice does not fit the element.
    """
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": action_ts,
    }
    if element["type"] == "button":
        shown = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        return action | shown
    if element["type"] == "overflow":
        chosen = state_of({**element, "type": "static_select"}, option)["selected_option"]
        return action | {"selected_option": _chosen(chosen)}
    held = state_of(element, option, offered=offered)
    if element["type"] in {"static_select", "external_select", "radio_buttons"}:
        _chosen(held["selected_option"])
    return action | held


def _chosen(option: Any) -> Any:
    if option is None:
        raise ClientError("say which option")
    return option


def entered_state(state: Json, action: Json) -> Json:
    """Give a form's state after an action changed one of its elements."""
    kind = KINDS.get(action["type"])
    if kind is None:
        return state
    held = {"type": action["type"], kind.key: action[kind.key]}
    inside = {**state.get(action["block_id"], {}), action["action_id"]: held}
    return {**state, action["block_id"]: inside}
