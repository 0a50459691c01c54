"""The loops that pay what people are owed: one works lanes of the outbox off, one looks back.

A lane is what Slack limits together: the posts of one channel, the edits of one workspace. One
worker has a lane at a time, so replies keep their order and no card has two edits under way. A
message whose sending was cut off is looked for at Slack before it is sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.core.errors import LostClaimError, StorageError, StorageUnavailableError
from bot.core.notices import Priority, Route
from bot.core.production import Production
from bot.loops import Bell, guarded_turn, wait_until
from bot.notifier.lanes import Batch, Pacing, Window, batches
from bot.notifier.messenger import Blind, Messenger
from bot.notifier.paying import PAUSE_S, REST_S, Payer
from bot.slack.errors import Sent, Unknown
from storage.store import Store
from storage.values import Lane, OutboxRow

log = structlog.get_logger(__name__)

TICK_S = 0.5
LEASE_S = 60.0
TURN_S = LEASE_S / 2
"""A lane is given back after this: the call that is under way then ends within its lease."""
LANES_AT_ONCE = 16
ROWS_PER_LANE = 20
RECONCILE_AFTER_S = 15.0
"""Whole time of one call: after it, what was cut off on our side is over on Slack's too."""


class Notifier:
    """Tell people what they are owed."""

    def __init__(
        self,
        *,
        store: Store,
        payer: Payer,
        messenger: Messenger,
        pacing: Pacing,
        clock: Callable[[], datetime],
        bell: Bell,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._pacing = pacing
        self._clock = clock
        self._bell = bell
        self._payer = payer
        self._under_way: set[asyncio.Task[None]] = set()
        self._reconcile_at = clock()

    async def run(self, stop: asyncio.Event) -> None:
        """Pay until `stop` is set, then finish what is being sent."""
        await asyncio.gather(self._pay_until(stop), self._look_back_until(stop))

    async def drain(self) -> None:
        """Pay all that may be paid at this moment; for tests that move the clock by hand."""
        await self._reconcile(asyncio.Event())
        while await self._start_lanes():
            await asyncio.wait(self._under_way)

    async def _pay_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._turn(self._start_lanes())
            await self._bell.wait(TICK_S)
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _look_back_until(self, stop: asyncio.Event) -> None:
        # Beside the other loop: while Slack answers no look, messages still go out.
        while not stop.is_set():
            await self._turn(self._reconcile(stop))
            await wait_until(stop, TICK_S)

    async def _turn(self, work: Awaitable[object]) -> None:
        with guarded_turn("notifier"):
            await work

    # Lanes.

    async def _start_lanes(self) -> int:
        free = LANES_AT_ONCE - len(self._under_way)
        if free <= 0:
            return 0
        lanes = await self._store.claim_lanes(
            now=self._clock(), limit=free, rows_per_lane=ROWS_PER_LANE, lease_s=LEASE_S
        )
        for lane in lanes:
            task = asyncio.create_task(self._pay_lane(lane))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(lanes)

    async def _pay_lane(self, lane: Lane) -> None:
        turn = _Turn(lane=lane, window=Window.of(lane, now=self._clock()))
        try:
            await self._work_off(turn)
        except LostClaimError:
            log.info("lane_lost", lane=lane.key)
        except StorageError:
            log.warning("storage_unavailable", loop="notifier", lane=lane.key)
            turn.not_before_at = self._in(REST_S)
        except Exception:
            log.exception("lane_failed", lane=lane.key)
            turn.not_before_at = self._in(PAUSE_S)
        await self._release(turn)

    async def _work_off(self, turn: "_Turn") -> None:
        ends_at = self._in(TURN_S)
        for batch in batches(turn.lane.rows, now=self._clock()):
            if self._clock() >= ends_at:
                return
            if batch.first.route is Route.EDIT and await self._must_wait(turn, batch):
                if turn.not_before_at is not None:
                    return
                continue
            paid = await self._payer.pay(turn.lane, batch)
            if paid.was_called:
                turn.window = turn.window.with_one_more()
            turn.not_before_at = paid.not_before_at
            if not paid.goes_on:
                return

    async def _must_wait(self, turn: "_Turn", batch: Batch) -> bool:
        """Hold an edit back that comes too soon; one that matters rests the whole lane."""
        row, limit = batch.first, self._pacing.edits_per_minute
        fits = turn.window.takes(row.priority, edits_per_minute=limit)
        until_at = turn.window.ends_at if not fits else self._payer.progress_wait(row)
        if until_at is None:
            return False
        if row.priority is Priority.PROGRESS:
            await self._store.hold_back(row.id, turn.lane.token, until_at=until_at)
        else:
            turn.not_before_at = until_at
        return True

    async def _release(self, turn: "_Turn") -> None:
        try:
            await self._store.release_lane(
                turn.lane.key,
                turn.lane.token,
                not_before_at=turn.not_before_at,
                window_started_at=turn.window.started_at,
                window_count=turn.window.count,
            )
        except StorageError:
            log.warning("lane_not_released", lane=turn.lane.key)  # Its lease runs out.

    def _in(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    # Messages of unknown outcome.

    async def _reconcile(self, stop: asyncio.Event) -> None:
        """Look for messages whose sending was cut off, and owe again what is not there."""
        if self._clock() < self._reconcile_at:
            return
        for row in await self._store.sending_rows(now=self._clock()):
            if stop.is_set():
                return
            if self._is_settled_at_slack(row) and not await self._is_settled(row):
                # The others may be found all the same; this one is asked for again, but not soon.
                self._reconcile_at = self._in(REST_S)

    async def _is_settled(self, row: OutboxRow) -> bool:
        try:
            return await self._look_for(row)
        except StorageUnavailableError:
            raise
        except Exception:
            log.exception("message_not_looked_for", route=row.route.value)
            return False

    async def _look_for(self, row: OutboxRow) -> bool:
        """Settle one message; False where Slack does not say whether it is there."""
        if row.route is Route.EDIT:
            await self._payer.repeat_later(row, row.token)  # It may be made twice.
            return True
        production = await self._payer.load([row])
        if production is None:
            return True
        found = await self._find(row, production)
        if isinstance(found, Unknown):
            return False
        if isinstance(found, Blind):
            await self._payer.repeat_blindly(row, production)
            return True
        log.info("message_looked_for", route=row.route.value, was_there=found is not None)
        if found is None:
            await self._payer.repeat_later(row, row.token)
        else:
            await self._payer.settle_sent([row], found.ts, drawn_version=None)
        return True

    async def _find(self, row: OutboxRow, production: Production) -> Sent | Unknown | Blind | None:
        """Look in every place where a message may stand; None where it is in none."""
        unseen: Blind | None = None
        for thread_ts in _places(row, production):
            found = await self._messenger.find(
                self._payer.channel(row, production) or "",
                notice_id=row.id,
                thread_ts=thread_ts,
                oldest_at=row.owed_at,
            )
            if isinstance(found, Sent | Unknown):
                return found
            unseen = unseen or found
        return unseen

    def _is_settled_at_slack(self, row: OutboxRow) -> bool:
        """Tell whether a call cut off on our side can no longer be under way on Slack's."""
        since_at = row.sending_since_at
        return since_at is None or since_at <= self._in(-RECONCILE_AFTER_S)


@dataclass(kw_only=True)
class _Turn:
    """What a lane is given back with; it changes while the lane is worked off.

    Attributes:
        not_before_at: When the lane may go on; None for at once.
    """

    lane: Lane
    window: Window
    not_before_at: datetime | None = None


def _places(row: OutboxRow, production: Production) -> tuple[str | None, ...]:
    """List the threads, or None for the channel itself, that a message may have gone to."""
    if row.route is Route.REPLY:
        return (production.thread_ts,)
    if row.route is Route.CARD and production.thread_ts is not None:
        # One posted anew goes to the thread, or to the channel where the thread is gone.
        return (production.thread_ts, None)
    return (None,)
