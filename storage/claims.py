"""The hot path: claim what is due, and settle the looks that changed nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_hex

import structlog
from sqlalchemy import Update, and_, bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import LostClaimError, StorageError
from bot.core.production import Production, State
from storage.moments import UtcDateTime
from storage.part import AnyRow, Part, moment
from storage.productions import load_productions
from storage.tables import copies, lanes, productions, shares
from storage.values import Claim, Settled

log = structlog.get_logger(__name__)

UNREADABLE_FOR = timedelta(hours=1)
_UNREADABLE = (StorageError, ValueError, LookupError, TypeError)
"""What decoding a row raises; errors of the database itself are SQLAlchemy's here."""


class Claims(Part):
    """Hand productions to workers, each to one at a time."""

    async def claim_due(
        self, provider: str, *, now: datetime, limit: int, lease_s: float
    ) -> list[Claim]:
        """Claim productions whose moment has come, most overdue first.

        One in `submitting` comes only when the lease of its submission ran out: nobody knows
        then whether it was sent. One whose row cannot be read is put off for an hour.

        Args:
            lease_s: Seconds until others may claim them.
        """
        token = token_hex(8)
        until_at = now + timedelta(seconds=lease_s)
        due = (
            select(productions.c.id)
            .where(
                productions.c.provider == provider,
                # While submitting, this is the end of the lease; see `productions.save`.
                productions.c.due_at <= now,
                or_(productions.c.claim_until.is_(None), productions.c.claim_until <= now),
            )
            .order_by(productions.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
            .prefix_with("MATERIALIZED")
        )
        claim = (
            update(productions)
            .where(productions.c.id.in_(select(due.c.id)))
            .values(claim_token=token, claim_until=until_at)
            .returning(*productions.c)
        )

        async def work(connection: AsyncConnection) -> list[Claim]:
            rows = (await connection.execute(claim)).all()
            rows = sorted(rows, key=lambda row: (row.due_at, row.id))
            loaded = await self._readable(connection, rows, now)
            return [Claim(production=each, token=token, until_at=until_at) for each in loaded]

        return await self._database.write(work)

    async def _readable(
        self, connection: AsyncConnection, rows: Sequence[AnyRow], now: datetime
    ) -> list[Production]:
        """Read what was claimed; one that cannot be read must not hold up all the others."""
        try:
            return await load_productions(connection, rows, cipher=self._cipher)
        except _UNREADABLE as error:
            if len(rows) > 1:
                each = [await self._readable(connection, [row], now) for row in rows]
                return [production for found in each for production in found]
            # Its words are left out: they quote what did not fit.
            log.error("production_unreadable", production_id=rows[0].id, error=type(error).__name__)  # noqa: TRY400
            await connection.execute(_put_off(rows[0].id, now + UNREADABLE_FOR))
            return []

    async def extend_claim(self, claim: Claim, *, until_at: datetime) -> None:
        """Hold a claim for longer.

        Raises:
            LostClaimError: It is somebody else's by now.
        """
        is_ours = and_(
            productions.c.id == claim.production.id, productions.c.claim_token == claim.token
        )

        async def work(connection: AsyncConnection) -> None:
            held = update(productions).where(is_ours).values(claim_until=until_at)
            if (await connection.execute(held)).rowcount == 0:
                raise LostClaimError(claim.production.id)

        await self._database.write(work)

    async def settle(self, looks: Sequence[Settled]) -> None:
        """Release productions in which nothing changed, all in one statement.

        One that a webhook or a click touched meanwhile stays due as that said; one whose claim
        is lost is left alone.
        """
        if not looks:
            return
        # Sorted, so that two workers on PostgreSQL never wait for each other in a circle.
        rows = [
            {
                "b_id": look.production_id,
                "b_claim": look.claim,
                "b_hints": look.hints,
                "b_version": look.version,
                "b_due_at": look.due_at,
                "b_quiet_looks": look.quiet_looks,
            }
            for look in sorted(looks, key=lambda look: look.production_id)
        ]

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_SETTLE, rows)

        await self._database.write(work)

    async def release_all_claims(self, now: datetime) -> None:
        """Take back every claim of a process that is gone; only for an exclusive holder, at start.

        What it was submitting is due at once, what it was sending is of unknown outcome.
        """
        free = {"claim_token": None, "claim_until": None}
        was_submitting = productions.c.state == State.SUBMITTING.value

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                update(productions)
                .where(productions.c.claim_token.is_not(None))
                .values(
                    **free, due_at=case((was_submitting, moment(now)), else_=productions.c.due_at)
                )
            )
            for table in (lanes, copies, shares):
                await connection.execute(
                    update(table).where(table.c.claim_token.is_not(None)).values(**free)
                )

        await self._database.write(work)


def _put_off(production_id: str, until_at: datetime) -> Update:
    return (
        update(productions)
        .where(productions.c.id == production_id)
        .values(claim_token=None, claim_until=None, due_at=until_at)
    )


_SETTLE = (
    update(productions)
    .where(
        productions.c.id == bindparam("b_id"),
        productions.c.claim_token == bindparam("b_claim"),
    )
    .values(
        claim_token=None,
        claim_until=None,
        quiet_looks=bindparam("b_quiet_looks"),
        due_at=case(
            (
                and_(
                    productions.c.hints == bindparam("b_hints"),
                    productions.c.version == bindparam("b_version"),
                ),
                bindparam("b_due_at", type_=UtcDateTime()),
            ),
            else_=productions.c.due_at,
        ),
    )
)
