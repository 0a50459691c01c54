"""Slow chores beside the loops: figures for `/metrics`, and forgetting what is no longer needed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot import instruments
from bot.copies import Retention
from bot.core.production import State
from bot.loops import guarded_turn, wait_until
from bot.publishing import PublishedFiles
from storage.store import Store

EVERY_S = 15.0
PRUNE_EVERY = timedelta(hours=1)
KEEP = timedelta(days=7)
"""How long webhook ids, unmatched jobs, drafts and answers are kept.

No service we know retries for longer; `show --answer` and its runbook name it.
"""


class Housekeeping:
    """Do the chores until told to stop."""

    def __init__(
        self,
        store: Store,
        *,
        retention: Retention,
        published: PublishedFiles,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._retention = retention
        self._published = published
        self._clock = clock
        self._pruned_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work every 15 s until `stop` is set."""
        while not stop.is_set():
            with guarded_turn("housekeeping"):
                await self.refresh_figures()
                await self._prune()
            await wait_until(stop, EVERY_S)

    async def refresh_figures(self) -> None:
        """Count what the gauges show."""
        counts = await self._store.count_by_state()
        for state in State:
            instruments.PRODUCTIONS.labels(state=state.value).set(counts.get(state, 0))
        instruments.OUTBOX.set(await self._store.count_owed())
        instruments.COPIES_WANTED.set(await self._store.count_copies_wanted())

    async def _prune(self) -> None:
        now = self._clock()
        if self._pruned_at is not None and now - self._pruned_at < PRUNE_EVERY:
            return
        await self._store.prune(before_at=now - KEEP)
        await self._retention.delete_outlived()
        await self._published.delete_outlived()
        self._pruned_at = now
