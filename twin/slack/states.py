"""What an element holds once a person has entered something: its state as payloads carry it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.slack.checks.parts import options_of
from twin.slack.errors import ClientError
from twin.slack.model import Json


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one type of element keeps what is entered.

    Attributes:
        key: The field of its state.
        initial: The field of the element that fills it at first.
        is_many: Whether it holds a list.
        has_options: Whether it holds options rather than text.
    """

    key: str
    initial: str
    is_many: bool = False
    has_options: bool = False


_TEXT = Kind(key="value", initial="initial_value")
_OPTION = Kind(key="selected_option", initial="initial_option", has_options=True)
_OPTIONS = Kind(key="selected_options", initial="initial_options", is_many=True, has_options=True)

KINDS: dict[str, Kind] = {
    "plain_text_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "number_input": _TEXT,
    "rich_text_input": Kind(key="rich_text_value", initial="initial_value"),
    "file_input": Kind(key="files", initial="", is_many=True),
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "checkboxes": _OPTIONS,
    "users_select": Kind(key="selected_user", initial="initial_user"),
    "channels_select": Kind(key="selected_channel", initial="initial_channel"),
    "conversations_select": Kind(key="selected_conversation", initial="initial_conversation"),
    "multi_users_select": Kind(key="selected_users", initial="initial_users", is_many=True),
    "multi_channels_select": Kind(
        key="selected_channels", initial="initial_channels", is_many=True
    ),
    "multi_conversations_select": Kind(
        key="selected_conversations", initial="initial_conversations", is_many=True
    ),
    "datepicker": Kind(key="selected_date", initial="initial_date"),
    "timepicker": Kind(key="selected_time", initial="initial_time"),
    "datetimepicker": Kind(key="selected_date_time", initial="initial_date_time"),
}


def initial_state(element: Json, *, channel: str | None = None) -> Json:
    """Give an element's state before anybody has touched it.

    Args:
        element: A checked element.
        channel: The conversation a form was opened from, for selects that start with it.
    """
    kind = KINDS[element["type"]]
    first = element.get(kind.initial, [] if kind.is_many else None)
    if element.get("default_to_current_conversation") and not first and channel:
        first = [channel] if kind.is_many else channel
    return {"type": element["type"], kind.key: first}


def form_state(blocks: list[Json], *, entered: Json, channel: str | None = None) -> Json:
    """Give the state of all that can hold something: what was entered, else the initial values.

    Returns:
        `{block_id: {action_id: state}}`.
    """
    state: Json = {}
    for block in blocks:
        for element in _holding(block):
            action_id = element["action_id"]
            known = entered.get(block["block_id"], {}).get(action_id)
            state.setdefault(block["block_id"], {})[action_id] = known or initial_state(
                element, channel=channel
            )
    return state


def _holding(block: Json) -> list[Json]:
    found = [*block.get("elements", [])] if block["type"] == "actions" else []
    found += [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return [element for element in found if element["type"] in KINDS]


def state_of(
    element: Json, entered: Any, *, offered: list[Json] | None = None, force: bool = False
) -> Json:
    """Give an element's state after a person has entered something.

    Args:
        element: A checked element.
        entered: Text, or a list where several can be chosen; an option by its text, by
            `Group / Option`, by its value or as an object; None for nothing.
        offered: Options in place of the element's own, for those that come from the bot.
        force: Make up options that are not offered.

    Raises:
        ClientError: There is no such option, or the kind of value does not fit.
    """
    kind = KINDS[element["type"]]
    if kind.has_options:
        find = _finder(element, offered, force=force)
        chosen = [find(one) for one in _as_list(entered)]
        value: Any = chosen if kind.is_many else chosen[0] if chosen else None
    elif kind.is_many:
        value = _as_list(entered)
    else:
        value = _as_value(element, entered)
    return {"type": element["type"], kind.key: value}


def _as_list(entered: Any) -> list[Any]:
    if entered is None or entered == "":
        return []
    return entered if isinstance(entered, list) else [entered]


def _as_value(element: Json, entered: Any) -> Any:
    if entered is None or entered == "":
        return None
    if element["type"] == "datetimepicker" and isinstance(entered, int):
        return entered
    if element["type"] == "rich_text_input" and isinstance(entered, dict):
        return entered
    if isinstance(entered, bool) or not isinstance(entered, (str, int, float)):
        raise ClientError(f"a {element['type']} takes text")
    return str(entered)


def _finder(element: Json, offered: list[Json] | None, *, force: bool) -> Callable[[Any], Json]:
    groups = element.get("option_groups", [])
    options = options_of(element) if offered is None else offered

    def find(wanted: Any) -> Json:
        name = wanted.get("value") if isinstance(wanted, dict) else wanted
        found = _by_name(str(name), options=options, groups=groups)
        if len(found) == 1:
            return found[0]
        if force:
            return {"text": {"type": "plain_text", "text": str(name)}, "value": str(name)}
        if found:
            raise ClientError(f"several options are called {name!r}; say 'Group / Option'")
        known = ", ".join(repr(one["text"]["text"]) for one in options[:20])
        raise ClientError(f"no option {name!r}; there are: {known}")

    return find


def _by_name(name: str, *, options: list[Json], groups: list[Json]) -> list[Json]:
    """Find options by text, by `Group / Option`, and only then by value."""
    by_text = [one for one in options if one["text"]["text"] == name]
    by_path = [
        one
        for group in groups
        for one in group["options"]
        if f"{group['label']['text']} / {one['text']['text']}" == name
    ]
    return by_text or by_path or [one for one in options if one["value"] == name]


def value_of(state: Json) -> Any:
    """Give what a state holds, without its type."""
    return state.get(KINDS[state["type"]].key)
