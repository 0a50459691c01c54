"""The chores go on whatever happens in one turn, and end at once when told to."""

import asyncio
from unittest.mock import create_autospec

import pytest
from structlog.testing import capture_logs

from bot import housekeeping
from bot.copies import Retention
from bot.core.errors import StorageUnavailableError
from bot.housekeeping import Housekeeping
from bot.publishing import PublishedFiles
from storage.store import Store
from tests.factories import NOW


@pytest.fixture
def store():
    return create_autospec(Store, instance=True, count_owed=None, count_by_state=None)


def chores(store):
    retention = create_autospec(Retention, instance=True)
    published = create_autospec(PublishedFiles, instance=True)
    return Housekeeping(store, retention=retention, published=published, clock=lambda: NOW)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("never thought of"), "turn_failed"),
        (StorageUnavailableError("locked"), "storage_unavailable"),
    ],
    ids=["unexpected", "database away"],
)
async def test_one_bad_turn_does_not_end_the_chores(store, monkeypatch, error, said):
    """It is said in the log, and the next turn comes."""
    monkeypatch.setattr(housekeeping, "EVERY_S", 0)
    stop, turns = asyncio.Event(), []

    async def count():
        turns.append(len(turns))
        if len(turns) == 1:
            raise error
        stop.set()
        return {}

    store.count_by_state, store.count_owed = count, _nothing
    with capture_logs() as lines:
        await chores(store).run(stop)
    assert len(turns) == 2
    assert [line["event"] for line in lines] == [said]


async def test_a_stop_does_not_wait_for_the_next_turn(store):
    """However long until then, the chores end at once."""
    stop, counted = asyncio.Event(), asyncio.Event()

    async def count():
        counted.set()
        return {}

    store.count_by_state, store.count_owed = count, _nothing
    running = asyncio.create_task(chores(store).run(stop))
    await counted.wait()
    stop.set()
    async with asyncio.timeout(5):
        await running


async def _nothing():
    return 0
