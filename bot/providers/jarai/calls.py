"""Calls to JARAI that keep its request budget and turn refusals into our errors."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from bot.core.budget import Limits
from bot.providers.budget import RateHeaders, RequestBudget, credential_of
from bot.providers.counted import CountedCalls, Manners, Reader
from bot.providers.http import Reply, ServiceClient, Timeouts
from bot.providers.jarai.errors import DAILY_S, error_of, read_refusal, unreadable
from bot.providers.jarai.settings import JaraiSettings
from bot.providers.jarai.words import LABEL, NAME

FREE = Limits(per_minute=10, per_day=100)
DAY_LIMITS: Mapping[int, int | None] = {10: 100, 60: 2000, 300: None}
"""Requests a day by requests a minute (developer portal, rate limits, seen 2026-11-21)."""

READ = Reader(label=LABEL, unreadable=unreadable)

_SPENT = (
    "The requests that JARAI allows us are used up for now. Nothing is broken, and waiting helps."
)


_MAYBE = "The production may or may not have been started."

MANNERS = Manners(
    label=LABEL,
    spent=_SPENT,
    maybe=_MAYBE,
    read_refusal=read_refusal,
    error_of=error_of,
    # A longer wait may be about productions only; looks find out themselves.
    pauses_most_s=DAILY_S,
)


class JaraiCalls(CountedCalls):
    """Make calls with our key, within what the answers' headers say."""

    def __init__(
        self, settings: JaraiSettings, *, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(
            ServiceClient(
                label=LABEL,
                base_url=base_url,
                key=("X-API-Key", settings.api_key),
                timeouts=Timeouts(
                    look_s=settings.look_timeout_s, submit_s=settings.submit_timeout_s
                ),
                max_bytes=settings.max_bytes,
            ),
            budget=RequestBudget(
                credential=credential_of(NAME, settings.api_key),
                clock=clock,
                day_limits=DAY_LIMITS,
                assumed=FREE,
                per_minute=settings.per_minute,
                per_day=settings.per_day,
            ),
            manners=MANNERS,
            clock=clock,
        )

    def _heard(self, reply: Reply) -> Reply:
        headers = read_rate_headers(reply.headers)
        if headers is not None:
            self.budget.learn(headers)
        return reply


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
