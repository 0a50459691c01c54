"""A clock for tests that stands until it is moved."""

from datetime import UTC, datetime, timedelta

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
