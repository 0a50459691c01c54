"""What Slack's clicks and forms have set off and is still at work, so that a stop can await it."""

import asyncio

import structlog

log = structlog.get_logger(__name__)


class InFlight:
    """Know the tasks that go on after Slack got its answer."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    async def handle(self, request: object, response: object) -> None:  # noqa: ARG002
        """Take note of the task that runs a listener; Bolt calls this when it begins."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def finish(self, timeout_s: float) -> None:
        """Wait until all of them are done, for `timeout_s` seconds at most."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._tasks:  # One that ends may have begun another.
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            log.warning("clicks_cut_off", count=len(self._tasks))
