"""What an element holds once a person has entered something: its state as payloads carry it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from twin.slack.checks.parts import is_same_option, options_of
from twin.slack.errors import ClientError
from twin.slack.people.choices import Choices
from twin.slack.place.model import Json

FILES_MOST = 10
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_EPOCH = re.compile(r"\d{10}", re.ASCII)


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
    return _written(element, first)


def _written(element: Json, value: Any) -> Json:
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


def state_of(
    element: Json,
    entered: Any,
    *,
    choices: Choices,
    offered: Json | None = None,
    force: bool = False,
) -> Json:
    """Give an element's state after a person has entered something.

    Args:
        element: A checked element.
        entered: Text, or a list where several can be chosen; an option by its text, by
            `Group / Option`, by its value or as an object; a person, conversation or file by its
            id; None for nothing.
        choices: What the person can choose from besides options.
        offered: The bot's `options` or `option_groups`, in place of the element's own.
        force: Make up options that are not offered, and take what no client would.

    Raises:
        ClientError: There is no such choice, or the kind of value does not fit.
    """
    kind = KINDS[element["type"]]
    if not kind.is_choice:
        return _written(element, _as_value(element, entered, force=force))
    read: Callable[[Any], Any]
    if kind.has_options:
        read = find_option(element if offered is None else offered, force=force)
    elif element["type"] == "file_input":
        read = choices.file_reader(element, force=force)
    else:
        read = choices.id_reader(element, force=force)
    chosen = [read(one) for one in _as_list(entered)]
    if not kind.is_many and len(chosen) > 1:
        raise ClientError("choose only one")
    return _written(element, chosen if kind.is_many else chosen[0] if chosen else None)


def too_many(element: Json, value: Any) -> str | None:
    """Say how many can be chosen at most, where these are more; else None."""
    most = element.get("max_selected_items")
    if element["type"] == "file_input":
        most = element.get("max_files", FILES_MOST)
    if most is None or not isinstance(value, list) or len(value) <= most:
        return None
    return f"choose at most {most}"


def _as_list(entered: Any) -> list[Any]:
    if entered is None or entered == "":
        return []
    return entered if isinstance(entered, list) else [entered]


def _as_value(element: Json, entered: Any, *, force: bool) -> Any:
    kind = element["type"]
    if entered is None or entered == "":
        return None
    if kind == "rich_text_input" and isinstance(entered, dict):
        return entered
    if isinstance(entered, bool) or not isinstance(entered, (str, int, float)):
        raise ClientError(f"a {kind} takes text")
    text = str(entered)
    if kind not in _READERS or (force and kind in {"datepicker", "timepicker"}):
        return text
    return _READERS[kind](text)


def _read_date(text: str) -> str:
    try:
        is_date = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_date = False
    if not is_date:
        raise ClientError(f"{text!r} is no date; say YYYY-MM-DD")
    return text


def _read_time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ClientError(f"{text!r} is no time of day; say HH:mm")
    return text


def _read_moment(text: str) -> int:
    if not _EPOCH.fullmatch(text):
        raise ClientError(f"{text!r} is no moment; say epoch seconds, ten digits")
    return int(text)


def _read_rich_text(text: str) -> Json:
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [words]}


_READERS: dict[str, Callable[[str], Any]] = {
    "datepicker": _read_date,
    "timepicker": _read_time,
    "datetimepicker": _read_moment,
    "rich_text_input": _read_rich_text,
}


def find_option(source: Json, *, force: bool = False) -> Callable[[Any], Json]:
    """Make the finder of one option among `options` or `option_groups`."""
    groups = source.get("option_groups", [])
    options = options_of(source)

    def find(wanted: Any) -> Json:
        name = wanted.get("value") if isinstance(wanted, dict) else wanted
        by_value = isinstance(wanted, dict)
        found = _by_name(str(name), options=options, groups=groups, only_value=by_value)
        if len(found) == 1:
            return found[0]
        if force:
            return {"text": {"type": "plain_text", "text": str(name)}, "value": str(name)}
        if found:
            raise ClientError(f"several options are called {name!r}; say 'Group / Option'")
        known = ", ".join(repr(one["text"]["text"]) for one in options[:20])
        raise ClientError(f"no option {name!r}; there are: {known}")

    return find


def _by_name(name: str, *, options: list[Json], groups: list[Json], only_value: bool) -> list[Json]:
    """Find options by text, by `Group / Option`, and only then by value."""
    by_value = [one for one in options if one.get("value") == name]
    if only_value:
        return by_value
    by_text = [one for one in options if one["text"]["text"] == name]
    by_path = [
        one
        for group in groups
        for one in group["options"]
        if f"{group['label']['text']} / {one['text']['text']}" == name
    ]
    return by_text or by_path or by_value


def value_of(state: Json) -> Any:
    """Give what a state holds, without its type."""
    return state.get(KINDS[state["type"]].key)
