"""Bad days on demand: rules that make matching calls fail, and the middleware that obeys them."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

Kind = Literal["delay", "status", "body", "rate_limit", "drop_before", "drop_after"]
KINDS: tuple[str, ...] = get_args(Kind)
HIGHEST_STATUS = 599
LONGEST_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One rule.

    Attributes:
        match: `METHOD part-of-path`, or only a part of the path; for Slack a method's name.
        kind: `delay` answers late; `status` and `body` answer instead of us; `rate_limit` answers
            429; `drop_before` cuts the connection with nothing done; `drop_after` does the work,
            then cuts it.
        times: How many calls it still hits; None means all.
        seconds: Length of a delay in real seconds, or what a 429 asks to wait.
        status: HTTP status for `status` and `body`.
        body: Raw answer for `status` and `body`.
        skip: Matching calls let through first.
    """

    match: str
    kind: Kind
    times: int | None = 1
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    skip: int = 0


class Faults:
    """Hold the rules in the order they were added; the first that matches is used up first."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Add a rule behind those that stand."""
        self._rules.append(fault)

    def clear(self) -> None:
        """Make it a good day."""
        self._rules.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """List the rules still in force."""
        return [asdict(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Fault | None:
        """Give the rule for this call, if any, and count it down."""
        for index, rule in enumerate(self._rules):
            if not _matches(rule.match, method=method, path=path):
                continue
            if rule.skip > 0:
                self._rules[index] = replace(rule, skip=rule.skip - 1)
                return None
            self._count_down(index)
            return rule
        return None

    def _count_down(self, index: int) -> None:
        rule = self._rules[index]
        if rule.times is None:
            return
        if rule.times <= 1:
            del self._rules[index]
        else:
            self._rules[index] = replace(rule, times=rule.times - 1)


def _matches(match: str, *, method: str, path: str) -> bool:
    verb, _, part = match.rpartition(" ")
    return (not verb or verb == method) and part in path


def read_fault(body: dict[str, Any]) -> Fault:
    """Read a rule from a control request.

    Raises:
        ValueError: A key or kind that does not exist, or a value it cannot have.
    """
    if body.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    try:
        fault = Fault(**body)
    except TypeError as error:
        raise ValueError(str(error)) from error
    _check_values(fault)
    return fault


def _check_values(fault: Fault) -> None:
    """Refuse values that would only fail when a call meets the rule."""
    texts: tuple[object, ...] = (fault.match, fault.body)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("match and body must be texts")
    if fault.times is not None and not _is_count(fault.times, lowest=1):
        raise ValueError("times must be a whole number, 1 or more, or null")
    if not _is_count(fault.skip, lowest=0):
        raise ValueError("skip must be a whole number, 0 or more")
    if not _is_count(fault.status, lowest=200) or fault.status > HIGHEST_STATUS:
        raise ValueError("status must be an HTTP status from 200 to 599")
    if type(fault.seconds) not in {int, float} or not 0 <= fault.seconds <= LONGEST_S:
        raise ValueError(f"seconds must be from 0 to {LONGEST_S:.0f}")


def _is_count(value: object, *, lowest: int) -> bool:
    return type(value) is int and value >= lowest


RateLimitAnswer = Callable[[float], web.Response]


def fault_middleware(faults: Faults, *, rate_limited: RateLimitAnswer) -> Middleware:
    """Build the middleware that makes calls fail as the rules say; control calls are spared."""

    @web.middleware
    async def obey(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/__twin/"):
            return await handler(request)
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
    if fault.kind == "rate_limit":
        return rate_limited(fault.seconds)
    if fault.kind in {"drop_before", "drop_after"}:
        if fault.kind == "drop_after":
            await handler(request)
        return _cut(request)
    return web.Response(status=fault.status, text=fault.body, content_type="application/json")


def _cut(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
