"""Our copies over HTTP: whole, in parts, by HEAD, and never more than was asked for."""

import asyncio
from types import SimpleNamespace
from unittest.mock import create_autospec

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.core.errors import FilesUnavailableError
from bot.handout import Gone, Handout, OurFile, Why
from bot.web.downloads import DownloadEndpoint
from bot.web.readers import IN_ALL, PER_LINK, Readers
from tests.factories import NOW
from tests.following import Clock

DATA = bytes(range(250)) * 4
SIZE = len(DATA)
OURS = OurFile(
    file="P/1/x/y",
    name="Herbst \u201eTeaser\u201c.mp4",
    topic="Autumn range",
    kind="video",
    size_bytes=SIZE,
    sha256="ab" * 32,
    listed_type=None,
    sent_type="text/html",
)
ETAG = f'"{OURS.sha256}"'


@pytest.fixture
def desk():
    """Give a handout with one file, and what is fetched of it."""
    handout = create_autospec(Handout, instance=True)
    handout.find.return_value = OURS

    async def read(_ours, start, end):
        for at in range(start, end, 100):
            yield DATA[at : min(at + 100, end)]

    handout.read.side_effect = read
    return SimpleNamespace(handout=handout, clock=Clock())


@pytest.fixture
async def client(desk):
    endpoint = DownloadEndpoint(desk.handout, clock=desk.clock.now, readers=Readers())
    route = Route("/d/{token}", endpoint.answer, methods=["GET", "HEAD"])
    transport = httpx.ASGITransport(app=Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_whole_file_says_what_it_is(client):
    """Its length, its type by its name, a name to save under, and that nobody keeps or runs it."""
    answer = await client.get("/d/t")
    assert (answer.status_code, answer.content) == (200, DATA)
    headers = answer.headers
    assert headers["content-length"] == str(SIZE)
    assert headers["content-type"] == "video/mp4"
    assert headers["content-disposition"] == (
        'attachment; filename="Autumn range - Herbst Teaser.mp4"; '
        "filename*=UTF-8''Autumn%20range%20-%20Herbst%20%E2%80%9ETeaser%E2%80%9C.mp4"
    )
    assert headers["accept-ranges"] == "bytes"
    assert headers["etag"] == ETAG
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-", 0, SIZE), ("bytes=10-19", 10, 20), ("bytes=-7", SIZE - 7, SIZE)],
)
async def test_part_is_served_with_its_place(client, asked, start, end):
    """206 with the bytes asked for, and where they stand in the whole."""
    answer = await client.get("/d/t", headers={"range": asked})
    assert (answer.status_code, answer.content) == (206, DATA[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)


async def test_part_beyond_the_end_is_refused(client):
    """416 with the length, so that a client can begin again."""
    answer = await client.get("/d/t", headers={"range": f"bytes={SIZE}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "pages=1-2", "nonsense", "bytes=9-1"])
async def test_range_that_is_none_gives_the_whole(client, asked):
    """As servers may."""
    answer = await client.get("/d/t", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, DATA)


@pytest.mark.parametrize(
    ("guard", "status"),
    [
        (ETAG, 206),
        (f"W/{ETAG}", 200),
        ('"another"', 200),
        ("Sun, 22 Nov 2026 10:00:00 GMT", 200),
    ],
)
async def test_part_is_only_given_of_the_same_file(client, guard, status):
    """If-Range with our own strong ETag, and nothing else, lets a download be taken up again."""
    answer = await client.get("/d/t", headers={"range": "bytes=5-", "if-range": guard})
    assert answer.status_code == status
    assert answer.content == (DATA[5:] if status == 206 else DATA)


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=5-9"}])
async def test_head_says_what_get_would(client, desk, headers):
    """The same headers, no bytes, nothing read, nothing counted; ranges are for GET."""
    answer = await client.head("/d/t", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["etag"] == ETAG
    desk.handout.read.assert_not_called()
    desk.handout.count.assert_not_called()


async def test_download_is_counted_once(client, desk):
    """Its beginning counts; the parts that follow belong to it."""
    for asked in ("bytes=0-99", "bytes=100-199", "bytes=-1"):
        await client.get("/d/t", headers={"range": asked})
    desk.handout.count.assert_awaited_once_with("t", source="copy")


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Slack-ImgProxy (+https://api.slack.com/robots)"},
        {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"sec-fetch-dest": "image"},
    ],
)
async def test_picture_that_is_only_drawn_is_served_and_not_counted(client, desk, headers):
    """Slack's servers and a page that draws it fetch it; nobody has asked for the file."""
    answer = await client.get("/d/t", headers=headers)
    assert answer.content == DATA
    desk.handout.count.assert_not_called()


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (Why.REVOKED, "rejected"),
        (Why.DELETED, "deleted on 22 November 2026"),
        (Why.LOST, "could not be copied"),
        (Why.MISSING, "not where it was put"),
        (Why.SWITCHED_OFF, "switched off"),
    ],
)
async def test_link_that_leads_nowhere_says_why_and_who_to_ask(client, desk, why, words):
    """410 with a sentence; whoever has the link learns the production's short id, no more."""
    desk.handout.find.return_value = Gone(why=why, production_id="7K3MQ2", since_at=NOW)
    answer = await client.get("/d/t")
    assert answer.status_code == 410
    assert words in answer.text
    assert "its ID is 7K3MQ2" in answer.text


async def test_store_that_does_not_answer_is_said(client, desk):
    """503; nothing is lost."""
    desk.handout.find.side_effect = FilesUnavailableError("gone")
    answer = await client.get("/d/t")
    assert answer.status_code == 503
    assert "not lost" in answer.text


@pytest.fixture
async def reading(desk, client):
    """Let people begin to read links, each as many times as said, until `done` is set."""
    done, begun, tasks = asyncio.Event(), asyncio.Queue(), []

    async def read(_ours, start, end):
        begun.put_nowait(None)
        yield DATA[start:end]
        await done.wait()

    async def begin(links):
        desk.handout.read.side_effect = read
        tasks.extend(asyncio.create_task(client.get(f"/d/{link}")) for link in links)
        for _ in links:
            await begun.get()

    async def end():
        done.set()
        return [(await task).status_code for task in tasks]

    yield SimpleNamespace(begin=begin, end=end)
    await end()


async def test_one_link_is_read_by_so_many_at_once(client, reading):
    """The next is told when to come back, everybody else reads on, and later it works again."""
    await reading.begin(["t"] * PER_LINK)
    crowded = await client.get("/d/t")
    assert (crowded.status_code, crowded.headers["retry-after"]) == (429, "60")
    await reading.begin(["other"])
    assert await reading.end() == [200] * (PER_LINK + 1)
    assert (await client.get("/d/t")).status_code == 200


async def test_all_links_are_read_by_so_many_at_once(client, desk, reading):
    """Slack finds a connection, whatever readers do; what costs nothing is answered all the same."""
    await reading.begin([f"link-{number % 8}" for number in range(IN_ALL)])
    full = await client.get("/d/t")
    assert (full.status_code, full.headers["retry-after"]) == (503, "60")
    assert desk.handout.count.await_count == IN_ALL
    assert await reading.end() == [200] * IN_ALL
    assert (await client.get("/d/t")).status_code == 200


async def test_reader_who_leaves_makes_room(client, desk):
    """A read that broke off counts no more."""

    async def broken(_ours, _start, _end):
        yield DATA[:1]
        raise FilesUnavailableError("gone")

    desk.handout.read.side_effect = broken
    for _ in range(PER_LINK + 1):
        with pytest.raises(FilesUnavailableError):
            await client.get("/d/t")
