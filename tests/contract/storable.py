"""Whether a value that came from a service can be kept in a database and shown in a message."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

MOST_CHARACTERS = 9000
"""No address is longer, and nothing else is as long."""


def is_storable(value: Any) -> bool:
    """Walk a value; texts must be UTF-8 without NUL and of bounded length, numbers must fit."""
    if value is None or isinstance(value, bool | Enum | datetime | BaseException):
        return True
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, int | float):
        return abs(value) < 2**63
    if isinstance(value, Mapping):
        return all(is_storable(key) and is_storable(one) for key, one in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return all(is_storable(one) for one in value)
    if is_dataclass(value):
        return all(is_storable(getattr(value, one.name)) for one in fields(value))
    return isinstance(value, bytes)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value and len(value) <= MOST_CHARACTERS
