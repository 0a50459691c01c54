"""Clicks on links: counted where the link exists, together where it does not."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import create_autospec

import pytest
from starlette.datastructures import Headers

from bot.core.errors import ProviderUnavailableError, StorageUnavailableError
from bot.handout import Handout
from bot.providers.base import Link
from bot.web.clicks import NAMES_MOST, Clicks
from bot.web.door import PER_MINUTE, UNKNOWN_PER_MINUTE
from bot.web.downloads import DownloadEndpoint
from bot.web.readers import Readers


class Clock:
    """A clock moved by hand."""

    def __init__(self):
        self.at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def __call__(self):
        """Tell the time."""
        return self.at

    def advance(self, seconds):
        """Move on."""
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def handout():
    """Give a handout that knows one link, `real`."""
    found = Link(url="https://store.example/v", expires_at=None)
    handout = create_autospec(Handout, instance=True)
    handout.find.side_effect = lambda token: found if token == "real" else None
    return handout


@pytest.fixture
def endpoint(handout, clock):
    return DownloadEndpoint(handout, clock=clock, readers=Readers())


async def click(endpoint, token):
    """Click a link; gives the status."""
    request = SimpleNamespace(path_params={"token": token}, method="GET", headers=Headers({}))
    answer = await endpoint.answer(request)
    return answer.status_code


async def test_guesses_are_limited_together_and_fill_no_table(endpoint):
    """Made-up links are answered 429 beyond the limit of them all, and none is remembered."""
    statuses = [await click(endpoint, f"guess-{n}") for n in range(UNKNOWN_PER_MINUTE + 1)]
    assert statuses == [404] * UNKNOWN_PER_MINUTE + [429]
    assert len(endpoint._door.clicks) == 0


async def test_flood_of_guesses_shuts_nobody_out(endpoint):
    """Whoever has a real link gets the file while others guess."""
    for n in range(UNKNOWN_PER_MINUTE + 1):
        await click(endpoint, f"guess-{n}")
    assert await click(endpoint, "real") == 302


async def test_real_link_has_a_limit_of_its_own(endpoint, clock, handout):
    """Beyond the limit of one link nobody is asked; a minute later it works again."""
    for _ in range(PER_MINUTE):
        await click(endpoint, "real")
    assert await click(endpoint, "real") == 429
    assert handout.find.await_count == PER_MINUTE
    clock.advance(60)
    assert await click(endpoint, "real") == 302


@pytest.mark.parametrize(
    ("error", "counted"),
    [(ProviderUnavailableError("503"), 1), (StorageUnavailableError("locked"), 0)],
)
async def test_failed_click_counts_only_where_the_link_exists(endpoint, handout, error, counted):
    """While the database is away nobody knows which links exist, so none is remembered."""
    handout.find.side_effect = error
    assert await click(endpoint, "real") == 503
    assert len(endpoint._door.clicks) == counted


def test_table_forgets_what_is_quiet(clock):
    """Names of which nothing came for a minute are swept out with the next click."""
    clicks = Clicks(clock, per_minute=2)
    clicks.count("a")
    clock.advance(61)
    clicks.count("b")
    assert len(clicks) == 1


def test_table_is_swept_at_most_once_a_second(clock):
    """A flood does not walk the whole table at each click."""
    clicks = Clicks(clock, per_minute=2)
    clicks.count("a")
    clock.advance(60)
    clicks.count("b")
    clicks.count("c")
    clock.advance(0.5)
    clicks._recent["b"][-1] -= timedelta(minutes=2)
    clicks.count("d")
    assert set(clicks._recent) == {"b", "c", "d"}
    clock.advance(0.5)
    clicks.count("e")
    assert set(clicks._recent) == {"c", "d", "e"}


@pytest.mark.parametrize("back_s", [30, 3600])
def test_clock_that_is_set_back_shuts_nobody_out(clock, back_s):
    """What was counted by the old time says nothing, and what comes now is counted as ever."""
    clicks = Clicks(clock, per_minute=2)
    clicks.count("a")
    clicks.count("a")
    clock.advance(-back_s)
    assert not clicks.is_full("a")
    clicks.count("a")
    clicks.count("a")
    assert clicks.is_full("a")


def test_table_has_an_end(clock):
    """Beyond its size the name that came first makes room."""
    clicks = Clicks(clock, per_minute=1)
    for number in range(NAMES_MOST + 1):
        clicks.count(str(number))
    assert len(clicks) == NAMES_MOST
    assert (clicks.is_full("0"), clicks.is_full(str(NAMES_MOST))) == (False, True)
