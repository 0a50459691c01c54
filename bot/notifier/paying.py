"""Pay one message: mark it, draw it, send it, and settle what came of it.

What a failure leads to (another card, a direct message) is saved with the failure or before it, so
that dying between the two loses nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot import instruments
from bot.core.errors import UnknownProductionError
from bot.core.notices import BROADCAST, Kind, Notice, Priority, Route
from bot.core.production import Production
from bot.notifier.lanes import PICTURED_TRIES, Batch, Pacing, blind_rest_s, rest_s
from bot.notifier.messenger import Messenger
from bot.productions import Productions
from bot.slack.errors import NotSent, Outcome, Paused, RateLimited, Refused, Sent, Unknown
from bot.slack.views.card import build_card
from bot.slack.views.face import Face
from bot.slack.views.parts import Message, has_pictures, without_pictures
from bot.slack.views.thread import build_merged_reply, build_reply
from storage.store import Store
from storage.values import Lane, OutboxRow

log = structlog.get_logger(__name__)

PAUSE_S = 60.0
"""Rest of a lane whose token Slack refuses; a person has to mend it."""
REST_S = 5.0
UNDRAWABLE = "could not be drawn"
SENT_UNKNOWN = "nobody knows whether it arrived"


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What became of a try to pay.

    Attributes:
        goes_on: Whether the lane's next message may follow at once.
        not_before_at: When the lane may go on; None for at once.
        was_called: Whether Slack was called, which counts against its limits.
    """

    goes_on: bool
    not_before_at: datetime | None = None
    was_called: bool = True


_NOTHING_SENT = Paid(goes_on=True, was_called=False)


class Payer:
    """Send what is owed.

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
    ) -> None:
        self._store = store
        self._productions = productions
        self._messenger = messenger
        self._face_of = face_of
        self._pacing = pacing
        self._on_call_channel = on_call_channel
        self._clock = clock
        self._progress_shown_at: dict[str, datetime] = {}

    async def pay(self, lane: Lane, batch: Batch) -> Paid:
        """Send one message.

        Raises:
            LostClaimError: The lane is somebody else's now.
            StorageError: What came of it may not be recorded; it is then of unknown outcome.
        """
        for row in batch.rows:
            await self._store.mark_sending(row.id, lane.token, at=self._clock())
        # Read after marking: what changes from here on owes a message of its own.
        production = await self.load(batch.rows)
        if production is None:
            return _NOTHING_SENT
        if batch.first.route is Route.EDIT:
            return await self._pay_edit(lane, batch, production)
        return await self._pay_post(lane, batch, production)

    async def load(self, rows: Sequence[OutboxRow]) -> Production | None:
        """Load what messages are about; None where it cannot be read, and then they are refused.

        Raises:
            StorageError: The database, or what is encrypted in it, cannot be read now.
        """
        try:
            return await self._store.load(rows[0].production_id)
        except UnknownProductionError:
            reason = "the production is gone"
        except (ValueError, LookupError, TypeError) as error:
            # Its words are left out: they quote what did not fit.
            reason = "the production cannot be read"
            log.error("production_unreadable", error=type(error).__name__)  # noqa: TRY400
        await self._refuse([row.id for row in rows], reason)
        return None

    def channel(self, row: OutboxRow, production: Production) -> str | None:
        """Say where a message goes; None where there is no place for it."""
        if row.route is Route.DIRECT:
            return production.request.requester_id
        if row.route is Route.ALERT:
            return self._on_call_channel
        return production.request.channel_id

    def progress_wait(self, row: OutboxRow) -> datetime | None:
        """Say until when a mere step of progress has to wait, so that cards do not flicker."""
        shown_at = self._progress_shown_at.get(row.production_id)
        if row.priority is not Priority.PROGRESS or shown_at is None:
            return None
        next_at = shown_at + timedelta(seconds=self._pacing.progress_edit_s)
        return next_at if next_at > self._clock() else None

    async def settle_sent(
        self, rows: Sequence[OutboxRow], ts: str, *, drawn_version: int | None
    ) -> None:
        """Record that a message arrived.

        Args:
            drawn_version: Of the production as the message shows it; None where nobody knows.
        """
        first = rows[0]
        if first.route is Route.CARD:
            after = await self._productions.card_posted(first.production_id, ts=ts)
            # An edit that was owed while the card was on its way had no card to change yet.
            if drawn_version is None or after.version > drawn_version + 1:
                edit = Notice(route=Route.EDIT, kind=Kind.CARD)
                await self._store.owe(first.production_id, (edit,), at=self._clock())
        for row in rows:
            await self._store.pay(row.id, ts=ts, at=self._clock())

    # Edits.

    async def _pay_edit(self, lane: Lane, batch: Batch, production: Production) -> Paid:
        row = batch.first
        if production.card_ts is None:
            await self._store.pay(row.id, ts=None, at=self._clock())
            return _NOTHING_SENT
        message = self._drawn(batch, production)
        if message is None:
            return await self._undrawable(batch, production)
        outcome = await self._messenger.edit(
            production.request.channel_id, production.card_ts, message
        )
        self._progress_shown_at[production.id] = self._clock()
        if production.is_terminal:
            self._progress_shown_at.pop(production.id, None)
        return await self._settle(lane, batch, production, outcome)

    # Posts.

    async def _pay_post(self, lane: Lane, batch: Batch, production: Production) -> Paid:
        first = batch.first
        channel = self.channel(first, production)
        if channel is None:
            await self._store.pay(first.id, ts=None, at=self._clock())
            return _NOTHING_SENT
        message = self._drawn(batch, production)
        if message is None and len(batch.rows) > 1:
            batch = await self._drawable(batch, production)
            message = self._drawn(batch, production)
        if message is None:
            return await self._undrawable(batch, production)
        is_in_thread = first.route in {Route.CARD, Route.REPLY}
        thread_ts = production.thread_ts if is_in_thread else None
        outcome = await self._post(batch, message, channel, thread_ts=thread_ts)
        if first.route is Route.CARD and isinstance(outcome, Refused) and outcome.is_message_gone:
            # The thread went with its first message; nobody could decide without a card.
            outcome = await self._post(batch, message, channel, thread_ts=None)
        return await self._settle(lane, batch, production, outcome)

    async def _post(
        self, batch: Batch, message: Message, channel: str, *, thread_ts: str | None
    ) -> Outcome:
        is_reply = batch.first.route is Route.REPLY
        return await self._messenger.post(
            channel,
            message,
            notice_ids=batch.row_ids,
            production_id=batch.first.production_id,
            thread_ts=thread_ts,
            broadcasts=is_reply and any(row.kind in BROADCAST for row in batch.rows),
        )

    # Drawing.

    def _drawn(self, batch: Batch, production: Production) -> Message | None:
        """Draw a message; None, and a line in the log, where that fails."""
        try:
            message = self._draw(batch, production)
        except Exception:
            log.exception("message_not_drawn", kind=batch.first.kind, production_id=production.id)
            return None
        return without_pictures(message) if self._goes_plain(batch, message) else message

    def _goes_plain(self, batch: Batch, message: Message) -> bool:
        """Tell whether Slack may have been too long at fetching the picture."""
        is_repeat = batch.first.route is not Route.EDIT and self._messenger.is_blind
        tries = 1 if is_repeat else PICTURED_TRIES
        if batch.unknowns < tries or not has_pictures(message):
            return False
        log.warning("message_sent_without_picture", route=batch.first.route.value)
        return True

    def _draw(self, batch: Batch, production: Production) -> Message:
        face, first = self._face_of(production), batch.first
        if first.route in {Route.CARD, Route.EDIT}:
            return build_card(production, face)
        if batch.is_late:
            told = [(row.kind, row.owed_at, row.detail) for row in batch.rows]
            return build_merged_reply(told, production, face)
        return build_reply(first.kind, production, first.detail, face)

    async def _drawable(self, batch: Batch, production: Production) -> Batch:
        """Refuse those of several replies that cannot be drawn, so that the others go out."""
        alone = [(row, self._drawn(Batch(rows=(row,)), production)) for row in batch.rows]
        good = tuple(row for row, message in alone if message is not None)
        bad = [row.id for row, message in alone if message is None]
        if not good or not bad:
            return batch
        await self._refuse(bad, UNDRAWABLE)
        return replace(batch, rows=good)

    async def _undrawable(self, batch: Batch, production: Production) -> Paid:
        if batch.first.route is Route.CARD and production.thread_ts is None:
            await self._productions.card_refused(production.id, word=UNDRAWABLE)
        await self._refuse(batch.row_ids, UNDRAWABLE)
        return _NOTHING_SENT

    # What came of it.

    async def _settle(
        self, lane: Lane, batch: Batch, production: Production, outcome: Outcome
    ) -> Paid:
        first, name = batch.first, type(outcome).__name__.lower()
        instruments.MESSAGES.labels(route=first.route.value, outcome=name).inc()
        if isinstance(outcome, Sent):
            await self.settle_sent(batch.rows, outcome.ts, drawn_version=production.version)
            if first.route is Route.EDIT:
                return Paid(goes_on=True)
            return Paid(goes_on=False, not_before_at=self._in(self._pacing.post_interval_s))
        log.info("message_not_sent", outcome=name, route=first.route.value, kind=first.kind)
        if isinstance(outcome, Refused):
            await self._refused(batch, production, outcome)
            return Paid(goes_on=True)
        if not isinstance(outcome, Unknown):
            for row in batch.rows:
                await self._store.owe_again(row.id, lane.token)
        elif first.route is Route.EDIT:  # It may be repeated; a post is looked for first.
            await self.repeat_later(first, lane.token)
        return Paid(goes_on=False, not_before_at=self._in(_wait_s(outcome)))

    async def repeat_later(self, row: OutboxRow, token: str | None) -> None:
        """Put a message of unknown outcome back; it rests, so that others go before it."""
        until_at = self._in(rest_s(row.unknowns))
        await self._store.owe_again(row.id, token, unknown_until_at=until_at)

    async def repeat_blindly(self, row: OutboxRow, production: Production) -> None:
        """Put a message back that cannot be looked for, ever later, and close it in the end."""
        later_s = blind_rest_s(row.unknowns)
        if later_s is not None:
            await self._store.owe_again(row.id, row.token, unknown_until_at=self._in(later_s))
            return
        log.warning("message_sent_unknown", route=row.route.value, kind=row.kind)
        if row.route is Route.CARD and production.thread_ts is None:
            await self._productions.card_refused(production.id, word=SENT_UNKNOWN)
        await self._refuse([row.id], SENT_UNKNOWN)

    async def _refused(self, batch: Batch, production: Production, outcome: Refused) -> None:
        """Find another way to the people: a new card, or a direct message."""
        first = batch.first
        log.warning("message_refused", route=first.route.value, word=outcome.word)
        instead: tuple[Notice, ...] = ()
        if first.route is Route.EDIT and outcome.is_message_gone:
            instead = await self._card_instead(production)
        elif first.route is Route.CARD and production.thread_ts is None:
            await self._productions.card_refused(production.id, word=outcome.word)
        elif first.route is Route.REPLY:
            instead = tuple(
                Notice(route=Route.DIRECT, kind=row.kind, detail=row.detail) for row in batch.rows
            )
        await self._refuse(batch.row_ids, outcome.word, instead=instead)

    async def _card_instead(self, production: Production) -> tuple[Notice, ...]:
        """Owe a new card, or an edit of the one that was posted while the old one was edited."""
        newest = await self._store.load(production.id)
        is_gone = newest.card_ts == production.card_ts
        return (Notice(route=Route.CARD if is_gone else Route.EDIT, kind=Kind.CARD),)

    async def _refuse(
        self, row_ids: Sequence[int], reason: str, *, instead: Sequence[Notice] = ()
    ) -> None:
        await self._store.refuse(row_ids, reason=reason, at=self._clock(), instead=instead)

    def _in(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)


def _wait_s(outcome: RateLimited | Paused | NotSent | Unknown) -> float:
    """Say how long a lane rests after a message that did not arrive, in seconds."""
    if isinstance(outcome, RateLimited):
        return outcome.retry_after_s
    return PAUSE_S if isinstance(outcome, Paused) else REST_S
