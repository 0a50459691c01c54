"""The loop that puts files into threads: claims those of one production and has them acted on.

A claim is a lease, so that a sharer that was killed loses nothing; `turn` says what is repeated.
"""

import asyncio

import structlog

from bot.loops import Bell, Crew, guarded_turn, guarded_work
from bot.shares.turn import LEASE_S, Parts, Turn
from storage.values import ShareClaim

TICK_S = 0.5
AT_ONCE = 2
"""Productions whose files are sent at the same time; each takes one connection and little memory."""


class Sharer:
    """Put every file that is wanted there into its thread."""

    def __init__(self, parts: Parts, *, bell: Bell) -> None:
        self._parts = parts
        self._bell = bell
        self._stop = asyncio.Event()
        self._crew = Crew(AT_ONCE, bell=bell)

    async def run(self, stop: asyncio.Event) -> None:
        """Share until `stop` is set; what is under way is given back."""
        self._stop = stop
        while not stop.is_set():
            await self._turn()
            await self._bell.wait(TICK_S)
        await self._crew.finish()

    async def drain(self) -> None:
        """Share all that is due at this moment; for tests that move the clock by hand."""
        while await self._claim():
            await self._crew.finish()

    async def _turn(self) -> None:
        """Start what is due; a database that is gone only makes us wait."""
        with guarded_turn("sharer"):
            while await self._claim():
                continue

    async def _claim(self) -> bool:
        """Begin with the files of one production; False where none are due, or enough under way."""
        if self._crew.free <= 0:
            return False
        parts = self._parts
        claim = await parts.store.claim_shares(now=parts.clock(), lease_s=LEASE_S)
        if claim is None:
            return False
        self._crew.begin(self._work(claim))
        return True

    async def _work(self, claim: ShareClaim) -> None:
        """Act on one claim; nothing that goes wrong in it reaches the loop."""
        about = {"production_id": claim.production_id}
        with structlog.contextvars.bound_contextvars(**about), guarded_work("sharer"):
            await Turn(claim, parts=self._parts, stop=self._stop).act()
