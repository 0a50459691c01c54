import asyncio
from datetime import UTC, datetime

import pytest

from twin.clock import Clock

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


async def test_running_clock_notices_time_moved_by_hand():
    """After a jump, what is next comes as much sooner, though the clock was already waiting."""
    clock, rang = Clock(start=START, speed=1000), asyncio.Event()

    async def ring() -> None:
        rang.set()

    clock.call_in(1_000_000, ring)
    running = asyncio.create_task(clock.run())
    await asyncio.sleep(0)
    await clock.advance(999_999)
    async with asyncio.timeout(10):
        await rang.wait()
    running.cancel()


@pytest.mark.parametrize("how", ["advanced", "speed_set"])
async def test_time_passes_though_nobody_asks_for_it(how):
    """A clock that was touched goes on from then, not from when somebody next looks at it."""
    real_s = 0.0
    clock = Clock(start=START, speed=1, monotonic=lambda: real_s)
    if how == "advanced":
        await clock.advance(0)
    else:
        clock.set_speed(2)
    real_s = 50.0
    assert (clock.now() - START).total_seconds() == 50 * clock.speed
