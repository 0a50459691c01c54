"""What is kept of open forms, also on a day when the database takes nothing."""

from unittest.mock import create_autospec

import pytest

from bot.core.errors import StorageUnavailableError
from bot.habits import Habits
from storage.store import Store
from tests.factories import NOW

HELD = {"text.a": "one", "text.b": "two"}


@pytest.fixture
def store():
    """Stand in for the database, in which two fields of an open form were kept."""
    stand_in = create_autospec(Store, instance=True)
    stand_in.entered.return_value = HELD
    return stand_in


@pytest.fixture
def habits(store):
    return Habits(store=store, clock=lambda: NOW)


async def keep(habits, entered, *, there):
    return await habits.keep_entered("V1", entered, provider="x", there=there)


async def test_a_field_that_is_there_holds_what_stands_in_it_now(habits, store):
    """Also nothing; one that is not there holds what it held."""
    kept = await keep(habits, {"text.c": "three"}, there={"text.a", "text.c"})
    assert kept == {"text.b": "two", "text.c": "three"}
    store.keep_entered.assert_awaited_once_with("V1.x", kept, at=NOW)


async def test_nothing_is_written_where_nothing_changed(habits, store):
    """Choosing alone costs no write."""
    assert await keep(habits, {}, there=set()) == HELD
    store.keep_entered.assert_not_awaited()


async def test_a_form_lives_on_while_the_database_is_away(habits, store):
    """What stands in it is kept by Slack; only fields that went are empty when they come back."""
    store.entered.side_effect = store.keep_entered.side_effect = StorageUnavailableError("locked")
    assert await keep(habits, {"text.c": "three"}, there=set()) == {"text.c": "three"}
