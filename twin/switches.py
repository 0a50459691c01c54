"""Settings of a local service: typed, changed by name, and described as JSON Schema."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self, TypeGuard

LONGEST_S = 10_000_000.0

Check = tuple[Callable[[object], bool], str, dict[str, Any]]
"""Whether a value is right, what it must be in words, and the same as JSON Schema."""


def is_seconds(value: object) -> TypeGuard[float]:
    """Say whether a JSON value is a duration the clock can take."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and 0 <= value <= LONGEST_S


def one_of(*allowed: str | None) -> Check:
    """Build the check of a value that must be one of some words."""
    words = ", ".join("null" if word is None else word for word in allowed)
    return (lambda value: value in allowed), f"one of {words}", {"enum": list(allowed)}


def whole(*, lowest: int, highest: int) -> Check:
    """Build the check of a whole number within bounds, both allowed."""
    return (
        (lambda value: type(value) is int and lowest <= value <= highest),
        f"a whole number from {lowest} to {highest}",
        {"type": "integer", "minimum": lowest, "maximum": highest},
    )


_SECONDS: Check = (
    is_seconds,
    f"seconds from 0 to {LONGEST_S:.0f}",
    {"type": "number", "minimum": 0, "maximum": LONGEST_S},
)
_SWITCH: Check = (
    (lambda value: isinstance(value, bool)),
    "true or false",
    {"type": "boolean"},
)


@dataclass(frozen=True, kw_only=True)
class Switches:
    """What the settings of every service can do.

    A float is a duration in seconds and a bool a switch; every other field needs its `CHECKS`.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {}

    def as_json(self) -> dict[str, Any]:
        """Give every setting by name."""
        return asdict(self)

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Apply some changes.

        Raises:
            ValueError: A name that does not exist or a value it cannot take.
        """
        checks = self._checks()
        for name, value in changes.items():
            check = checks.get(name)
            if check is None:
                known = ", ".join(sorted(checks))
                raise ValueError(f"unknown setting {name!r:.60}; known are {known}")
            is_right, must, _ = check
            if not is_right(value):
                raise ValueError(f"{name} must be {must}")
        return replace(self, **changes)

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Describe a change of settings as JSON Schema."""
        return {
            "type": "object",
            "properties": {name: schema for name, (_, _, schema) in cls._checks().items()},
            "additionalProperties": False,
        }

    @classmethod
    def _checks(cls) -> dict[str, Check]:
        found = {each.name: _SECONDS for each in fields(cls) if each.type is float}
        found |= {each.name: _SWITCH for each in fields(cls) if each.type is bool}
        return found | dict(cls.CHECKS)
