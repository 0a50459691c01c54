"""What a service asks before it can make something; drawn and read without knowing the service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from bot.core.production import Answer

OFFERED_MOST = 100
"""Options that one search may offer, which is Slack's limit for a select."""

FIELDS_A_STEP = 90
"""Inputs that one step of a form has; Slack shows 100 blocks, and some are not fields."""

STEPS_MOST = 3
"""Steps of a form; Slack stacks no more of them."""

FIELDS_MOST = FIELDS_A_STEP * STEPS_MOST

ADDRESS_LONGEST = 2000
"""Characters of an address that is typed in place of a file."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option of a select.

    Attributes:
        value: Sent to the service; at most 75 characters, Slack's limit for an option.
        name: Shown to people.
        group: Heading it stands under, or None.
    """

    value: str
    name: str
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class TextField:
    """A text to type.

    Attributes:
        max_length: In characters, 1 to 3,000 on Slack's side; longer limits are cut to it there.
    """

    key: str
    label: str
    hint: str | None = None
    max_length: int = 3000
    is_required: bool = True
    is_multiline: bool = False


@dataclass(frozen=True, kw_only=True)
class SelectField:
    """A choice among options.

    Attributes:
        reshapes: Whether choosing asks the service for its form anew, with what was chosen; such
            fields belong first, and one that appears only after another's choice may reshape too.
    """

    key: str
    label: str
    choices: tuple[Choice, ...]
    hint: str | None = None
    is_required: bool = True
    initial: str | None = None
    reshapes: bool = False


@dataclass(frozen=True, kw_only=True)
class SearchField:
    """A choice among more options than a select can list: people type, `search` offers."""

    key: str
    label: str
    hint: str | None = None
    is_required: bool = True


@dataclass(frozen=True, kw_only=True)
class NumberField:
    """A number to type.

    Attributes:
        min_value: Smallest that is taken, or None.
        max_value: Largest that is taken, or None.
        is_decimal: Whether it may have a fraction.
    """

    key: str
    label: str
    hint: str | None = None
    min_value: float | None = None
    max_value: float | None = None
    is_decimal: bool = False
    is_required: bool = True


@dataclass(frozen=True, kw_only=True)
class FileField:
    """Files to upload.

    Attributes:
        extensions: Lower case and without the dot; at least one.
        max_files: 1 to 10, Slack's limit for one field.
        max_bytes: Largest size of one file.
        max_total_bytes: Largest size of all of them together; None for no further limit.
        takes_address: Whether the address of a file elsewhere may be typed in their place. It is
            a second input, under `address_key`.
    """

    key: str
    label: str
    extensions: tuple[str, ...]
    max_bytes: int
    max_files: int = 1
    max_total_bytes: int | None = None
    hint: str | None = None
    is_required: bool = True
    takes_address: bool = False


Field = TextField | SelectField | SearchField | NumberField | FileField

NOTHING_CHOSEN: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Form:
    """A service's form.

    Attributes:
        provider: Name of the service.
        fields: In the order people see them; the topic is always the first and is called `topic`.
            A field of a kind that is not known here becomes a text.
        note: A sentence shown above the button, such as what it costs; None for nothing.
        makes: What comes of it, to go on after "Make"; 19 characters at most, since Slack takes no
            longer title.
    """

    provider: str
    fields: tuple[Field, ...]
    note: str | None = None
    makes: str = "a video"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(map(_known, self.fields)))


def _known(field: Any) -> Field:
    """Ask for what we have no widget for as a text: an outside service may be newer than we are."""
    if isinstance(field, Field):
        return field
    return TextField(
        key=field.key,
        label=getattr(field, "label", None) or field.key,
        hint=getattr(field, "hint", None),
        is_required=bool(getattr(field, "is_required", False)),
    )


def address_key(key: str) -> str:
    """Name the input in which the address is typed that a field takes in place of files."""
    return f"address:{key}"


def inputs_of(field: Field) -> tuple[str, ...]:
    """List the keys of the inputs that a field is drawn as: one, or two."""
    takes_address = isinstance(field, FileField) and field.takes_address
    return (field.key, address_key(field.key)) if takes_address else (field.key,)


def first_choice(field: SelectField, given: str | None) -> Choice | None:
    """Say which option stands there at first: what is given, the service's own, or the only one."""
    by_value = {choice.value: choice for choice in field.choices}
    for value in (given, field.initial):
        if value in by_value:
            return by_value[value]
    return field.choices[0] if len(by_value) == 1 and field.is_required else None


def chosen_at_first(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    """List what the reshaping fields hold in a form that opens with some values."""
    first = {one.key: first_choice(one, given.get(one.key)) for one in reshaping(form)}
    return {key: choice.value for key, choice in first.items() if choice is not None}


def chosen_in(form: Form, entered: Mapping[str, str]) -> dict[str, str]:
    """List what the reshaping fields hold in a form as it was sent; options that are gone do not."""
    return {
        one.key: entered[one.key]
        for one in reshaping(form)
        if any(choice.value == entered.get(one.key) for choice in one.choices)
    }


def reshaping(form: Form) -> list[SelectField]:
    """List the fields that change the form."""
    return [one for one in form.fields if isinstance(one, SelectField) and one.reshapes]


def choices_in(form: Form, answers: Iterable[Answer]) -> dict[str, str]:
    """List what was chosen or counted, which the next form may begin with; texts and files do not."""
    kinds = (SelectField, SearchField, NumberField)
    kept = {one.key for one in form.fields if isinstance(one, kinds)}
    return {one.key: one.value for one in answers if one.key in kept}


def matching(choices: Iterable[Choice], typed: str) -> tuple[Choice, ...]:
    """Find what fits the words somebody typed, at most `OFFERED_MOST`: the best first.

    A choice's own value finds it too, and then nothing else is offered: so a choice of last time
    gets its name back.
    """
    listed = tuple(choices)
    exact = tuple(choice for choice in listed if choice.value == typed)
    if exact:
        return exact[:1]
    words = typed.casefold().split()
    found = [choice for choice in listed if all(word in _haystack(choice) for word in words)]
    begins = typed.strip().casefold()
    found.sort(key=lambda choice: not choice.name.casefold().startswith(begins))
    return tuple(found[:OFFERED_MOST])


def _haystack(choice: Choice) -> str:
    return f"{choice.name} {choice.group or ''}".casefold()


def steps_of(form: Form) -> list[tuple[Field, ...]]:
    """Split a form into what is asked at once; nearly all forms are one step.

    In a form of several steps, the topic and the fields that reshape the form are asked first. What
    has no room is left to `unasked`.
    """
    if _count_inputs(form.fields) <= FIELDS_A_STEP:
        return [form.fields]
    early, left_out = _early(form), {one.key for one in unasked(form)}
    asked = [one for one in form.fields if one.key not in left_out]
    steps: list[list[Field]] = [[]]
    for field in sorted(asked, key=lambda field: field.key not in early):
        if _count_inputs((*steps[-1], field)) > FIELDS_A_STEP:
            steps.append([])
        steps[-1].append(field)
    return [tuple(step) for step in steps]


def unasked(form: Form) -> tuple[Field, ...]:
    """List the fields that no step has room for.

    Fields that may be left empty go first, from the end.
    """
    count, room = _count_inputs(form.fields), FIELDS_MOST
    if count > len(form.fields):
        room -= STEPS_MOST - 1  # A field of two inputs never stands half in a step.
    if count <= room:
        return ()
    early = _early(form)
    ranked = sorted(form.fields, key=lambda one: (one.key not in early, not one.is_required))
    ends = accumulate(len(inputs_of(one)) for one in ranked)
    left_out = {one.key for one, end in zip(ranked, ends, strict=True) if end > room}
    return tuple(one for one in form.fields if one.key in left_out)


def is_answerable(form: Form) -> bool:
    """Tell whether there is room for every field that may not be left empty."""
    return not any(one.is_required for one in unasked(form))


def _early(form: Form) -> set[str]:
    return {"topic", *(one.key for one in reshaping(form))}


def _count_inputs(fields: Iterable[Field]) -> int:
    return sum(len(inputs_of(field)) for field in fields)
