"""Reading what services send: nothing foreign is trusted to have the right type, size or bytes."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from bot.core.errors import TEXT_LIMIT, cut

SAMPLE_LIMIT = 1000
LARGEST_COUNT = 2**53
"""Whole numbers above this are not exact in JSON."""

_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that make a text, or an ending such as `.exe`, read in another order than it stands."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class UnreadableError(ValueError):
    """The bytes are not what was announced; never leaves the providers."""


def read_json(body: bytes) -> Any:
    """Read strict JSON in UTF-8; a byte order mark is forgiven.

    Raises:
        UnreadableError: Not UTF-8, not JSON, nested too deep, or a number no one can hold.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not valid JSON in UTF-8") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def read_object(body: bytes) -> Mapping[str, Any]:
    """Read a JSON object.

    Raises:
        UnreadableError: Anything else.
    """
    value = read_json(body)
    if not isinstance(value, dict):
        raise UnreadableError("not a JSON object")
    return value


def read_items(value: Any, *wrappers: str) -> list[Mapping[str, Any]]:
    """Read a list of objects, bare or under the first of `wrappers` that holds one.

    Entries that are no objects are left out.

    Raises:
        UnreadableError: There is no list, or it holds entries and none is an object.
    """
    if isinstance(value, dict):
        value = next((value[name] for name in wrappers if isinstance(value.get(name), list)), None)
    if not isinstance(value, list):
        raise UnreadableError("no list")
    items: list[Mapping[str, Any]] = [item for item in value if isinstance(item, dict)]
    if value and not items:
        raise UnreadableError("a list of something else")
    return items


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Make foreign text fit to be stored and shown: one line, cut, no control characters.

    PostgreSQL refuses NUL and UTF-8 has no lone surrogates; JSON can carry both.
    """
    text = _REORDERING.sub("", text)
    return cut(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text), limit)


def read_text(body: Mapping[str, Any], *names: str, limit: int = TEXT_LIMIT) -> str | None:
    """Give the first of the fields that holds text, cleaned and cut; None where none does."""
    for name in names:
        value = body.get(name)
        text = clean(value, limit) if isinstance(value, str) else ""
        if text:
            return text
    return None


def read_count(body: Mapping[str, Any], *names: str) -> int | None:
    """Give the first of the fields that holds a whole number, 0 or more; None where none does."""
    for name in names:
        value = body.get(name)
        if type(value) is int and 0 <= value <= LARGEST_COUNT:
            return value
    return None


def read_moment(value: object) -> datetime | None:
    """Read an ISO 8601 moment as aware UTC; one without an offset counts as UTC.

    Returns:
        None where it is none.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# Foreign text goes through these, so each must take steps in proportion to its length: what repeats
# without bound starts at one place of a run only, and gives nothing back (`++`).
_EMAIL = re.compile(r"[\w.+-]{1,64}+@[\w-]{1,64}+(?:\.[\w-]{1,64}+)+")
_QUERY = re.compile(r"""(?<=\?)[^\s"'<>]++""")
_BEARER = re.compile(r"\b(bearer|basic)\s++[\w.~+/=-]{6,}+", re.IGNORECASE)
_PRIVATE = r"key|token|secret|passw|signature|sig\b|authorization|credential|cookie"
_SCRIPT = r"topic|script|prompt|metadata|narration"
_QUOTED = re.compile(
    rf'("(?=[^"]*?(?:{_PRIVATE}|{_SCRIPT}))[^"]*+"\s*+:\s*+)"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+"?',
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    rf"(?<![\w-])((?=[\w-]*?(?:{_PRIVATE}))[\w-]++\s*+[=:]\s*+)[^\s\"'&,;<>]++", re.IGNORECASE
)
_RUN = re.compile(r"[\w-]{11,}+")
"""No key is shorter."""
_MARKED_KEY = re.compile(
    r"\b(?:[a-z]{2,12}[_-](?:test|live)[_-]|xox[a-z]-|xapp-)[\w-]{6}", re.IGNORECASE
)
_LONG_KEY = re.compile(r"\b[a-z]{2,12}[_-](?=[\w-]{20})", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def _without_key(run: re.Match[str]) -> str:
    """Take a key out of a run of letters, digits and dashes: all from where it starts."""
    text = run.group()
    marked, long = _MARKED_KEY.search(text), _LONG_KEY.search(text)
    starts = [marked.start()] if marked else []
    if long and _DIGIT.search(text, long.end()):
        starts.append(long.start())
    return f"{text[: min(starts)]}[removed]" if starts else text


def redact(text: str, limit: int = SAMPLE_LIMIT) -> str:
    """Take out of foreign text what must not be kept, and cut it.

    Gone are keys, tokens, passwords and signatures, the query part of addresses, e-mail addresses,
    and the values of JSON fields that hold what people wrote.
    """
    text = text[: 4 * limit]  # A secret that a cut would split stays whole until it is removed.
    for pattern, put in _REDACTIONS:
        text = pattern.sub(put, text)
    return clean(text, limit)


_REDACTIONS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_QUOTED, r'\1"[removed]"'),
    (_QUERY, "[removed]"),
    (_BEARER, r"\1 [removed]"),
    (_ASSIGNED, r"\1[removed]"),
    (_RUN, _without_key),
    (_EMAIL, "[removed]"),
)


def redact_body(body: bytes) -> str:
    """Make a sample of an answer that may be kept for the operator."""
    return redact(body[: 8 * SAMPLE_LIMIT].decode("utf-8", "replace"))
