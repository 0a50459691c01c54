"""TechForge over real sockets: what each answer does to a submit, a retry, a look and a click."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest

from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
    WebhookError,
)
from bot.core.events import News
from bot.core.production import Answer, FileReference
from bot.providers.base import Accepted, Delayed, NotSent, Refused, Uncertain
from bot.providers.techforge.files import find_files
from tests.faults.raw_server import answer, drop_after_reading, in_turn
from tests.unit.providers.techforge.bench import bench_of
from tests.unit.providers.techforge.samples import (
    JOB,
    KEY,
    MP4,
    PROJECT,
    build_request,
    job,
    sample,
    sample_bytes,
)

REQUEST_ID = "X-Request-Id: req-7"
FILE = find_files({"output": MP4})[0].deliverable.key

STATUS_ROWS = {
    "500": (answer("500 Internal Server Error", b"{}", REQUEST_ID), Uncertain,
            ProviderUnavailableError),
    "502 of a gateway": (answer("502 Bad Gateway", b"<html>", REQUEST_ID), Uncertain,
                         ProviderUnavailableError),
    "503": (answer("503 Service Unavailable", b"", REQUEST_ID), Uncertain,
            ProviderUnavailableError),
    "408": (answer("408 Request Timeout", b"", REQUEST_ID), Uncertain, ProviderUnavailableError),
    "200 with nonsense": (answer("200 OK", b"<html>", REQUEST_ID), Uncertain, ProviderReplyError),
    "200 with a list": (answer("200 OK", b"[]", REQUEST_ID), Uncertain, ProviderReplyError),
    "200 without a body": (answer("200 OK", b"", REQUEST_ID), Uncertain, ProviderReplyError),
    "201 without an id": (answer("201 Created", b'{"job": {}}', REQUEST_ID), Uncertain,
                          ProviderReplyError),
    "201 with an odd id": (answer("201 Created", b'{"job": {"uuid": "../x"}}', REQUEST_ID),
                           Uncertain, ProviderReplyError),
    "too long, read in part": (
        answer("201 Created", sample_bytes("submit_201") + b" " * 3000, REQUEST_ID), Uncertain,
        ProviderReplyError,
    ),
    "302": (answer("302 Found", b"", REQUEST_ID, "Location: /login"), Uncertain,
            ProviderReplyError),
    "400": (answer("400 Bad Request", sample_bytes("error_400_list"), REQUEST_ID), Refused,
            ProviderRefusedError),
    "401": (answer("401 Unauthorized", sample_bytes("error_401"), REQUEST_ID), Refused,
            ProviderAuthError),
    "403": (answer("403 Forbidden", b"<html>", REQUEST_ID), Refused, ProviderAuthError),
    "402": (answer("402 Payment Required", b"", REQUEST_ID), Refused, ProviderRefusedError),
    "413": (answer("413 Payload Too Large", b"", REQUEST_ID), Refused, ProviderRefusedError),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "kind", "_look"), STATUS_ROWS.values(), ids=STATUS_ROWS.keys())
@pytest.mark.parametrize("is_retry", [False, True])
async def test_a_paid_calls_answer_is_classified_and_sent_once(
    raw: bytes,
    kind: type,
    _look: type,
    is_retry: bool,  # noqa: FBT001
):
    """A retry costs as much as a submit, so it is read as strictly; none is repeated."""
    async with bench_of(in_turn(raw), max_bytes=2000) as bench:
        outcome = await (bench.provider.retry(job()) if is_retry else bench.submit())
    assert type(outcome) is kind
    assert outcome.failure.correlation_id == "req-7"
    assert outcome.failure.code
    assert outcome.failure.text
    assert bench.server.posts == 1


@pytest.mark.parametrize(("raw", "_submit", "kind"), STATUS_ROWS.values(), ids=STATUS_ROWS.keys())
async def test_a_looks_answer_is_classified(raw: bytes, _submit: type, kind: type):
    """Each keeps the id of the exchange, where there is one."""
    async with bench_of(in_turn(raw), max_bytes=2000) as bench:
        with pytest.raises(ProviderError) as caught:
            await bench.provider.observe(job())
    assert type(caught.value) is kind
    assert caught.value.correlation_id == "req-7"


class Publishing:
    """Give every file the same address."""

    def __init__(self, address):
        self.address, self.asked = address, []

    async def publish(self, file):
        """Give it."""
        self.asked.append(file)
        return self.address


def with_face():
    """Fill the form in with an uploaded picture."""
    request = build_request()
    file = FileReference(file_id="F0FACE", name="face.png", size_bytes=9)
    face = Answer(key="image.avatar", label="Avatar", value="F0FACE", shown="x", files=(file,))
    return replace(request, answers=(*request.answers, face)), file


async def test_an_upload_is_sent_by_its_public_address():
    """What was typed is sent as it was."""
    request, file = with_face()
    publishing = Publishing("https://bot.example/u/t/file.png")
    async with bench_of(in_turn(b""), publishing=publishing) as bench:
        body = await bench.provider.prepare(request)
    assert body["values"]["avatar"] == {"image_url": publishing.address}
    assert body["values"]["headline"] == "Meet the range"
    assert publishing.asked == [file]


@pytest.mark.parametrize(
    ("publishing", "words"),
    [
        (None, "PUBLIC_URL is not set any more"),
        (
            Publishing("http://127.0.0.1:3000/u/t/a.png"),
            "our PUBLIC_URL: it points at this machine",
        ),
    ],
)
async def test_an_upload_that_techforge_cannot_fetch_is_not_sent(publishing, words):
    """The thread says which setting is wrong, and nothing is paid."""
    base = {"base_url": "https://api.techforgeinnovate.com"}
    async with bench_of(in_turn(b""), publishing=publishing, **base) as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.prepare(with_face()[0])
    assert caught.value.code == "no_address"
    assert "“face.png”" in caught.value.text
    assert words in caught.value.text


@pytest.mark.parametrize("is_retry", [False, True])
async def test_a_paid_call_that_is_lost_is_uncertain(is_retry: bool):  # noqa: FBT001
    """The transport's verdict comes through as it is."""
    async with bench_of(drop_after_reading) as bench:
        outcome = await (bench.provider.retry(job()) if is_retry else bench.submit())
        url = bench.server.url()
    assert isinstance(outcome, Uncertain)
    assert bench.server.posts == 1
    async with bench_of(drop_after_reading, base_url=url) as bench:
        outcome = await (bench.provider.retry(job()) if is_retry else bench.submit())
    assert isinstance(outcome, NotSent)


@pytest.mark.parametrize("name", ["submit_201", "submit_old_202"])
async def test_both_shapes_of_a_submits_answer_are_taken(name: str):
    """The current pages say 201 and a row, the overview of v1.0.0 says 202 and `jobId`."""
    async with bench_of(in_turn(answer("201 Created", sample_bytes(name)))) as bench:
        outcome = await bench.submit()
    assert isinstance(outcome, Accepted)
    assert (outcome.job, outcome.word.lower()) == (job(), "queued")


async def test_a_submit_carries_our_key_and_what_was_filled_in():
    """`session_id` tells the job at TechForge; nothing else makes two submits one."""
    sent = []

    async def behave(exchange) -> None:
        sent.append(await exchange.read_request())
        await exchange.write(answer("201 Created", sample_bytes("submit_201")))

    async with bench_of(behave) as bench:
        await bench.submit()
    assert f"x-api-key: {KEY}".encode() in sent[0]
    assert json.loads(bench.server.bodies[0]) == {
        "template_id": PROJECT,
        "job_type": "ai_talking_video",
        "version": 2,
        "values": {"headline": "Meet the range"},
        "background_music": None,
        "session_id": "7K3MQ2-1",
    }


@pytest.mark.parametrize(
    ("name", "news"),
    [
        ("job_in_progress", News.PRODUCING),
        ("job_success", News.COMPLETED),
        ("job_old_done", News.COMPLETED),
        ("job_failed", News.FAILED),
    ],
)
async def test_samples_of_looks_are_understood(name: str, news: News):
    """In both generations of words."""
    async with bench_of(in_turn(answer("200 OK", sample_bytes(name)))) as bench:
        assert (await bench.provider.observe(job())).news is news


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
async def test_a_missing_job_is_said_to_be_missing(status: str):
    """By the sentence, since the status is that of a success."""
    raw = answer(status, sample_bytes("job_not_found_200"))
    async with bench_of(in_turn(raw)) as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.observe(job())
    assert caught.value.code == "job_missing"


async def test_an_answer_about_another_job_is_not_taken():
    """A mixed-up cache must not move the wrong card."""
    body = sample("job_success") | {"uuid": "99999999-2a11-4b8e-9d33-7a5f10c2e901"}
    async with bench_of(in_turn(answer("200 OK", json.dumps(body).encode()))) as bench:
        with pytest.raises(ProviderReplyError, match="something else"):
            await bench.provider.observe(job())


async def test_what_people_filled_in_is_in_no_sample():
    """Job rows repeat everything that was submitted, and samples are kept."""
    body = sample("job_success") | {"uuid": "../odd"}
    async with bench_of(in_turn(answer("200 OK", json.dumps(body).encode()))) as bench:
        with pytest.raises(ProviderReplyError) as caught:
            await bench.provider.observe(job())
    assert "../odd" in caught.value.sample
    assert "autumn" not in caught.value.sample


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "400 Bad Request", "404 Not Found"])
async def test_a_retry_of_an_unknown_job_is_refused(status: str):
    """The sentence counts, since its status is not documented."""
    raw = answer(status, sample_bytes("trigger_not_found_201"))
    async with bench_of(in_turn(raw)) as bench:
        outcome = await bench.provider.retry(job())
    assert isinstance(outcome, Refused)
    assert outcome.failure.code == "job_missing"


async def test_a_retry_names_one_job():
    """So that a partial failure cannot hide."""
    async with bench_of(in_turn(answer("201 Created", sample_bytes("triggered_201")))) as bench:
        outcome = await bench.provider.retry(job())
    assert outcome == Accepted(job=job(), word="QUEUED")
    assert bench.server.requests == ["POST /jobs/trigger-job HTTP/1.1"]
    assert json.loads(bench.server.bodies[0]) == {"ids": [JOB]}


async def test_a_429_that_does_not_say_how_long_waits_a_minute():
    """Everything waits with it."""
    raw = answer("429 Too Many Requests", b"{}")
    async with bench_of(in_turn(raw, raw)) as bench:
        outcome = await bench.submit()
        assert isinstance(outcome, Delayed)
        assert outcome.wait_s == 60.0
        assert not bench.provider.budget.may_look()
        with pytest.raises(ProviderUnavailableError) as caught:
            await bench.provider.observe(job())
        bench.time.go(seconds=61)
        assert bench.provider.budget.may_look()
    assert caught.value.code == "budget_spent"
    assert len(bench.server.requests) == 1


async def test_a_limit_of_our_own_is_kept():
    """For whoever knows what TechForge does not document."""
    looks = [answer("200 OK", sample_bytes("job_success"))] * 4
    async with bench_of(in_turn(*looks), per_minute=2) as bench:
        await bench.provider.observe(job())
        await bench.provider.observe(job())
        with pytest.raises(ProviderUnavailableError):
            await bench.provider.observe(job())


LINKS = {
    "not signed": (answer("200 OK", sample_bytes("signed_without_path")), ProviderReplyError),
    "gone": (answer("404 Not Found", b""), ProviderRefusedError),
    "plain http": (answer("200 OK", b'{"signedUrl": "http://cdn.example.com/a"}'),
                   ProviderReplyError),
    "private": (answer("200 OK", b'{"signedUrl": "https://10.0.0.7/a"}'), ProviderReplyError),
    "no address": (answer("200 OK", b'{"signedUrl": "javascript:alert(1)"}'), ProviderReplyError),
    "a number": (answer("200 OK", b'{"signedUrl": 7}'), ProviderReplyError),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "kind"), LINKS.values(), ids=LINKS.keys())
async def test_a_link_that_cannot_be_used_is_not_handed_out(raw: bytes, kind: type):
    """Nobody is sent into a private network, or anywhere without a signature."""
    looked = answer("200 OK", sample_bytes("job_success"))
    async with bench_of(in_turn(looked, raw)) as bench:
        with pytest.raises(ProviderError) as caught:
            await bench.provider.open(job(), FILE)
    assert type(caught.value) is kind


async def test_a_link_is_signed_at_the_click_and_shared_for_a_minute():
    """How long it lives is not documented, so it is not kept for longer."""
    signed = answer("200 OK", sample_bytes("signed"))
    looked = answer("200 OK", sample_bytes("job_success"))
    async with bench_of(in_turn(looked, signed, signed)) as bench:
        first = await bench.provider.open(job(), FILE)
        assert await bench.provider.open(job(), FILE) == first
        assert len(bench.server.requests) == 2
        bench.time.go(seconds=61)
        await bench.provider.open(job(), FILE)
    assert first.url == sample("signed")["signedUrl"]
    path = quote(MP4, safe="")  # "url-encoded key" (docs, api/generate-signed-path).
    asked = f"GET /storage/generate-signed-path?path={path} HTTP/1.1"
    assert bench.server.requests[1:] == [asked] * 2


async def test_the_end_of_an_older_links_life_is_kept():
    """The overview of v1.0.0 says when; a link about to die is not shared."""
    dying = {"signedUrl": "https://cdn.example.com/a", "expiresAt": "2026-11-21T10:00:40Z"}
    signed = answer("200 OK", json.dumps(dying).encode())
    looked = answer("200 OK", sample_bytes("job_success"))
    async with bench_of(in_turn(looked, signed, signed)) as bench:
        await bench.provider.open(job(), FILE)
        bench.time.go(seconds=15)
        await bench.provider.open(job(), FILE)
    assert len(bench.server.requests) == 3


async def test_an_output_that_is_an_address_is_used_as_it_is():
    """It needs no signing; asked for anew after a while, since it may have been signed."""
    body = sample("job_success") | {"output": {"output": "https://cdn.example.com/a.mp4?t=1"}}
    looked = answer("200 OK", json.dumps(body).encode())
    async with bench_of(in_turn(looked, looked)) as bench:
        key = (await bench.provider.deliverables(job()))[0].key
        assert (await bench.provider.open(job(), key)).url == body["output"]["output"]
        bench.time.go(seconds=61)
        await bench.provider.open(job(), key)
    assert len(bench.server.requests) == 2


async def test_what_was_made_before_a_retry_is_not_listed():
    """The row keeps its old output until the next run has written its own."""
    body = sample("job_success") | {"job_status": "QUEUED"}
    async with bench_of(in_turn(answer("200 OK", json.dumps(body).encode()))) as bench:
        assert await bench.provider.deliverables(job()) == ()


async def test_a_job_of_another_project_cannot_be_linked():
    """Somebody may paste the wrong id."""
    looked = answer("200 OK", sample_bytes("job_success"))
    other = build_request(project="1d2e3f40-7a10-4bbb-8ccc-000000000009/video")
    async with bench_of(in_turn(looked, looked)) as bench:
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.find(other, job_id=JOB)
        assert await bench.provider.find(build_request(), job_id=f"see {JOB}") == (job(), "SUCCESS")
    assert caught.value.code == "other_project"


async def test_what_techforge_lacks_is_refused_without_asking():
    """No cancel, no webhooks; the capabilities say so too."""
    async with bench_of(in_turn(answer("200 OK"))) as bench:
        with pytest.raises(ProviderRefusedError):
            await bench.provider.cancel(job())
        with pytest.raises(WebhookError):
            bench.provider.read_webhook({}, b"", secrets=(), now=bench.time())
        assert await bench.provider.search("topic", "a") == ()
        able = bench.provider.capabilities
    assert (able.has_cancel, able.has_webhooks, able.decides_in_console) == (False, False, False)
    assert bench.server.requests == []


@pytest.mark.parametrize(("page", "shown"), [("", None), ("http://a.example", "http://a.example")])
async def test_the_studio_is_where_the_catalog_says(page: str, shown: str | None):
    """And nowhere where it says nothing, so that nobody is sent to a page that is not theirs."""
    async with bench_of(in_turn(answer("200 OK")), console_url=page) as bench:
        assert bench.provider.console_url(job()) == shown
