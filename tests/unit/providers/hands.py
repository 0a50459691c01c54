"""A clock for tests that stands until it is moved, and a memory by that clock."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 21, 10, 0, 0, tzinfo=UTC)


class Hands:
    """Give a moment; `go` moves it on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Give the moment."""
        return self.now

    def go(self, **span: float) -> None:
        """Move on by a span, named as in `timedelta`."""
        self.now += timedelta(**span)


class Memory:
    """Remembers in memory, at the moment of a clock."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.kept: dict[str, tuple[Any, datetime]] = {}

    async def recall(self, key: str) -> tuple[Any, datetime] | None:
        """Give what is kept."""
        return self.kept.get(key)

    async def remember(self, key: str, value: Any) -> None:
        """Keep it the way a database would."""
        self.kept[key] = (json.loads(json.dumps(value)), self.clock())
