"""What only Narakeet does, against its local server over real HTTP."""

import io
import zipfile

import httpx
import pytest

from bot.core.errors import (
    ProviderAuthError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
    WebhookError,
)
from bot.core.events import News
from bot.core.production import FileReference
from bot.providers.base import BUDGET_SPENT, Delayed, Refused, Uncertain
from tests.contract.provider_benches import send, submit
from tests.contract.provider_narakeet import SPOKEN, NarakeetBench
from tests.faults.raw_server import RawServer
from tests.unit.providers.narakeet.samples import SCRIPT


@pytest.fixture
async def bench():
    """Give Narakeet with its server running."""
    async with NarakeetBench() as running:
        yield running


def archive_of(bench) -> zipfile.ZipFile:
    """Open what the local server was sent for its newest job."""
    wish = bench.twin.jobs()[-1].wish
    upload = bench.twin._archives.upload(wish.repository)
    return zipfile.ZipFile(io.BytesIO(upload.content))


async def test_script_and_files_arrive_as_one_project(bench):
    """Plain files under plain names, the script under a fixed one with what the form set."""
    picture = bench.uploads.file("london.jpg", b"\xff\xd8" * 200_000)
    story = bench.uploads.file("Story.md", b"\xef\xbb\xbf" + SCRIPT.encode())
    job = await submit(
        bench, script="", files={"files": (picture, story)}, voice="mickey", size="720p"
    )
    archive = archive_of(bench)
    assert archive.namelist() == ["script.md", "london.jpg"]
    assert archive.read("script.md").decode() == f"---\nsize: 720p\nvoice: mickey\n---\n\n{SCRIPT}"
    assert archive.read("london.jpg") == bench.uploads.contents[picture.file_id]
    assert {one.external_attr >> 16 for one in archive.infolist()} == {0o100644}
    assert archive.testzip() is None
    await bench.bring(job, News.COMPLETED)
    assert (await bench.provider.observe(job)).news is News.COMPLETED


async def test_the_same_project_is_the_same_zip(bench):
    """Nothing in it tells when it was packed."""
    picture = bench.uploads.file("london.jpg", b"\xff\xd8")
    sent = []
    for _ in range(2):
        await submit(bench, script=SCRIPT, files={"files": (picture,)})
        sent.append(bench.twin._archives.upload(bench.twin.jobs()[-1].wish.repository).content)
        await bench.pass_time(3600)
    assert sent[0] == sent[1]


async def test_the_key_goes_to_the_api_alone(bench):
    """The storage refuses it, on the very same origin; nothing was refused."""
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    await bench.provider.observe(job)
    assert {status for _, status in bench.calls("/storage/")} == {200}
    assert len(bench.calls("PUT /storage/uploads")) == 1


async def test_an_upload_that_is_gone_is_refused_before_anything_is_paid(bench):
    """Whoever deleted it must upload it again."""
    gone = FileReference(file_id="FGONE", name="london.jpg", size_bytes=3)
    with pytest.raises(ProviderRefusedError) as caught:
        await bench.provider.prepare(bench.request(script=SCRIPT, files={"files": (gone,)}))
    assert caught.value.code == "file_gone"
    assert bench.calls() == []


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\x00", b"a\0b"])
async def test_a_script_that_is_no_text_is_refused(bench, content: bytes):
    """In words that say what to do."""
    story = bench.uploads.file("story.md", content)
    with pytest.raises(ProviderRefusedError) as caught:
        await bench.provider.prepare(bench.request(script="", files={"files": (story,)}))
    assert caught.value.code == "form_incomplete"


async def test_a_file_named_like_the_script_is_refused(bench):
    """One of the two would be lost."""
    other = bench.uploads.file("Script.md", b"Other words.")
    with pytest.raises(ProviderRefusedError):
        await bench.provider.prepare(bench.request(script=SCRIPT, files={"files": (other,)}))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AccessDenied", ProviderUnavailableError),
        ("EntityTooLarge", ProviderRefusedError),
        ("SignatureDoesNotMatch", ProviderRefusedError),
    ],
)
async def test_an_upload_that_is_not_taken_says_whether_to_try_again(bench, code: str, error: type):
    """A token that ran out is replaced; the rest is final."""
    bench.fail("UPLOAD", "status", status=403, body=f"<Error><Code>{code}</Code></Error>")
    with pytest.raises(error):
        await bench.provider.prepare(bench.request())
    await bench.provider.prepare(bench.request())
    assert bench.submitted == 0


@pytest.mark.parametrize(
    ("match", "kind"),
    [("TOKEN", "status"), *(("UPLOAD", kind) for kind in ("status", "drop_before", "drop_after"))],
)
async def test_what_comes_before_the_paid_call_is_simply_done_again(bench, match: str, kind: str):
    """Nothing was paid, so nothing is uncertain."""
    bench.fail(match, kind)
    with pytest.raises(ProviderUnavailableError):
        await bench.provider.prepare(bench.request())
    await submit(bench)
    assert bench.submitted == 1


async def test_a_refused_key_is_known_before_the_paid_call(bench):
    """Whoever runs the bot is told; looks, which need no key, go on."""
    with pytest.raises(ProviderAuthError) as caught:
        await bench.build(api_key="nobody").prepare(bench.request())
    assert not caught.value.is_for_all


async def test_a_zip_on_the_web_is_named_and_not_fetched_by_us(bench):
    """Only the one paid call is made."""
    address = "https://files.example/talk.zip"
    await submit(bench, kind="archive", script="", address=address, source="talk/script.md")
    assert [what for what, _ in bench.calls()] == ["POST /video/build"]
    wish = bench.twin.jobs()[0].wish
    assert (wish.repository_type, wish.repository) == ("zip-url", address)
    assert wish.script == "talk/script.md"


@pytest.mark.parametrize(
    "address", ["http://files.example/a.zip", "ftp://files.example/a.zip", "https://10.0.0.1/a.zip"]
)
async def test_a_zip_that_nobody_else_could_fetch_is_refused(bench, address: str):
    """Before anything is sent."""
    with pytest.raises(ProviderRefusedError):
        await bench.provider.prepare(
            bench.request(kind="archive", address=address, source="script.md")
        )


@pytest.mark.parametrize("kind", ["mp3", "m4a", "wav"])
async def test_a_text_is_read_aloud_in_each_format(bench, kind: str):
    """With subtitles where they were asked for."""
    job = await submit(bench, **SPOKEN, voice="hans", speed="1.1", format=kind, subtitles="yes")
    wish = bench.twin.jobs()[0].wish
    assert (wish.format, wish.voice, wish.accept) == (kind, "hans", "json+vtt")
    await bench.bring(job, News.COMPLETED)
    files = await bench.provider.deliverables(job)
    assert [one.name for one in files] == [f"result.{kind}", "result.srt", "result.vtt"]


async def test_subtitles_can_be_read_aloud(bench):
    """They are sent as what they are."""
    subtitles = bench.uploads.file("talk.srt", b"1\n00:00:00,000 --> 00:00:02,000\nGood morning.\n")
    await submit(bench, kind="audio", script="", files={"text_file": (subtitles,)})
    assert bench.twin.jobs()[0].wish.seconds == 1


async def test_a_text_longer_than_narakeet_reads_is_refused(bench):
    """Counted in bytes of UTF-8."""
    provider = bench.build(text_bytes=9)
    with pytest.raises(ProviderRefusedError) as caught:
        await provider.prepare(bench.request(kind="audio", script="äöüäö"))
    assert caught.value.code == "form_too_long"


@pytest.mark.parametrize("missing", ["403", "404"])
async def test_a_status_may_be_missing_for_a_moment(bench, missing: str):
    """Then it is a mystery, and after an hour it is over."""
    bench.configure(status_late_s=1e6, status_missing=missing)
    job = await submit(bench)
    await bench.pass_time(60)
    assert (await bench.provider.observe(job)).news is News.QUEUED
    await bench.pass_time(1)
    with pytest.raises(ProviderRefusedError) as caught:
        await bench.provider.observe(job)
    assert caught.value.code == "job_missing"
    await bench.pass_time(3600)
    seen = await bench.provider.observe(job)
    assert seen.news is News.FAILED
    assert seen.failure.code == "status_lost"


async def test_a_job_that_never_finishes_has_failed(bench):
    """With the reason, and that it may have been charged."""
    bench.configure(hold_builds=True)
    job = await submit(bench)
    await bench.pass_time(3600)
    assert (await bench.provider.observe(job)).news is News.PRODUCING
    await bench.pass_time(1)
    seen = await bench.provider.observe(job)
    assert (seen.news, seen.failure.code) == (News.FAILED, "too_old")
    assert "charged" in seen.failure.text


async def test_progress_is_the_services_own(bench):
    """Per cents and words, also where `finished` is left out."""
    bench.configure(omit_finished=True)
    job = await submit(bench)
    await bench.pass_time(60)
    seen = await bench.provider.observe(job)
    assert seen.news is News.PRODUCING
    assert (seen.progress.percent, seen.progress.step) == (50, "building scenes")


@pytest.mark.parametrize(
    ("settings", "words"),
    [({}, "Missing file: "), ({"mute_failures": True}, "does not say why")],
)
async def test_a_failed_build_says_why_where_it_does(bench, settings: dict, words: str):
    """In the service's words, since only it knows."""
    bench.configure(**settings)
    job = await submit(bench, script=SCRIPT)
    await bench.pass_time(120)
    seen = await bench.provider.observe(job)
    assert (seen.news, seen.failure.code) == (News.FAILED, "build_failed")
    assert words in seen.failure.text


async def test_a_link_dies_and_does_not_come_back(bench):
    """That is why files are copied at once; a click a minute asks again at most."""
    assert bench.provider.capabilities.links_die
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    await bench.provider.deliverables(job)
    async with httpx.AsyncClient() as client:
        await bench.pass_time(9 * 60)
        assert (await client.get((await bench.provider.open(job, "srt")).url)).status_code == 200
    await bench.pass_time(60)
    asked = len(bench.calls())
    for _ in range(3):
        with pytest.raises(ProviderRefusedError) as caught:
            await bench.provider.open(job, "srt")
        assert caught.value.code == "deliverable_missing"
    assert len(bench.calls()) == asked + 1


@pytest.mark.parametrize("status", [403, 404])
async def test_a_status_that_is_missing_once_costs_no_file(bench, status: int):
    """Whoever asks for a link hears that waiting helps, and it does."""
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    bench.fail("LOOK", "status", status=status)
    with pytest.raises(ProviderUnavailableError) as caught:
        await bench.provider.open(job, "result")
    assert caught.value.code == "job_missing"
    assert (await bench.provider.open(job, "result")).url


async def test_a_link_that_narakeet_makes_anew_is_taken(bench):
    """Whether it does is not documented."""
    bench.configure(fresh_links=True)
    job = await submit(bench)
    await bench.bring(job, News.COMPLETED)
    await bench.provider.deliverables(job)
    await bench.pass_time(3600)
    async with httpx.AsyncClient() as client:
        link = await bench.provider.open(job, "result")
        assert (await client.get(link.url)).status_code == 200


@pytest.mark.parametrize("address", ["http://status.example/a", "https://10.1.2.3/a", "nowhere"])
async def test_a_status_address_not_to_follow_makes_the_submit_uncertain(bench, address: str):
    """It was taken and may be paid for, yet cannot be asked about."""
    bench.fail("SUBMIT", "body", status=200, body=f'{{"taskId": "t", "statusUrl": "{address}"}}')
    outcome = await send(bench, bench.provider)
    assert isinstance(outcome, Uncertain)
    assert outcome.failure.code == "unsafe_link"
    assert address not in outcome.failure.text


async def test_an_upload_address_not_to_follow_is_not_followed(bench):
    """Nothing of the project leaves."""
    token = (
        '{"url": "http://10.0.0.1/x", "contentType": "application/zip",'
        ' "repository": "a", "repositoryType": "b"}'
    )
    bench.fail("TOKEN", "body", status=200, body=token)
    with pytest.raises(ProviderReplyError) as caught:
        await bench.provider.prepare(bench.request())
    assert caught.value.code == "unsafe_link"


async def test_voices_are_found_by_name_and_language_and_asked_for_once_a_day(bench):
    """There are more than a select could list."""
    bench.configure(many_voices=True)
    provider = bench.build(max_bytes=1_000_000)
    found = await provider.search("voice", "german")
    assert [one.name for one in found] == ["Hans, German", "Marlene, German"]
    assert [one.value for one in await provider.search("voice", "marlene")] == ["marlene"]
    assert len(await provider.search("voice", "")) == 100
    assert await provider.search("topic", "x") == ()
    await bench.pass_time(86_399)
    await provider.search("voice", "hans")
    assert len(bench.calls("GET /voices")) == 1
    await bench.pass_time(1)
    bench.fail("FORM", "status", status=500)
    assert await provider.search("voice", "hans")
    assert len(bench.calls("GET /voices")) == 2


async def test_the_form_says_what_is_left_and_opens_without_it(bench):
    """Credits that cannot be had hinder nobody; a refused key does."""
    assert "90 minutes" in (await bench.provider.form()).note
    await bench.pass_time(61)
    bench.fail("CREDITS", "status", status=500)
    assert (await bench.provider.form()).note is None
    with pytest.raises(ProviderAuthError):
        await bench.build(api_key="nobody").form()


async def test_a_check_finds_an_account_without_credits(bench):
    """The key works, and yet nothing could be made."""
    bench.twin.credits_left.set("northwind", 0)
    credits_left, voices = await bench.provider.check()
    assert not credits_left.is_good
    assert voices.is_good


async def test_the_days_requests_are_kept_and_looks_are_none_of_them(bench):
    """The storage counts nothing, so a job is followed on the emptiest day."""
    provider = bench.build(per_day=3)
    prepared = await provider.prepare(bench.request())
    job = (await provider.submit(prepared, key="k")).job
    await provider.prepare(bench.request())
    with pytest.raises(ProviderUnavailableError) as caught:
        await provider.prepare(bench.request())
    assert caught.value.code == BUDGET_SPENT
    assert caught.value.retry_after_s == 14 * 3600
    assert isinstance(await provider.submit(prepared, key="k2"), Delayed)
    for _ in range(5):
        assert (await provider.observe(job)).news is News.PRODUCING
        assert provider.budget.may_look()
        assert provider.budget.wait_s() == 0
    assert provider.budget.stretched_s(5.0, open_productions=1000) == 5.0
    assert provider.budget.wait_s(for_people=True) == 14 * 3600
    assert bench.submitted == 1


async def test_what_narakeet_lacks_is_said_in_words(bench):
    """No button leads there; these are for whoever asks all the same."""
    job = await submit(bench)
    for call in (bench.provider.cancel(job), bench.provider.find(bench.request(), job_id="t-1")):
        with pytest.raises(ProviderRefusedError) as caught:
            await call
        assert caught.value.text.startswith("Narakeet")
    assert isinstance(await bench.provider.retry(job), Refused)
    assert bench.provider.console_url(job) is None
    with pytest.raises(WebhookError):
        bench.provider.read_webhook({}, b"{}", secrets=("s",), now=bench.clock.now())


async def test_a_storage_that_never_ends_its_answer_is_given_up(bench):
    """The whole time counts, not the silence between two bytes."""

    async def trickle(exchange) -> None:
        await exchange.read_request()
        await exchange.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        await exchange.hang()

    async with RawServer(trickle) as server:
        provider = bench.build(base_url=server.url(), look_timeout_s=0.2, upload_timeout_s=0.2)
        with pytest.raises(ProviderUnavailableError) as caught:
            await provider.form()
        assert caught.value.code == "timed_out"
