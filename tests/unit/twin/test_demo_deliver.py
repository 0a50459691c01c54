"""Files are only called arrived when a link, or one redirect, led to the bytes that were made."""

import hashlib

import pytest
from aiohttp import web

from twin.demo.deliver import fetch_all, links_of
from twin.server import start_server

CONTENT = b"the very bytes"
SIGNED = "/file?se=10%3A00&sig=x"
MADE = {hashlib.sha256(CONTENT).hexdigest()}


@pytest.fixture
async def served():
    """Serve a link that works and some that do not."""
    app = web.Application()

    async def redirect(_request):
        return web.Response(status=302, headers={"Location": SIGNED})

    async def content(request):
        if request.path == "/file" and request.raw_path != SIGNED:
            raise web.HTTPForbidden
        return web.Response(body=CONTENT)

    async def twice(_request):
        raise web.HTTPFound("/d/good")

    async def other(_request):
        raise web.HTTPFound("/other")

    async def other_content(_request):
        return web.Response(body=b"other bytes")

    app.router.add_get("/d/good", redirect)
    app.router.add_get("/d/direct", content)
    app.router.add_get("/d/twice", twice)
    app.router.add_get("/d/other", other)
    app.router.add_get("/file", content)
    app.router.add_get("/other", other_content)
    server = await start_server(app)
    yield server
    await server.stop()


async def fetch(url):
    """Fetch one link."""
    (fetched,) = await fetch_all([("Video", url)], made=MADE)
    return fetched


@pytest.mark.parametrize("path", ["good", "direct"], ids=["from the service", "our own copy"])
async def test_link_to_the_made_bytes_has_arrived(served, path):
    """The bytes that were made have arrived, from the bot or after one redirect, as it stands."""
    fetched = await fetch(f"{served.url}/d/{path}")
    assert (fetched.is_as_made, fetched.size_bytes) == (True, len(CONTENT))


@pytest.mark.parametrize(
    ("path", "problem"),
    [("twice", "answered [302, 302, 200]"), ("other", ""), ("nothing", "answered [404]")],
    ids=["two redirects", "other bytes", "not found"],
)
async def test_anything_else_has_not_arrived(served, path, problem):
    """Other bytes, a refusal, or bytes after a second redirect are not called arrived."""
    fetched = await fetch(f"{served.url}/d/{path}")
    assert (fetched.is_as_made, fetched.problem) == (False, problem)


async def test_link_that_nobody_answers_has_not_arrived(served):
    """A server that is gone is a problem with a name, not an exception."""
    await served.stop()
    fetched = await fetch(f"{served.url}/d/good")
    assert not fetched.is_as_made
    assert fetched.problem


def test_links_are_those_beside_the_files():
    """Only download addresses count, each with what it is for."""
    download = {"type": "button", "url": "http://127.0.0.1/d/token"}
    blocks = [
        {"type": "section", "text": {"text": "*Captions*\nc.vtt"}, "accessory": download},
        {"type": "section", "text": {"text": "no accessory"}},
        {"type": "section", "text": {"text": "other"}, "accessory": {"url": "https://x.example"}},
    ]
    assert links_of({"blocks": blocks}) == [("Captions", "http://127.0.0.1/d/token")]
