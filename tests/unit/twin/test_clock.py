import asyncio
from datetime import UTC, datetime

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
