"""Hold a claim by the clock for as long as its work lasts, whatever the work is waiting for."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, NoReturn

import structlog

from bot.core.errors import StorageUnavailableError
from storage.store import Store
from storage.values import CopyClaim, KeptCopy

log = structlog.get_logger(__name__)

LEASE_S = 120.0
"""How long a copier that has died keeps others from a file."""
RENEW_S = 30.0
"""How often the lease is renewed; a database that is locked for a while costs nobody the claim."""


class ToldToStopError(Exception):
    """The process ends; nothing is wrong with the file."""


class Hold:
    """Hold on to one claim, and let go of the work with it.

    Args:
        pause: Waits so many seconds.
        stop: Set once the process ends.
    """

    def __init__(
        self,
        claim: CopyClaim,
        *,
        store: Store,
        clock: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]],
        stop: asyncio.Event,
    ) -> None:
        self._claim = claim
        self._store = store
        self._clock = clock
        self._pause = pause
        self._stop = stop

    async def over(self, work: Callable[[], Coroutine[Any, Any, KeptCopy]]) -> KeptCopy:
        """Do the work; it is broken off where it must not go on.

        Raises:
            LostClaimError: Another copier has it now.
            ToldToStopError: The process ends.
        """
        await self._renew()  # The machine may have slept since the claim.
        working = asyncio.create_task(work())
        watching = [asyncio.create_task(self._renewing()), asyncio.create_task(self._told())]
        tasks: list[asyncio.Task[KeptCopy]] = [working, *watching]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return await (working if working in done else done.pop())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _renew(self) -> None:
        until_at = self._clock() + timedelta(seconds=LEASE_S)
        try:
            await self._store.renew_copy(self._claim, until_at=until_at)
        except StorageUnavailableError:
            log.warning("claim_not_renewed_yet")

    async def _renewing(self) -> NoReturn:
        while True:
            await self._pause(RENEW_S)
            await self._renew()

    async def _told(self) -> NoReturn:
        await self._stop.wait()
        raise ToldToStopError
