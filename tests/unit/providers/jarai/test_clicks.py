"""Clicks on download addresses: anybody may click, and none of them empties the budget."""

import asyncio
import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.production import Job
from tests.faults.raw_server import answer, hang_after_reading, in_turn
from tests.unit.providers.hands import NOW
from tests.unit.providers.jarai.bench import CORRELATED, bench_of, error, job
from tests.unit.providers.jarai.samples import ACCOUNT, sample_bytes

FILES = answer("200 OK", sample_bytes("deliverables"))
GONE = answer("404 Not Found", b"", CORRELATED)


def listing(*files: dict[str, object]) -> bytes:
    """Write an answer that lists files."""
    return answer("200 OK", json.dumps(list(files)).encode())


def file(**fields: object) -> dict[str, object]:
    """Write a file as JARAI lists it."""
    return {"deliverableId": "d1", "type": "Video", "sasUrl": "https://s.example/a"} | fields


BAD = [
    (GONE, ProviderRefusedError, "deliverable_missing"),
    (answer("409 Conflict", b""), ProviderRefusedError, "deliverable_missing"),
    (listing(), ProviderRefusedError, "deliverable_missing"),
    (listing(file(deliverableId="d9")), ProviderRefusedError, "deliverable_missing"),
    (listing(file(sasUrl="http://10.0.0.1/")), ProviderReplyError, "unsafe_link"),
    (answer("200 OK", b"<html>"), ProviderReplyError, "unreadable"),
    (answer("302 Found", b""), ProviderReplyError, "unreadable"),
    (answer("400 Bad Request", error("INVALID_REQUEST")), ProviderRefusedError, "INVALID_REQUEST"),
    (answer("401 Unauthorized", error("UNAUTHORIZED")), ProviderAuthError, "UNAUTHORIZED"),
    (answer("503 Busy", error("INTERNAL_ERROR")), ProviderUnavailableError, "INTERNAL_ERROR"),
]
WORDS = ["404", "409", "empty", "key missing", "unsafe", "html", "302", "400", "401", "503"]


@pytest.mark.parametrize(("raw", "kind", "code"), BAD, ids=WORDS)
async def test_what_brings_no_link_is_asked_once_a_minute(
    raw: bytes, kind: type[ProviderError], code: str
):
    """Every click is told the same as the first, and the next minute asks anew."""
    async with bench_of(in_turn(raw, FILES)) as bench:
        for _ in range(20):
            with pytest.raises(kind) as caught:
                await bench.provider.open(job(), "d1")
            assert caught.value.code == code
            bench.time.go(seconds=2)
        assert len(bench.server.requests) == 1


@pytest.mark.parametrize("raw", [GONE, answer("503 Busy", b"")], ids=["404", "503"])
async def test_a_minute_later_a_click_asks_again(raw: bytes):
    """The file may be there by then."""
    async with bench_of(in_turn(raw, FILES)) as bench:
        with pytest.raises(ProviderError):
            await bench.provider.open(job(), "d1")
        bench.time.go(seconds=60)
        assert (await bench.provider.open(job(), "d1")).url.startswith("https://store.example/")


async def test_a_key_that_is_not_listed_costs_nothing():
    """Its refusal comes from the list that was asked for the others."""
    async with bench_of(in_turn(FILES)) as bench:
        await bench.provider.open(job(), "d1")
        with pytest.raises(ProviderRefusedError):
            await bench.provider.open(job(), "d9")
    assert len(bench.server.requests) == 1


async def test_links_that_come_dead_are_asked_for_once_a_minute():
    """With clocks that differ every link may seem to be dead; it is handed out all the same."""
    raw = listing(file(expiresAt=(NOW - timedelta(hours=1)).isoformat()))
    async with bench_of(in_turn(raw)) as bench:
        for _ in range(10):
            assert (await bench.provider.open(job(), "d1")).url == "https://s.example/a"
        assert len(bench.server.requests) == 1


async def test_what_the_tracker_found_answers_clicks():
    """A list that failed or was empty a moment ago is not asked for again by a click."""
    async with bench_of(in_turn(answer("503 Busy", b""), GONE)) as bench:
        with pytest.raises(ProviderUnavailableError):
            await bench.provider.deliverables(job())
        with pytest.raises(ProviderUnavailableError):
            await bench.provider.open(job(), "d1")
        assert await bench.provider.deliverables(job()) == ()
        with pytest.raises(ProviderRefusedError):
            await bench.provider.open(job(), "d1")
    assert len(bench.server.requests) == 2


async def test_a_list_that_fails_leaves_good_links():
    """Only the links that are dead by then are lost."""
    async with bench_of(in_turn(FILES, answer("503 Busy", b""))) as bench:
        await bench.provider.deliverables(job())
        with pytest.raises(ProviderUnavailableError):
            await bench.provider.deliverables(job())
        assert await bench.provider.open(job(), "d1")


async def test_clicks_share_one_failure_while_jarai_hangs():
    """Twenty clicks wait for one answer that does not come, not one after the other."""
    async with bench_of(hang_after_reading, look_timeout_s=0.2) as bench:
        clicks = [bench.provider.open(job(), "d1") for _ in range(20)]
        outcomes = await asyncio.gather(*clicks, return_exceptions=True)
    assert [type(one) for one in outcomes] == [ProviderUnavailableError] * 20
    assert len({id(one) for one in outcomes}) == 20
    assert len(bench.server.requests) == 1


def other(number: int) -> Job:
    """Give one of many jobs."""
    job_id = f"5c1f6f0e-8d0b-4b53-8a8e-{number:012}"
    return Job(job_id=job_id, handle={"account_id": ACCOUNT, "status_url": None})


async def test_clicks_on_many_jobs_leave_looks_and_forms_their_requests():
    """Of a free day's hundred requests ten are for downloads; then clicks are told to wait."""
    async with bench_of(in_turn(FILES)) as bench:
        for number in range(10):
            await bench.provider.open(other(number), "d1")
            bench.time.go(minutes=1)
        for number in range(10, 20):
            with pytest.raises(ProviderUnavailableError) as caught:
                await bench.provider.open(other(number), "d1")
            assert caught.value.code == "budget_spent"
            bench.time.go(minutes=1)
        assert len(bench.server.requests) == 10
        assert bench.provider.budget.may_look()
        assert bench.provider.budget.may_ask()


async def test_a_click_that_had_no_request_left_is_not_remembered():
    """Nobody was asked, so the next click asks as soon as it may."""
    async with bench_of(in_turn(FILES)) as bench:
        await bench.provider.open(other(1), "d1")
        bench.time.go(seconds=59)
        with pytest.raises(ProviderUnavailableError) as caught:
            await bench.provider.open(other(2), "d1")
        assert caught.value.code == "budget_spent"
        bench.time.go(seconds=1)
        assert await bench.provider.open(other(2), "d1")


async def test_a_long_list_is_cut_and_said_once():
    """However often it is asked for."""
    raw = listing(*(file() for _ in range(300)))
    async with bench_of(in_turn(raw)) as bench:
        with capture_logs() as logs:
            for _ in range(3):
                assert len(await bench.provider.deliverables(job())) == 200
    assert [one["event"] for one in logs] == ["deliverables_list_was_cut"]


@pytest.mark.parametrize("length", [3_001, 8_192])
async def test_a_link_may_be_longer_than_slack_takes(length: int):
    """A redirect carries what a button cannot."""
    url = "https://s.example/a?sig=".ljust(length, "x")
    async with bench_of(in_turn(listing(file(sasUrl=url)))) as bench:
        assert (await bench.provider.open(job(), "d1")).url == url


async def test_a_link_beyond_all_measure_is_not_handed_out():
    """No browser promises to follow it."""
    url = "https://s.example/a?sig=".ljust(8_193, "x")
    async with bench_of(in_turn(listing(file(sasUrl=url)))) as bench:
        with pytest.raises(ProviderReplyError) as caught:
            await bench.provider.open(job(), "d1")
    assert caught.value.code == "unsafe_link"
