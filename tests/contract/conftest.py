"""Every test that asks for `store` runs on SQLite and on PostgreSQL."""

import shutil

import pytest

from storage.engine import Database
from storage.store import Store
from tests.stores import (
    SECRET_KEY,
    fresh_postgres,
    migrated_sqlite,
    running_postgres,
    sqlite_url,
)

BOTH = [
    pytest.param("sqlite"),
    pytest.param("postgresql", marks=pytest.mark.external_service),
]


@pytest.fixture(scope="session")
def postgres_server():
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    return migrated_sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_file_url(sqlite_template, tmp_path):
    path = tmp_path / "greenlight.db"
    shutil.copy(sqlite_template, path)
    return sqlite_url(path)


@pytest.fixture
def postgres_url(postgres_server):
    with fresh_postgres(postgres_server) as url:
        yield url


@pytest.fixture(params=BOTH)
def database_url(request):
    name = "sqlite_file_url" if request.param == "sqlite" else "postgres_url"
    return request.getfixturevalue(name)


@pytest.fixture
async def database(database_url):
    opened = await Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def store(database):
    return await Store.open(database, secret_key=SECRET_KEY)
