"""Published files over HTTP: served as what they are, to whoever has the address, for a time."""

from types import SimpleNamespace
from unittest.mock import create_autospec

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.core.errors import FilesUnavailableError
from bot.publishing import Ended, PublishedFiles
from bot.web.door import PER_MINUTE, TOKEN_LIMIT, UNKNOWN_PER_MINUTE
from bot.web.readers import IN_ALL, Readers
from bot.web.uploads import UPLOADS_PER_MINUTE, UploadEndpoint
from storage.values import PublishedFile, PublishedState
from tests.factories import NOW
from tests.following import Clock

DATA = bytes(range(200))
FACE = PublishedFile(
    file_id="F0FACE",
    id=1,
    state=PublishedState.LIVE,
    folder="uploads/x",
    name="<Ana>.html.PNG",
    content_type="image/png",
    size_bytes=len(DATA),
    sha256="ab" * 32,
    until_at=NOW,
)


@pytest.fixture
def desk():
    """Give what looks files up, and knows one."""
    files = create_autospec(PublishedFiles, instance=True)
    files.find.side_effect = lambda token: FACE if token == "real" else None

    async def read(_found, start, end):
        yield DATA[start:end]

    files.read.side_effect = read
    return SimpleNamespace(files=files, clock=Clock(), readers=Readers())


@pytest.fixture
async def client(desk):
    endpoint = UploadEndpoint(desk.files, clock=desk.clock.now, readers=desk.readers)
    route = Route("/u/{token}/{name}", endpoint.answer, methods=["GET", "HEAD"])
    transport = httpx.ASGITransport(app=Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("name", ["file.png", "evil.html", "x.svg"])
async def test_a_file_is_served_as_what_it_is(client, name):
    """Whatever it was called, and whatever the address says."""
    answer = await client.get(f"/u/real/{name}")
    assert (answer.status_code, answer.content) == (200, DATA)
    headers = answer.headers
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"].startswith('attachment; filename="file.png"')
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"


async def test_parts_and_heads_are_served(client, desk):
    """As of any copy of ours."""
    part = await client.get("/u/real/a", headers={"range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, DATA[5:10])
    desk.files.read.reset_mock()
    head = await client.head("/u/real/a")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(DATA)))
    desk.files.read.assert_not_called()
    beyond = await client.get("/u/real/a", headers={"range": "bytes=200-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    ("ended", "words"),
    [(Ended(since_at=NOW), "no longer handed out since"), (Ended(since_at=None), "where it was")],
)
async def test_an_address_that_is_over_says_why(client, desk, ended, words):
    """410, in words, to be kept in no cache."""
    desk.files.find.side_effect = None
    desk.files.find.return_value = ended
    answer = await client.get("/u/old/a")
    assert answer.status_code == 410
    assert words in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_store_that_does_not_answer_is_said(client, desk):
    """503; nothing is lost."""
    desk.files.find.side_effect = FilesUnavailableError("away")
    answer = await client.get("/u/real/a")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


async def test_one_address_has_a_limit_of_its_own(client, desk):
    """Beyond it nobody is asked; a minute later it works again."""
    for _ in range(UPLOADS_PER_MINUTE):
        await client.head("/u/real/a")
    assert (await client.get("/u/real/b")).status_code == 429
    assert desk.files.find.await_count == UPLOADS_PER_MINUTE
    desk.clock.move(60)
    assert (await client.get("/u/real/a")).status_code == 200


async def test_whoever_reads_in_small_parts_is_not_taken_for_a_flood(client):
    """Services do, and each part is a request."""
    for number in range(PER_MINUTE + 10):
        part = {"range": f"bytes={number}-{number}"}
        assert (await client.get("/u/real/a", headers=part)).status_code == 206


async def test_guesses_are_limited_together_and_shut_nobody_out(client, desk):
    """Nothing that could be an address is looked up beyond that in vain; long ones never are."""
    for number in range(UNKNOWN_PER_MINUTE):
        assert (await client.get(f"/u/guess-{number}/a")).status_code == 404
    assert (await client.get("/u/guess/a")).status_code == 429
    assert (await client.get("/u/real/a")).status_code == 200
    asked = desk.files.find.await_count
    assert (await client.get(f"/u/{'x' * (TOKEN_LIMIT + 1)}/a")).status_code == 404
    assert desk.files.find.await_count == asked


async def test_whoever_reads_leaves_connections_for_slack(client, desk):
    """Readers of all links are counted together, and each leaves in the end."""
    await client.get("/u/real/a")
    for number in range(IN_ALL):
        assert not desk.readers.is_full()
        desk.readers.enter(f"another-{number}")
    answer = await client.get("/u/real/a")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    desk.readers.leave("another-0")
    assert (await client.get("/u/real/a")).status_code == 200
