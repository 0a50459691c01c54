"""Messages owed to people: owed, sending, paid or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import LostClaimError, UnknownProductionError
from bot.core.notices import Kind, Notice, Priority, Route
from bot.core.production import Production
from storage.part import AnyRow, Part, insert_into
from storage.tables import lanes, outbox, productions
from storage.values import OutboxRow

OWED, SENDING, PAID, REFUSED = "owed", "sending", "paid", "refused"


def lane_of(route: Route, *, team_id: str, channel_id: str, user_id: str) -> str:
    """Name the lane a message waits in: one of Slack's limits each."""
    lanes_by_route = {
        Route.CARD: f"{team_id}:post:{channel_id}",
        Route.REPLY: f"{team_id}:post:{channel_id}",
        Route.DIRECT: f"{team_id}:post:{user_id}",
        Route.EDIT: f"{team_id}:edit",
        Route.ALERT: f"{team_id}:alert",
    }
    return lanes_by_route[route]


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """Whom messages are owed about, and since which event."""

    production_id: str
    team_id: str
    channel_id: str
    requester_id: str
    attempt: int
    event_number: int = 0


def debtor_of(production: Production) -> Debtor:
    """Name the production as the one that owes messages for its newest event."""
    request = production.request
    return Debtor(
        production_id=production.id,
        team_id=request.team_id,
        channel_id=request.channel_id,
        requester_id=request.requester_id,
        attempt=production.attempt.number,
        event_number=production.version,
    )


async def write_notices(
    connection: AsyncConnection, notices: Sequence[Notice], *, debtor: Debtor, at: datetime
) -> None:
    """Owe messages, in their order; an edit takes the place of one still owed."""
    for notice in notices:
        row = _build(notice, debtor=debtor, at=at)
        lane = insert_into(connection, lanes).values(key=row["lane"], served_at=at, window_count=0)
        await connection.execute(lane.on_conflict_do_nothing())
        statement = insert_into(connection, outbox).values(**row)
        if notice.route is Route.EDIT:
            is_sooner = statement.excluded.priority < outbox.c.priority
            statement = statement.on_conflict_do_update(
                index_elements=[outbox.c.production_id],
                index_where=text("status = 'owed' AND route = 'edit'"),
                set_={
                    **{name: statement.excluded[name] for name in _NEWEST},
                    "priority": case(
                        (is_sooner, statement.excluded.priority), else_=outbox.c.priority
                    ),
                    # What was held back as unimportant need not wait once it matters.
                    "not_before_at": case((is_sooner, null()), else_=outbox.c.not_before_at),
                },
            )
        await connection.execute(statement)


_NEWEST = ("kind", "detail", "attempt", "event_number")


def _build(notice: Notice, *, debtor: Debtor, at: datetime) -> dict[str, Any]:
    return {
        "production_id": debtor.production_id,
        "team_id": debtor.team_id,
        "lane": lane_of(
            notice.route,
            team_id=debtor.team_id,
            channel_id=debtor.channel_id,
            user_id=debtor.requester_id,
        ),
        "route": notice.route.value,
        "kind": notice.kind.value,
        "priority": notice.priority.value,
        "detail": dict(notice.detail),
        "attempt": debtor.attempt,
        "event_number": debtor.event_number,
        "owed_at": at,
        "status": OWED,
    }


def read_outbox_row(row: AnyRow) -> OutboxRow:
    """Read a message."""
    return OutboxRow(
        id=row.id,
        production_id=row.production_id,
        team_id=row.team_id,
        lane=row.lane,
        route=Route(row.route),
        kind=Kind(row.kind),
        priority=Priority(row.priority),
        attempt=row.attempt,
        owed_at=row.owed_at,
        not_before_at=row.not_before_at,
        token=row.token,
        sending_since_at=row.sending_since_at,
        unknowns=row.unknowns,
        detail=row.detail,
    )


_IS_OPEN = outbox.c.status.in_((OWED, SENDING))
_FREE = {"token": None, "sending_since_at": None}


def _holds_lane(token: str) -> ColumnElement[bool]:
    return exists().where(lanes.c.key == outbox.c.lane, lanes.c.claim_token == token)


class Outbox(Part):
    """Settle single messages; lanes are claimed in `storage.lanes`."""

    async def owe(self, production_id: str, notices: Sequence[Notice], at: datetime) -> None:
        """Owe messages that no event brought; a card only where none is on its way already.

        Raises:
            UnknownProductionError: There is no such production.
        """

        async def work(connection: AsyncConnection) -> None:
            await _owe(connection, production_id, notices, at)

        await self._database.write(work)

    async def mark_sending(self, row_id: int, token: str, *, at: datetime) -> None:
        """Note that a message is about to leave; from here its outcome may become unknown.

        Load the production after this, not before: an edit that took this row's place meanwhile
        is then in what is sent.

        Raises:
            LostClaimError: The lane is no longer ours, or the row is not owed.
        """
        is_ours = _holds_lane(token)
        statement = (
            update(outbox)
            .where(outbox.c.id == row_id, outbox.c.status == OWED, is_ours)
            .values(status=SENDING, token=token, sending_since_at=at)
        )

        async def work(connection: AsyncConnection) -> None:
            if (await connection.execute(statement)).rowcount == 0:
                raise LostClaimError(f"message {row_id} is not ours to send")

        await self._database.write(work)

    async def pay(self, row_id: int, *, ts: str | None, at: datetime) -> None:
        """Note that a message arrived.

        Args:
            ts: Slack's name for it; None where nothing needed to be sent.
        """
        statement = (
            update(outbox)
            .where(outbox.c.id == row_id, _IS_OPEN)
            .values(status=PAID, message_ts=ts, done_at=at, **_FREE)
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._database.write(work)

    async def refuse(
        self,
        row_ids: Sequence[int],
        *,
        reason: str,
        at: datetime,
        instead: Sequence[Notice] = (),
    ) -> None:
        """Note that messages will never arrive; those behind them go on.

        Args:
            row_ids: All of one production.
            reason: Slack's error word, or ours.
            instead: What is owed in their place; nothing where all of them were done before.
        """
        statement = (
            update(outbox)
            .where(outbox.c.id.in_(row_ids), _IS_OPEN)
            .values(status=REFUSED, reason=reason, done_at=at, **_FREE)
            .returning(outbox.c.production_id)
        )

        async def work(connection: AsyncConnection) -> None:
            if instead:
                await _lock_debtor_of(connection, row_ids[0])
            refused = (await connection.execute(statement)).scalars().all()
            if refused and instead:
                await _owe(connection, refused[0], instead, at)

        await self._database.write(work)

    async def owe_again(
        self, row_id: int, token: str | None, *, unknown_until_at: datetime | None = None
    ) -> None:
        """Put a message back; an edit with a newer one behind it disappears instead.

        Args:
            token: Of the row or its lane's claim. Where somebody else put it back first, and
                perhaps sends it already, nothing happens.
            unknown_until_at: Until when it rests after an outcome that nobody knows, which is
                counted; None where it surely was not done.
        """
        await self._database.write(
            lambda connection: _owe_again(connection, row_id, token, unknown_until_at)
        )

    async def hold_back(self, row_id: int, token: str, *, until_at: datetime) -> None:
        """Let a step of progress wait; nothing where the edit has come to matter meanwhile.

        Args:
            token: Of its lane's claim.
        """
        statement = (
            update(outbox)
            .where(
                outbox.c.id == row_id,
                outbox.c.status == OWED,
                outbox.c.priority == Priority.PROGRESS.value,
                _holds_lane(token),
            )
            .values(not_before_at=until_at)
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._database.write(work)

    async def sending_rows(self, *, now: datetime) -> list[OutboxRow]:
        """List messages of unknown outcome: being sent, under a lane claim that is over."""
        is_live = exists().where(
            lanes.c.key == outbox.c.lane,
            lanes.c.claim_token == outbox.c.token,
            lanes.c.claim_until > now,
        )
        query = select(outbox).where(outbox.c.status == SENDING, ~is_live).order_by(outbox.c.id)

        async def work(connection: AsyncConnection) -> list[OutboxRow]:
            return [read_outbox_row(row) for row in await connection.execute(query)]

        return await self._database.read(work)

    async def count_owed(self) -> int:
        """Count the messages that have not arrived yet."""
        query = select(func.count()).where(_IS_OPEN)

        async def work(connection: AsyncConnection) -> int:
            return await connection.scalar(query) or 0

        return await self._database.read(work)


async def _lock_debtor(connection: AsyncConnection, production_id: str) -> Debtor:
    """Keep other writers of the production's messages out until the transaction ends."""
    query = (
        select(
            productions.c.id.label("production_id"),
            productions.c.team_id,
            productions.c.channel_id,
            productions.c.requester_id,
            productions.c.attempt,
        )
        .where(productions.c.id == production_id)
        .with_for_update()
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise UnknownProductionError(production_id)
    return Debtor(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name


async def _owe(
    connection: AsyncConnection, production_id: str, notices: Sequence[Notice], at: datetime
) -> None:
    debtor = await _lock_debtor(connection, production_id)
    if await _has_card_on_its_way(connection, production_id):
        notices = [notice for notice in notices if notice.route is not Route.CARD]
    await write_notices(connection, notices, debtor=debtor, at=at)


async def _has_card_on_its_way(connection: AsyncConnection, production_id: str) -> bool:
    query = select(outbox.c.id).where(
        outbox.c.production_id == production_id, outbox.c.route == Route.CARD.value, _IS_OPEN
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def _lock_debtor_of(connection: AsyncConnection, row_id: int) -> None:
    query = select(outbox.c.production_id).where(outbox.c.id == row_id)
    production_id = await connection.scalar(query)
    if production_id is not None:
        await _lock_debtor(connection, production_id)


async def _owe_again(
    connection: AsyncConnection, row_id: int, token: str | None, until_at: datetime | None
) -> None:
    is_ours = and_(
        outbox.c.id == row_id,
        or_(
            outbox.c.status == OWED,
            and_(outbox.c.status == SENDING, outbox.c.token.is_not_distinct_from(token)),
        ),
    )
    found = await connection.execute(
        select(outbox.c.production_id, outbox.c.route, outbox.c.priority, outbox.c.unknowns).where(
            is_ours
        )
    )
    row = found.one_or_none()
    if row is None:
        return
    await _lock_debtor(connection, row.production_id)
    rest = {"not_before_at": until_at, "unknowns": row.unknowns + (until_at is not None)}
    if row.route == Route.EDIT and await _give_way(connection, row_id, row, rest):
        await connection.execute(delete(outbox).where(is_ours))
        return
    statement = update(outbox).where(is_ours)
    await connection.execute(statement.values(status=OWED, **rest, **_FREE))


async def _give_way(
    connection: AsyncConnection, row_id: int, row: AnyRow, rest: Mapping[str, Any]
) -> bool:
    """Make a newer owed edit as urgent as the one it replaces; False where there is none.

    Args:
        rest: What it takes over of how sending the older one went.
    """
    is_twin = and_(
        outbox.c.production_id == row.production_id,
        outbox.c.id != row_id,
        outbox.c.route == Route.EDIT.value,
        outbox.c.status == OWED,
    )
    sooner = case((outbox.c.priority < row.priority, outbox.c.priority), else_=row.priority)
    done = await connection.execute(update(outbox).where(is_twin).values(priority=sooner, **rest))
    return done.rowcount > 0
