"""Reading what a form sent: hostile until proven otherwise, named by its fields where it is wrong."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence

from bot.core.errors import FormError
from bot.core.form import Field, Form, SelectField, TextField
from bot.core.production import Answer
from bot.slack.ids import Action, Block, field_block

TOPIC_KEY = "topic"
CHANNEL_KEY = "channel"
REASON_KEY = "reason"
JOB_KEY = "job"
REASON_LIMIT = 500
JOB_LIMIT = 500

_TURNS = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Embeddings, overrides and isolates of the bidirectional algorithm (Unicode UAX 9)."""
_BLOCKS = {
    CHANNEL_KEY: Block.CHANNEL.value,
    REASON_KEY: Block.REASON.value,
    JOB_KEY: Block.JOB.value,
}


def read_form(values: object, form: Form) -> tuple[Answer, ...]:
    """Read a service's form.

    Args:
        values: `state.values` as Slack sent it.
        form: What was asked, with the choices as they are now.

    Returns:
        The answers in the order of the fields; what was left empty is left out.

    Raises:
        FormError: Keyed by field.
    """
    answers: list[Answer] = []
    errors: dict[str, str] = {}
    for field in form.fields:
        try:
            answer = _answer(values, field)
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


def _answer(values: object, field: Field) -> Answer | None:
    element = _element(values, field_block(field.key))
    if isinstance(field, SelectField):
        return _chosen(element, field)
    text = _typed(element, is_multiline=field.is_multiline)
    if not _has_ink(text):
        _check_may_be_empty(field)
        return None
    value = _fitting(text, key=field.key, label=field.label, limit=field.max_length)
    return Answer(key=field.key, label=field.label, value=value, shown=value)


def _chosen(element: Mapping[str, object], field: SelectField) -> Answer | None:
    value = _selected(element)
    if value is None:
        _check_may_be_empty(field)
        return None
    choice = next((one for one in field.choices if one.value == value), None)
    if choice is None:
        raise FormError({field.key: f"This choice of {field.label} is gone. Choose another one."})
    return Answer(key=field.key, label=field.label, value=value, shown=choice.name or value)


def _check_may_be_empty(field: Field) -> None:
    if field.is_required:
        verb = "Write" if isinstance(field, TextField) else "Choose"
        raise FormError({field.key: f"{verb} something for {field.label}."})


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
    option = element.get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else None
    return value if isinstance(value, str) and value else None


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
