"""Productions: recorded once, loaded whole, saved by whoever saw the newest version."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from secrets import choice
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import StorageError, UnknownProductionError
from bot.core.events import Event
from bot.core.notices import Notice
from bot.core.production import LOOKED_AT, TERMINAL, Attempt, Decision, Production, State
from storage.cipher import Cipher
from storage.codec import (
    build_attempt,
    build_event,
    build_origin,
    build_production,
    read_attempt,
    read_decision,
    read_event,
    read_production,
)
from storage.deliverables import load_deliverables
from storage.outbox import debtor_of, write_notices
from storage.part import AnyRow, Part, insert_into
from storage.tables import attempts, decisions, events, productions
from storage.values import Recorded

_ID_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 6
_ID_DRAWS = 8


def new_production_id() -> str:
    """Draw an id that people can read out: no I, L, O or U."""
    return "".join(choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))


class Productions(Part):
    """Record and read productions; saving is in `storage.saving`."""

    async def record(
        self,
        production: Production,
        event: Event,
        notices: Sequence[Notice],
        *,
        form_key: str,
        fingerprint: str,
    ) -> Recorded:
        """Write a wish down, once per form.

        Args:
            form_key: Names one opened form.
            fingerprint: Names the values it was sent with.

        Returns:
            The id it has from now on: another than asked for where that was taken.
        """

        async def work(connection: AsyncConnection) -> Recorded:
            form = {"form_key": form_key, "fingerprint": fingerprint}
            recorded = await _insert(connection, production, event, form)
            if recorded.outcome == "new":
                known = replace(production, id=recorded.production_id)
                line = replace(event, production_id=known.id)
                row = build_attempt(known.id, known.attempt, cipher=self._cipher)
                await connection.execute(attempts.insert().values(**row))
                await connection.execute(events.insert().values(**build_event(line)))
                await write_notices(connection, notices, debtor=debtor_of(known), at=event.at)
            return recorded

        return await self._database.write(work)

    async def load(self, production_id: str) -> Production:
        """Give a production.

        Raises:
            UnknownProductionError: There is none.
        """
        found = await self._find(productions.c.id == production_id)
        if not found:
            raise UnknownProductionError(production_id)
        return found[0]

    async def find_by_job(self, provider: str, job_id: str) -> str | None:
        """Give the id of the production that has this job in any attempt, or None."""
        query = select(attempts.c.production_id).where(
            attempts.c.provider == provider, attempts.c.job_id == job_id
        )

        async def work(connection: AsyncConnection) -> str | None:
            return await connection.scalar(query)

        return await self._database.read(work)

    async def events(self, production_id: str) -> list[Event]:
        """List what happened to a production, oldest first."""
        query = select(events).where(events.c.production_id == production_id)

        async def work(connection: AsyncConnection) -> list[Event]:
            rows = await connection.execute(query.order_by(events.c.number))
            return [read_event(row) for row in rows]

        return await self._database.read(work)

    async def decisions(self, production_id: str) -> list[Decision]:
        """List what was decided on a production, oldest first, withdrawn decisions too."""
        query = select(decisions).where(decisions.c.production_id == production_id)

        async def work(connection: AsyncConnection) -> list[Decision]:
            rows = await connection.execute(query.order_by(decisions.c.number))
            return [read_decision(row) for row in rows]

        return await self._database.read(work)

    async def list_productions(
        self,
        *,
        channel_id: str | None = None,
        team_id: str | None = None,
        requester_id: str | None = None,
        states: Collection[State] | None = None,
        limit: int,
        offset: int = 0,
    ) -> list[Production]:
        """List productions, those changed last first; None does not filter."""
        wanted = []
        if channel_id is not None:
            wanted.append(productions.c.channel_id == channel_id)
        if team_id is not None:
            wanted.append(productions.c.team_id == team_id)
        if requester_id is not None:
            wanted.append(productions.c.requester_id == requester_id)
        if states is not None:
            wanted.append(productions.c.state.in_([state.value for state in states]))
        return await self._find(*wanted, limit=limit, offset=offset)

    async def count_open(self, provider: str) -> int:
        """Count the productions of a service that are looked at."""
        query = select(func.count()).where(
            productions.c.provider == provider,
            productions.c.state.in_([state.value for state in LOOKED_AT]),
        )

        async def work(connection: AsyncConnection) -> int:
            return await connection.scalar(query) or 0

        return await self._database.read(work)

    async def list_open_ids(self, provider: str) -> list[str]:
        """Name the productions of a service that have not ended and have a card."""
        query = select(productions.c.id).where(
            productions.c.provider == provider,
            productions.c.state.not_in([state.value for state in TERMINAL]),
            productions.c.card_ts.is_not(None),
        )

        async def work(connection: AsyncConnection) -> list[str]:
            return list((await connection.scalars(query)).all())

        return await self._database.read(work)

    async def count_by_state(self) -> dict[State, int]:
        """Count productions in every state, 0 included."""
        query = select(productions.c.state, func.count()).group_by(productions.c.state)

        async def work(connection: AsyncConnection) -> dict[State, int]:
            counted = {State(state): count for state, count in await connection.execute(query)}
            return {state: counted.get(state, 0) for state in State}

        return await self._database.read(work)

    async def _find(
        self, *wanted: Any, limit: int | None = None, offset: int = 0
    ) -> list[Production]:
        query = (
            select(productions)
            .where(*wanted)
            .order_by(productions.c.changed_at.desc(), productions.c.id)
            .limit(limit)
            .offset(offset)
        )

        async def work(connection: AsyncConnection) -> list[Production]:
            rows = (await connection.execute(query)).all()
            return await load_productions(connection, rows, cipher=self._cipher)

        return await self._database.read(work)


async def _insert(
    connection: AsyncConnection, production: Production, event: Event, form: dict[str, str]
) -> Recorded:
    """Insert the row, under another id where that one is taken."""
    production_id = production.id
    row = {
        **build_origin(production),
        **build_production(production),
        **form,
        "changed_at": event.at,
        "due_at": production.due_at,
        "hints": production.hints,
    }
    for _ in range(_ID_DRAWS):
        statement = insert_into(connection, productions).values({**row, "id": production_id})
        inserted = await connection.execute(
            statement.on_conflict_do_nothing().returning(productions.c.id)
        )
        if inserted.one_or_none() is not None:
            return Recorded(production_id=production_id, outcome="new")
        known = await _known(connection, form)
        if known is not None:
            return known
        production_id = new_production_id()
    raise StorageError("no free production id was drawn")


async def _known(connection: AsyncConnection, form: dict[str, str]) -> Recorded | None:
    query = select(productions.c.id, productions.c.fingerprint).where(
        productions.c.form_key == form["form_key"]
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    is_same = row.fingerprint == form["fingerprint"]
    return Recorded(production_id=row.id, outcome="same" if is_same else "differs")


async def load_productions(
    connection: AsyncConnection, rows: Sequence[AnyRow], *, cipher: Cipher
) -> list[Production]:
    """Complete rows of `productions`, in their order, by two more statements at most."""
    if not rows:
        return []
    started = await _load_attempts(connection, [row.id for row in rows], cipher=cipher)
    with_files = [row.id for row in rows if row.has_deliverables]
    files = await load_deliverables(connection, with_files, cipher=cipher)
    return [
        read_production(row, attempt=started[row.id], deliverables=files.get(row.id, ()))
        for row in rows
    ]


async def _load_attempts(
    connection: AsyncConnection, ids: Sequence[str], *, cipher: Cipher
) -> dict[str, Attempt]:
    is_current = and_(
        attempts.c.production_id == productions.c.id, attempts.c.number == productions.c.attempt
    )
    query = select(attempts).join(productions, is_current).where(productions.c.id.in_(ids))
    rows = await connection.execute(query)
    return {row.production_id: read_attempt(row, cipher=cipher) for row in rows}
