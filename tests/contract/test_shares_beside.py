"""Files that are shown while another process writes that their video was rejected."""

import asyncio

import pytest

import storage.saving
from bot.core.production import ShareState, State
from storage.engine import Database
from storage.store import Store
from tests.contract.test_store_shares import _claim, _completed, _ids
from tests.factories import NOW, later
from tests.stores import SECRET_KEY, make_change, raw

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def postgres(postgres_url):
    opened = await Database.open(postgres_url)
    yield opened
    await opened.close()


async def _done_or_waits(task, database):
    """Wait until a task is over, or stands before a lock of PostgreSQL's."""
    while not task.done():
        ((waiting,),) = await raw(database, _WAITING)
        if waiting:
            return


@pytest.mark.external_service
async def test_file_that_is_shown_while_a_rejection_is_written_is_taken_away(postgres, monkeypatch):
    """Neither transaction sees the other; one has to wait, or nobody would come back for it."""
    store = await Store.open(postgres, secret_key=SECRET_KEY)
    production = await _completed(store, "v")
    claim = await _claim(store)
    await store.mark_sharing(claim, _ids(claim), at=NOW, due_at=later(20))
    written, commits, real = asyncio.Event(), asyncio.Event(), storage.saving.withdraw_shares

    async def held(*args, **more):
        await real(*args, **more)
        written.set()
        await commits.wait()

    monkeypatch.setattr(storage.saving, "withdraw_shares", held)
    change = make_change(await store.load(production.id), state=State.REJECTED)
    rejects = asyncio.create_task(store.save(change, claim=None))
    await written.wait()
    keeps = asyncio.create_task(store.keep_shares(claim, {_ids(claim)[0]: None}, at=later(2)))
    await _done_or_waits(keeps, postgres)
    commits.set()
    await asyncio.gather(rejects, keeps)
    found = await _claim(store, 2)
    assert (found.state, found.shares[0].is_taken_back) == (ShareState.SHARED, True)
