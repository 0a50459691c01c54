"""Bad days on demand: rules that make matching calls fail, and the middleware that obeys them."""

import asyncio
import itertools
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from twin.clock import Clock
from twin.server import Door

InKind = Literal[
    "delay", "status", "status_after", "body", "rate_limit", "drop_before", "drop_after", "refuse"
]
OutKind = Literal["delay", "twice", "bad_signature", "drop_before", "out_of_order"]
Kind = InKind | OutKind
IN_KINDS: tuple[str, ...] = get_args(InKind)
OUT_KINDS: tuple[str, ...] = get_args(OutKind)
KINDS: tuple[str, ...] = tuple(dict.fromkeys(IN_KINDS + OUT_KINDS))
OUT = "out:"
HIGHEST_STATUS = 599
LONGEST_S = 86_400.0
LABEL_MOST = 100
RULES_MOST = 100


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One rule.

    Attributes:
        match: `METHOD part-of-path`, or only a part of the path; for Slack a method's name.
            `out:` and a part of what is sent, such as `out:command`, for deliveries to the bot.
            `refuse` concerns the whole port and looks at no match.
        kind: For calls to us: `delay` answers late; `status` and `body` answer instead of us;
            `status_after` does the work, then answers so; `rate_limit` answers 429; `drop_before`
            cuts the connection with nothing done; `drop_after` does the work, then cuts it;
            `refuse` closes the port for `seconds`.
            For deliveries: `delay` sends late; `twice` sends again; `bad_signature` signs with a
            wrong secret; `drop_before` loses it; `out_of_order` lets the next one pass first.
        times: How many calls it still hits; None means all.
        seconds: Length of a delay in real seconds, what a 429 asks to wait, how long the port is
            closed, or how long `out_of_order` waits for a next delivery, 0 meaning the usual.
        status: HTTP status for `status`, `status_after` and `body`.
        body: Raw answer for the same.
        skip: Matching calls let through first.
        probability: How likely each of the other matching calls is hit, 0 to 1.
        for_s: After how many seconds the rule ends by itself; None means never. On a clock that
            runs faster than life these are real seconds, because the bot lives in real time.
        label: What people call it; None for no name.
    """

    match: str
    kind: Kind
    times: int | None = 1
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    skip: int = 0
    probability: float = 1.0
    for_s: float | None = None
    label: str | None = None

    @property
    def is_out(self) -> bool:
        """Say whether it concerns deliveries to the bot."""
        return self.match.startswith(OUT)

    @property
    def life_s(self) -> float | None:
        """Give the seconds after which it ends by itself; None for never."""
        return self.seconds if self.kind == "refuse" else self.for_s


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A fault in force.

    Attributes:
        ends_at: On the twin's clock; None for no end.
    """

    id: int
    fault: Fault
    ends_at: datetime | None


class Faults:
    """Hold the rules in the order they were added; the first that matches is used up first.

    Args:
        clock: The twin's time, on which rules end.
        draw: Gives numbers from 0 up to but without 1, for rules that hit by chance.
        changed: Called after every change.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        draw: Callable[[], float] | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._draw = draw or random.Random().random
        self._changed = changed
        self._numbers = itertools.count(1)
        self._rules: list[Rule] = []
        self._door: Door | None = None

    def guard(self, door: Door) -> None:
        """Give the door that `refuse` shuts."""
        self._door = door
        self._mind_the_door()

    def greet(self, request: web.Request) -> None:
        """Take note of a call whose connection `refuse` would cut."""
        if self._door is not None:
            self._door.greet(request)

    def add(self, fault: Fault) -> int:
        """Add a rule behind those that stand and give its id.

        Raises:
            ValueError: There are as many as there can be.
        """
        if len(self._rules) >= RULES_MOST:
            raise ValueError(f"there are {RULES_MOST} rules already; drop some")
        rule = Rule(id=next(self._numbers), fault=fault, ends_at=None)
        if fault.life_s is not None:
            rule = replace(rule, ends_at=self._end_later(rule.id, life_s=fault.life_s))
        self._keep([*self._rules, rule])
        return rule.id

    def remove(self, rule_id: int | str) -> bool:
        """Take one rule away and say whether it was there; the id may be text, as in addresses."""
        left = [rule for rule in self._rules if str(rule.id) != str(rule_id)]
        was_there = len(left) < len(self._rules)
        self._keep(left)
        return was_there

    def clear(self) -> None:
        """Make it a good day."""
        self._keep([])

    def as_json(self) -> list[dict[str, Any]]:
        """List the rules still in force."""
        return [
            {
                "id": rule.id,
                **asdict(rule.fault),
                "ends_at": None if rule.ends_at is None else rule.ends_at.isoformat(),
            }
            for rule in self._rules
        ]

    def take(self, method: str, path: str) -> Fault | None:
        """Give the rule for this call, if any, and count it down."""
        return self._take(lambda fault: _is_for_call(fault, method=method, path=path))

    def take_out(self, what: str) -> Fault | None:
        """Give the rule for a delivery such as `command` or `event app_mention`, if any."""
        return self._take(lambda fault: fault.is_out and fault.match.removeprefix(OUT) in what)

    def _take(self, is_meant: Callable[[Fault], bool]) -> Fault | None:
        for rule in self._rules:
            fault = rule.fault
            if not is_meant(fault):
                continue
            if fault.skip > 0:
                self._put(rule, replace(fault, skip=fault.skip - 1))
                return None
            if fault.probability < 1 and self._draw() >= fault.probability:
                continue
            self._count_down(rule)
            return fault
        return None

    def _count_down(self, rule: Rule) -> None:
        times = rule.fault.times
        if times is None:
            return
        if times <= 1:
            self.remove(rule.id)
        else:
            self._put(rule, replace(rule.fault, times=times - 1))

    def _put(self, rule: Rule, fault: Fault) -> None:
        newer = replace(rule, fault=fault)
        self._keep([newer if one.id == rule.id else one for one in self._rules])

    def _end_later(self, rule_id: int, *, life_s: float) -> datetime:
        async def end() -> None:
            self.remove(rule_id)

        ends_at = self._clock.now() + timedelta(seconds=life_s * max(1.0, self._clock.speed))
        self._clock.call_at(ends_at, end)
        return ends_at

    def _keep(self, rules: list[Rule]) -> None:
        if rules == self._rules:
            return
        self._rules = rules
        self._mind_the_door()
        self._changed()

    def _mind_the_door(self) -> None:
        if self._door is None:
            return
        if any(rule.fault.kind == "refuse" for rule in self._rules):
            self._door.shut()
        else:
            self._door.open()


def _is_for_call(fault: Fault, *, method: str, path: str) -> bool:
    if fault.is_out or fault.kind == "refuse":
        return False
    verb, _, part = fault.match.rpartition(" ")
    return (not verb or verb == method) and part in path


def read_fault(body: dict[str, Any]) -> Fault:
    """Read a rule from a control request.

    Raises:
        ValueError: A key or kind that does not exist, or a value it cannot have.
    """
    if body.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    try:
        fault = Fault(**({"match": ""} | body if body["kind"] == "refuse" else body))
    except TypeError as error:
        raise ValueError(str(error)) from error
    _check_values(fault)
    _check_direction(fault)
    return fault


def fault_schema() -> dict[str, Any]:
    """Describe a rule as JSON Schema, for the control endpoints' documents."""
    seconds = {"type": "number", "minimum": 0, "maximum": LONGEST_S}
    return {
        "type": "object",
        "properties": {
            "match": {"type": "string"},
            "kind": {"type": "string", "enum": list(KINDS)},
            "times": {"type": ["integer", "null"], "minimum": 1},
            "seconds": seconds,
            "status": {"type": "integer", "minimum": 200, "maximum": HIGHEST_STATUS},
            "body": {"type": "string"},
            "skip": {"type": "integer", "minimum": 0},
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
            "for_s": {**seconds, "type": ["number", "null"]},
            "label": {"type": ["string", "null"], "maxLength": LABEL_MOST},
        },
        "required": ["kind"],
        "additionalProperties": False,
    }


def _check_values(fault: Fault) -> None:
    """Refuse values that would only fail when a call meets the rule."""
    label: object = "" if fault.label is None else fault.label
    texts: tuple[object, ...] = (fault.match, fault.body, label)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("match, body and label must be texts")
    if fault.label is not None and len(fault.label) > LABEL_MOST:
        raise ValueError(f"label must have at most {LABEL_MOST} characters")
    if fault.times is not None and not _is_count(fault.times, lowest=1):
        raise ValueError("times must be a whole number, 1 or more, or null")
    if not _is_count(fault.skip, lowest=0):
        raise ValueError("skip must be a whole number, 0 or more")
    if not _is_count(fault.status, lowest=200) or fault.status > HIGHEST_STATUS:
        raise ValueError("status must be an HTTP status from 200 to 599")
    if not _is_within(fault.probability, most=1):
        raise ValueError("probability must be a number from 0 to 1")
    if not _is_within(fault.seconds, most=LONGEST_S):
        raise ValueError(f"seconds must be from 0 to {LONGEST_S:.0f}")
    if fault.for_s is not None and not _is_within(fault.for_s, most=LONGEST_S):
        raise ValueError(f"for_s must be from 0 to {LONGEST_S:.0f}, or null")


def _check_direction(fault: Fault) -> None:
    if fault.kind == "refuse" and fault.seconds == 0:
        raise ValueError("refuse needs seconds above 0")
    kinds = OUT_KINDS if fault.is_out else IN_KINDS
    if fault.kind not in kinds:
        where = "deliveries" if fault.is_out else f"calls (deliveries begin with {OUT})"
        raise ValueError(f"{fault.kind} is nothing that happens to {where}; {', '.join(kinds)} are")


def _is_count(value: object, *, lowest: int) -> bool:
    return type(value) is int and value >= lowest


def _is_within(value: object, *, most: float) -> bool:
    return type(value) in {int, float} and 0 <= value <= most  # type: ignore[operator]


RateLimitAnswer = Callable[[float], web.Response]


def fault_middleware(
    faults: Faults,
    *,
    rate_limited: RateLimitAnswer,
    is_spared: Callable[[str], bool] = lambda path: path.startswith("/__twin/"),
) -> Middleware:
    """Build the middleware that makes calls fail as the rules say.

    Args:
        rate_limited: Writes the service's 429.
        is_spared: Says of a path that no rule concerns it, because it is ours and not the
            service's.
    """

    @web.middleware
    async def obey(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_spared(request.path):
            return await handler(request)
        faults.greet(request)
        fault = faults.take(request.method, request.path)
        if fault is None:
            return await handler(request)
        return await _obey(fault, request, handler, rate_limited)

    return obey


async def _obey(
    fault: Fault, request: web.Request, handler: Handler, rate_limited: RateLimitAnswer
) -> web.StreamResponse:
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return await handler(request)
    if fault.kind in {"drop_before", "drop_after"}:
        if fault.kind == "drop_after":
            await handler(request)
        return _cut(request)
    if fault.kind == "status_after":
        await handler(request)
    await request.read()  # So that the journal can show what was refused.
    if fault.kind == "rate_limit":
        return rate_limited(fault.seconds)
    return web.Response(status=fault.status, text=fault.body, content_type="application/json")


def _cut(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
