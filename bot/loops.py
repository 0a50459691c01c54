"""What the loops share: being woken, and stopping by an event rather than by cancellation."""

import asyncio


async def wait_until(event: asyncio.Event, timeout_s: float) -> None:
    """Return when `event` is set, or after `timeout_s` seconds."""
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return


class Bell:
    """Wake one loop early; rung by whoever made work for it.

    Waiting uses the ring up, so a bell that two loops wait for may leave one of them asleep.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake the loop."""
        self._event.set()

    async def wait(self, timeout_s: float) -> None:
        """Return when rung, or after `timeout_s` seconds."""
        try:
            await wait_until(self._event, timeout_s)
        finally:
            self._event.clear()


class Bells:
    """One bell for each loop.

    The tick that a loop waits at most is needed anyway: another replica may have made the work.
    """

    def __init__(self) -> None:
        self.tracker = Bell()
        self.notifier = Bell()
        self.copier = Bell()

    def ring_all(self) -> None:
        """Wake every loop."""
        self.tracker.ring()
        self.notifier.ring()
        self.copier.ring()
