"""Pictures of messages: fetched before a message is taken, and refused in Slack's words."""

import contextlib

import aiohttp
import pytest
from aiohttp import web

from tests.unit.twin.slack.support import MARKETING, client_of, refusal_of, running_twin
from twin.faults import Fault
from twin.server import start_server

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
JPEG = b"\xff\xd8\xff\xe0" + bytes(24)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(24)


@contextlib.asynccontextmanager
async def gallery():
    """Serve pictures, and what is none, on this machine; gives its address and who asked."""
    asked = []

    async def show(request):
        asked.append(request.headers["User-Agent"])
        name = request.match_info["name"]
        if name == "moved":
            raise web.HTTPFound("/png")
        if name == "elsewhere":
            raise web.HTTPFound("https://pictures.example/a.png")
        if name == "round":
            raise web.HTTPFound("/round")
        found = {"png": PNG, "jpeg": JPEG, "webp": WEBP, "html": b"<html>"}.get(name)
        return web.Response(body=found) if found else web.Response(status=404, body=PNG)

    app = web.Application()
    app.router.add_get("/{name}", show)
    server = await start_server(app)
    try:
        yield server.url, asked
    finally:
        await server.stop()


@pytest.fixture
async def slack():
    async with running_twin() as twin, client_of(twin) as client:
        yield twin, client


def beside(url):
    """Write a paragraph with a picture beside it."""
    picture = {"type": "image", "image_url": url, "alt_text": "Poster"}
    words = {"type": "mrkdwn", "text": "Ready"}
    return [{"type": "section", "text": words, "accessory": picture}]


def post(client, url):
    """Post a message with a picture."""
    return client.chat_postMessage(channel=MARKETING, text="Ready", blocks=beside(url))


@pytest.mark.parametrize("name", ["png", "jpeg", "moved", "elsewhere"])
async def test_pictures_are_fetched_under_slacks_name(slack, name):
    """Also where they have moved to; of other hosts nothing is asked."""
    _, client = slack
    async with gallery() as (url, asked):
        await post(client, f"{url}/{name}")
    assert asked
    assert all(one.startswith("Slack-ImgProxy") for one in asked)


@pytest.mark.parametrize("name", ["webp", "html", "gone", "round"])
async def test_what_is_no_picture_refuses_the_whole_message(slack, name):
    """In Slack's words, with where it stands; nothing is posted."""
    twin, client = slack
    async with gallery() as (url, _):
        refused = await refusal_of(post(client, f"{url}/{name}"))
    where = "downloading image failed [json-pointer:/blocks/0/accessory/image_url]"
    assert refused["error"] == "invalid_blocks"
    assert refused["errors"] == [where]
    assert refused["response_metadata"]["messages"] == [f"[ERROR] {where}"]
    assert twin.messages(MARKETING) == []


async def test_pictures_elsewhere_are_taken_as_they_are(slack):
    """The twin is offline."""
    _, client = slack
    assert (await post(client, "https://pictures.example/a.png"))["ok"]


async def test_nobody_listening_refuses_it(slack):
    """As a bot behind a closed door finds out."""
    _, client = slack
    async with gallery() as (url, _):
        pass
    assert (await refusal_of(post(client, f"{url}/png")))["error"] == "invalid_blocks"


async def test_an_edit_with_a_bad_picture_changes_nothing(slack):
    """The message stands as it was."""
    twin, client = slack
    async with gallery() as (url, _):
        ts = (await post(client, f"{url}/png"))["ts"]
        call = client.chat_update(
            channel=MARKETING, ts=ts, text="Done", blocks=beside(f"{url}/gone")
        )
        assert (await refusal_of(call))["error"] == "invalid_blocks"
    assert twin.messages(MARKETING)[0]["text"] == "Ready"


async def test_other_mistakes_are_told_first(slack):
    """A picture beside what Slack does not know is not what is wrong."""
    _, client = slack
    async with gallery() as (url, _):
        blocks = [*beside(f"{url}/gone"), {"type": "strange"}]
        call = client.chat_postMessage(channel=MARKETING, text="Ready", blocks=blocks)
        refused = await refusal_of(call)
    assert "downloading" not in str(refused["errors"])


async def test_nobody_fetches_for_strangers(slack):
    """A call without a good token makes Slack ask nobody for anything."""
    twin, _ = slack
    async with gallery() as (url, asked), client_of(twin, token="xoxb-made-up") as stranger:
        assert (await refusal_of(post(stranger, f"{url}/png")))["error"] == "invalid_auth"
        assert asked == []


async def test_bad_day_makes_good_pictures_fail(slack):
    """A rule for `out:picture` that loses it is a picture that cannot be had."""
    twin, client = slack
    twin.faults.add(Fault(match="out:picture", kind="drop_before"))
    async with gallery() as (url, _):
        assert (await refusal_of(post(client, f"{url}/png")))["error"] == "invalid_blocks"
        assert (await post(client, f"{url}/png"))["ok"]


async def test_answers_to_response_urls_are_looked_at_too(slack):
    """400, in the same words."""
    twin, _ = slack
    address, _ = twin._response_urls.issue(
        twin.installation, kind="actions", user="U0ANA", channel=MARKETING
    )
    async with gallery() as (url, _), aiohttp.ClientSession() as session:
        body = {"text": "Ready", "blocks": beside(f"{url}/gone")}
        async with session.post(address, json=body) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"] == "invalid_blocks"
