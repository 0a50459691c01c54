"""Reading what a form sent: hostile until proven otherwise, named by its fields where it is wrong."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.core.addresses import UnsafeUrlError, check_typed
from bot.core.errors import FormError, cut
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
)
from bot.core.production import Answer, FileReference
from bot.core.sizes import size_words
from bot.slack.ids import Action, Block, field_block

TOPIC_KEY = "topic"
CHANNEL_KEY = "channel"
REASON_KEY = "reason"
JOB_KEY = "job"
REASON_LIMIT = 500
JOB_LIMIT = 500
NAME_LIMIT = 200

_TURNS = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Embeddings, overrides and isolates of the bidirectional algorithm (Unicode UAX 9)."""
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_FILE_ID = re.compile(r"F[A-Z0-9]{1,40}")
_FIELD = "field."
NOTHING_FOUND: Mapping[str, Choice] = {}
_Files = tuple[FileReference, ...]
NO_FILES: Mapping[str, _Files] = {}
_BLOCKS = {
    CHANNEL_KEY: Block.CHANNEL.value,
    REASON_KEY: Block.REASON.value,
    JOB_KEY: Block.JOB.value,
}


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What stands in a form while it is being filled in, by field key; nothing is checked.

    Attributes:
        typed: Texts and numbers.
        chosen: Options, with the names they were offered under.
        service: The service that is chosen in the form; None where it does not ask.
    """

    typed: Mapping[str, str]
    chosen: Mapping[str, Choice]
    service: str | None

    @property
    def values(self) -> dict[str, str]:
        """Everything but files, as values."""
        return {**self.typed, **{key: choice.value for key, choice in self.chosen.items()}}


def read_entered(values: object) -> Entered:
    """Read what stands in a form, whatever its fields are."""
    typed: dict[str, str] = {}
    chosen: dict[str, Choice] = {}
    blocks = values if isinstance(values, Mapping) else {}
    for block_id in blocks:
        key = block_id.removeprefix(_FIELD) if isinstance(block_id, str) else ""
        element = _element(values, block_id) if field_block(key) == block_id else {}
        choice, value = _option(element), element.get("value")
        if choice is not None:
            chosen[key] = choice
        elif isinstance(value, str) and value:
            typed[key] = _readable(value)
    return Entered(typed=typed, chosen=chosen, service=_selected(_element(values, Block.SERVICE)))


def read_fields(
    values: object,
    fields: Sequence[Field],
    *,
    found: Mapping[str, Choice] = NOTHING_FOUND,
    earlier: Mapping[str, _Files] = NO_FILES,
) -> tuple[Answer, ...]:
    """Read what was asked.

    Args:
        values: `state.values` as Slack sent it.
        fields: What was asked, with the choices as they are now.
        found: What the service knows of the choices made in searched fields, by key.
        earlier: Files that are used again where a field is left empty, by key.

    Returns:
        The answers in the order of the fields; what was left empty is left out.

    Raises:
        FormError: Keyed by field.
    """
    answers: list[Answer] = []
    errors: dict[str, str] = {}
    for field in fields:
        try:
            answer = _answer(values, field, found, earlier.get(field.key, ()))
        except FormError as error:
            errors |= error.fields
            continue
        if answer is not None:
            answers.append(answer)
    if errors:
        raise FormError(errors)
    return tuple(answers)


def read_channel(values: object) -> str:
    """Give the channel that was picked in a form that asks for one.

    Raises:
        FormError: Nothing usable came back.
    """
    channel_id = _element(values, Block.CHANNEL).get("selected_conversation")
    if not isinstance(channel_id, str) or not channel_id:
        raise FormError({CHANNEL_KEY: "Choose a channel for the thread."})
    return channel_id


def read_reason(values: object) -> str:
    """Read why somebody rejects.

    Raises:
        FormError: Nothing was written, or too much.
    """
    text = _typed(_element(values, Block.REASON), is_multiline=True)
    if not _has_ink(text):
        raise FormError({REASON_KEY: "Say in a few words what is wrong."})
    return _fitting(text, key=REASON_KEY, label="The reason", limit=REASON_LIMIT)


def read_job(values: object) -> str:
    """Read which existing job is meant: what was pasted, else what was picked.

    Raises:
        FormError: Neither.
    """
    pasted = _typed(_element(values, Block.JOB), is_multiline=False)
    if _has_ink(pasted):
        return _fitting(pasted, key=JOB_KEY, label="The id", limit=JOB_LIMIT)
    picked = _selected(_element(values, Block.CANDIDATE))
    if picked is None:
        raise FormError({JOB_KEY: "Paste the id or the address of the video."})
    return _fitting(picked, key=JOB_KEY, label="The id", limit=JOB_LIMIT)


def build_errors(error: FormError) -> dict[str, str]:
    """Put each error under its field, as Slack takes them: by block."""
    return {_BLOCKS.get(key, field_block(key)): text for key, text in error.fields.items()}


def fingerprint(answers: Sequence[Answer], *, channel_id: str) -> str:
    """Reduce what was asked for to a hash, so that the same form sent twice is known again."""
    facts = [[answer.key, answer.value] for answer in answers]
    text = json.dumps([channel_id, facts], ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _answer(
    values: object, field: Field, found: Mapping[str, Choice], earlier: _Files
) -> Answer | None:
    element = _element(values, field_block(field.key))
    match field:
        case SelectField():
            return _chosen(element, field, field.choices)
        case SearchField():
            known = found.get(field.key)
            return _chosen(element, field, () if known is None else (known,))
        case NumberField():
            return _number(element, field)
        case FileField():
            typed = _element(values, field_block(address_key(field.key)))
            return _given(element, typed if field.takes_address else {}, field, earlier)
        case TextField():
            return _text(element, field)


def _text(element: Mapping[str, object], field: TextField) -> Answer | None:
    text = _typed(element, is_multiline=field.is_multiline)
    if not _has_ink(text):
        _check_may_be_empty(field)
        return None
    value = _fitting(text, key=field.key, label=field.label, limit=field.max_length)
    return Answer(key=field.key, label=field.label, value=value, shown=value)


def _chosen(
    element: Mapping[str, object], field: SelectField | SearchField, choices: Sequence[Choice]
) -> Answer | None:
    value = _selected(element)
    if value is None:
        _check_may_be_empty(field)
        return None
    choice = next((one for one in choices if one.value == value), None)
    if choice is None:
        raise FormError({field.key: f"This choice of {field.label} is gone. Choose another one."})
    return Answer(key=field.key, label=field.label, value=value, shown=choice.name or value)


def _number(element: Mapping[str, object], field: NumberField) -> Answer | None:
    text = _typed(element, is_multiline=False)
    if not text:
        _check_may_be_empty(field)
        return None
    if not _NUMBER.fullmatch(text):
        raise FormError({field.key: f"{field.label} takes a number, such as 3."})
    number = Decimal(text)
    if not field.is_decimal and number != int(number):
        raise FormError({field.key: f"{field.label} takes a whole number."})
    if field.min_value is not None and number < Decimal(str(field.min_value)):
        raise FormError({field.key: f"{field.label} is {field.min_value:g} or more."})
    if field.max_value is not None and number > Decimal(str(field.max_value)):
        raise FormError({field.key: f"{field.label} is {field.max_value:g} or less."})
    value = format(number.normalize(), "f")
    return Answer(key=field.key, label=field.label, value=value, shown=f"{field.label} {value}")


def _given(
    element: Mapping[str, object], typed: Mapping[str, object], field: FileField, earlier: _Files
) -> Answer | None:
    """Read files that were uploaded, or the address that was typed in their place."""
    uploaded, address = element.get("files"), _typed(typed, is_multiline=False)
    if not _has_ink(address):
        return _uploaded(uploaded, field, earlier)
    if uploaded:
        words = f"Choose one for {field.label}: the upload, or this address."
        raise FormError({address_key(field.key): words})
    return _elsewhere(address, field)


def _elsewhere(address: str, field: FileField) -> Answer:
    key = address_key(field.key)
    url = _fitting(address, key=key, label="The address", limit=ADDRESS_LONGEST)
    try:
        check_typed(url)
    except UnsafeUrlError as error:
        words = f"This address cannot be used for {field.label}: {error}."
        raise FormError({key: words}) from error
    return Answer(key=field.key, label=field.label, value=url, shown=url)


def _uploaded(given: object, field: FileField, earlier: tuple[FileReference, ...]) -> Answer | None:
    files = [_file(one, field) for one in given] if isinstance(given, list) else []
    files = files or [_taken(one, field) for one in earlier]
    if not files:
        _check_may_be_empty(field)
        return None
    _check_files(files, field)
    return Answer(
        key=field.key,
        label=field.label,
        value=",".join(file.file_id for file in files),
        shown=", ".join(file.name for file in files),
        files=tuple(files),
    )


def _file(given: object, field: FileField) -> FileReference:
    """Read a file as Slack describes it, or say what keeps it from being taken."""
    facts = given if isinstance(given, Mapping) else {}
    file_id, name, size = facts.get("id"), facts.get("name"), facts.get("size")
    is_known = isinstance(file_id, str) and _FILE_ID.fullmatch(file_id) is not None
    if not is_known or not isinstance(name, str) or not isinstance(size, int):
        words = f"Slack did not say enough about a file of {field.label}. Upload it again."
        raise FormError({field.key: words})
    return _taken(FileReference(file_id=str(file_id), name=name, size_bytes=size), field)


def _taken(file: FileReference, field: FileField) -> FileReference:
    why = _why_not(file.name, file.size_bytes, field)
    if why is not None:
        raise FormError({field.key: f"“{cut(_readable(file.name), 60)}” {why}"})
    return file


def _why_not(name: str, size_bytes: int, field: FileField) -> str | None:
    """Say what keeps a file from being taken, as the end of a sentence; None where nothing does."""
    if not _is_plain_name(name):
        return "can't be used as a name. Rename the file and upload it again."
    if name.rpartition(".")[2].lower() not in field.extensions:
        kinds = ", ".join(one.upper() for one in field.extensions)
        return f"is of another kind; {field.label} takes {kinds}."
    if size_bytes <= 0:
        return "is empty."
    if size_bytes > field.max_bytes:
        return f"is {size_words(size_bytes)}; {size_words(field.max_bytes)} is the most."
    return None


def _is_plain_name(name: str) -> bool:
    """Tell whether a name could be that of a file in a folder of its own, on any system."""
    stem = name.rpartition(".")[0]
    is_short = 0 < len(name) <= NAME_LIMIT and stem.strip(" .") != ""
    signs = all(sign not in '/\\:*?"<>|' and not _is_control(sign) for sign in name)
    return is_short and signs and not name.startswith((".", " ")) and name == name.strip()


def _check_files(files: Sequence[FileReference], field: FileField) -> None:
    """Check what only all files of a field together can break."""
    if len(files) > field.max_files:
        raise FormError({field.key: f"{field.label} takes {field.max_files} files at most."})
    names = [file.name.casefold() for file in files]
    twice = next((file.name for file in files if names.count(file.name.casefold()) > 1), None)
    if twice is not None:
        raise FormError({field.key: f"Two files are called “{cut(twice, 60)}”. Rename one."})
    total = sum(file.size_bytes for file in files)
    if field.max_total_bytes is not None and total > field.max_total_bytes:
        most = size_words(field.max_total_bytes)
        words = f"These files are {size_words(total)} together; {most} is the most."
        raise FormError({field.key: words})


_VERBS = {
    TextField: "Write something",
    NumberField: "Write a number",
    FileField: "Upload something",
}


def _check_may_be_empty(field: Field) -> None:
    if isinstance(field, FileField) and field.takes_address and field.is_required:
        words = f"Upload something for {field.label}, or give its address here."
        raise FormError({address_key(field.key): words})
    if field.is_required:
        verb = _VERBS.get(type(field), "Choose something")
        raise FormError({field.key: f"{verb} for {field.label}."})


def _fitting(text: str, *, key: str, label: str, limit: int) -> str:
    if len(text) > limit:
        raise FormError({key: f"{label} has {len(text)} characters; {limit} are the most."})
    return text


def _element(values: object, block_id: str) -> Mapping[str, object]:
    """Give what one field holds; whatever is no such thing is an empty field."""
    block = values.get(block_id) if isinstance(values, Mapping) else None
    element = block.get(Action.ENTERED.value) if isinstance(block, Mapping) else None
    return element if isinstance(element, Mapping) else {}


def _typed(element: Mapping[str, object], *, is_multiline: bool) -> str:
    value = element.get("value")
    text = _readable(value) if isinstance(value, str) else ""
    return text.strip() if is_multiline else " ".join(text.split())


def _selected(element: Mapping[str, object]) -> str | None:
    choice = _option(element)
    return None if choice is None else choice.value


def _option(element: Mapping[str, object]) -> Choice | None:
    """Read the option that is chosen; its name is what Slack showed, made readable."""
    option = element.get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else None
    if not isinstance(option, Mapping) or not isinstance(value, str) or not value:
        return None
    text = option.get("text")
    words = text.get("text") if isinstance(text, Mapping) else None
    name = _readable(words) if isinstance(words, str) else ""
    return Choice(value=value, name=name or value)


def _readable(text: str) -> str:
    """Drop control signs and half characters, which neither a database nor a service takes.

    Signs that turn the direction of what follows go too: they would let a reason or a topic
    rearrange our own words around it.
    """
    return "".join(sign for sign in text if sign in "\n\t" or not _is_control(sign))


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"} or sign in _TURNS


def _has_ink(text: str) -> bool:
    """Tell whether there is anything to see: blanks and invisible signs are nothing."""
    return any(unicodedata.category(sign)[0] not in "ZC" for sign in text)
