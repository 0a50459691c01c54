"""Counting requests to one credential, so that a service's limits are kept rather than hit.

Counts live in memory; whoever owns the database saves and merges them through `take_unsaved` and
`absorb`, so that a restart or a second process does not start from nothing.
"""

import hashlib
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.core.budget import (
    PEOPLE_SHARE,
    Limits,
    Spent,
    leaves_forms,
    may_click,
    may_spend,
    stretched_s,
)
from bot.providers.base import Unsaved

WINDOW = timedelta(seconds=60)
FINDING_OUT = timedelta(seconds=5)
"""How soon to ask again while an answer that shows the tier is under way."""

LEFT_ALONE = 2
"""Looks stop when the service says that this many requests of the minute are left."""


@dataclass(frozen=True, kw_only=True)
class RateHeaders:
    """What an answer said about the minute.

    Attributes:
        limit: Requests a minute.
        remaining: How many of them are left.
        reset_at: When the minute is over.
    """

    limit: int
    remaining: int
    reset_at: datetime


def credential_of(provider: str, key: str) -> str:
    """Name a credential without giving it away."""
    return hashlib.sha256(f"{provider}:{key}".encode()).hexdigest()[:16]


class RequestBudget:
    """Count, and say what still fits.

    Until an answer shows the tier, the smallest is assumed, but one request a minute always fits:
    it is the one that finds out.

    Args:
        credential: See `credential_of`.
        clock: Gives the moment, aware UTC.
        day_limits: Requests a day by requests a minute, since headers show only the minute;
            None means no limit.
        assumed: Limits before the first answer.
        is_certain: Whether they hold anyway, for a service whose answers say nothing of them.
        counts_looks: Whether looks at jobs are requests of this credential. Where they are none,
            they always fit and are never stretched, whatever else was spent.
        per_minute: Limit that overrides what answers say; 0 means none, None follows them.
        per_day: As above, for the day.
    """

    def __init__(
        self,
        *,
        credential: str,
        clock: Callable[[], datetime],
        day_limits: Mapping[int, int | None],
        assumed: Limits,
        is_certain: bool = False,
        counts_looks: bool = True,
        per_minute: int | None = None,
        per_day: int | None = None,
    ) -> None:
        self.credential = credential
        self._clock = clock
        self._day_limits = day_limits
        self._tier = assumed
        self._is_tier_known = is_certain
        self._counts_looks = counts_looks
        self._overrides = (per_minute, per_day)
        self._window: deque[datetime] = deque()
        self._clicks: deque[datetime] = deque()
        self._clicks_today = 0
        self._day = clock().date()
        self._saved_today = 0
        self._taken = 0
        self._unsaved = 0
        self._headers: RateHeaders | None = None
        self._paused_until_at = clock()

    @property
    def limits(self) -> Limits:
        """What applies now; None means no limit."""
        minute, day = self._overrides
        return Limits(
            per_minute=self._tier.per_minute if minute is None else minute or None,
            per_day=self._tier.per_day if day is None else day or None,
        )

    def may_look(self) -> bool:
        """Tell whether a look fits; a fifth is left for people."""
        return not self._counts_looks or self._fits(for_people=False)

    def may_ask(self) -> bool:
        """Tell whether a request fits that a person waits for."""
        return self._fits(for_people=True)

    def may_click(self) -> bool:
        """Tell whether a request for a download fits; looks and forms keep their shares.

        Downloads before a restart, or in another process, count like looks.
        """
        now = self._roll()
        if now < self._paused_until_at or not may_click(self.limits, self._spent_by_clicks()):
            return False
        return self._finds_out(now) or leaves_forms(self.limits, self._spent(now))

    def wait_s(self, *, for_people: bool = False) -> float:
        """Say in how many seconds a look, or a request for people, will fit; 0 where it does now."""
        if self.may_ask() if for_people else self.may_look():
            return 0.0
        now = self._roll()
        moments = [self._paused_until_at, self._minute_frees_at(now, for_people=for_people)]
        if not self._is_tier_known:
            moments.append(now + FINDING_OUT)
        elif not self._fits_limits(now, for_people=for_people, minute=0):
            moments.append(self._tomorrow(now))
        return max((max(moments) - now).total_seconds(), 1.0)

    def stretched_s(self, interval_s: float, *, open_productions: int) -> float:
        """Stretch a look interval so that what is left of the day and the minute lasts."""
        if not self._counts_looks:
            return interval_s
        now = self._roll()
        limits = self.limits
        if not self._is_tier_known and self._overrides[1] is None:
            # A bigger tier's count would stretch the smallest tier's day beyond any reason.
            limits = replace(limits, per_day=None)
        return stretched_s(
            interval_s,
            limits=limits,
            spent=self._spent_on_looks(now),
            open_productions=max(open_productions, 1),
            day_left_s=(self._tomorrow(now) - now).total_seconds(),
        )

    def count(self) -> None:
        """Count a request that is about to be sent."""
        self._window.append(self._roll())
        self._unsaved += 1

    def uncount(self) -> None:
        """Take back the newest request, which never left; one already saved stays counted."""
        if self._unsaved > 0:
            self._unsaved -= 1
            self._window.pop()

    def count_click(self) -> None:
        """Count a request for a download that is about to be sent."""
        self.count()
        self._clicks.append(self._window[-1])
        self._clicks_today += 1

    def learn(self, headers: RateHeaders) -> None:
        """Take over what an answer says of the tier and the minute."""
        self._roll()
        day = self._day_limits.get(headers.limit, self._tier.per_day)
        self._tier = Limits(per_minute=headers.limit, per_day=day)
        self._is_tier_known = True
        # No minute lasts longer than a minute, whatever the clocks say.
        reset_at = min(headers.reset_at, self._clock() + WINDOW)
        self._headers = RateHeaders(
            limit=headers.limit, remaining=headers.remaining, reset_at=reset_at
        )

    def pause(self, wait_s: float) -> None:
        """Send nothing for so many seconds; the service asked for it, and the longest wait holds."""
        until_at = self._clock() + timedelta(seconds=wait_s)
        self._paused_until_at = max(self._paused_until_at, until_at)

    def take_unsaved(self) -> Unsaved:
        """Give the requests that the database has not been told of.

        What was taken is given again until `absorb` confirms that it was saved.
        """
        now = self._roll()
        self._taken += self._unsaved
        self._unsaved = 0
        return Unsaved(day=self._day, minute_at=_minute(now), count=self._taken)

    def absorb(self, unsaved: Unsaved, total: Spent) -> None:
        """Take over the day's total that the database holds after `unsaved` was added to it.

        The minute needs no merging: headers count every caller's requests.
        """
        self._roll()
        if unsaved.day == self._day:
            self._saved_today = total.day
            self._taken = max(self._taken - unsaved.count, 0)

    def _fits(self, *, for_people: bool) -> bool:
        now = self._roll()
        if now < self._paused_until_at:
            return False
        if self._finds_out(now):
            return True
        if self._is_low(now) and not for_people:
            return False
        return self._fits_limits(now, for_people=for_people)

    def _finds_out(self, now: datetime) -> bool:
        """Tell whether a request now would be the one that shows the tier."""
        return not self._is_tier_known and self._spent(now).minute == 0

    def _fits_limits(self, now: datetime, *, for_people: bool, minute: int | None = None) -> bool:
        """Hold the limits against what is spent.

        Args:
            minute: Requests in the running minute instead of those counted.
        """
        total, looks = self._spent(now), self._spent_on_looks(now)
        if minute is not None:
            total, looks = replace(total, minute=minute), replace(looks, minute=minute)
        fits = may_spend(self.limits, total, for_people=True)
        return fits and (for_people or may_spend(self.limits, looks, for_people=False))

    def _is_low(self, now: datetime) -> bool:
        headers = self._headers
        return headers is not None and now < headers.reset_at and headers.remaining <= LEFT_ALONE

    def _spent(self, now: datetime) -> Spent:
        minute = len(self._window)
        headers = self._headers
        if headers is not None and now < headers.reset_at:
            minute = max(minute, headers.limit - headers.remaining)
        return Spent(minute=minute, day=self._saved_today + self._taken + self._unsaved)

    def _spent_by_clicks(self) -> Spent:
        return Spent(minute=len(self._clicks), day=self._clicks_today)

    def _spent_on_looks(self, now: datetime) -> Spent:
        """Give what is spent without the downloads, which have a share of their own."""
        spent, clicks = self._spent(now), self._spent_by_clicks()
        return Spent(minute=spent.minute - clicks.minute, day=spent.day - clicks.day)

    def _minute_frees_at(self, now: datetime, *, for_people: bool) -> datetime:
        """Say when the minute lets one more request through, at the latest."""
        headers, limit = self._headers, self.limits.per_minute
        reset_at = now if headers is None else max(headers.reset_at, now)
        if limit is None:
            return reset_at
        room = math.ceil(limit if for_people else limit * (1.0 - PEOPLE_SHARE))
        over = len(self._window) - room
        return max(reset_at, self._window[over] + WINDOW) if over >= 0 else reset_at

    def _roll(self) -> datetime:
        """Drop what is over; the service's day starts at 00:00 UTC."""
        now = self._clock()
        for window in (self._window, self._clicks):
            while window and window[0] <= now - WINDOW:
                window.popleft()
        if now.date() != self._day:
            self._day = now.date()
            self._saved_today = self._taken = self._unsaved = self._clicks_today = 0
        return now

    @staticmethod
    def _tomorrow(now: datetime) -> datetime:
        return _start_of(now.date() + timedelta(days=1))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
