"""Gathers results that changed nothing, so that one statement saves many."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.core.errors import StorageError
from storage.values import Settled

log = structlog.get_logger(__name__)

EVERY_S = 0.05
AT_MOST = 256


class Flusher:
    """Save settled looks every 50 ms, or as soon as 256 have come.

    A batch that cannot be saved is dropped: the claims run out and the looks are made again.

    Args:
        on_saved: Called after a batch, with the number given to `add` for each of its results.
    """

    def __init__(
        self,
        settle: Callable[[Sequence[Settled]], Awaitable[None]],
        *,
        on_saved: Callable[[Sequence[float | None]], None],
    ) -> None:
        self._settle = settle
        self._on_saved = on_saved
        self._waiting: list[tuple[Settled, float | None]] = []
        self._full = asyncio.Event()
        self._some = asyncio.Event()
        self._is_closing = False

    def add(self, settled: Settled, *, expected_at: float | None = None) -> None:
        """Put a result in the next batch.

        Args:
            expected_at: When it would be saved at best, as a POSIX timestamp; None to not measure.
        """
        self._waiting.append((settled, expected_at))
        self._some.set()
        if len(self._waiting) >= AT_MOST:
            self._full.set()

    async def flush(self) -> None:
        """Save what waits."""
        batch, self._waiting = self._waiting, []
        self._some.clear()
        self._full.clear()
        if not batch:
            return
        try:
            await self._settle([settled for settled, _ in batch])
        except StorageError:
            log.warning("looks_not_settled", count=len(batch))
            return
        except Exception:
            log.exception("looks_not_settled", count=len(batch))
            return
        self._on_saved([expected_at for _, expected_at in batch])

    async def run(self) -> None:
        """Save until closed."""
        while not self._is_closing:
            await self._some.wait()
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._full.wait()
            except TimeoutError:
                pass
            await self.flush()

    async def close(self) -> None:
        """Save the rest and let `run` return."""
        self._is_closing = True
        await self.flush()
        self._some.set()
        self._full.set()
