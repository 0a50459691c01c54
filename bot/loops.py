"""What the loops share: being woken, going on after a bad turn, and stopping by an event."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from bot.core.errors import LostClaimError, StorageError, StorageUnavailableError

log = structlog.get_logger(__name__)


@contextmanager
def guarded_turn(loop: str, **detail: str) -> Iterator[None]:
    """Let nothing that goes wrong in a turn end its loop.

    A database that is gone only makes the loop wait for its next turn. Everything else is an error
    that somebody has to mend, a statement that the database refuses among it.

    Args:
        detail: What else the log says of the turn.
    """
    try:
        yield
    except StorageUnavailableError:
        log.warning("storage_unavailable", loop=loop, **detail)
    except Exception:
        log.exception("turn_failed", loop=loop, **detail)


@contextmanager
def guarded_work(loop: str) -> Iterator[None]:
    """Let nothing that goes wrong with one claimed thing reach its loop.

    What could not be recorded is claimed again when its lease has run out.
    """
    try:
        yield
    except LostClaimError:
        log.warning("claim_lost", loop=loop)
    except StorageError as error:
        log.warning("turn_not_recorded", loop=loop, reason=type(error).__name__)
    except Exception:
        log.exception("turn_failed", loop=loop)


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
        self.sharer = Bell()

    def ring_all(self) -> None:
        """Wake every loop."""
        self.tracker.ring()
        self.notifier.ring()
        self.copier.ring()
        self.sharer.ring()


class Crew:
    """What a loop has under way at the same time; its bell rings when there is room again.

    Args:
        at_once: How much that may be, 1 or more.
    """

    def __init__(self, at_once: int, *, bell: Bell) -> None:
        self._at_once = at_once
        self._bell = bell
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        """How much more may be begun; 0 or less for nothing."""
        return self._at_once - len(self._under_way)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin something; it has to deal with its own errors."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    async def finish(self) -> None:
        """Wait for what is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._bell.ring()
