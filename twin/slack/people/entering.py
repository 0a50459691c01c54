"""What a person enters into an element, as its state; refused where their client would."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from twin.slack.checks.parts import options_of
from twin.slack.errors import ClientError
from twin.slack.people.choices import Choices
from twin.slack.place.model import Json
from twin.slack.place.states import KINDS, written

FILES_MOST = 10
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_EPOCH = re.compile(r"\d{10}", re.ASCII)


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
        return written(element, _as_value(element, entered, force=force))
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
    return written(element, chosen if kind.is_many else chosen[0] if chosen else None)


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
