"""JSON from strangers: what is not JSON by the book, or nested without end, is refused."""

import json
import math
from typing import Any, NoReturn

Json = dict[str, Any]
_DEEPEST = 64


def read_json(text: str | bytes) -> Any:
    """Parse JSON from a stranger.

    Raises:
        ValueError: No JSON, NaN and the like, or nested deeper than 64 levels.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_read_float)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _refuse_depth(value)
    return value


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _read_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
