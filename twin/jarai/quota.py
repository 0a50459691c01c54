"""How much a partner may still ask for: a rolling minute, a day, and productions a day."""

import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from twin.jarai.catalogue import Partner, Tier

WINDOW_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Too much was asked.

    Attributes:
        retry_after_s: Whole seconds until asking again may help, at least 1.
    """

    message: str
    retry_after_s: int


@dataclass(kw_only=True)
class _Use:
    """What one partner used up; refused requests count for nothing."""

    window: deque[float] = field(default_factory=deque)
    day: date | None = None
    requests: int = 0
    productions: Counter[str] = field(default_factory=Counter)


class Quota:
    """Count per partner, over all its keys and endpoints."""

    def __init__(self, *, now: Callable[[], datetime], tier_of: Callable[[Partner], Tier]) -> None:
        self._now = now
        self._tier_of = tier_of
        self._uses: dict[str, _Use] = {}

    def take_request(self, partner: Partner) -> Refusal | None:
        """Count a request, or say why it is refused."""
        use, tier = self._use(partner), self._tier_of(partner)
        if tier.per_day is not None and use.requests >= tier.per_day:
            return Refusal(
                message="The day's requests are used up.", retry_after_s=self._midnight_s()
            )
        if len(use.window) >= tier.per_minute:
            wait_s = max(1, math.ceil(self._window_end(use) - self._now().timestamp()))
            return Refusal(message="Too many requests in a minute.", retry_after_s=wait_s)
        use.window.append(self._now().timestamp())
        use.requests += 1
        return None

    def take_production(self, partner: Partner, *, account_id: str) -> Refusal | None:
        """Count a production, or say why it is refused."""
        use, tier = self._use(partner), self._tier_of(partner)
        limit = tier.productions_per_day
        if limit is not None and use.productions[account_id] >= limit:
            message = f"This account's {limit} productions of the day are used up."
            return Refusal(message=message, retry_after_s=self._midnight_s())
        use.productions[account_id] += 1
        return None

    def headers(self, partner: Partner) -> dict[str, str]:
        """Write the headers of the minute; the day shows nowhere."""
        use, limit = self._use(partner), self._tier_of(partner).per_minute
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - len(use.window))),
            "X-RateLimit-Reset": str(math.ceil(self._window_end(use))),
        }

    def _use(self, partner: Partner) -> _Use:
        """Give the partner's counters, with what is over taken out."""
        now = self._now()
        use = self._uses.setdefault(partner.name, _Use())
        while use.window and use.window[0] <= now.timestamp() - WINDOW_S:
            use.window.popleft()
        if use.day != now.date():
            use.day, use.requests = now.date(), 0
            use.productions.clear()
        return use

    def _window_end(self, use: _Use) -> float:
        first = use.window[0] if use.window else self._now().timestamp()
        return first + WINDOW_S

    def _midnight_s(self) -> int:
        now = self._now()
        midnight = datetime.combine(now.date() + timedelta(days=1), time.min, tzinfo=UTC)
        return max(1, math.ceil((midnight - now).total_seconds()))
