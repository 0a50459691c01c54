"""A stop waits for what clicks have set off, and not for ever."""

import asyncio

from structlog.testing import capture_logs

from bot.inflight import InFlight


async def begun(in_flight, work):
    """Begin a listener as Bolt does, up to its first wait."""
    ready = asyncio.Event()

    async def listen():
        await in_flight.handle(None, None)
        ready.set()
        await work.wait()

    task = asyncio.create_task(listen())
    await ready.wait()
    return task


async def test_what_is_under_way_is_awaited():
    """A click that was acked is acted on before the database closes."""
    in_flight, work = InFlight(), asyncio.Event()
    task = await begun(in_flight, work)
    finishing = asyncio.create_task(in_flight.finish(60))
    await asyncio.sleep(0)
    assert not finishing.done()
    work.set()
    await finishing
    assert task.done()


async def test_what_never_ends_is_not_waited_for():
    """It is said in the log, and the stop goes on."""
    in_flight, work = InFlight(), asyncio.Event()
    task = await begun(in_flight, work)
    with capture_logs() as lines:
        await in_flight.finish(0)
    assert [(line["event"], line["count"]) for line in lines] == [("clicks_cut_off", 1)]
    work.set()
    await task


async def test_nothing_under_way_means_no_waiting():
    """What is done is forgotten."""
    in_flight, work = InFlight(), asyncio.Event()
    work.set()
    await (await begun(in_flight, work))
    async with asyncio.timeout(5):
        await in_flight.finish(3600)
