"""Files in the local Slack: who can read and delete them, and what people bring."""

import aiohttp
import pytest

from tests.unit.twin.slack.file_support import as_person, file_twin, shared
from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    refusal_of,
    stand_in_bot,
)


@pytest.fixture
async def twin():
    async with file_twin() as twin:
        yield twin


async def test_private_url_gives_the_bytes_to_a_bot_with_the_scope(twin, client, session):
    """Both addresses serve the file; one of them to be saved."""
    file = await shared(client, session)
    headers = {"Authorization": f"Bearer {twin.bot_token}"}
    for key, way in (("url_private", "inline"), ("url_private_download", "attachment")):
        async with session.get(file[key], headers=headers) as response:
            assert (response.status, await response.read()) == (200, b"hello")
            assert response.headers["Content-Type"] == "text/plain"
            assert response.headers["Content-Disposition"].startswith(way)
    async with session.get(file["permalink"], headers=headers) as response:
        assert await response.read() == b"hello"


@pytest.mark.parametrize("header", [None, "Bearer xoxb-wrong", "Basic x", "Bearer "])
async def test_private_url_without_a_token_leads_to_a_page(client, session, header):
    """Slack redirects to a page to sign in, which then comes with status 200."""
    file = await shared(client, session)
    headers = {"Authorization": header} if header else {}
    async with session.get(file["url_private"], headers=headers, allow_redirects=False) as response:
        assert response.status == 302
    async with session.get(file["url_private"], headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert b"hello" not in await response.read()


async def test_private_url_without_the_scope_leads_to_a_page(twin, client, session):
    """A good token that may not read files is no better than none."""
    file = await shared(client, session)
    twin.installation.scopes.discard("files:read")
    headers = {"Authorization": f"Bearer {twin.bot_token}"}
    async with session.get(file["url_private"], headers=headers) as response:
        assert response.content_type == "text/html"


async def test_private_url_is_for_apps_of_that_workspace(twin, client, session):
    """The same app's token of another workspace does not open it."""
    file = await shared(client, session, channel="C0ONCALL")
    other = twin.directory.install(twin.app, "T0OTHER", {"files:read"})
    headers = {"Authorization": f"Bearer {other.bot_token}"}
    async with session.get(file["url_private"], headers=headers) as response:
        assert response.content_type == "text/html"
    async with client_of(twin, token=other.bot_token) as stranger:
        refused = await refusal_of(stranger.files_info(file=file["id"]))
    assert refused["error"] == "file_not_found"


async def test_sign_in_page_escapes_the_address(twin, session):
    """What comes in the query cannot become part of the page."""
    async with session.get(f"{twin.url}/signin?redir=<script>") as response:
        assert "<script>" not in await response.text()


async def test_file_is_for_those_it_is_shown_to(twin, client):
    """A person's file is unseen until it stands in a public channel, or where the bot is."""
    kept = await as_person(twin, "a.txt")
    hidden = await refusal_of(client.files_info(file=kept["files"][0]["id"]))
    twin.workspace.change_channel("C0SECRET", members=frozenset({"U0ANA"}))
    secret = await as_person(twin, "a.txt", channel="C0SECRET")
    unseen = await refusal_of(client.files_info(file=secret["files"][0]["id"]))
    open_one = await as_person(twin, "a.txt", channel="C0RANDOM")
    assert (hidden["error"], unseen["error"]) == ("file_not_found", "file_not_found")
    assert (await client.files_info(file=open_one["files"][0]["id"]))["file"]["user"] == "U0ANA"


async def test_list_filters_and_turns_pages(twin, client, session):
    """Newest first, by place, person, time and type."""
    first = await shared(client, session)
    await twin.clock.advance(60)
    second = await shared(client, session, channel="C0ONCALL", name="poster.png")

    async def ids(**more):
        return [one["id"] for one in (await client.files_list(**more))["files"]]

    assert await ids() == [second["id"], first["id"]]
    assert await ids(channel=MARKETING) == [first["id"]]
    assert await ids(types="images") == [second["id"]]
    assert await ids(user="U0ANA") == []
    assert await ids(ts_from=str(first["created"] + 1)) == [second["id"]]
    assert await ids(ts_to=str(first["created"])) == [first["id"]]
    assert await ids(count=1, page=2) == [first["id"]]
    paging = (await client.files_list(count=1))["paging"]
    assert paging == {"count": 1, "total": 2, "page": 1, "pages": 2}


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ({"types": "holograms"}, "unknown_type"),
        ({"user": "U0NOBODY"}, "user_not_found"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"ts_from": "yesterday"}, "invalid_arguments"),
    ],
)
async def test_useless_list_is_refused(client, args, word):
    """A filter must name something that is there."""
    assert (await refusal_of(client.files_list(**args)))["error"] == word


async def test_deleted_file_leaves_a_tombstone(twin, client, session):
    """Its bytes are gone everywhere; the message stays."""
    file = await shared(client, session)
    await client.files_delete(file=file["id"])
    (message,) = twin.messages(MARKETING)
    assert message["files"] == [{"id": file["id"], "mode": "tombstone"}]
    assert (await refusal_of(client.files_info(file=file["id"])))["error"] == "file_deleted"
    assert (await refusal_of(client.files_delete(file=file["id"])))["error"] == "file_deleted"
    headers = {"Authorization": f"Bearer {twin.bot_token}"}
    async with session.get(file["url_private"], headers=headers) as response:
        assert response.status == 404
    async with session.get(f"{twin.url}/__twin/files/{file['id']}") as response:
        assert response.status == 404


async def test_bot_cannot_delete_a_persons_file(twin, client):
    """An app takes away only what it uploaded."""
    posted = await as_person(twin, "a.txt", channel=MARKETING)
    refused = await refusal_of(client.files_delete(file=posted["files"][0]["id"]))
    assert refused["error"] == "cant_delete_file"


async def test_persons_upload_is_told_to_apps_that_subscribe(twin):
    """One event for the message, with the file in it, and one for the file itself."""
    twin.app.bot_events |= {"message.channels", "file_shared"}
    twin.installation.scopes.add("channels:history")
    async with stand_in_bot(twin) as bot:
        posted = await as_person(twin, "a.txt", channel=MARKETING, text="Look")
        message, file = [one.event["event"] for one in bot.received]
    assert (message["subtype"], message["files"]) == ("file_share", posted["files"])
    assert (file["type"], file["file_id"]) == ("file_shared", posted["files"][0]["id"])


@pytest.mark.parametrize("uploads", [[], [("a.txt", b"")], [("", b"x")], [("a", b"x")] * 11])
async def test_useless_upload_of_a_person_is_held_back(twin, uploads):
    """A client sends one to ten files that have a name and something in them."""
    told = await twin.act.upload(user="U0ANA", uploads=uploads)
    assert told["error"].startswith("client: ")


async def test_control_takes_a_form_and_hands_files_to_people(twin, session):
    """What the page uploads comes back to it, safe to show."""
    form = aiohttp.FormData({"user": "U0ANA", "channel": MARKETING, "text": "Look"})
    form.add_field("file", b"<script>", filename="a.html")
    form.add_field("file", b"\x89PNG", filename="b.png")
    async with session.post(f"{twin.url}/__twin/upload", data=form) as response:
        told = await response.json()
    assert (told["error"], len(told["files"])) == (None, 2)
    ways = []
    for file in told["files"]:
        async with session.get(f"{twin.url}/__twin/files/{file['id']}") as response:
            assert response.status == 200
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response.headers["Content-Security-Policy"]
            ways.append(response.headers["Content-Disposition"].partition(";")[0])
    assert ways == ["attachment", "inline"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"channel": MARKETING}, "user is missing"),
        ({"user": "U0ANA", "mood": "good"}, "mood is not known here"),
    ],
)
async def test_control_refuses_a_useless_form(twin, session, fields, sentence):
    """The answer says what is wrong."""
    form = aiohttp.FormData(fields)
    form.add_field("file", b"x", filename="a.txt")
    async with session.post(f"{twin.url}/__twin/upload", data=form) as response:
        assert response.status == 400
        assert sentence in (await response.json())["error"]


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
async def test_control_refuses_what_is_no_form(twin, session, content_type):
    """Neither JSON nor a form without its parts is an upload."""
    headers = {"Content-Type": content_type}
    async with session.post(f"{twin.url}/__twin/upload", data=b"{}", headers=headers) as response:
        assert response.status == 400
