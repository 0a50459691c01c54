"""The storage takes an upload as its link says, and refuses everything else as S3 would."""

import asyncio
import re

import httpx
import pytest
from aiohttp import web

from tests.unit.twin.narakeet.conftest import PROJECT
from twin.narakeet import archives
from twin.server import start_server

ZIP = {"Content-Type": "application/zip"}


@pytest.fixture
async def token(http) -> dict[str, str]:
    """An upload token that was not used."""
    return (await http.get("/video/upload-request/zip")).json()


def code_of(answer: httpx.Response) -> str:
    """Give the code in the storage's error."""
    assert answer.headers["Content-Type"].startswith("application/xml")
    return re.search("<Code>(.*)</Code>", answer.text)[1]


async def sent(twin, head: str, body: bytes = b"") -> bytes:
    """Send raw bytes and give the answer's first line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(twin.url.rpartition(":")[2]))
    writer.write(head.replace("\n", "\r\n").encode() + body)
    await writer.drain()
    async with asyncio.timeout(10):
        line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line


def path_of(url: str) -> str:
    """Give what stands in a request's first line."""
    return httpx.URL(url).raw_path.decode()


async def test_key_on_the_upload_is_refused(http, token):
    """The key goes to the API alone; the upload stays possible without it."""
    answer = await http.put(token["url"], content=PROJECT, headers=ZIP)
    assert (answer.status_code, code_of(answer)) == (400, "InvalidRequest")


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "application/zip; x=y"])
async def test_other_content_type_is_refused(plain, token, kind):
    """The link was signed for one content type."""
    headers = {} if kind is None else {"Content-Type": kind}
    answer = await plain.put(token["url"], content=PROJECT, headers=headers)
    assert (answer.status_code, code_of(answer)) == (403, "SignatureDoesNotMatch")


async def test_chunked_upload_is_refused(plain, token):
    """The length must be known before."""

    async def chunks():
        yield PROJECT

    answer = await plain.put(token["url"], content=chunks(), headers=ZIP)
    assert (answer.status_code, code_of(answer)) == (501, "NotImplemented")


async def test_upload_without_a_length_is_refused(twin, token):
    """A request that announces no body at all gets 411."""
    head = f"PUT {path_of(token['url'])} HTTP/1.1\nHost: x\nContent-Type: application/zip\n\n"
    assert b" 411 " in await sent(twin, head)


async def test_upload_that_ends_early_leaves_the_token_good(twin, token, plain):
    """Fewer bytes than announced are no upload."""
    _, writer = await asyncio.open_connection("127.0.0.1", int(twin.url.rpartition(":")[2]))
    head = (
        f"PUT {path_of(token['url'])} HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: application/zip\r\nContent-Length: {len(PROJECT)}\r\n\r\n"
    )
    writer.write(head.encode() + PROJECT[:-10])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await twin.journal.wait_for(lambda: twin.journal.number == 2, timeout_s=10)
    answer = await plain.put(token["url"], content=PROJECT, headers=ZIP)
    assert answer.status_code == 200


async def test_upload_that_is_too_large_is_refused(twin, plain, token):
    """The limit is a setting, since no document has it."""
    twin.configure(upload_bytes=100)
    answer = await plain.put(token["url"], content=bytes(101), headers=ZIP)
    assert (answer.status_code, code_of(answer)) == (400, "EntityTooLarge")


@pytest.mark.parametrize("megabytes", [1, 30])
async def test_large_uploads_are_taken(plain, token, megabytes):
    """The vendor's own test sends up to thirty megabytes and expects an empty answer."""
    answer = await plain.put(token["url"], content=b"x" * (megabytes << 20), headers=ZIP)
    assert (answer.status_code, answer.text) == (200, "")


async def test_used_token_is_refused(upload, plain):
    """A token is good for one upload."""
    token = await upload()
    answer = await plain.put(token["url"], content=PROJECT, headers=ZIP)
    assert (answer.status_code, code_of(answer)) == (403, "AccessDenied")


@pytest.mark.parametrize(("after_s", "status"), [(899, 200), (900, 403)])
async def test_token_ends(clock, plain, token, after_s, status):
    """A token lives for a quarter of an hour here; the documents name no time."""
    await clock.advance(after_s)
    answer = await plain.put(token["url"], content=PROJECT, headers=ZIP)
    assert answer.status_code == status
    if status == 403:
        assert code_of(answer) == "AccessDenied"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda url: url.partition("?")[0], id="no query"),
        pytest.param(lambda url: url[:-2] + "zz", id="other signature"),
        pytest.param(lambda url: url.replace("sp=w", "sp=r"), id="other permission"),
        pytest.param(lambda url: url.replace("2026", "2036"), id="longer life"),
        pytest.param(lambda url: url.replace(".zip?", "x.zip?"), id="other file"),
    ],
)
async def test_altered_token_is_refused(plain, token, spoil):
    """A link is good only as it was made."""
    answer = await plain.put(spoil(token["url"]), content=PROJECT, headers=ZIP)
    assert (answer.status_code, code_of(answer)) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
async def test_token_is_for_putting_alone(plain, token, method):
    """A link is signed for one method."""
    assert (await plain.request(method, token["url"])).status_code == 403


async def test_journal_has_the_upload_without_its_bytes(twin, upload, plain):
    """Who looks sees how much was sent, and no signature."""
    token = await upload()
    answer = await plain.get("journal")
    entry = answer.json()["entries"][-1]
    assert entry["detail"]["payload"] == f"(application/zip, {len(PROJECT)} bytes)"
    assert httpx.URL(token["url"]).params["sig"] not in answer.text


@pytest.fixture
async def host():
    """A host of somebody's own with archives, some of which cannot be had."""

    async def give(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name == "moved":
            raise web.HTTPFound("/project")
        status = 200 if name == "project" else 404
        return web.Response(body=PROJECT, status=status)

    app = web.Application()
    app.router.add_get("/{name}", give)
    server = await start_server(app)
    yield server
    await server.stop()


async def built_from(http, clock, look, url: str) -> dict:
    """Build from an address and give the last status."""
    body = {"repositoryType": "zip-url", "repository": url, "source": "script.md"}
    answer = await http.post("/video/build", json=body)
    assert answer.status_code == 200
    await clock.advance(120)
    return await look(answer.json())


async def test_archive_is_fetched_from_this_machine(http, clock, look, host):
    """An address on loopback is taken, though the real service wants https."""
    status = await built_from(http, clock, look, f"{host.url}/project")
    assert status["succeeded"] is True


@pytest.mark.parametrize("name", ["moved", "missing"])
async def test_archive_that_cannot_be_had_fails_the_job(http, clock, look, host, name):
    """Redirects are not followed, and an error is no archive."""
    status = await built_from(http, clock, look, f"{host.url}/{name}")
    assert status["message"] == "The archive could not be downloaded."


async def test_archive_that_is_too_large_fails_the_job(twin, http, clock, look, host):
    """The limit of uploads holds for downloads too."""
    twin.configure(upload_bytes=10)
    status = await built_from(http, clock, look, f"{host.url}/project")
    assert status["message"] == "The archive could not be downloaded."


@pytest.mark.parametrize(
    "url",
    ["https://archive.example/x", "https://[", "https://localhost:1/x", "http://127.0.0.1:1/x"],
)
async def test_nothing_is_fetched_from_elsewhere(http, clock, look, url):
    """The twin does not reach beyond this machine, and a closed port is no archive."""
    status = await built_from(http, clock, look, url)
    assert status["message"] == "The archive could not be downloaded."


async def test_only_loopback_itself_is_reached(host):
    """An address that would lead here, but does not say so, is not asked."""
    assert await archives._fetch(f"{host.url}/project", most=10_000) == PROJECT
    elsewhere = host.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 -- Asked, not bound.
    assert await archives._fetch(f"{elsewhere}/project", most=10_000) is None


async def test_github_is_accepted_and_not_reached(http, clock, look, plain):
    """A build from GitHub is understood; its token shows nowhere."""
    body = {"repositoryType": "github", "repository": "a/b", "source": "x.md", "token": "ghp_1"}
    task = (await http.post("/video/build", json=body)).json()
    await clock.advance(120)
    assert (await look(task))["succeeded"] is False
    assert "ghp_1" not in (await plain.get("journal")).text
