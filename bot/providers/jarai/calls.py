"""Calls to JARAI that keep its request budget and turn refusals into our errors."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.budget import Limits
from bot.core.errors import ProviderUnavailableError
from bot.providers.base import BUDGET_SPENT, Delayed, NotSent, Uncertain
from bot.providers.budget import RateHeaders, RequestBudget, credential_of
from bot.providers.http import Reply, ServiceClient, Timeouts, Verdict
from bot.providers.jarai.errors import DAILY_S, error_of, read_refusal, unreadable
from bot.providers.jarai.settings import JaraiSettings
from bot.providers.jarai.words import LABEL, NAME
from bot.providers.reading import UnreadableError, read_json

FREE = Limits(per_minute=10, per_day=100)
DAY_LIMITS: Mapping[int, int | None] = {10: 100, 60: 2000, 300: None}
"""Requests a day by requests a minute (developer portal, rate limits, seen 2026-11-21)."""

DEFAULT_WAIT_S = 60.0
"""How long to wait after a 429 that does not say; the window of the minute limit."""

NO_OTHERS: frozenset[int] = frozenset()

_SPENT = (
    "The requests that JARAI allows us are used up for now. Nothing is broken, and waiting helps."
)


class JaraiCalls:
    """Make calls with our key, counted; every answer but a success becomes an error.

    Looks are let through up to the full limit here: keeping a fifth for people is up to whoever
    schedules them.
    """

    def __init__(
        self, settings: JaraiSettings, *, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._clock = clock
        self.budget = RequestBudget(
            credential=credential_of(NAME, settings.api_key),
            clock=clock,
            day_limits=DAY_LIMITS,
            assumed=FREE,
            per_minute=settings.per_minute,
            per_day=settings.per_day,
        )
        self._client = ServiceClient(
            label=LABEL,
            base_url=base_url,
            key=("X-API-Key", settings.api_key),
            timeouts=Timeouts(look_s=settings.look_timeout_s, submit_s=settings.submit_timeout_s),
            max_bytes=settings.max_bytes,
        )

    async def look(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET.

        Args:
            also: Statuses that the caller answers to itself.

        Raises:
            ProviderError: Any other answer but a success, or none.
        """
        self._spend()
        return self._taken(await self._client.look(url), also)

    async def click(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET for a download, which anybody with a link may cause, from the share of downloads.

        Args:
            also: As for `look`.

        Raises:
            ProviderError: As for `look`.
        """
        if not self.budget.may_click():
            raise _spent(max(self.budget.wait_s(for_people=True), DEFAULT_WAIT_S))
        self.budget.count_click()
        return self._taken(await self._client.look(url), also)

    async def change(
        self,
        method: str,
        url: str,
        *,
        body: Mapping[str, Any] | None = None,
        also: frozenset[int] = NO_OTHERS,
    ) -> Reply:
        """Change something that costs nothing.

        Args:
            also: As for `look`.

        Raises:
            ProviderError: As for `look`.
        """
        self._spend()
        content = None if body is None else json.dumps(body).encode()
        return self._taken(await self._client.change(method, url, content=content), also)

    async def submit(
        self, url: str, *, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Reply | NotSent | Delayed | Uncertain:
        """Make the paid call; a reply may be of any status but 429."""
        if not self.budget.may_ask():
            return Delayed(text=_SPENT, wait_s=self.budget.wait_s(for_people=True))
        self.budget.count()
        content = json.dumps(body).encode()
        reply = await self._client.submit(url, content=content, headers=headers)
        if isinstance(reply, NotSent):
            self.budget.uncount()
        if not isinstance(reply, Reply):
            return reply
        self._learn(reply)
        if reply.verdict is not Verdict.DELAYED:
            return reply
        refusal = read_refusal(reply, now=self._clock())
        wait_s = DEFAULT_WAIT_S if refusal.wait_s is None else refusal.wait_s
        if wait_s <= DAILY_S:  # Longer may be about productions only; looks find out themselves.
            self.budget.pause(wait_s)
        return Delayed(text=refusal.text, wait_s=wait_s)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def _spend(self) -> None:
        """Count one request.

        Raises:
            ProviderUnavailableError: None is left; nothing was sent.
        """
        if not self.budget.may_ask():
            raise _spent(self.budget.wait_s(for_people=True))
        self.budget.count()

    def _taken(self, reply: Reply, also: frozenset[int]) -> Reply:
        self._learn(reply)
        if reply.verdict is Verdict.DONE or reply.status in also:
            return reply
        error = error_of(reply, now=self._clock())
        if reply.verdict is Verdict.DELAYED and isinstance(error, ProviderUnavailableError):
            if error.retry_after_s is None:
                error.retry_after_s = DEFAULT_WAIT_S
            self.budget.pause(error.retry_after_s)
        raise error

    def _learn(self, reply: Reply) -> None:
        headers = read_rate_headers(reply.headers)
        if headers is not None:
            self.budget.learn(headers)


def _spent(wait_s: float) -> ProviderUnavailableError:
    return ProviderUnavailableError(_SPENT, code=BUDGET_SPENT, retry_after_s=wait_s)


def read_rate_headers(headers: Mapping[str, str]) -> RateHeaders | None:
    """Read what an answer says about the minute; None where it says nothing we can read.

    JARAI sends them on successes and 429 only, the reset in Unix seconds.
    """
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    numbers = [_whole(headers.get(name, "")) for name in names]
    limit, remaining, reset = numbers
    if not limit or remaining is None or reset is None:
        return None
    try:
        reset_at = datetime.fromtimestamp(reset, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return RateHeaders(limit=limit, remaining=min(remaining, limit), reset_at=reset_at)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None  # noqa: PLR2004 - any moment fits.


def read_body(reply: Reply) -> Any:
    """Read the JSON of a success.

    Raises:
        ProviderReplyError: It is none, or longer than we read.
    """
    if not reply.is_whole:
        raise unreadable(reply, "JARAI's answer is longer than we can take.")
    try:
        return read_json(reply.body)
    except UnreadableError as error:
        raise unreadable(reply) from error


def read_fields(reply: Reply) -> Mapping[str, Any]:
    """Read the JSON object of a success.

    Raises:
        ProviderReplyError: It is none, or longer than we read.
    """
    value = read_body(reply)
    if not isinstance(value, dict):
        raise unreadable(reply)
    return value
