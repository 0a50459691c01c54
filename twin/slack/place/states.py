"""What an element holds: its state as payloads carry it, from its initial value on."""

from dataclasses import dataclass
from typing import Any

from twin.slack.checks.parts import is_same_option, options_of
from twin.slack.place.model import Json


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one type of element keeps what is entered.

    Attributes:
        key: The field of its state.
        initial: The field of the element that fills it at first.
        is_many: Whether it holds a list.
        has_options: Whether what it holds are options.
    """

    key: str
    initial: str
    is_many: bool = False
    has_options: bool = False

    @property
    def is_choice(self) -> bool:
        """Tell picking from typing by the name that Slack gives the field."""
        is_moment = self.key in {"selected_date", "selected_time", "selected_date_time"}
        return not is_moment and self.key.startswith(("selected_", "files"))


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


def is_external(element: Json) -> bool:
    """Say whether an element takes its options from the bot."""
    return element["type"] in {"external_select", "multi_external_select"}


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
    return written(element, first)


def written(element: Json, value: Any) -> Json:
    """Write a state; a time also tells its zone, where the element names one."""
    written: Json = {"type": element["type"], KINDS[element["type"]].key: value}
    if element["type"] == "timepicker" and "timezone" in element:
        written["timezone"] = element["timezone"]
    return written


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
            if known is None or not _still_fits(element, known):
                known = initial_state(element, channel=channel)
            state.setdefault(block["block_id"], {})[action_id] = known
    return state


def _still_fits(element: Json, held: Json) -> bool:
    """Say whether an element can still hold this: its type stayed, and so did the options."""
    if held["type"] != element["type"]:
        return False
    offered = options_of(element)
    if not offered:
        return True
    value = value_of(held)
    chosen = value if isinstance(value, list) else [] if value is None else [value]
    return all(any(is_same_option(one, option) for option in offered) for one in chosen)


def _holding(block: Json) -> list[Json]:
    found = [*block.get("elements", [])] if block["type"] == "actions" else []
    found += [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return [element for element in found if element["type"] in KINDS]


def value_of(state: Json) -> Any:
    """Give what a state holds, without its type."""
    return state.get(KINDS[state["type"]].key)
