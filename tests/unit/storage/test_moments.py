"""Moments survive both databases, and naive ones get into neither."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from storage.moments import UtcDateTime

SQLITE, POSTGRES = sqlite.dialect(), postgresql.dialect()
AWARE = st.datetimes(
    min_value=datetime(1900, 1, 1),
    max_value=datetime(2900, 1, 1),
    timezones=st.just(timezone(timedelta(hours=5))),
)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=["sqlite", "postgresql"])
def test_a_naive_moment_is_refused(dialect):
    """Which zone it means is anybody's guess."""
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), dialect)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=["sqlite", "postgresql"])
@given(moment=AWARE)
def test_a_moment_comes_back_in_utc(dialect, moment):
    """To the microsecond, from any zone."""
    column = UtcDateTime()
    back = column.process_result_value(column.process_bind_param(moment, dialect), dialect)
    assert back == moment
    assert back.tzinfo is UTC


@given(first=AWARE, second=AWARE)
def test_stored_moments_compare_as_they_should(first, second):
    """SQLite orders what is due by the stored numbers."""
    column = UtcDateTime()
    stored = [column.process_bind_param(moment, SQLITE) for moment in (first, second)]
    assert (stored[0] < stored[1]) == (first < second)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=["sqlite", "postgresql"])
def test_none_stays_none(dialect):
    """Both ways."""
    assert UtcDateTime().process_bind_param(None, dialect) is None
    assert UtcDateTime().process_result_value(None, dialect) is None
