"""Counting what comes in a minute, by name, in a table that cannot grow without end."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
SWEEP = timedelta(seconds=1)
NAMES_MOST = 10_000
"""Beyond it the name that came first is forgotten, so that memory has an end."""


class Clicks:
    """Count by name over the last minute.

    Args:
        per_minute: How many are let through, 1 or more.
    """

    def __init__(self, clock: Callable[[], datetime], *, per_minute: int) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._recent: dict[str, deque[datetime]] = {}
        self._swept_at = clock()

    def __len__(self) -> int:
        """Give how many names are in the table."""
        return len(self._recent)

    def is_full(self, name: str) -> bool:
        """Tell whether a name has had all it may have in this minute."""
        clicks = self._recent.get(name)
        if clicks is None or len(clicks) < self._per_minute:
            return False
        now = self._clock()
        # A click of the future is from before the clock was set back, and says nothing.
        return now - MINUTE < clicks[0] <= now

    def count(self, name: str) -> None:
        """Note one more; never more than `per_minute` of a name are kept."""
        self._sweep()
        if name not in self._recent and len(self._recent) >= NAMES_MOST:
            del self._recent[next(iter(self._recent))]
        self._recent.setdefault(name, deque(maxlen=self._per_minute)).append(self._clock())

    def _sweep(self) -> None:
        """Forget the names of which nothing came for a minute; at most once a second."""
        now = self._clock()
        if now - self._swept_at < SWEEP:
            return
        self._swept_at = now
        quiet = [name for name, clicks in self._recent.items() if clicks[-1] <= now - MINUTE]
        for name in quiet:
            del self._recent[name]
