"""Files that a job names: fetched from this machine alone, and looked at."""

import pytest

from twin.origin import is_loopback


@pytest.fixture
def values(store) -> dict[str, object]:
    """Values that name good files."""
    return {
        "headline": "Hello",
        "voiceover": {"audio_url": f"{store.url}/vo.mp3"},
        "avatar": {"image_url": f"{store.url}/face.jpg"},
    }


async def test_files_are_fetched_when_a_worker_takes_the_job(store, submit, clock, values, twin):
    """Not before, and once each."""
    await submit(values=values)
    assert store.asked == []
    await clock.advance(10)
    assert sorted(store.asked) == ["/face.jpg", "/vo.mp3"]
    assert twin.jobs()[0].status == "STARTED"


async def test_plain_text_is_an_address_where_the_field_takes_a_file(store, submit, clock, values):
    """And a text where it takes text, or where nothing was filled in."""
    picture, page = f"{store.url}/face.jpg", f"{store.url}/vo.mp3"
    await submit(values=values | {"avatar": picture, "voiceover": "", "headline": page})
    await clock.advance(10)
    assert store.asked == ["/face.jpg"]


async def test_background_music_is_fetched_for_videos_of_version_two(store, submit, clock):
    """In other versions it means nothing."""
    for version in (2, 3):
        await submit(values={}, version=version, background_music=f"{store.url}/vo.mp3")
    await clock.advance(10)
    assert store.asked == ["/vo.mp3"]


BAD = [
    pytest.param("/gone.jpg", "answers 404", id="gone"),
    pytest.param("/vo.mp3", "audio/mpeg, not image", id="kind"),
    pytest.param("/page", "text/html, not image", id="page"),
    pytest.param("/empty.jpg", "empty", id="empty"),
    pytest.param("/large.jpg", "larger than 1000 bytes", id="large"),
    pytest.param("/moved", "answers 302", id="moved"),
]


@pytest.fixture
def bad_store(store, twin):
    """A place with files that are no good."""
    twin.configure(media_most_bytes=1000)
    store.files |= {
        "/page": ("text/html", b"<html>"),
        "/empty.jpg": ("image/jpeg", b""),
        "/large.jpg": ("image/jpeg", bytes(1001)),
    }
    return store


@pytest.mark.parametrize(("path", "word"), BAD)
async def test_bad_file_fails_the_job(bad_store, submit, clock, twin, path, word):
    """The worker takes it, finds out and gives up; the reason names the field, not the address."""
    await submit(values={"avatar": {"image_url": bad_store.url + path}})
    await clock.advance(10)
    (job,) = twin.jobs()
    assert [status for status, _ in job.history] == ["QUEUED", "STARTED", "FAILED"]
    assert job.reason.startswith("avatar: ")
    assert word in job.reason
    assert bad_store.url not in job.reason
    await clock.advance(1000)
    assert twin.jobs()[0].status == "FAILED"


@pytest.mark.parametrize(("path", "word"), BAD)
async def test_bad_file_can_be_refused_at_once(bad_store, submit, twin, path, word):
    """When the service would look is not documented."""
    twin.configure(bad_media="refuse")
    answer = await submit(values={"avatar": {"image_url": bad_store.url + path}})
    assert (answer.status_code, word in answer.json()["message"]) == (400, True)
    assert twin.jobs() == []


async def test_bad_file_can_be_ignored(bad_store, submit, clock, twin):
    """Then nothing is fetched either."""
    twin.configure(bad_media="ignore")
    await submit(values={"avatar": {"image_url": bad_store.url + "/gone.jpg"}})
    await clock.advance(10)
    assert (twin.jobs()[0].status, bad_store.asked) == ("STARTED", [])


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "",
        "file:///etc/hosts",
        "ftp://127.0.0.1/face.jpg",
        "http://",
        "http://[::1",
        "http://127.0.0.1:0/x",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:1/x",
        "http://127.0.0.1:1/\ud800",
        "http://local host/x",
    ],
)
async def test_address_that_leads_nowhere_fails_the_job(submit, clock, twin, url):
    """Whatever the text, the job fails and the twin goes on."""
    twin.configure(outside_media="doubt")
    body = {"avatar": {"image_url": url}}
    assert (await submit(values=body)).status_code == 201
    await clock.advance(10)
    assert twin.jobs()[0].status == "FAILED"


@pytest.mark.parametrize(("how", "status"), [("believe", "STARTED"), ("doubt", "FAILED")])
async def test_files_elsewhere_are_believed_or_doubted_unseen(submit, clock, twin, how, status):
    """Nothing outside this machine is ever fetched."""
    twin.configure(outside_media=how)
    await submit()
    await clock.advance(10)
    assert twin.jobs()[0].status == status


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- Nothing is bound to it.
        ("169.254.169.254", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_only_this_machine_counts_as_near(host, is_here):
    """Names and addresses that merely look like it do not."""
    assert is_loopback(host) is is_here


async def test_job_that_moved_meanwhile_is_left_alone(store, submit, clock, twin, values):
    """An operator was quicker than the files."""
    await submit(values=values)
    (job,) = twin.jobs()
    store.meanwhile = lambda: twin.act.stand(job.uuid, job_status="FAILED")
    await clock.advance(10)
    assert {status for status, _ in twin.job(job.uuid).history} == {"QUEUED", "FAILED"}
