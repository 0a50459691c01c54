"""JARAI's limits: what a 429 and the rate headers do to everything that follows."""

import pytest

from bot.core.errors import ProviderUnavailableError
from bot.providers.base import Delayed
from tests.faults.raw_server import answer, in_turn
from tests.unit.providers.hands import NOW
from tests.unit.providers.jarai.bench import PATH, bench_of, error, job
from tests.unit.providers.jarai.samples import sample_bytes


def rate_limited(wait: int | None, *headers: str) -> bytes:
    """Write a 429."""
    return answer("429 Too Many Requests", error("RATE_LIMIT_EXCEEDED", wait), *headers)


@pytest.mark.parametrize(
    ("wait", "header", "wait_s"),
    [(37, "X-None: 1", 37.0), (None, "Retry-After: 12", 12.0), (None, "X-None: 1", 60.0)],
)
async def test_a_429_delays_a_submit_and_stops_everything_else(
    wait: int | None, header: str, wait_s: float
):
    """The minute's limit counts for looks too."""
    async with bench_of(in_turn(rate_limited(wait, header))) as bench:
        outcome = await bench.submit()
        assert isinstance(outcome, Delayed)
        assert outcome.wait_s == wait_s
        assert bench.provider.budget.wait_s() == wait_s
        with pytest.raises(ProviderUnavailableError):
            await bench.provider.observe(job())
        assert isinstance(await bench.submit(), Delayed)
    assert bench.server.requests == [f"POST {PATH.rsplit('/', 1)[0]} HTTP/1.1"]


@pytest.mark.parametrize(
    ("wait", "header"),
    [("1" + "0" * 400, "X-None: 1"), ("1e400", "X-None: 1"), ("null", "Retry-After: " + "9" * 400)],
)
async def test_a_429_with_an_absurd_wait_is_still_a_delay(wait: str, header: str):
    """Nothing was started, so nobody need decide; the usual wait is taken."""
    body = error("RATE_LIMIT_EXCEEDED").replace(b"null", wait.encode())
    async with bench_of(in_turn(answer("429 Too Many Requests", body, header))) as bench:
        outcome = await bench.submit()
    assert isinstance(outcome, Delayed)
    assert outcome.wait_s == 60.0


async def test_a_daily_429_on_a_submit_does_not_stop_looks():
    """It may be the day's productions that are used up, not the requests."""
    async with bench_of(in_turn(rate_limited(40_000))) as bench:
        outcome = await bench.submit()
        assert isinstance(outcome, Delayed)
        assert outcome.wait_s == 40_000.0
        assert bench.provider.budget.may_look()


async def test_a_429_on_a_look_pauses_until_its_moment():
    """Nothing is asked early."""
    looked = answer("200 OK", sample_bytes("status_producing"))
    async with bench_of(in_turn(rate_limited(40_000), looked)) as bench:
        with pytest.raises(ProviderUnavailableError) as caught:
            await bench.provider.observe(job())
        assert caught.value.retry_after_s == 40_000.0
        assert not bench.provider.budget.may_look()
        bench.time.go(seconds=40_000)
        assert bench.provider.budget.may_look()
        await bench.provider.observe(job())


async def test_nothing_is_sent_beyond_the_budget():
    """The eleventh request of a free minute stays here, for looks and submits alike."""
    looked = answer("200 OK", sample_bytes("status_producing"))
    async with bench_of(in_turn(looked)) as bench:
        for _ in range(10):
            await bench.provider.observe(job())
        with pytest.raises(ProviderUnavailableError) as caught:
            await bench.provider.observe(job())
        assert (caught.value.code, caught.value.retry_after_s) == ("budget_spent", 60.0)
        outcome = await bench.submit()
        assert isinstance(outcome, Delayed)
        assert outcome.wait_s == 60.0
    assert len(bench.server.requests) == 10


def rates(limit: object, remaining: object, reset: object) -> tuple[str, ...]:
    """Write the rate headers."""
    return (
        f"X-RateLimit-Limit: {limit}",
        f"X-RateLimit-Remaining: {remaining}",
        f"X-RateLimit-Reset: {reset}",
    )


async def test_headers_raise_the_budget():
    """They show the tier; what others used of the minute counts."""
    headers = rates(60, 5, int(NOW.timestamp()) + 30)
    looked = answer("200 OK", sample_bytes("status_producing"), *headers)
    async with bench_of(in_turn(looked)) as bench:
        await bench.provider.observe(job())
        assert bench.provider.budget.limits.per_day == 2000
        assert bench.provider.budget.wait_s() == 30.0


@pytest.mark.parametrize(
    "headers",
    [
        rates("x", 5, 1),
        rates(0, 0, 0),
        rates(60, -1, 1),
        rates(60, 5, "soon"),
        rates(60, 5, "9" * 30),
        rates("9" * 5000, 5, 1),
        rates(60, 5, 999_999_999_999),
        rates("٣", 1, 1),
        ("X-None: 1",),
    ],
)
async def test_odd_headers_change_nothing(headers: tuple[str, ...]):
    """They are foreign input like any other."""
    raw = answer("200 OK", sample_bytes("status_producing"), *headers)
    async with bench_of(in_turn(raw)) as bench:
        await bench.provider.observe(job())
        assert bench.provider.budget.limits.per_minute == 10
