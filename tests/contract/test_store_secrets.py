"""What must not be read from the file cannot be, and the key that fits is asked for at start."""

import pytest

from bot.core.errors import SettingsError
from bot.core.production import Answer, State
from storage.deliverables import token_hash
from storage.store import Store
from storage.tables import metadata
from storage.vault import SEALED
from tests.factories import NOW, later, make_deliverable, make_job, make_production, make_request
from tests.stores import SECRET_KEY, make_change, raw, record

NEW_KEY = "another long enough key"
SCRIPT = "Once upon a time there was a secret script"
STATUS_URL = "https://api.example.com/status/secret-handle"


async def _filled(store):
    """Keep one of everything that is secret."""
    answer = Answer(key="script", label="Script", value=SCRIPT, shown=SCRIPT)
    production = make_production(
        State.QUEUED,
        request=make_request(answers=(answer,)),
        job=make_job("job-1", statusUrl=STATUS_URL),
    )
    production = await record(store, production)
    await store.save(make_change(production, deliverables=(make_deliverable(),)), claim=None)
    await store.add_webhook_secret("jarai", "w-1", "whsec_secret", NOW)
    return await store.load(production.id)


async def test_no_secret_stands_in_the_clear_in_any_column(store, database):
    """Every row of every table is read as it is stored."""
    production = await _filled(store)
    stored = ""
    for table in metadata.sorted_tables:
        stored += str(await raw(database, f"SELECT * FROM {table.name}"))  # noqa: S608 - our names
    assert production.topic in stored
    token = production.deliverables[0].token
    for secret in (SCRIPT, "secret-handle", "whsec_secret", token, SECRET_KEY):
        assert secret not in stored
    assert token_hash(token) in stored


async def test_a_wrong_key_is_refused_at_start(store, database):
    """Before anything is read or written with it."""
    await _filled(store)
    with pytest.raises(SettingsError) as raised:
        await Store.open(database, secret_key=NEW_KEY)
    assert raised.value.name == "SECRET_KEY"
    assert NEW_KEY not in str(raised.value)


async def test_the_key_is_fixed_before_anything_is_kept(store, database):
    """A database that was opened once belongs to its key."""
    with pytest.raises(SettingsError):
        await Store.open(database, secret_key=NEW_KEY)


async def test_a_rotated_key_reads_the_old_and_the_old_is_no_longer_needed(store, database):
    """With both in the list once, everything is encrypted anew; then the new one is enough."""
    production = await _filled(store)
    await Store.open(database, secret_key=f"{NEW_KEY},{SECRET_KEY}")
    rotated = await Store.open(database, secret_key=NEW_KEY)
    assert await rotated.load(production.id) == production
    assert await rotated.webhook_secrets("jarai") == ("whsec_secret",)
    assert await rotated.find_deliverable(token_hash(production.deliverables[0].token)) is not None
    with pytest.raises(SettingsError):
        await Store.open(database, secret_key=SECRET_KEY)


async def test_rotation_goes_through_more_rows_than_fit_one_batch(store, database):
    """Batch after batch, none left out."""
    for number in range(205):
        await store.add_webhook_secret("jarai", f"w-{number:03}", f"whsec_{number}", later(number))
    await Store.open(database, secret_key=f"{NEW_KEY},{SECRET_KEY}")
    rotated = await Store.open(database, secret_key=NEW_KEY)
    assert len(await rotated.webhook_secrets("jarai")) == 205


async def test_every_encrypted_column_is_rotated(store, database):
    """A column that looks encrypted and is not in the list would be lost with the old key."""
    await _filled(store)
    sealed = set()
    for table in metadata.sorted_tables:
        for column in table.columns:
            values = await raw(database, f'SELECT "{column.name}" FROM {table}')  # noqa: S608
            if any(str(value).startswith("gAAAA") for (value,) in values):
                sealed.add(column)
    assert sealed - {metadata.tables["meta"].c.value} == set(SEALED)
