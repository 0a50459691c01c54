"""Which files are to be put into their thread, who is at it, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, exists, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import LostClaimError
from bot.core.production import CopyState, Production, ShareState
from bot.core.shares import AFTER, FILES_MOST
from storage.codec import read_deliverable
from storage.deliverables import select_with_copies
from storage.part import AnyRow, Part, insert_into, moment
from storage.tables import copies, deliverables, productions, shares
from storage.values import ClaimedShare, ShareClaim

_NOT_CLAIMED = {"claim_token": None, "claim_until": None}
_NAMED = ("id", "wanted_at", "asked_by", "tries", "file_id", "sending_since_at", "claim_token")
_OVER = (ShareState.REFUSED.value, ShareState.WITHDRAWN.value)


class Shares(Part):
    """Hand files to sharers, those of one production together, and record what they say."""

    async def ask_share(
        self, production_id: str, attempt: int, key: str, *, asked_by: str, at: datetime
    ) -> None:
        """Want a file in its thread because a person asked; one that is on its way stays so."""
        its = {"production_id": production_id, "attempt": attempt}
        values = _wanted(at) | {"asked_by": asked_by}

        async def work(connection: AsyncConnection) -> None:
            await _want(connection, its, [key], values)

        await self._database.write(work)

    async def claim_shares(self, *, now: datetime, lease_s: float) -> ShareClaim | None:
        """Claim the files of one production that are due and stand alike, ten at most, or None.

        What nobody asked for waits until all of its attempt's copies are made or lost, so that
        one message shows everything.

        Args:
            lease_s: Seconds until others may claim them.
        """
        is_free = and_(
            shares.c.due_at <= now,
            or_(shares.c.claim_until.is_(None), shares.c.claim_until <= now),
            or_(shares.c.asked_by.is_not(None), ~_waits_for_copies()),
        )
        its = ("production_id", "attempt", "state")
        first = (
            select(*(shares.c[name] for name in its))
            .where(is_free)
            .order_by(shares.c.due_at, shares.c.id)
            .limit(1)
        )

        async def work(connection: AsyncConnection) -> ShareClaim | None:
            found = (await connection.execute(first)).one_or_none()
            if found is None:
                return None
            is_its = and_(*(shares.c[name] == getattr(found, name) for name in its))
            claim = {"claim_token": token_hex(8), "claim_until": now + timedelta(seconds=lease_s)}
            some = select(shares.c.id).where(is_its, is_free).order_by(shares.c.id)
            is_taken = shares.c.id.in_(some.limit(FILES_MOST))
            taken = update(shares).where(is_taken, is_free).values(**claim).returning(shares.c.id)
            ids = list(await connection.scalars(taken))
            its_own = (shares.c[name].label(f"its_{name}") for name in _NAMED)
            query = select_with_copies(productions.c.topic, *its_own)
            query = query.join(productions, productions.c.id == shares.c.production_id)
            query = query.where(shares.c.id.in_(ids)).order_by(shares.c.id)
            rows = (await connection.execute(query)).all()
            return self._read_claim(rows) if rows else None

        return await self._database.write(work)

    def _read_claim(self, rows: Sequence[AnyRow]) -> ShareClaim:
        first = rows[0]
        return ShareClaim(
            production_id=first.production_id,
            topic=first.topic,
            attempt=first.attempt,
            token=first.its_claim_token,
            state=ShareState(first.share_state),
            shares=tuple(self._read_share(row) for row in rows),
        )

    def _read_share(self, row: AnyRow) -> ClaimedShare:
        return ClaimedShare(
            id=row.its_id,
            deliverable=read_deliverable(row, cipher=self._cipher),
            wanted_at=row.its_wanted_at,
            asked_by=row.its_asked_by,
            tries=row.its_tries,
            file_id=row.its_file_id,
            sending_since_at=row.its_sending_since_at,
            is_taken_back=row.revoked_at is not None,
        )

    async def renew_shares(self, claim: ShareClaim, *, until_at: datetime) -> None:
        """Go on holding a claim.

        Raises:
            LostClaimError: Another worker has it now.
        """
        await self._settle_shares(claim, None, claim_until=until_at)

    async def note_uploaded(
        self, claim: ShareClaim, share_id: int, file_id: str, *, until_at: datetime
    ) -> None:
        """Record that Slack has a file's bytes, and go on holding the claim.

        Raises:
            LostClaimError: Another worker has it now.
        """
        await self._settle_shares(claim, [share_id], file_id=file_id, claim_until=until_at)

    async def mark_sharing(
        self, claim: ShareClaim, ids: Sequence[int], *, at: datetime, due_at: datetime
    ) -> tuple[int, ...]:
        """Note that files are about to be shown; from here the outcome may become unknown.

        What was taken back since the claim stays as it is.

        Args:
            due_at: When whoever finds this unsettled may look what came of it.

        Returns:
            The numbers of those that are to be shown.

        Raises:
            LostClaimError: Another worker has it now.
        """
        sending = ShareState.SENDING.value
        values = {"state": sending, "at": at, "sending_since_at": at, "due_at": due_at}

        async def work(connection: AsyncConnection) -> tuple[int, ...]:
            taken_back = await _taken_back(connection, claim, ids)
            left = tuple(one for one in ids if one not in taken_back)
            if left:
                await _settle(connection, claim, left, values)
            return left

        return await self._database.write(work)

    async def keep_shares(
        self, claim: ShareClaim, permalinks: Mapping[int, str | None], *, at: datetime
    ) -> None:
        """Record that the thread shows files; what was taken back meanwhile is due at once.

        Args:
            permalinks: Of each of the files, by their numbers.

        Raises:
            LostClaimError: Another worker has it now.
        """
        links = case(
            *((shares.c.id == share_id, link) for share_id, link in permalinks.items() if link),
            else_=null(),
        )
        values = {
            "state": ShareState.SHARED.value,
            "at": at,
            "permalink": links if any(permalinks.values()) else None,
            **_NOT_CLAIMED,
        }

        async def work(connection: AsyncConnection) -> None:
            taken_back = await _taken_back(connection, claim, list(permalinks))
            due_at = case((shares.c.id.in_(taken_back), moment(at)), else_=null())
            await _settle(connection, claim, list(permalinks), {**values, "due_at": due_at})

        await self._database.write(work)

    async def end_shares(
        self,
        claim: ShareClaim,
        ids: Sequence[int],
        *,
        state: ShareState,
        reason: str | None,
        at: datetime,
    ) -> None:
        """Record that nothing more is to be done about files.

        Raises:
            LostClaimError: Another worker has it now.
        """
        values = {"state": state.value, "reason": reason, "at": at, "due_at": None}
        await self._settle_shares(claim, ids, **values, **_NOT_CLAIMED)

    async def leave_shares(self, claim: ShareClaim) -> None:
        """Give files back as they are, with nothing more to be done about them.

        Raises:
            LostClaimError: Another worker has them now.
        """
        await self._settle_shares(claim, None, due_at=None, **_NOT_CLAIMED)

    async def put_shares_off(
        self,
        claim: ShareClaim,
        ids: Sequence[int],
        *,
        state: ShareState,
        at: datetime,
        due_at: datetime,
        failed: bool = True,
        forgets: bool = False,
    ) -> None:
        """Give files back, to be acted on again.

        Args:
            state: How they stand.
            failed: Whether this was a try. Patience with a file begins at the first one.
            forgets: Whether their bytes have to be sent to Slack anew.

        Raises:
            LostClaimError: Another worker has it now.
        """
        values: dict[str, Any] = {"state": state.value, "due_at": due_at, **_NOT_CLAIMED}
        values |= {"file_id": None} if forgets else {}
        since_at = case((shares.c.tries == 0, moment(at)), else_=shares.c.wanted_at)
        values |= {"tries": shares.c.tries + 1, "wanted_at": since_at} if failed else {}
        values |= {"sending_since_at": None} if state is ShareState.WANTED else {}
        await self._settle_shares(claim, ids, **values)

    async def _settle_shares(
        self, claim: ShareClaim, ids: Sequence[int] | None, **values: Any
    ) -> None:
        async def work(connection: AsyncConnection) -> None:
            await _settle(connection, claim, ids, values)

        await self._database.write(work)


def _wanted(at: datetime) -> dict[str, Any]:
    wanted = ShareState.WANTED.value
    return {"state": wanted, "at": at, "wanted_at": at, "due_at": at, "tries": 0}


def _waits_for_copies() -> ColumnElement[bool]:
    return exists().where(
        copies.c.production_id == shares.c.production_id,
        copies.c.attempt == shares.c.attempt,
        copies.c.state == CopyState.WANTED.value,
    )


async def _settle(
    connection: AsyncConnection,
    claim: ShareClaim,
    ids: Sequence[int] | None,
    values: Mapping[str, Any],
) -> None:
    is_ours = shares.c.claim_token == claim.token
    if ids is not None:
        is_ours = and_(is_ours, shares.c.id.in_(ids))
    changed = (await connection.execute(update(shares).where(is_ours).values(**values))).rowcount
    if changed == 0 or (ids is not None and changed != len(ids)):
        raise LostClaimError(claim.production_id)


async def _taken_back(
    connection: AsyncConnection, claim: ShareClaim, ids: Sequence[int]
) -> frozenset[int]:
    """Give the numbers of those that were taken back; until the end no rejection takes the others.

    Every save begins at the production's row: one that is not committed yet is waited for there,
    and what PostgreSQL reads in the next statement is what it left. SQLite has one writer.
    """
    its_row = select(productions.c.id).where(productions.c.id == claim.production_id)
    await connection.execute(its_row.with_for_update(read=True))
    revoked = exists().where(
        deliverables.c.production_id == shares.c.production_id,
        deliverables.c.attempt == shares.c.attempt,
        deliverables.c.key == shares.c.key,
        deliverables.c.revoked_at.is_not(None),
    )
    query = select(shares.c.id).where(shares.c.id.in_(ids), revoked)
    return frozenset(await connection.scalars(query))


async def want_shares(
    connection: AsyncConnection, production: Production, keys: Sequence[str], *, at: datetime
) -> None:
    """Want files of the current attempt in the thread; what is on its way or there stays so."""
    its = {"production_id": production.id, "attempt": production.attempt.number}
    values = _wanted(at) | {"asked_by": None, "due_at": at + AFTER}
    await _want(connection, its, keys, values)


async def _want(
    connection: AsyncConnection,
    its: Mapping[str, Any],
    keys: Sequence[str],
    values: Mapping[str, Any],
) -> None:
    """Want files anew, unless they are under way or there.

    A file that may be there all the same is looked for first, so that it is not lost from sight.
    """
    is_open = and_(shares.c.state == ShareState.REFUSED.value, _may_be_there())
    again = {
        **values,
        "state": case((is_open, ShareState.SENDING.value), else_=ShareState.WANTED.value),
        "file_id": case((is_open, shares.c.file_id), else_=null()),
        "sending_since_at": case((is_open, shares.c.sending_since_at), else_=null()),
        "permalink": None,
        "reason": None,
    }
    rows = [{**its, "key": key, **values} for key in keys]
    statement = insert_into(connection, shares).values(rows)
    statement = statement.on_conflict_do_update(
        index_elements=["production_id", "attempt", "key"],
        set_=again,
        where=shares.c.state.in_(_OVER),
    )
    await connection.execute(statement)


async def withdraw_shares(
    connection: AsyncConnection, *, production_id: str, attempt: int, at: datetime
) -> None:
    """Make what the thread shows of an attempt, or may show, due to be taken away again."""
    await connection.execute(_withdraw_statement(production_id, attempt, at))


def _withdraw_statement(production_id: str, attempt: int, at: datetime) -> Update:
    is_its = and_(shares.c.production_id == production_id, shares.c.attempt == attempt)
    is_shown = or_(
        shares.c.state == ShareState.SHARED.value,
        and_(shares.c.state == ShareState.REFUSED.value, _may_be_there()),
    )
    return update(shares).where(is_its, is_shown).values(due_at=at)


def _may_be_there() -> ColumnElement[bool]:
    """Tell files of which a visible call was begun; it may have been taken although it failed."""
    return and_(shares.c.file_id.is_not(None), shares.c.sending_since_at.is_not(None))
