"""JARAI's forms, files, cancels and webhooks, where the answers are odd."""

import asyncio
import json

import pytest

from bot.core.errors import ProviderRefusedError, ProviderReplyError, ProviderUnavailableError
from tests.faults.raw_server import answer, drop_after_reading, in_turn
from tests.unit.providers.jarai.bench import CORRELATED, PATH, bench_of, error, job
from tests.unit.providers.jarai.samples import ACCOUNT, PRODUCTION, sample, sample_bytes

ACCOUNTS = answer("200 OK", sample_bytes("accounts"))


async def test_accounts_are_asked_for_once_in_a_while():
    """Ten people who open the form at once cost one request, as does a quarter of an hour."""
    async with bench_of(in_turn(ACCOUNTS)) as bench:
        assert await bench.provider.known_form() is None
        await asyncio.gather(*(bench.provider.form() for _ in range(10)))
        bench.time.go(minutes=14)
        await bench.provider.form()
        assert len(bench.server.requests) == 1
        bench.time.go(minutes=2)
        await bench.provider.form()
    assert len(bench.server.requests) == 2


async def test_old_accounts_still_make_a_form():
    """The form opens at once, whatever JARAI is doing."""
    async with bench_of(in_turn(ACCOUNTS, answer("503 Service Unavailable"))) as bench:
        form = await bench.provider.form()
        bench.time.go(days=3)
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
        bench.time.go(hours=1)
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
        first, *others, untried = await bench.provider.check()
    assert first.is_good
    assert untried.is_good
    assert {finding.is_good for finding in others} == {False}
    assert all("is open" in finding.text for finding in others)
