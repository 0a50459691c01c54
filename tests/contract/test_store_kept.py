"""Small things are kept by key, and counters never lose a request."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from storage.kept import SAMPLES_KEPT
from storage.values import Sample
from tests.factories import NOW, later

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("value", [{"a": [1, {"b": "ü"}]}, [], "text", 0, None, False])
async def test_any_json_is_remembered(store, value):
    """With the moment it was kept; a newer value takes its place."""
    assert await store.recall("jarai:accounts") is None
    await store.remember("jarai:accounts", "older", NOW)
    await store.remember("jarai:accounts", value, later(1))
    assert await store.recall("jarai:accounts") == (value, later(1))


async def test_what_people_set_is_theirs(store):
    """Per workspace, person and key; the newest stays."""
    await store.prefer("T1", "U1", "choices:jarai", {"language": "en"}, NOW)
    await store.prefer("T1", "U1", "choices:jarai", {"language": "de"}, later(1))
    assert await store.preference("T1", "U1", "choices:jarai") == {"language": "de"}
    assert await store.preference("T1", "U2", "choices:jarai") is None
    assert await store.preference("T2", "U1", "choices:jarai") is None
    assert await store.preference("T1", "U1", "other") is None


async def _count(store, count, *, seconds=0, day=TODAY, credential="jarai:1"):
    return await store.count_requests(credential, minute_at=later(seconds), day=day, count=count)


async def test_requests_are_counted_per_minute_and_day(store):
    """A new minute starts at nought while the day goes on; credentials are apart."""
    assert await _count(store, 3) == (3, 3)
    assert await _count(store, 2) == (5, 5)
    assert await _count(store, 1, seconds=60) == (1, 6)
    assert await _count(store, 1, seconds=120, day=date(2026, 11, 23)) == (1, 1)
    assert await _count(store, 1, credential="other") == (1, 1)


async def test_counting_nothing_only_reads(store):
    """Also where nothing was counted yet."""
    assert await _count(store, 0) == (0, 0)
    await _count(store, 4)
    assert await _count(store, 0) == (4, 4)
    assert await _count(store, 0, seconds=60) == (0, 4)


async def test_the_first_minute_of_a_day_is_not_taken_for_the_running_one(store):
    """At midnight, minute and day begin with the same moment."""
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    await store.count_requests("jarai:1", minute_at=midnight, day=TODAY, count=7)
    assert await _count(store, 0) == (0, 7)
    assert await _count(store, 2) == (2, 9)


async def test_no_request_is_lost_when_many_count_at_once(store):
    """Adding and reading are one step, so the totals are all different."""
    totals = await asyncio.gather(*(_count(store, 1) for _ in range(20)))
    assert sorted(totals) == [(number, number) for number in range(1, 21)]


async def test_old_counts_are_forgotten(store):
    """Nobody asks for last week's minutes."""
    await _count(store, 4)
    await store.prune(later(10))
    assert await _count(store, 0) == (0, 0)


async def test_the_newest_samples_are_kept(store):
    """An answer that makes no sense may come a thousand times."""
    for number in range(SAMPLES_KEPT + 3):
        await store.keep_sample("jarai", None, f"sample {number}", later(number))
    samples = await store.samples(limit=1000)
    assert len(samples) == SAMPLES_KEPT
    assert samples[0] == Sample(
        provider="jarai", production_id=None, sample="sample 102", at=later(102)
    )
    assert samples[-1].sample == "sample 3"
    assert len(await store.samples(limit=2)) == 2
