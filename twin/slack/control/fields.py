"""Read control requests: known fields of the right kind, or a sentence saying what is wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from twin.foreign_json import read_json
from twin.slack.errors import ControlError
from twin.slack.place.model import Json


@dataclass(frozen=True)
class Reader:
    """How one field is read, and what may stand in it.

    Attributes:
        check: Gives the value of a field, or raises ControlError with its name.
        schema: The same as JSON Schema, for the OpenAPI document.
    """

    check: Callable[[str, Any], Any]
    schema: Json

    def __call__(self, name: str, value: Any) -> Any:
        """Read a field.

        Raises:
            ControlError: The value cannot stand in it.
        """
        return self.check(name, value)


Form = tuple[dict[str, Reader], tuple[str, ...]]
"""The fields of a request, and those that cannot be left out."""


def _read_text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ControlError(f"{name} must be text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ControlError(f"{name} holds half a character") from error
    return value


def _read_switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ControlError(f"{name} must be true or false")
    return value


def _read_texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ControlError(f"{name} must be a list of texts")
    return [_read_text(name, one) for one in value]


def _read_web_url(name: str, value: Any) -> str:
    if not _read_text(name, value).startswith(("http://", "https://")):
        raise ControlError(f"{name} must begin with http:// or https://")
    return str(value)


def _read_filled(name: str, value: Any) -> str:
    if not _read_text(name, value):
        raise ControlError(f"{name} must not be empty")
    return str(value)


text = Reader(_read_text, {"type": "string"})
"""Text that can be sent on, so without half a character in it."""
switch = Reader(_read_switch, {"type": "boolean"})
"""True or false."""
texts = Reader(_read_texts, {"type": "array", "items": text.schema})
"""A list of texts."""
web_url = Reader(_read_web_url, {"type": "string", "pattern": "^https?://"})
"""An address to call."""
secret = Reader(_read_filled, {"type": "string", "minLength": 1})
"""Text that is not empty."""
as_is = Reader(lambda _, value: value, {})
"""Any JSON; who uses it looks closer."""


def number(*, least: float, most: float) -> Reader:
    """Make a reader of numbers within bounds."""

    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ControlError(f"{name} must be a number")
        if not least <= value <= most:
            raise ControlError(f"{name} must be from {least:g} to {most:g}")
        return float(value)

    return Reader(check, {"type": "number", "minimum": least, "maximum": most})


def count(*, least: int, most: int) -> Reader:
    """Make a reader of whole numbers within bounds."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ControlError(f"{name} must be a whole number")
        if not least <= value <= most:
            raise ControlError(f"{name} must be from {least} to {most}")
        return value

    return Reader(check, {"type": "integer", "minimum": least, "maximum": most})


def choice(*words: str) -> Reader:
    """Make a reader of one of a few words."""

    def check(name: str, value: Any) -> str:
        if value not in words:
            raise ControlError(f"{name} must be one of {', '.join(words)}")
        return str(value)

    return Reader(check, {"type": "string", "enum": list(words)})


def nothing_or(read: Reader) -> Reader:
    """Make a reader that takes null for None."""
    return Reader(
        lambda name, value: None if value is None else read(name, value),
        {"anyOf": [read.schema, {"type": "null"}]},
    )


def pick(body: Json, fields: Mapping[str, Reader], *, needs: tuple[str, ...] = ()) -> Json:
    """Read the fields of a request.

    Raises:
        ControlError: One is missing, unknown or of the wrong kind.
    """
    for name in needs:
        if name not in body:
            raise ControlError(f"{name} is missing")
    for name in body:
        if name not in fields:
            raise ControlError(f"{name} is not known here; there are: {', '.join(fields)}")
    return {name: fields[name](name, value) for name, value in body.items()}


async def body_of(request: web.Request) -> Json:
    """Read a request's JSON object; no body counts as an empty one.

    Raises:
        ControlError: It is something else.
    """
    raw = await request.read()
    try:
        value = read_json(raw) if raw else {}
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ControlError("the body holds half a character") from error
    except ValueError as error:
        raise ControlError("the body is not JSON") from error
    if not isinstance(value, dict):
        raise ControlError("the body must be a JSON object")
    return value


def query_of(request: web.Request, name: str) -> str:
    """Read a query parameter that cannot be left out.

    Raises:
        ControlError: It was left out.
    """
    value = request.query.get(name)
    if not value:
        raise ControlError(f"the query needs {name}")
    return value


def query_number(request: web.Request, name: str, *, most: float) -> float:
    """Read a query parameter as a number from 0; left out means 0.

    Raises:
        ControlError: It is no number, or out of range.
    """
    try:
        value = float(request.query.get(name, "0"))
    except ValueError as error:
        raise ControlError(f"{name} must be a number") from error
    return float(number(least=0, most=most)(name, value))
