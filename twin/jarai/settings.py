"""How the local JARAI behaves where the documents are silent or a test wants it otherwise."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from twin.jarai.catalogue import STEP_NAMES, TIERS

LONGEST_S = 10_000_000.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Switches and durations; durations are seconds on the twin's clock unless said otherwise.

    Attributes:
        queued_s: Wait before a production is picked up.
        producing_s: All steps together.
        distributing_s: From release to Published.
        cancelling_s: From the accepted DELETE until the production is Cancelled.
        expires_s: Life of a queue slot; 600 is the documented default.
        steps: Steps a production goes through, 1 to 15.
        hold_queue: Nothing is picked up, so productions expire.
        auto_publish: The account publishes without waiting for a release.
        over_budget: Submissions are refused with `BUDGET_GATE_1_FAILED`.
        location: Form of the Location header: `relative`, `absolute`, or `foreign` (on
            `foreign_origin`, where no key may be sent).
        deliverables_before: Answer before there are any: `404`, `409` or `empty`.
        field_aliases: Deliverables name their type and file by the other documented spelling.
        unknown_deliverable: One more deliverable, of a type no document mentions.
        lists: `wrapped` in an object, or `bare` arrays.
        tier: Tier forced on every partner; None means each has its own.
        webhook_timeout_s: Real seconds an endpoint has to answer.
    """

    queued_s: float = 20.0
    producing_s: float = 300.0
    distributing_s: float = 60.0
    cancelling_s: float = 0.0
    expires_s: float = 600.0
    steps: int = len(STEP_NAMES)
    hold_queue: bool = False
    auto_publish: bool = False
    over_budget: bool = False
    location: str = "relative"
    foreign_origin: str = "https://elsewhere.example"
    deliverables_before: str = "404"
    field_aliases: bool = False
    unknown_deliverable: bool = False
    lists: str = "wrapped"
    tier: str | None = None
    webhook_timeout_s: float = 10.0

    @property
    def step_s(self) -> float:
        """Length of one step."""
        return self.producing_s / self.steps

    def as_json(self) -> dict[str, Any]:
        """Give every setting by name."""
        return asdict(self)


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Apply some changes.

    Raises:
        ValueError: A name that does not exist or a value it cannot take.
    """
    for name, value in changes.items():
        check = _CHECKS.get(name)
        if check is None:
            raise ValueError(
                f"unknown setting {name!r:.60}; known are {', '.join(sorted(_CHECKS))}"
            )
        is_right, must = check
        if not is_right(value):
            raise ValueError(f"{name} must be {must}")
    return replace(settings, **changes)


def is_seconds(value: object) -> bool:
    """Say whether a JSON value is a duration the clock can take."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and 0 <= value <= LONGEST_S


def _is_step_count(value: object) -> bool:
    return type(value) is int and 1 <= value <= len(STEP_NAMES)


def _is_origin(value: object) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not parts.path


def _one_of(*allowed: str | None) -> tuple[Callable[[object], bool], str]:
    words = ", ".join("null" if word is None else word for word in allowed)
    return (lambda value: value in allowed), f"one of {words}"


_SECONDS = (is_seconds, f"seconds from 0 to {LONGEST_S:.0f}")
_SWITCH = ((lambda value: isinstance(value, bool)), "true or false")
_CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {
    **{field.name: _SECONDS for field in fields(Settings) if field.type is float},
    **{field.name: _SWITCH for field in fields(Settings) if field.type is bool},
    "steps": (_is_step_count, f"a whole number from 1 to {len(STEP_NAMES)}"),
    "location": _one_of("relative", "absolute", "foreign"),
    "foreign_origin": (_is_origin, "an origin such as https://elsewhere.example"),
    "deliverables_before": _one_of("404", "409", "empty"),
    "lists": _one_of("wrapped", "bare"),
    "tier": _one_of(None, *TIERS),
}
