"""JARAI as a provider, over real sockets: what each answer does to a submit and to a look."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.events import News
from bot.core.production import Job
from bot.providers.base import Accepted, Delayed, NotSent, Refused, Uncertain
from bot.providers.jarai import JaraiProvider
from tests.faults.raw_server import Behaviour, RawServer, answer, drop_after_reading, in_turn
from tests.unit.providers.jarai.samples import (
    ACCOUNT,
    NOW,
    PRODUCTION,
    Memory,
    build_request,
    build_settings,
    sample,
    sample_bytes,
)

CORRELATED = "X-Correlation-Id: corr-7"
PATH = f"/v1/partner/accounts/{ACCOUNT}/productions/{PRODUCTION}"


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        """Give the moment."""
        return self.now


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A provider with the server it speaks to."""

    server: RawServer
    provider: JaraiProvider
    time: Time

    async def submit(self, **values: Any):
        """Send a form."""
        prepared = await self.provider.prepare(build_request(**values))
        return await self.provider.submit(prepared, key="key-1")


@asynccontextmanager
async def bench_of(behaviour: Behaviour, **settings: Any) -> AsyncIterator[Bench]:
    """Start a server that behaves so, and a provider for it."""
    time = Time()
    async with RawServer(behaviour) as server:
        about = build_settings(**({"base_url": server.url()} | settings))
        provider = JaraiProvider(about, clock=time, remembered=Memory(time))
        try:
            yield Bench(server=server, provider=provider, time=time)
        finally:
            await provider.aclose()


def job(**handle: Any) -> Job:
    """Give the sample job."""
    return Job(job_id=PRODUCTION, handle={"account_id": ACCOUNT, "status_url": None} | handle)


def error(code: str, wait: int | None = None) -> bytes:
    """Write an error body."""
    return json.dumps({"error": code, "message": "Words.", "retryAfterSeconds": wait}).encode()


STATUS_ROWS = {
    "500": (answer("500 Internal Server Error", error("INTERNAL_ERROR"), CORRELATED), Uncertain,
            ProviderUnavailableError),
    "502 of a gateway": (answer("502 Bad Gateway", b"<html>", CORRELATED), Uncertain,
                         ProviderUnavailableError),
    "503": (answer("503 Service Unavailable", error("SERVICE_UNAVAILABLE"), CORRELATED), Uncertain,
            ProviderUnavailableError),
    "408": (answer("408 Request Timeout", b"", CORRELATED), Uncertain, ProviderUnavailableError),
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
    assert bench.server.requests == []


async def test_a_pasted_address_is_looked_up_in_the_requests_account():
    """And gives a job that can be followed."""
    async with bench_of(in_turn(answer("200 OK", sample_bytes("status_producing")))) as bench:
        found, word = await bench.provider.find(
            build_request(), job_id=f"https://console.jarai.studio/productions/{PRODUCTION}"
        )
    assert (found, word) == (job(), "Producing")
    assert bench.server.requests == [f"GET {PATH} HTTP/1.1"]


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
        bench.time.now += timedelta(seconds=40_000)
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


ACCOUNTS = answer("200 OK", sample_bytes("accounts"))


async def test_accounts_are_asked_for_once_in_a_while():
    """Ten people who open the form at once cost one request, as does a quarter of an hour."""
    async with bench_of(in_turn(ACCOUNTS)) as bench:
        assert await bench.provider.known_form() is None
        await asyncio.gather(*(bench.provider.form() for _ in range(10)))
        bench.time.now += timedelta(minutes=14)
        await bench.provider.form()
        assert len(bench.server.requests) == 1
        bench.time.now += timedelta(minutes=2)
        await bench.provider.form()
    assert len(bench.server.requests) == 2


async def test_old_accounts_still_make_a_form():
    """The form opens at once, whatever JARAI is doing."""
    async with bench_of(in_turn(ACCOUNTS, answer("503 Service Unavailable"))) as bench:
        form = await bench.provider.form()
        bench.time.now += timedelta(days=3)
        assert await bench.provider.known_form() == form
        with pytest.raises(ProviderUnavailableError):
            await bench.provider.form()


async def test_a_key_without_usable_accounts_is_told_so():
    """An empty select would be refused by Slack."""
    async with bench_of(in_turn(answer("200 OK", b"[]", CORRELATED))) as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.form()
    assert caught.value.code == "no_avatars"


FILES = answer("200 OK", sample_bytes("deliverables"))


async def test_many_clicks_cost_one_request():
    """Scanners and previews click too."""
    async with bench_of(in_turn(FILES)) as bench:
        links = await asyncio.gather(*(bench.provider.open(job(), "d1") for _ in range(10)))
    assert {link.url for link in links} == {"https://store.example/autumn-16x9.mp4?sig=EXAMPLE1"}
    assert len(bench.server.requests) == 1


async def test_listing_files_warms_their_links():
    """The first click after the card appeared costs nothing."""
    async with bench_of(in_turn(FILES)) as bench:
        await bench.provider.deliverables(job())
        await bench.provider.open(job(), "d2")
        bench.time.now += timedelta(hours=1)
        await bench.provider.open(job(), "d2")
    assert len(bench.server.requests) == 2


@pytest.mark.parametrize("status", ["404 Not Found", "409 Conflict"])
async def test_files_that_are_not_there_are_none(status: str):
    """What JARAI answers before they exist is not documented."""
    async with bench_of(in_turn(answer(status, b"", CORRELATED))) as bench:
        assert await bench.provider.deliverables(job()) == ()
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.open(job(), "d1")
    assert caught.value.code == "deliverable_missing"


@pytest.mark.parametrize(
    "url", ["http://store.example/a?sig=x1", "https://10.0.0.1/a?sig=x1", "file:///etc/passwd"]
)
async def test_an_unsafe_link_is_not_handed_out(url: str):
    """Nor is it quoted."""
    body = json.dumps([{"deliverableId": "d1", "type": "Video", "sasUrl": url}]).encode()
    async with bench_of(in_turn(answer("200 OK", body))) as bench:
        with pytest.raises(ProviderReplyError) as caught:
            await bench.provider.open(job(), "d1")
    assert "x1" not in caught.value.text + caught.value.sample


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
async def test_a_cancel_is_taken_with_any_success(status: str):
    """What it became is learnt by looking."""
    async with bench_of(in_turn(answer(status, b""))) as bench:
        await bench.provider.cancel(job())
    assert bench.server.requests == [f"DELETE {PATH} HTTP/1.1"]


@pytest.mark.parametrize(
    ("status", "code"), [("409 Conflict", "too_late"), ("404 Not Found", "job_missing")]
)
async def test_a_cancel_that_is_refused_says_why(status: str, code: str):
    """In our words, with the correlation id."""
    async with bench_of(in_turn(answer(status, b"", CORRELATED))) as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.cancel(job())
    assert (caught.value.code, caught.value.correlation_id) == (code, "corr-7")


@pytest.mark.parametrize(
    ("template", "with_job", "without"),
    [
        ("https://c.example", "https://c.example", "https://c.example"),
        (
            "https://c.example/a/{account_id}/p/{production_id}",
            f"https://c.example/a/{ACCOUNT}/p/{PRODUCTION}",
            "https://c.example",
        ),
    ],
)
async def test_the_studio_is_linked_as_configured(template: str, with_job: str, without: str):
    """How to link to one production is not documented."""
    async with bench_of(in_turn(answer("200 OK")), console_url=template) as bench:
        assert bench.provider.console_url(job()) == with_job
        assert bench.provider.console_url(None) == without


async def test_a_webhook_type_that_jarai_does_not_know_is_left_out():
    """The others are registered, and the secret comes back this once."""
    refusal = json.dumps({"error": "INVALID_REQUEST", "message": "production.odd is unknown"})
    added = answer("201 Created", sample_bytes("webhook_added_201"))
    async with bench_of(in_turn(answer("400 Bad Request", refusal.encode()), added)) as bench:
        subscription = await bench.provider.webhooks_add(
            "https://bot.example/webhooks/jarai", ("production.queued", "production.odd")
        )
    assert subscription.secret == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert bench.server.posts == 2


async def test_a_webhook_that_is_refused_for_another_reason_is_not_tried_again():
    """Nor one whose only type is unknown."""
    for events in (("production.queued",), ("production.queued", "production.failed")):
        refusal = answer("400 Bad Request", error("INVALID_REQUEST"))
        async with bench_of(in_turn(refusal)) as bench:
            with pytest.raises(ProviderRefusedError):
                await bench.provider.webhooks_add("https://bot.example", events)
        assert bench.server.posts == 1


async def test_a_webhook_without_a_secret_is_an_error():
    """Nothing it sends could be believed."""
    body = sample("webhook_added_201") | {"signingSecret": None}
    async with bench_of(in_turn(answer("201 Created", json.dumps(body).encode()))) as bench:
        with pytest.raises(ProviderReplyError, match="no signing secret"):
            await bench.provider.webhooks_add("https://bot.example", ("production.queued",))


async def test_a_check_never_raises():
    """It is the doctor's; everything it meets is a finding."""
    for raw in (b"<html>", b"[]", b"{}"):
        async with bench_of(in_turn(answer("200 OK", raw))) as bench:
            (finding,) = await bench.provider.check()
        assert not finding.is_good
    async with bench_of(drop_after_reading) as bench:
        (finding,) = await bench.provider.check()
    assert not finding.is_good


async def test_a_check_stays_open_about_what_it_could_not_ask():
    """A fault is not a missing right."""
    async with bench_of(in_turn(ACCOUNTS, answer("503 Service Unavailable"))) as bench:
        first, *others = await bench.provider.check()
    assert first.is_good
    assert {finding.is_good for finding in others} == {False}
    assert all("is open" in finding.text for finding in others)
