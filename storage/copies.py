"""Which files are to be copied, who is at it, and what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Update, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import LostClaimError
from bot.core.production import TERMINAL, CopyState
from storage.codec import read_deliverable, read_job
from storage.deliverables import select_with_jobs
from storage.part import AnyRow, Part
from storage.tables import copies, productions
from storage.values import CopyClaim, KeptCopy

_NOT_CLAIMED = {"claim_token": None, "claim_until": None}


class Copies(Part):
    """Hand files to copiers, each to one at a time, and record what they say."""

    async def claim_copies(self, *, now: datetime, limit: int, lease_s: float) -> list[CopyClaim]:
        """Claim files that are to be copied now, those that waited longest first.

        Args:
            lease_s: Seconds until others may claim them.
        """
        due = (
            select(copies.c.id)
            .where(
                copies.c.due_at <= now,
                or_(copies.c.claim_until.is_(None), copies.c.claim_until <= now),
            )
            .order_by(copies.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
            .prefix_with("MATERIALIZED")
        )
        claim = (
            update(copies)
            .where(copies.c.id.in_(select(due.c.id)))
            .values(claim_token=token_hex(8), claim_until=now + timedelta(seconds=lease_s))
            .returning(copies.c.id)
        )
        named = [copies.c[name] for name in ("id", "wanted_at", "tries", "claim_token")]

        async def work(connection: AsyncConnection) -> list[CopyClaim]:
            ids = list(await connection.scalars(claim))
            query = select_with_jobs(*named).where(copies.c.id.in_(ids)).order_by(copies.c.id)
            rows = (await connection.execute(query)).all() if ids else []
            return [self._read(row) for row in rows]

        return await self._database.write(work)

    def _read(self, row: AnyRow) -> CopyClaim:
        return CopyClaim(
            id=row.id,
            production_id=row.production_id,
            attempt=row.attempt,
            deliverable=read_deliverable(row, cipher=self._cipher),
            provider=row.provider,
            job=read_job(row, cipher=self._cipher),
            wanted_at=row.wanted_at,
            tries=row.tries,
            token=row.claim_token,
        )

    async def renew_copy(self, claim: CopyClaim, *, until_at: datetime) -> None:
        """Go on holding a claim.

        Raises:
            LostClaimError: Another worker has it now.
        """
        await self._settle_copy(claim, claim_until=until_at)

    async def keep_copy(
        self, claim: CopyClaim, kept: KeptCopy, *, at: datetime, wakes: bool
    ) -> None:
        """Record a copy that is whole; from now on it is what people get.

        Args:
            wakes: Whether the production waits for it.

        Raises:
            LostClaimError: Another worker has it now.
        """
        await self._end_copy(
            claim,
            CopyState.KEPT,
            at=at,
            wakes=wakes,
            file=kept.file,
            size_bytes=kept.size_bytes,
            sha256=kept.sha256,
            content_type=kept.content_type,
        )

    async def lose_copy(self, claim: CopyClaim, reason: str, *, at: datetime, wakes: bool) -> None:
        """Record that there will be no copy.

        Args:
            reason: In words for people.
            wakes: Whether the production waits for it.

        Raises:
            LostClaimError: Another worker has it now.
        """
        await self._end_copy(claim, CopyState.LOST, at=at, wakes=wakes, reason=reason)

    async def _end_copy(
        self, claim: CopyClaim, state: CopyState, *, at: datetime, wakes: bool, **facts: Any
    ) -> None:
        """Record what became of a file; nobody claims it any more."""
        await self._settle_copy(
            claim,
            wakes_at=at if wakes else None,
            state=state.value,
            at=at,
            due_at=None,
            **facts,
            **_NOT_CLAIMED,
        )

    async def retry_copy(self, claim: CopyClaim, *, due_at: datetime, failed: bool = True) -> None:
        """Give a file back, to be tried again.

        Args:
            failed: Whether this was a try; False where we were only told to stop.

        Raises:
            LostClaimError: Another worker has it now.
        """
        tries = claim.tries + 1 if failed else claim.tries
        await self._settle_copy(claim, due_at=due_at, tries=tries, **_NOT_CLAIMED)

    async def _settle_copy(
        self, claim: CopyClaim, *, wakes_at: datetime | None = None, **values: Any
    ) -> None:
        statement = (
            update(copies)
            .where(copies.c.id == claim.id, copies.c.claim_token == claim.token)
            .values(**values)
        )

        async def work(connection: AsyncConnection) -> None:
            if (await connection.execute(statement)).rowcount == 0:
                raise LostClaimError(claim.production_id)
            if wakes_at is not None:
                await connection.execute(_wake_statement(claim.production_id, wakes_at))

        await self._database.write(work)

    async def find_outlived(self, *, before_at: datetime, limit: int) -> Sequence[str]:
        """List productions that ended before a moment and whose copies are all older than it."""
        query = (
            select(copies.c.production_id)
            .join(productions, productions.c.id == copies.c.production_id)
            .where(
                copies.c.state == CopyState.KEPT.value,
                productions.c.state.in_([state.value for state in TERMINAL]),
                productions.c.state_since_at < before_at,
            )
            .group_by(copies.c.production_id)
            .having(func.max(copies.c.at) < before_at)
            .limit(limit)
        )

        async def work(connection: AsyncConnection) -> Sequence[str]:
            return list(await connection.scalars(query))

        return await self._database.read(work)

    async def count_copies_wanted(self) -> int:
        """Count the files that are still to be copied."""
        query = select(func.count()).where(copies.c.state == CopyState.WANTED.value)

        async def work(connection: AsyncConnection) -> int:
            return await connection.scalar(query) or 0

        return await self._database.read(work)


def _wake_statement(production_id: str, at: datetime) -> Update:
    is_asleep = and_(productions.c.id == production_id, productions.c.due_at > at)
    return update(productions).where(is_asleep).values(due_at=at)


async def forget_copies(connection: AsyncConnection, production_id: str, *, at: datetime) -> None:
    """Record that a production's copies are no longer there, those of every attempt."""
    is_kept = and_(copies.c.production_id == production_id, copies.c.state == CopyState.KEPT.value)
    gone = {"state": CopyState.DELETED.value, "at": at, "file": None}
    await connection.execute(update(copies).where(is_kept).values(**gone))
