"""Opening the store to serve: alone, and with nothing left in the hands of the dead."""

import pytest
from pydantic import SecretStr

from bot.core.errors import SettingsError
from bot.core.production import State
from bot.database import open_to_serve
from bot.settings import Settings
from tests.factories import NOW, later
from tests.stores import claim_one, make_change, record, sqlite_url


@pytest.fixture
def settings(tmp_path):
    return Settings(
        _env_file=None,
        database_url=sqlite_url(tmp_path / "greenlight.db"),
        secret_key=SecretStr("a long enough test key"),
    )


async def test_a_file_is_served_from_by_one(settings):
    """A second bot on the same file is refused, with the setting to change."""
    database, _ = await open_to_serve(settings, now=NOW)
    try:
        with pytest.raises(SettingsError, match="DATABASE_URL"):
            await open_to_serve(settings, now=NOW)
    finally:
        await database.close()


async def test_what_the_dead_held_is_free_at_the_next_start(settings):
    """A look and a submission under way at the end are taken up at once, not after their lease."""
    database, store = await open_to_serve(settings, now=NOW)
    await record(store, id="7K3MQ2", due_at=NOW)
    claim = await claim_one(store, lease_s=3600)
    change = make_change(claim.production, state=State.SUBMITTING)
    await store.save(change, claim=claim.token, claim_until=later(3600))
    await record(store, id="7K3MQ3", due_at=NOW)
    await claim_one(store, lease_s=3600)
    await database.close()
    database, store = await open_to_serve(settings, now=later(1))
    try:
        claims = await store.claim_due("jarai", now=later(1), limit=10, lease_s=60)
    finally:
        await database.close()
    assert {one.production.state for one in claims} == {State.SUBMITTING, State.REQUESTED}
