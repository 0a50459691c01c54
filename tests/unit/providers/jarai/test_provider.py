"""JARAI over real sockets: what each answer does to a submit and to a look."""

import json

import pytest

from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.events import News
from bot.providers.base import Accepted, NotSent, Refused, Uncertain
from tests.faults.raw_server import answer, drop_after_reading, in_turn
from tests.unit.providers.jarai.bench import CORRELATED, PATH, bench_of, error, job
from tests.unit.providers.jarai.samples import PRODUCTION, build_request, sample, sample_bytes

STATUS_ROWS = {
    "500": (answer("500 Internal Server Error", error("INTERNAL_ERROR"), CORRELATED), Uncertain,
            ProviderUnavailableError),
    "502 of a gateway": (answer("502 Bad Gateway", b"<html>", CORRELATED), Uncertain,
                         ProviderUnavailableError),
    "503": (answer("503 Service Unavailable", error("SERVICE_UNAVAILABLE"), CORRELATED), Uncertain,
            ProviderUnavailableError),
    "408": (answer("408 Request Handsout", b"", CORRELATED), Uncertain, ProviderUnavailableError),
    "200 with nonsense": (answer("200 OK", b"<html>", CORRELATED), Uncertain, ProviderReplyError),
    "200 with a list": (answer("200 OK", b"[]", CORRELATED), Uncertain, ProviderReplyError),
    "200 without a body": (answer("200 OK", b"", CORRELATED), Uncertain, ProviderReplyError),
    "202 without an id": (answer("202 Accepted", b"{}", CORRELATED), Uncertain, ProviderReplyError),
    "202 with an odd id": (
        answer("202 Accepted", b'{"productionId": "../x"}', CORRELATED), Uncertain,
        ProviderReplyError,
    ),
    "204": (answer("204 No Content", b"", CORRELATED), Uncertain, ProviderReplyError),
    "too long": (answer("200 OK", b" " * 3000, CORRELATED), Uncertain, ProviderReplyError),
    "too long, read in part": (
        answer("202 Accepted", sample_bytes("submit_202") + b" " * 3000, CORRELATED), Uncertain,
        ProviderReplyError,
    ),
    "302": (answer("302 Found", b"", CORRELATED, "Location: /login"), Uncertain,
            ProviderReplyError),
    "400": (answer("400 Bad Request", error("INVALID_REQUEST"), CORRELATED), Refused,
            ProviderRefusedError),
    "401": (answer("401 Unauthorized", error("UNAUTHORIZED"), CORRELATED), Refused,
            ProviderAuthError),
    "403 of a gateway": (answer("403 Forbidden", b"<html>", CORRELATED), Refused,
                         ProviderAuthError),
    "409": (answer("409 Conflict", error("BUDGET_GATE_1_FAILED"), CORRELATED), Refused,
            ProviderRefusedError),
    "413": (answer("413 Payload Too Large", b"", CORRELATED), Refused, ProviderRefusedError),
    "400, too long": (answer("400 Bad Request", b" " * 3000, CORRELATED), Refused,
                      ProviderRefusedError),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "kind", "_look"), STATUS_ROWS.values(), ids=STATUS_ROWS.keys())
async def test_a_submits_answer_is_classified_and_sent_once(raw: bytes, kind: type, _look: type):
    """Each keeps the correlation id, and none is repeated."""
    async with bench_of(in_turn(raw), max_bytes=2000) as bench:
        outcome = await bench.submit()
    assert type(outcome) is kind
    assert outcome.failure.correlation_id == "corr-7"
    assert outcome.failure.code
    assert outcome.failure.text
    assert bench.server.posts == 1


@pytest.mark.parametrize(("raw", "_submit", "kind"), STATUS_ROWS.values(), ids=STATUS_ROWS.keys())
async def test_a_looks_answer_is_classified(raw: bytes, _submit: type, kind: type):
    """Each keeps the correlation id."""
    async with bench_of(in_turn(raw), max_bytes=2000) as bench:
        with pytest.raises(ProviderError) as caught:
            await bench.provider.observe(job())
    assert type(caught.value) is kind
    assert caught.value.correlation_id == "corr-7"


async def test_a_submit_that_is_lost_is_uncertain():
    """The transport's verdict comes through as it is."""
    async with bench_of(drop_after_reading) as bench:
        outcome = await bench.submit()
    assert isinstance(outcome, Uncertain)
    assert bench.server.posts == 1


async def test_a_submit_to_nobody_is_not_sent():
    """It may be tried again."""
    async with bench_of(drop_after_reading) as gone:
        url = gone.server.url()
    async with bench_of(drop_after_reading, base_url=url) as bench:
        assert isinstance(await bench.submit(), NotSent)


@pytest.mark.parametrize("name", ["Location", "location"])
@pytest.mark.parametrize("is_absolute", [True, False])
async def test_a_location_on_our_origin_is_followed(name: str, is_absolute: bool):  # noqa: FBT001
    """JARAI may move the status elsewhere on its host."""
    elsewhere = f"/v9/status/{PRODUCTION}"

    async def behave(exchange) -> None:
        origin = bench.server.url() if is_absolute else ""
        await exchange.read_request()
        header = f"{name}: {origin}{elsewhere}"
        await exchange.write(answer("202 Accepted", sample_bytes("submit_202"), header))

    async with bench_of(behave) as bench:
        outcome = await bench.submit()
        assert isinstance(outcome, Accepted)
        assert (outcome.job.job_id, outcome.word) == (PRODUCTION, "Queued")
        await bench.provider.observe(outcome.job)
    assert bench.server.requests[-1] == f"GET {elsewhere} HTTP/1.1"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example" + PATH,
        "http://127.0.0.1:1" + PATH,
        "//evil.example" + PATH,
        "http://user@127.0.0.1" + PATH,
        "http://[::1" + PATH,
        "javascript:" + PATH,
        "/v1/partner/accounts",
        "",
    ],
)
async def test_any_other_location_is_ignored(location: str):
    """The path is built instead, and no key leaves."""
    accepted = answer("202 Accepted", sample_bytes("submit_202"), f"Location: {location}")
    looked = answer("200 OK", sample_bytes("status_producing"))
    async with bench_of(in_turn(accepted, looked)) as bench:
        outcome = await bench.submit()
        assert isinstance(outcome, Accepted)
        assert outcome.job.handle["status_url"] is None
        observation = await bench.provider.observe(outcome.job)
    assert observation.news is News.PRODUCING
    assert bench.server.requests[-1] == f"GET {PATH} HTTP/1.1"


async def test_a_stored_location_is_not_followed_to_an_origin_we_left():
    """The configured address may change while a production runs."""
    old = job(status_url="http://127.0.0.1:1" + PATH)
    async with bench_of(in_turn(answer("200 OK", sample_bytes("status_producing")))) as bench:
        await bench.provider.observe(old)
    assert bench.server.requests == [f"GET {PATH} HTTP/1.1"]


@pytest.mark.parametrize("sends", [True, False])
async def test_the_idempotency_key_is_sent_if_so_configured(sends: bool):  # noqa: FBT001
    """Whether JARAI honours it is not documented."""
    heads = []

    async def behave(exchange) -> None:
        heads.append(await exchange.read_request())
        await exchange.write(answer("202 Accepted", sample_bytes("submit_202")))

    async with bench_of(behave, sends_idempotency_key=sends) as bench:
        await bench.submit()
    assert (b"idempotency-key: key-1" in heads[0].lower()) is sends


@pytest.mark.parametrize("field", ["productionId", "accountId"])
async def test_an_answer_about_another_production_is_not_taken(field: str):
    """A mixed-up cache must not move the wrong card."""
    body = sample("status_producing") | {field: "99999999-2a11-4b8e-9d33-7a5f10c2e901"}
    async with bench_of(in_turn(answer("200 OK", json.dumps(body).encode()))) as bench:
        with pytest.raises(ProviderReplyError, match="another"):
            await bench.provider.observe(job())


async def test_a_missing_job_is_said_to_be_missing():
    """With our own code, since JARAI's is not documented."""
    async with bench_of(in_turn(answer("404 Not Found", b"", CORRELATED))) as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.observe(job())
    assert (caught.value.code, caught.value.correlation_id) == ("job_missing", "corr-7")


@pytest.mark.parametrize("pasted", ["7K3MQ2", "", "https://console.jarai.studio"])
async def test_what_is_no_id_is_refused_without_asking(pasted: str):
    """A person is told what an id looks like, at the cost of no request."""
    async with bench_of(in_turn(answer("200 OK"))) as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.find(build_request(), job_id=pasted)
    assert caught.value.code == "not_an_id"
    assert "it looks like 1a2b3c4d-" in caught.value.text
    assert bench.server.requests == []


async def test_a_pasted_address_is_looked_up_in_the_requests_account():
    """And gives a job that can be followed."""
    async with bench_of(in_turn(answer("200 OK", sample_bytes("status_producing")))) as bench:
        found, word = await bench.provider.find(
            build_request(), job_id=f"https://console.jarai.studio/productions/{PRODUCTION}"
        )
    assert (found, word) == (job(), "Producing")
    assert bench.server.requests == [f"GET {PATH} HTTP/1.1"]
