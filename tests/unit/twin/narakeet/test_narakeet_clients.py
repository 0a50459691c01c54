"""The vendor's published clients as they speak, from the token to the file.

Only the requests of the command line client 1.2.0 (axios) were recorded, while it ran against this
twin; those of the examples in Python, Node, Java and C# are written from their sources and from the
habits of their HTTP libraries (github.com/narakeet, seen 2026-11-22). None is a package that a
registry offers, so here they are played from their heads.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.unit.twin.narakeet.conftest import PROJECT


@dataclass(frozen=True, kw_only=True)
class Client:
    """How a published client writes its requests.

    Attributes:
        usual: Headers of every request.
        json_type: What it calls JSON.
        is_chunked: Whether it sends a text without saying how long it is.
    """

    usual: tuple[str, ...] = ()
    json_type: str = "application/json"
    is_chunked: bool = False
    last: tuple[str, ...] = field(default=("Connection: keep-alive",))


CLIENTS = {
    "api-client 1.2.0": Client(
        usual=("Accept: application/json, text/plain, */*", "User-Agent: axios/0.24.0")
    ),
    "Python examples": Client(
        usual=(
            "User-Agent: python-requests/2.28.1",
            "Accept-Encoding: gzip, deflate",
            "Accept: */*",
        )
    ),
    "Node examples": Client(is_chunked=True),
    "Java examples": Client(
        usual=(
            "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
            "Upgrade: h2c",
            "User-Agent: Java-http-client/17.0.2",
        ),
        last=("Connection: Upgrade, HTTP2-Settings",),
    ),
    "C# examples": Client(json_type="application/json; charset=utf-8", last=()),
}


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> Client:
    """Each client in turn."""
    return CLIENTS[request.param]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Read it."""
        return json.loads(self.body)


async def asked(
    client: Client,
    method: str,
    url: str,
    *headers: str,
    body: bytes | None = None,
    is_chunked: bool = False,
) -> Answer:
    """Send a request as the client writes it."""
    where = httpx.URL(url)
    lines = [f"{method} {where.raw_path.decode()} HTTP/1.1", *client.usual, *headers]
    if body is not None and not is_chunked:
        lines.append(f"Content-Length: {len(body)}")
    if is_chunked:
        lines.append("Transfer-Encoding: chunked")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body or b""), body or b"")
    lines += [f"Host: {where.host}:{where.port}", *client.last, "", ""]
    reader, writer = await asyncio.open_connection(where.host, where.port)
    writer.write("\r\n".join(lines).encode() + (body or b""))
    await writer.drain()
    async with asyncio.timeout(10):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split("\r\n", 1)[0] or 0)
        content = await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()
    return Answer(status=int(head.split(" ", 2)[1]), body=content)


async def followed(client: Client, clock, task: dict[str, str]) -> dict[str, Any]:
    """Look as clients do: at once, without a key, until it is finished."""
    for _ in range(200):
        answer = await asked(client, "GET", task["statusUrl"])
        assert answer.status == 200
        status = answer.json()
        if status["finished"]:
            return status
        assert type(status["percent"]) is int
        await clock.advance(5)
    raise AssertionError("it never ended")


async def test_a_video_is_made_as_every_published_client_makes_it(client, twin, clock):
    """Token, upload without the key, build, looks without the key, download."""
    key = f"x-api-key: {twin.api_key}"
    token = (await asked(client, "GET", f"{twin.url}/video/upload-request/zip", key)).json()
    kind = f"Content-Type: {token['contentType']}"
    uploaded = await asked(client, "PUT", token["url"], kind, body=PROJECT)
    assert (uploaded.status, uploaded.body) == (200, b"")
    order = {name: token[name] for name in ("repositoryType", "repository")}
    content = json.dumps(order | {"source": "script.md"}).encode()
    typed = f"Content-Type: {client.json_type}"
    answer = await asked(client, "POST", f"{twin.url}/video/build", typed, key, body=content)
    assert answer.status == 200
    status = await followed(client, clock, answer.json())
    assert status["succeeded"] is True
    assert httpx.URL(status["result"]).path.endswith("/result.mp4")
    video = await asked(client, "GET", status["result"])
    assert video.status == 200
    assert video.body[4:8] == b"ftyp"


@pytest.mark.parametrize("kind", ["mp3", "m4a", "wav"])
async def test_a_text_is_read_as_every_published_client_has_it_read(client, twin, clock, kind):
    """One POST of plain text, in chunks where the client does not count; then looks."""
    answer = await asked(
        client,
        "POST",
        f"{twin.url}/text-to-speech/{kind}?voice=victoria",
        "Content-Type: text/plain",
        f"x-api-key: {twin.api_key}",
        body=b"Hello there from the long content API.",
        is_chunked=client.is_chunked,
    )
    assert answer.status == 200
    status = await followed(client, clock, answer.json())
    assert status["succeeded"] is True
    assert status["durationInSeconds"] > 0
    assert httpx.URL(status["result"]).path.endswith(f"/result.{kind}")
    assert (await asked(client, "GET", status["result"])).status == 200


async def test_a_short_text_is_streamed_as_the_examples_ask_for_it(client, twin):
    """With its length in seconds beside it."""
    answer = await asked(
        Client(last=client.last),
        "POST",
        f"{twin.url}/text-to-speech/m4a?voice=mickey",
        "Accept: application/octet-stream",
        "Content-Type: text/plain",
        f"x-api-key: {twin.api_key}",
        body=b"Hi there from the API",
        is_chunked=client.is_chunked,
    )
    assert answer.status == 200
    assert answer.body[4:8] == b"ftyp"


@pytest.mark.parametrize("what", ["upload", "status", "result"])
async def test_no_client_may_send_its_key_to_the_storage(client, twin, clock, what):
    """A leak of the key is found at each of the three."""
    key = f"x-api-key: {twin.api_key}"
    token = (await asked(client, "GET", f"{twin.url}/video/upload-request/zip", key)).json()
    kind = f"Content-Type: {token['contentType']}"
    if what == "upload":
        answer = await asked(client, "PUT", token["url"], kind, key, body=PROJECT)
        assert answer.status == 400
        return
    order = f"Content-Type: text/plain\r\n{key}"
    task = await asked(client, "POST", f"{twin.url}/text-to-speech/mp3", order, body=b"Hello")
    if what == "status":
        assert (await asked(client, "GET", task.json()["statusUrl"], key)).status == 400
        return
    status = await followed(client, clock, task.json())
    assert (await asked(client, "GET", status["result"], key)).status == 400


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (
            {"repositoryType": "zip-url", "repository": "http://files.example/a.zip"},
            {"error": "zip-url repository must start with https://"},
        ),
        (
            {"repositoryType": "zip-url", "repository": "http://files.example/a.zip", "source": ""},
            {"error": "zip-url repository must start with https://"},
        ),
    ],
)
async def test_the_vendors_own_error_is_said_before_any_other(client, twin, order, said):
    """Word for word as its tests expect it, whatever is missing besides."""
    answer = await asked(
        client,
        "POST",
        f"{twin.url}/video/build",
        f"Content-Type: {client.json_type}",
        f"x-api-key: {twin.api_key}",
        body=json.dumps(order).encode(),
    )
    assert (answer.status, answer.json()) == (400, said)


async def test_a_bad_key_is_said_before_the_body_is_looked_at(client, twin):
    """As its tests expect it."""
    for body in (b"", b"{", b'{"repositoryType": "zip-url", "repository": "http://x"}'):
        url, kind = f"{twin.url}/video/build", f"Content-Type: {client.json_type}"
        answer = await asked(client, "POST", url, kind, "x-api-key: nobody", body=body)
        assert (answer.status, answer.json()) == (403, {"message": "Forbidden"})
