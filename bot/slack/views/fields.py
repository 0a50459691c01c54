"""A service's fields as the inputs of a form, each kind with its own widget."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.form import (
    ADDRESS_LONGEST,
    Choice,
    Field,
    FileField,
    NumberField,
    SearchField,
    SelectField,
    TextField,
    address_key,
    first_choice,
)
from bot.core.sizes import size_words
from bot.slack.ids import Action, field_block
from bot.slack.views.parts import Json, context, cut, foreign, plain

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
OPTION_LIMIT = 75
OPTIONS_LIMIT = 100
HEADING_LIMIT = 65
TYPED_LIMIT = 3000
LABEL_LIMIT = 200
FILES_LIMIT = 10
NOTHING_FOUND: Mapping[str, Choice] = {}


def field_input(
    field: Field, initial: str | None, *, found: Mapping[str, Choice] = NOTHING_FOUND
) -> Json:
    """Build the input of a field.

    Args:
        initial: What it holds at first; passed over where the field cannot hold it.
        found: What searched fields hold at first, by key.
    """
    match field:
        case TextField():
            return text_input(field, initial, block_id=field_block(field.key))
        case SelectField():
            return _select_input(field, initial)
        case SearchField():
            return _search_input(field, found.get(field.key))
        case NumberField():
            return _number_input(field, initial)
        case FileField():
            return file_input(field)


def address_input(field: FileField, initial: str | None) -> Json:
    """Build the second input of a field that takes an address in place of files."""
    typed = TextField(
        key=address_key(field.key),
        label=f"{cut(field.label, LABEL_LIMIT - 20)}, or its address",
        hint="Of a file on the web, in place of an upload: https, and reachable from anywhere.",
        max_length=ADDRESS_LONGEST,
        is_required=False,
    )
    return text_input(typed, initial, block_id=field_block(typed.key))


def upload_missing(field: FileField) -> Json:
    """Say where a field would stand that Slack has not allowed us to read."""
    words = (
        f"*{foreign(cut(field.label, LABEL_LIMIT))}*: files can't be taken here yet. An admin has "
        "to allow this app to read the files it is given (`files:read`) and install it again."
    )
    return context(words, block_id=f"{field_block(field.key)}.missing")


def is_drawn(field: Field) -> bool:
    """Tell whether a field has anything to be filled in with."""
    return not isinstance(field, SelectField) or bool(usable_choices(field))


def input_block(block_id: str, element: Json, *, field: Field, hint: str | None) -> Json:
    """Build an input block around the one element of a field."""
    block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(field.label, LABEL_LIMIT),
        "element": {"action_id": Action.ENTERED.value, **element},
        "optional": not field.is_required,
    }
    return {**block, "hint": plain(hint, LABEL_LIMIT)} if hint else block


def text_input(field: TextField, initial: str | None, *, block_id: str) -> Json:
    """Build the input of a text."""
    most = max(1, min(field.max_length, TYPED_LIMIT))
    element: Json = {
        "type": "plain_text_input",
        "multiline": field.is_multiline,
        "max_length": most,
    }
    if initial:
        element["initial_value"] = initial[:most]
    return input_block(block_id, element, field=field, hint=field.hint)


def _select_input(field: SelectField, initial: str | None) -> Json:
    block = select_input(field, initial, block_id=field_block(field.key))
    return {**block, "dispatch_action": True} if field.reshapes else block


def select_input(field: SelectField, initial: str | None, *, block_id: str) -> Json:
    """Build the input of a select; what does not fit into it is counted in the hint."""
    choices = usable_choices(field)
    element: Json = {"type": "static_select", **_options(choices)}
    first = first_choice(field, initial)
    if first in choices:
        element["initial_option"] = option(first)
    hidden = len({choice.value for choice in field.choices}) - len(choices)
    more = f"{hidden} more can't be listed here." if hidden > 0 else ""
    hint = " ".join(part for part in (field.hint, more) if part)
    return input_block(block_id, element, field=field, hint=hint or None)


def _search_input(field: SearchField, first: Choice | None) -> Json:
    element: Json = {"type": "external_select", "min_query_length": 0}
    if first is not None and is_usable(first):
        element["initial_option"] = option(first)
    element["placeholder"] = plain("Type to search", 150)
    return input_block(field_block(field.key), element, field=field, hint=field.hint)


def _number_input(field: NumberField, initial: str | None) -> Json:
    element: Json = {"type": "number_input", "is_decimal_allowed": field.is_decimal}
    limits = {"min_value": field.min_value, "max_value": field.max_value}
    element |= {name: number_text(limit) for name, limit in limits.items() if limit is not None}
    if initial is not None and _fits(initial, field):
        element["initial_value"] = initial
    return input_block(field_block(field.key), element, field=field, hint=field.hint)


def _fits(text: str, field: NumberField) -> bool:
    if not _NUMBER.fullmatch(text) or ("." in text and not field.is_decimal):
        return False
    low, high = field.min_value, field.max_value
    return (low is None or low <= float(text)) and (high is None or float(text) <= high)


def number_text(number: float) -> str:
    """Write a number as Slack takes it: without an exponent or an empty fraction."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


def file_input(field: FileField, *, last: str | None = None) -> Json:
    """Build the input of files.

    Args:
        last: Names of the files that are used again where nothing is uploaded.
    """
    most = max(1, min(field.max_files, FILES_LIMIT))
    element: Json = {
        "type": "file_input",
        "filetypes": list(field.extensions),
        "max_files": most,
    }
    again = f"Leave empty to use {cut(last, 80)} again." if last else None
    is_needed = field.takes_address and field.is_required and not last
    needed = "A file or an address is needed." if is_needed else ""
    parts = (again, needed, field.hint, _takes(field, most))
    hint = " ".join(part for part in parts if part)
    # Slack would insist on a file where an address, or the files of last time, will do.
    must = field.is_required and not field.takes_address and not last
    optional = replace(field, is_required=must)
    return input_block(field_block(field.key), element, field=optional, hint=hint)


def _takes(field: FileField, most: int) -> str:
    kinds = ", ".join(one.upper() for one in field.extensions)
    each = f" of at most {size_words(field.max_bytes)}"
    if most == 1:
        return f"One file{each}: {kinds}."
    total = field.max_total_bytes
    together = f", {size_words(total)} together" if total is not None else " each"
    return f"Up to {most} files{each}{together}: {kinds}."


def usable_choices(field: SelectField) -> tuple[Choice, ...]:
    """List the choices that Slack can show: each once, ids that fit, as many as its groups hold."""
    return tuple(choice for choices in _groups(field.choices).values() for choice in choices)


def _groups(choices: Sequence[Choice]) -> Mapping[tuple[str | None, int], list[Choice]]:
    """Sort choices by group and page: Slack shows a hundred in a group, and a hundred groups."""
    groups: dict[tuple[str | None, int], list[Choice]] = {}
    counts: Counter[str | None] = Counter()
    taken: set[str] = set()
    for choice in choices:
        place = (choice.group, counts[choice.group] // OPTIONS_LIMIT)
        has_room = place in groups or len(groups) < OPTIONS_LIMIT
        if has_room and choice.value not in taken and is_usable(choice):
            taken.add(choice.value)
            counts[choice.group] += 1
            groups.setdefault(place, []).append(choice)
    return groups


def is_usable(choice: Choice) -> bool:
    """Tell whether Slack takes a choice as an option."""
    return 0 < len(choice.value) <= OPTION_LIMIT


def offered(choices: Sequence[Choice]) -> Json:
    """Build what answers a search: options, or groups of them."""
    usable = {choice.value: choice for choice in choices if is_usable(choice)}
    return _options(list(usable.values())[:OPTIONS_LIMIT])


def _options(choices: Sequence[Choice]) -> Json:
    groups = _groups(choices)
    if set(groups) <= {(None, 0)}:
        return {"options": [option(choice) for choice in choices]}
    rest = "Others" if any(name for name, _ in groups) else "All"
    return {
        "option_groups": [
            {
                "label": plain(_heading(name or rest, page), OPTION_LIMIT),
                "options": [option(choice) for choice in listed],
            }
            for (name, page), listed in groups.items()
        ]
    }


def _heading(name: str, page: int) -> str:
    """Name a group; what goes on from the one before says so."""
    return f"{cut(name, HEADING_LIMIT)} ({page + 1})" if page else name


def option(choice: Choice) -> Json:
    """Build one option."""
    return {"text": plain(choice.name or choice.value, OPTION_LIMIT), "value": choice.value}
