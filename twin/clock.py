"""The twin's time: sped up for a demo, moved by hand in tests, never read from the wall directly."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

Callback = Callable[[], Awaitable[None]]


class Clock:
    """Tell the time and run what is due.

    Args:
        start: The first moment, aware UTC.
        speed: Twin seconds per real second while `run` is on; 0 means that only `advance` moves it.
        monotonic: Source of real seconds.
    """

    def __init__(
        self, *, start: datetime, speed: float, monotonic: Callable[[], float] | None = None
    ) -> None:
        self._monotonic = monotonic or (lambda: asyncio.get_running_loop().time())
        self._base = start
        self._since: float | None = None
        self.speed = speed
        self._queue: list[tuple[datetime, int, Callback]] = []
        self._numbers = itertools.count()
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """Give the twin's moment, aware UTC."""
        if self.speed == 0:
            return self._base
        if self._since is None:
            self._since = self._monotonic()
        return self._base + timedelta(seconds=(self._monotonic() - self._since) * self.speed)

    def set_speed(self, speed: float) -> None:
        """Change how fast time goes from now on."""
        moment = self.now()
        self.speed = speed
        self._jump(moment)
        self._changed.set()

    def call_at(self, moment: datetime, callback: Callback) -> None:
        """Run `callback` when `moment` has come."""
        heapq.heappush(self._queue, (moment, next(self._numbers), callback))
        self._changed.set()

    def call_in(self, seconds: float, callback: Callback) -> None:
        """Run `callback` after so many twin seconds."""
        self.call_at(self.now() + timedelta(seconds=seconds), callback)

    async def advance(self, seconds: float) -> None:
        """Move time on by hand and run all that falls due on the way, in order."""
        await self._run_until(self.now() + timedelta(seconds=seconds))
        self._changed.set()  # `run` waits for what is next, and that is nearer now.

    async def _run_until(self, target: datetime) -> None:
        while self._queue and self._queue[0][0] <= target:
            moment, _, callback = heapq.heappop(self._queue)
            self._jump(max(moment, self.now()))
            await callback()
        self._jump(max(target, self.now()))

    async def run(self) -> None:
        """Run what falls due as time goes by, until cancelled."""
        while True:
            self._changed.clear()
            await self._run_until(self.now())
            wait_s = self._until_next_s()
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _jump(self, moment: datetime) -> None:
        """Go on from a moment, counting from now: what is not asked for passes all the same."""
        self._base = moment
        self._since = self._monotonic() if self.speed else None

    def _until_next_s(self) -> float | None:
        if not self._queue or self.speed == 0:
            return None
        return max(0.0, (self._queue[0][0] - self.now()).total_seconds() / self.speed)


def wire_time(moment: datetime) -> str:
    """Write a moment as the services do: ISO 8601, UTC, whole seconds, `Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def real_time(*, speed: float = 1.0) -> Clock:
    """Make a clock that starts at the present moment."""
    return Clock(start=datetime.now(UTC), speed=speed)
