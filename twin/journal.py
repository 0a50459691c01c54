"""What went over the wire, both ways, kept for people who look and tests that wait."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One call in or one delivery out.

    Attributes:
        number: Counts up from 1 without gaps, over both directions.
        direction: `in` (the bot called us) or `out` (we called the bot).
        what: Method name, or HTTP method and path.
        status: HTTP status; None while unanswered or where the connection was cut.
        answer: The body's important part: `ok`, an error word, or None.
    """

    number: int
    at: datetime
    direction: str
    what: str
    status: int | None
    answer: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


class Journal:
    """Keep the newest entries and wake those who wait for a change.

    Args:
        now: The twin's moment, aware UTC.
        keep: How many entries are kept.
        changed: Called after every entry.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        keep: int = 2000,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._now = now
        self._tell = changed
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._number = 0
        self._changed = asyncio.Condition()

    @property
    def number(self) -> int:
        """The newest entry's number; 0 before the first."""
        return self._number

    def entries(self, *, after: int = 0) -> list[Entry]:
        """List what came after entry `after`, oldest first."""
        return [entry for entry in self._entries if entry.number > after]

    async def record(
        self,
        *,
        direction: str,
        what: str,
        status: int | None,
        answer: str | None = None,
        **detail: Any,
    ) -> None:
        """Add an entry and wake the waiting."""
        self._number += 1
        self._entries.append(
            Entry(
                number=self._number,
                at=self._now(),
                direction=direction,
                what=what,
                status=status,
                answer=answer,
                detail=detail,
            )
        )
        self._tell()
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(self, is_so: Callable[[], bool], *, timeout_s: float) -> None:
        """Return once `is_so()` holds; it is asked again after every entry.

        Raises:
            TimeoutError: It did not hold within `timeout_s` real seconds.
        """
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(is_so)
