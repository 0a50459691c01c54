"""Finished files, and the tokens under which people fetch them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.production import CopyState, Deliverable, Production
from storage.cipher import Cipher
from storage.codec import read_deliverable, read_job
from storage.part import AnyRow, Part, insert_into
from storage.tables import attempts, copies, deliverables, productions, shares
from storage.values import FoundDeliverable

_TOKEN_BYTES = 24
_SHARE = ("state", "at", "permalink", "reason")
_COPY = ("state", "at", "file", "size_bytes", "sha256", "content_type", "reason")


def token_hash(token: str) -> str:
    """Give the form in which a link's token is looked up."""
    return sha256(token.encode()).hexdigest()


class Deliverables(Part):
    """Look links up, and end them."""

    async def find_deliverable(self, token_hash: str) -> FoundDeliverable | None:
        """Give what a link stands for; None where there is no such link."""
        query = (
            select_with_jobs(productions.c.topic)
            .join(productions, productions.c.id == deliverables.c.production_id)
            .where(deliverables.c.token_hash == token_hash)
        )

        async def work(connection: AsyncConnection) -> AnyRow | None:
            return (await connection.execute(query)).one_or_none()

        row = await self._database.read(work)
        if row is None:
            return None
        return FoundDeliverable(
            production_id=row.production_id,
            topic=row.topic,
            attempt=row.attempt,
            deliverable=read_deliverable(row, cipher=self._cipher),
            is_revoked=row.revoked_at is not None,
            provider=row.provider,
            job=read_job(row, cipher=self._cipher),
        )

    async def count_download(self, token_hash: str) -> None:
        """Note that somebody fetched a file."""
        statement = (
            update(deliverables)
            .where(deliverables.c.token_hash == token_hash)
            .values(downloads=deliverables.c.downloads + 1)
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await self._database.write(work)


def select_with_copies(*more: Any) -> Select[*tuple[Any, ...]]:
    """Begin to read files with their copies and shares, as `read_deliverable` wants them."""
    named = [copies.c[name].label(f"copy_{name}") for name in _COPY]
    named += [shares.c[name].label(f"share_{name}") for name in _SHARE]
    return (
        select(deliverables, *named, *more)
        .outerjoin(copies, _is_of_file(copies))
        .outerjoin(shares, _is_of_file(shares))
    )


def _is_of_file(table: Table) -> ColumnElement[bool]:
    return and_(
        *(table.c[name] == deliverables.c[name] for name in ("production_id", "attempt", "key"))
    )


def select_with_jobs(*more: Any) -> Select[*tuple[Any, ...]]:
    """Begin to read files with their copies and the jobs that made them."""
    named = (attempts.c.provider, attempts.c.job_id, attempts.c.handle)
    return select_with_copies(*named, *more).join(
        attempts,
        and_(
            attempts.c.production_id == deliverables.c.production_id,
            attempts.c.number == deliverables.c.attempt,
        ),
    )


async def revoke_links(
    connection: AsyncConnection, *, production_id: str, attempt: int, at: datetime
) -> None:
    """End the links of an attempt; those ended before stay so."""
    statement = (
        update(deliverables)
        .where(
            deliverables.c.production_id == production_id,
            deliverables.c.attempt == attempt,
            deliverables.c.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    await connection.execute(statement)


async def load_deliverables(
    connection: AsyncConnection, ids: Sequence[str], *, cipher: Cipher
) -> dict[str, tuple[Deliverable, ...]]:
    """Load the files of the current attempts of some productions."""
    if not ids:
        return {}
    query = (
        select_with_copies()
        .join(
            productions,
            and_(
                productions.c.id == deliverables.c.production_id,
                productions.c.attempt == deliverables.c.attempt,
            ),
        )
        .where(productions.c.id.in_(ids))
        .order_by(deliverables.c.position, deliverables.c.key)
    )
    found: defaultdict[str, list[Deliverable]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.production_id].append(read_deliverable(row, cipher=cipher))
    return {production_id: tuple(files) for production_id, files in found.items()}


async def write_deliverables(
    connection: AsyncConnection, production: Production, *, cipher: Cipher, at: datetime
) -> None:
    """Add the files of the current attempt; known keys keep their copies, and tokens until revoked.

    A revoked one gets a new token: the old link stays dead, whoever has it.
    """
    rows = [
        _build(production, deliverable, position=position, cipher=cipher)
        for position, deliverable in enumerate(production.deliverables)
    ]
    if not rows:
        return
    statement = insert_into(connection, deliverables)
    named = {"production_id", "attempt", "key"}
    is_alive = deliverables.c.revoked_at.is_(None)
    values: dict[str, Any] = {
        name: statement.excluded[name] for name in rows[0] if name not in named
    }
    for name in ("token", "token_hash"):
        values[name] = case((is_alive, deliverables.c[name]), else_=statement.excluded[name])
    statement = statement.on_conflict_do_update(
        index_elements=[
            deliverables.c.production_id,
            deliverables.c.attempt,
            deliverables.c.key,
        ],
        set_={**values, "revoked_at": null()},
    )
    await connection.execute(statement, rows)
    await _want_copies(connection, production, at=at)


async def _want_copies(
    connection: AsyncConnection, production: Production, *, at: datetime
) -> None:
    """Ask for copies of the files that want one and have none yet."""
    rows = [
        {
            "production_id": production.id,
            "attempt": production.attempt.number,
            "key": one.key,
            "state": CopyState.WANTED.value,
            "at": at,
            "wanted_at": at,
            "due_at": at,
            "tries": 0,
        }
        for one in production.deliverables
        if one.has_copy(CopyState.WANTED)
    ]
    if rows:
        await connection.execute(insert_into(connection, copies).on_conflict_do_nothing(), rows)


def _build(
    production: Production, deliverable: Deliverable, *, position: int, cipher: Cipher
) -> dict[str, Any]:
    token = token_urlsafe(_TOKEN_BYTES)
    return {
        "production_id": production.id,
        "attempt": production.attempt.number,
        "key": deliverable.key,
        "position": position,
        "kind": deliverable.kind,
        "name": deliverable.name,
        "platform": deliverable.platform,
        "language": deliverable.language,
        "content_type": deliverable.content_type,
        "size_bytes": deliverable.size_bytes,
        "expires_at": deliverable.expires_at,
        "token": cipher.seal(token),
        "token_hash": token_hash(token),
    }
