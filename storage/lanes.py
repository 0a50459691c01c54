"""Lanes of the outbox: claimed whole, so that messages under one limit keep their order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.notices import Route
from storage.outbox import OWED, SENDING, read_outbox_row
from storage.part import AnyRow, Part
from storage.tables import lanes, outbox
from storage.values import Lane, OutboxRow

_LAST = 100
"""Less urgent than any priority."""


class Lanes(Part):
    """Claim lanes and give them back."""

    async def claim_lanes(
        self, *, now: datetime, limit: int, rows_per_lane: int, lease_s: float
    ) -> list[Lane]:
        """Claim lanes that have something to send now; the one served longest ago comes first.

        A message waits for an earlier one about the same production that is of unknown outcome or
        rests after one, and an edit for any edit of the same card; a refused one holds nobody up.

        Args:
            limit: Most lanes.
            rows_per_lane: Most messages of each.
            lease_s: Seconds until others may claim them.
        """
        token = token_hex(8)
        return await self._database.write(
            lambda connection: _claim(
                connection,
                token=token,
                now=now,
                until_at=now + timedelta(seconds=lease_s),
                limit=limit,
                rows_per_lane=rows_per_lane,
            )
        )

    async def release_lane(
        self,
        key: str,
        token: str,
        *,
        not_before_at: datetime | None,
        window_started_at: datetime | None,
        window_count: int,
    ) -> None:
        """Give a lane back with what the next holder must know; nothing if it was lost.

        Args:
            not_before_at: When Slack will take more; None for at once.
        """
        statement = (
            update(lanes)
            .where(lanes.c.key == key, lanes.c.claim_token == token)
            .values(
                claim_token=None,
                claim_until=None,
                not_before_at=not_before_at,
                window_started_at=window_started_at,
                window_count=window_count,
            )
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._database.write(work)


def _is_ready(now: datetime) -> ColumnElement[bool]:
    """Say which messages may be sent now."""
    other = outbox.alias("other")
    is_held_up = exists().where(
        other.c.production_id == outbox.c.production_id,
        other.c.lane == outbox.c.lane,
        other.c.status == SENDING,
        # Of two edits of one card the one that arrives last stays, whichever is newer.
        or_(other.c.id < outbox.c.id, outbox.c.route == Route.EDIT.value),
    )
    is_behind_one_that_rests = exists().where(
        other.c.production_id == outbox.c.production_id,
        other.c.lane == outbox.c.lane,
        other.c.status == OWED,
        other.c.not_before_at > now,
        other.c.id < outbox.c.id,
        outbox.c.route != Route.EDIT.value,
    )
    return and_(
        outbox.c.status == OWED,
        or_(outbox.c.not_before_at.is_(None), outbox.c.not_before_at <= now),
        ~is_held_up,
        ~is_behind_one_that_rests,
    )


async def _claim(
    connection: AsyncConnection,
    *,
    token: str,
    now: datetime,
    until_at: datetime,
    limit: int,
    rows_per_lane: int,
) -> list[Lane]:
    waiting = (
        select(lanes.c.key)
        .where(
            lanes.c.key.in_(select(outbox.c.lane).where(_is_ready(now))),
            or_(lanes.c.not_before_at.is_(None), lanes.c.not_before_at <= now),
            or_(lanes.c.claim_until.is_(None), lanes.c.claim_until <= now),
        )
        .order_by(lanes.c.served_at, lanes.c.key)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("waiting")
        .prefix_with("MATERIALIZED")
    )
    claim = (
        update(lanes)
        .where(lanes.c.key.in_(select(waiting.c.key)))
        .values(claim_token=token, claim_until=until_at, served_at=now)
        .returning(lanes.c.key, lanes.c.window_started_at, lanes.c.window_count)
    )
    claimed = (await connection.execute(claim)).all()
    if not claimed:
        return []
    rows = await _load_rows(connection, [row.key for row in claimed], now, rows_per_lane)
    return [_read_lane(row, token=token, rows=rows) for row in sorted(claimed)]


async def _load_rows(
    connection: AsyncConnection, keys: Sequence[str], now: datetime, rows_per_lane: int
) -> list[OutboxRow]:
    is_edit = outbox.c.route == Route.EDIT.value
    # What Slack did not answer before may cost its patience again: the others go first.
    urgency = case(
        (and_(is_edit, outbox.c.unknowns > 0), _LAST), (is_edit, outbox.c.priority), else_=0
    )
    place = func.row_number().over(partition_by=outbox.c.lane, order_by=(urgency, outbox.c.id))
    ready = (
        select(outbox, place.label("place"))
        .where(outbox.c.lane.in_(keys), _is_ready(now))
        .subquery()
    )
    query = select(ready).where(ready.c.place <= rows_per_lane).order_by(ready.c.place)
    return [read_outbox_row(row) for row in await connection.execute(query)]


def _read_lane(row: AnyRow, *, token: str, rows: Sequence[OutboxRow]) -> Lane:
    return Lane(
        key=row.key,
        token=token,
        rows=tuple(message for message in rows if message.lane == row.key),
        window_started_at=row.window_started_at,
        window_count=row.window_count,
    )
