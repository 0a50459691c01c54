"""The loop that pays what people are owed: claims lanes of the outbox, draws, sends, marks paid.

A lane is what Slack limits together: the posts of one channel, the edits of one workspace. One
worker has a lane at a time, so replies keep their order and no card has two edits under way.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import instruments
from bot.core.errors import StorageError, UnknownProductionError
from bot.core.notices import BROADCAST, Kind, Notice, Priority, Route
from bot.core.production import Production
from bot.loops import Bell
from bot.messenger import Messenger
from bot.productions import Productions
from bot.slack.errors import NotSent, Outcome, Paused, RateLimited, Refused, Sent, Unknown
from bot.slack.views.card import build_card
from bot.slack.views.face import Face
from bot.slack.views.parts import Message
from bot.slack.views.thread import build_merged_reply, build_reply
from storage.store import Store
from storage.values import Lane, OutboxRow

log = structlog.get_logger(__name__)

TICK_S = 0.5
LEASE_S = 60.0
LANES_AT_ONCE = 16
ROWS_PER_LANE = 20
LATE_S = 120.0
"""A reply owed for longer than this is merged with its late neighbours."""
PAUSE_S = 60.0
"""Rest of a lane whose token Slack refuses; a person has to mend it."""
REST_S = 5.0
WINDOW_S = 60.0
RECONCILE_AFTER_S = 15.0


@dataclass(frozen=True, kw_only=True)
class Pacing:
    """Slack's limits, kept below.

    Attributes:
        post_interval_s: Seconds between posts to one channel.
        edits_per_minute: For all cards of a workspace; progress may use half.
        progress_edit_s: Seconds between progress edits of one card.
    """

    post_interval_s: float
    edits_per_minute: int
    progress_edit_s: float


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What became of a try to pay: when the lane may go on, and whether it must stop here."""

    not_before_at: datetime | None
    goes_on: bool


class Notifier:
    """Tell people what they are owed.

    Args:
        face_of: Gives what a card shows of the service and the people around a production.
        on_call_channel: Where alerts go, or None.
    """

    def __init__(
        self,
        *,
        store: Store,
        productions: Productions,
        messenger: Messenger,
        face_of: Callable[[Production], Face],
        pacing: Pacing,
        on_call_channel: str | None,
        clock: Callable[[], datetime],
        bell: Bell,
    ) -> None:
        self._store = store
        self._productions = productions
        self._messenger = messenger
        self._face_of = face_of
        self._pacing = pacing
        self._on_call_channel = on_call_channel
        self._clock = clock
        self._bell = bell
        self._under_way: set[asyncio.Task[None]] = set()
        self._progress_shown_at: dict[str, datetime] = {}
        self._reconcile_at = clock()

    async def run(self, stop: asyncio.Event) -> None:
        """Pay until `stop` is set, then finish what is being sent."""
        while not stop.is_set():
            try:
                await self._reconcile()
                await self._start_lanes()
            except StorageError:
                log.warning("storage_unavailable", loop="notifier")
            except Exception:
                log.exception("turn_failed", loop="notifier")
            await self._bell.wait(TICK_S)
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def drain(self) -> None:
        """Pay all that may be paid at this moment; for tests that move the clock by hand."""
        await self._reconcile()
        while await self._start_lanes():
            await asyncio.wait(self._under_way)

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
        not_before_at: datetime | None = None
        window = _Window.of(lane, now=self._clock())
        try:
            for rows in self._batches(lane):
                if rows[0].route is Route.EDIT and not self._fits(rows[0], window):
                    not_before_at = window.ends_at
                    break
                paid = await self._pay(lane, rows)
                window = window.with_one_more()
                not_before_at = paid.not_before_at
                if not paid.goes_on:
                    break
        except StorageError:
            log.warning("storage_unavailable", loop="notifier", lane=lane.key)
        except Exception:
            log.exception("lane_failed", lane=lane.key)
            not_before_at = self._in(PAUSE_S)
        await self._release(lane, not_before_at, window)

    def _batches(self, lane: Lane) -> list[list[OutboxRow]]:
        """Put late replies of one production together; everything else stands alone."""
        batches: list[list[OutboxRow]] = []
        for row in lane.rows:
            last = batches[-1][-1] if batches else None
            if last is not None and self._is_late_reply(row) and self._may_join(last, row):
                batches[-1].append(row)
            else:
                batches.append([row])
        return batches

    def _may_join(self, last: OutboxRow, row: OutboxRow) -> bool:
        return self._is_late_reply(last) and last.production_id == row.production_id

    def _is_late_reply(self, row: OutboxRow) -> bool:
        age_s = (self._clock() - row.owed_at).total_seconds()
        return row.route is Route.REPLY and age_s > LATE_S

    def _fits(self, row: OutboxRow, window: "_Window") -> bool:
        limit = self._pacing.edits_per_minute
        return window.count < (limit // 2 if row.priority is Priority.PROGRESS else limit)

    async def _release(self, lane: Lane, not_before_at: datetime | None, window: "_Window") -> None:
        try:
            await self._store.release_lane(
                lane.key,
                lane.token,
                not_before_at=not_before_at,
                window_started_at=window.started_at,
                window_count=window.count,
            )
        except StorageError:
            log.warning("lane_not_released", lane=lane.key)  # Its lease runs out.

    # One message.

    async def _pay(self, lane: Lane, rows: list[OutboxRow]) -> Paid:
        first = rows[0]
        wait_at = self._progress_wait(first)
        if wait_at is not None:
            await self._store.owe_again(first.id, lane.token, not_before_at=wait_at)
            return Paid(not_before_at=None, goes_on=True)
        for row in rows:
            await self._store.mark_sending(row.id, lane.token, at=self._clock())
        # Read after marking: what changes from here on owes a message of its own.
        try:
            production = await self._store.load(first.production_id)
        except UnknownProductionError:
            await self._refuse(rows, "the production is gone")
            return Paid(not_before_at=None, goes_on=True)
        if first.route is Route.EDIT:
            return await self._pay_edit(lane, first, production)
        return await self._pay_post(lane, rows, production)

    async def _pay_edit(self, lane: Lane, row: OutboxRow, production: Production) -> Paid:
        if production.card_ts is None:
            await self._store.pay(row.id, ts=None, at=self._clock())
            return Paid(not_before_at=None, goes_on=True)
        message = build_card(production, self._face_of(production))
        outcome = await self._messenger.edit(
            production.request.channel_id, production.card_ts, message
        )
        self._progress_shown_at[production.id] = self._clock()
        if production.is_terminal:
            self._progress_shown_at.pop(production.id, None)
        return await self._settle(lane, [row], production, outcome)

    def _progress_wait(self, row: OutboxRow) -> datetime | None:
        """Say until when a mere step of progress has to wait, so that cards do not flicker."""
        shown_at = self._progress_shown_at.get(row.production_id)
        if row.priority is not Priority.PROGRESS or shown_at is None:
            return None
        next_at = shown_at + timedelta(seconds=self._pacing.progress_edit_s)
        return next_at if next_at > self._clock() else None

    async def _pay_post(self, lane: Lane, rows: list[OutboxRow], production: Production) -> Paid:
        first = rows[0]
        channel = self._channel(first, production)
        if channel is None:
            await self._store.pay(first.id, ts=None, at=self._clock())
            return Paid(not_before_at=None, goes_on=True)
        is_in_thread = first.route in {Route.CARD, Route.REPLY}
        thread_ts = production.thread_ts if is_in_thread else None
        outcome = await self._post(rows, production, channel, thread_ts=thread_ts)
        if first.route is Route.CARD and isinstance(outcome, Refused) and outcome.is_message_gone:
            # The thread went with its first message; nobody could decide without a card.
            outcome = await self._post(rows, production, channel, thread_ts=None)
        return await self._settle(lane, rows, production, outcome)

    async def _post(
        self, rows: list[OutboxRow], production: Production, channel: str, *, thread_ts: str | None
    ) -> Outcome:
        is_reply = rows[0].route is Route.REPLY
        return await self._messenger.post(
            channel,
            self._draw(rows, production),
            notice_ids=[row.id for row in rows],
            production_id=production.id,
            thread_ts=thread_ts,
            broadcasts=is_reply and any(row.kind in BROADCAST for row in rows),
        )

    def _channel(self, row: OutboxRow, production: Production) -> str | None:
        if row.route is Route.DIRECT:
            return production.request.requester_id
        if row.route is Route.ALERT:
            return self._on_call_channel
        return production.request.channel_id

    def _draw(self, rows: list[OutboxRow], production: Production) -> Message:
        face, first = self._face_of(production), rows[0]
        if first.route is Route.CARD:
            return build_card(production, face)
        if len(rows) > 1:
            told = [(row.kind, row.owed_at, row.detail) for row in rows]
            return build_merged_reply(told, production, face)
        return build_reply(first.kind, production, first.detail, face)

    # What came of it.

    async def _settle(
        self, lane: Lane, rows: list[OutboxRow], production: Production, outcome: Outcome
    ) -> Paid:
        first = rows[0]
        name = type(outcome).__name__.lower()
        instruments.MESSAGES.labels(route=first.route.value, outcome=name).inc()
        if not isinstance(outcome, Sent):
            log.info("message_not_sent", outcome=name, route=first.route.value, kind=first.kind)
        if isinstance(outcome, Sent):
            await self._sent(rows, production, outcome.ts)
            if first.route is Route.EDIT:
                return Paid(not_before_at=None, goes_on=True)
            return Paid(not_before_at=self._in(self._pacing.post_interval_s), goes_on=False)
        if isinstance(outcome, Refused):
            await self._refused(rows, production, outcome)
            return Paid(not_before_at=None, goes_on=True)
        if first.route is Route.EDIT or not isinstance(outcome, Unknown):
            # An edit may be repeated; a post of unknown outcome is looked for first.
            await self._owe_again(lane, rows)
        return Paid(not_before_at=self._in(_wait_s(outcome)), goes_on=False)

    def _in(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    async def _sent(self, rows: list[OutboxRow], production: Production, ts: str) -> None:
        if rows[0].route is Route.CARD:
            await self._productions.card_posted(production.id, ts=ts)
        for row in rows:
            await self._store.pay(row.id, ts=ts, at=self._clock())

    async def _owe_again(self, lane: Lane, rows: list[OutboxRow]) -> None:
        for row in rows:
            await self._store.owe_again(row.id, lane.token, not_before_at=None)

    async def _refuse(self, rows: list[OutboxRow], reason: str) -> None:
        for row in rows:
            await self._store.refuse(row.id, reason=reason, at=self._clock())

    async def _refused(
        self, rows: list[OutboxRow], production: Production, outcome: Refused
    ) -> None:
        """Find another way to the people: a new card, or a direct message."""
        first = rows[0]
        log.warning("message_refused", route=first.route.value, word=outcome.word)
        await self._refuse(rows, outcome.word)
        if first.route is Route.EDIT and outcome.is_message_gone:
            again = Notice(route=Route.CARD, kind=Kind.CARD)
            await self._store.owe(production.id, (again,), at=self._clock())
        elif first.route is Route.CARD and production.thread_ts is None:
            await self._productions.card_refused(production.id, word=outcome.word)
        elif first.route is Route.REPLY:
            direct = tuple(
                Notice(route=Route.DIRECT, kind=row.kind, detail=row.detail) for row in rows
            )
            await self._store.owe(production.id, direct, at=self._clock())

    # Posts of unknown outcome.

    async def _reconcile(self) -> None:
        """Look for messages whose sending was cut off, and owe again what is not there."""
        if self._clock() < self._reconcile_at:
            return
        for row in await self._store.sending_rows(now=self._clock()):
            if not self._is_settled_at_slack(row):
                continue
            production = await self._store.load(row.production_id)
            channel = self._channel(row, production)
            found = await self._messenger.find(
                channel or "",
                notice_id=row.id,
                thread_ts=production.thread_ts if row.route is Route.REPLY else None,
                oldest_at=row.owed_at,
            )
            if isinstance(found, Unknown):
                self._reconcile_at = self._in(REST_S)  # Slack is asked again, but not each turn.
                return
            log.info("message_looked_for", route=row.route.value, was_there=found is not None)
            if isinstance(found, Sent):
                await self._sent([row], production, found.ts)
            else:
                await self._store.owe_again(row.id, row.token, not_before_at=None)

    def _is_settled_at_slack(self, row: OutboxRow) -> bool:
        """Tell whether a call cut off on our side can no longer be under way on Slack's."""
        since_at = row.sending_since_at
        return since_at is None or since_at <= self._in(-RECONCILE_AFTER_S)


def _wait_s(outcome: RateLimited | Paused | NotSent | Unknown) -> float:
    """Say how long a lane rests after a message that did not arrive, in seconds."""
    if isinstance(outcome, RateLimited):
        return outcome.retry_after_s
    return PAUSE_S if isinstance(outcome, Paused) else REST_S


@dataclass(frozen=True, kw_only=True)
class _Window:
    """The minute in which a lane's edits are counted."""

    started_at: datetime
    count: int

    @classmethod
    def of(cls, lane: Lane, *, now: datetime) -> "_Window":
        started_at = lane.window_started_at
        if started_at is None or now - started_at >= timedelta(seconds=WINDOW_S):
            return cls(started_at=now, count=0)
        return cls(started_at=started_at, count=lane.window_count)

    @property
    def ends_at(self) -> datetime:
        return self.started_at + timedelta(seconds=WINDOW_S)

    def with_one_more(self) -> "_Window":
        return _Window(started_at=self.started_at, count=self.count + 1)
