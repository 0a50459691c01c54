"""Files in the local Slack: the three steps of an upload."""

import aiohttp
import pytest

from tests.unit.twin.slack.file_support import as_person, file_twin, promised, sent, shared
from tests.unit.twin.slack.support import (
    MARKETING,
    refusal_of,
    section,
)
from twin.slack.files.store import TICKET_LIFE_S


@pytest.fixture
async def twin():
    async with file_twin() as twin:
        yield twin


async def test_official_client_uploads_into_a_thread(twin, client):
    """The whole of `files_upload_v2` works, and the thread gets a message with the file."""
    parent = await client.chat_postMessage(channel=MARKETING, text="Card")
    answer = await client.files_upload_v2(
        content="Once upon a time",
        filename="script.txt",
        title="Script",
        alt_txt="The words",
        channel=MARKETING,
        thread_ts=parent["ts"],
        initial_comment="Here it is",
    )
    assert answer["file"]["title"] == "Script"
    _, reply = twin.thread(MARKETING, parent["ts"])
    (file,) = reply["files"]
    assert (reply["text"], reply["thread_ts"], reply["upload"]) == (
        "Here it is",
        parent["ts"],
        True,
    )
    assert (file["name"], file["mimetype"], file["size"]) == ("script.txt", "text/plain", 16)
    assert (file["alt_txt"], file["user"], file["mode"]) == ("The words", "U0BOT", "hosted")


async def test_upload_answers_ok_with_the_length(client, session):
    """Raw bytes are acknowledged the way Slack's upload host does."""
    _, url = await promised(client)
    async with session.post(url, data=b"hello") as response:
        assert (response.status, await response.text()) == (200, "OK - 5")


async def test_upload_as_a_form_takes_the_part(client, session):
    """A form's first part counts as the file."""
    file_id, url = await promised(client)
    form = aiohttp.FormData()
    form.add_field("filename", b"hello", filename="brief.txt")
    async with session.post(url, data=form) as response:
        assert response.status == 200
    done = await client.files_completeUploadExternal(files=[{"id": file_id}])
    assert done["files"][0]["size"] == 5


@pytest.mark.parametrize("content", [b"", b"hell", b"hello!", b"x" * 200_000])
async def test_upload_of_another_length_is_refused_and_can_be_repeated(client, session, content):
    """Exactly what was promised must come; a wrong try does not use the URL up."""
    _, url = await promised(client)
    async with session.post(url, data=content) as response:
        assert response.status == 400
    async with session.post(url, data=b"hello") as response:
        assert response.status == 200


async def test_upload_that_is_no_form_is_refused(client, session):
    """A body that claims to be a form and is none is the sender's fault."""
    _, url = await promised(client)
    headers = {"Content-Type": "multipart/form-data"}
    async with session.post(url, data=b"hello", headers=headers) as response:
        assert response.status == 400


async def test_upload_with_a_broken_part_is_refused(client, session):
    """Even a part whose header is no header is answered."""
    _, url = await promised(client)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    body = b"--b\r\nContent-Dispositi\xd6n: form-data\r\n\r\nhello\r\n--b--\r\n"
    async with session.post(url, data=body, headers=headers) as response:
        assert response.status == 400


async def test_upload_url_works_once(client, session):
    """A second upload to it finds nothing."""
    _, url = await promised(client)
    for status in (200, 404):
        async with session.post(url, data=b"hello") as response:
            assert response.status == status


async def test_upload_url_expires(twin, client, session):
    """After its time both the URL and what it stood for are gone."""
    file_id, url = await promised(client)
    await twin.clock.advance(TICKET_LIFE_S)
    async with session.post(url, data=b"hello") as response:
        assert response.status == 404
    refused = await refusal_of(client.files_completeUploadExternal(files=[{"id": file_id}]))
    assert refused["error"] == "file_not_found"


async def test_journal_knows_of_the_upload_but_not_its_url(twin, client, session):
    """An upload URL is a secret; the journal has neither it nor the bytes."""
    _, url = await promised(client)
    async with session.post(url, data=b"hello"):
        pass
    entry = twin.journal.entries()[-1]
    assert "file" in str(entry)
    assert url.rpartition("/")[2] not in str(twin.journal.entries())
    assert "hello" not in str(entry)


async def test_journal_knows_of_the_download_but_not_the_bytes(twin, client, session):
    """A file that looks like an answer is not taken for one."""
    content = b'{"ok": false, "error": "inside"}'
    file = await shared(client, session, content=content, name="a.json")
    headers = {"Authorization": f"Bearer {twin.bot_token}"}
    async with session.get(file["url_private"], headers=headers) as response:
        assert await response.read() == content
    assert "inside" not in str(twin.journal.entries()[-1])


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ({"filename": "", "length": 5}, "invalid_arguments"),
        ({"filename": "a.txt", "length": "many"}, "invalid_arguments"),
        ({"filename": "a.txt", "length": -1}, "invalid_arguments"),
        ({"filename": "a.txt", "length": 0}, "missing_argument"),
        ({"filename": "a.txt", "length": 10**9}, "file_upload_size_restricted"),
        ({"filename": "a.txt", "length": 5, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ({"filename": "a.py", "length": 2 * 1024 * 1024, "snippet_type": "python"}, "snippet_"),
        ({"filename": "a.py", "length": 5, "snippet_type": "no such"}, "unknown_snippet_type"),
    ],
)
async def test_useless_promise_is_refused(client, args, word):
    """A file needs a name, a length that can be kept, and no more than Slack's limits."""
    refused = await refusal_of(client.files_getUploadURLExternal(**args))
    assert refused["error"].startswith(word)


async def test_promise_as_json_is_refused(client):
    """Slack does not read this method's arguments from JSON."""
    call = client.api_call("files.getUploadURLExternal", json={"filename": "a.txt", "length": 5})
    refused = await refusal_of(call)
    assert refused["error"] == "invalid_arguments"
    assert "filename" in refused["response_metadata"]["messages"][0]


async def test_files_need_their_scopes(twin, client):
    """Writing and reading are granted apart."""
    twin.installation.scopes -= {"files:read", "files:write"}
    writing = await refusal_of(client.files_getUploadURLExternal(filename="a.txt", length=5))
    reading = await refusal_of(client.files_info(file="F0"))
    assert (writing["error"], writing["needed"]) == ("missing_scope", "files:write")
    assert (reading["error"], reading["needed"]) == ("missing_scope", "files:read")


async def test_memory_is_limited_and_comes_back(twin, client, session):
    """What is promised counts, until it is deleted or nobody finishes it."""
    twin.files.most_bytes = 10
    file_id = await sent(client, session)
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    await promised(client)
    full = await refusal_of(client.files_getUploadURLExternal(filename="a.txt", length=1))
    assert full["error"] == "storage_limit_reached"
    told = await as_person(twin, "a.txt")
    assert told["error"].startswith("client: the local Slack keeps")
    await twin.clock.advance(TICKET_LIFE_S)
    await promised(client)
    await client.files_delete(file=file_id)
    await promised(client)


async def test_completing_answers_before_anything_is_shared(twin, client, session):
    """Slack shares in the background, so the answer names no place; `files.info` does."""
    file_id = await sent(client, session)
    done = await client.files_completeUploadExternal(
        files=[{"id": file_id, "title": "Brief"}], channels=[MARKETING, "U0ANA"]
    )
    assert (done["files"][0]["title"], done["files"][0]["shares"]) == ("Brief", {})
    told = (await client.files_info(file=file_id))["file"]
    (share,) = told["shares"]["public"][MARKETING]
    (message,) = twin.messages(MARKETING)
    assert (share["ts"], share["channel_name"]) == (message["ts"], "marketing")
    assert (told["channels"], len(told["ims"]), told["is_public"]) == ([MARKETING], 1, True)


async def test_completing_without_a_channel_keeps_the_file_private(twin, client, session):
    """No message is posted, and the app still sees its own file."""
    file_id = await sent(client, session)
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    told = (await client.files_info(file=file_id))["file"]
    assert (told["is_public"], told["shares"], told["title"]) == (False, {}, "brief.txt")
    assert twin.messages(MARKETING) == []


async def test_completing_twice_is_refused(client, session):
    """The method works once for each file."""
    file_id = await sent(client, session)
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    again = await refusal_of(client.files_completeUploadExternal(files=[{"id": file_id}]))
    assert again["error"] == "file_not_found"


async def test_completing_before_the_bytes_came_is_refused(client):
    """A promise alone is no file."""
    file_id, _ = await promised(client)
    refused = await refusal_of(client.files_completeUploadExternal(files=[{"id": file_id}]))
    assert refused["error"] == "file_not_found"


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"channel_id": "#marketing"}, "invalid_arguments"),
        ({"channel_id": "U0ANA"}, "invalid_arguments"),
        ({"channel_id": "C0RANDOM"}, "not_in_channel"),
        ({"channel_id": "C0SECRET"}, "channel_not_found"),
        ({"channel_id": "C0OLD"}, "is_archived"),
        ({"channels": "C0MARKETING,U0DEL"}, "channel_not_found"),
        ({"channels": ",".join(f"C0{n}" for n in range(101))}, "channels_limit_exceeded"),
        ({"channel_id": MARKETING, "thread_ts": "1.0"}, "thread_not_found"),
        ({"thread_ts": "1.0"}, "invalid_arguments"),
        ({"channels": "C0MARKETING,C0ONCALL", "thread_ts": "1.0"}, "invalid_arguments"),
        ({"channel_id": MARKETING, "blocks": [{"type": "hologram"}]}, "invalid_blocks"),
    ],
)
async def test_completing_to_a_wrong_place_posts_nothing(twin, client, session, more, word):
    """All is checked before the first message; the file can then be finished properly."""
    twin.directory.workspaces["T0GREEN"].change_channel(
        "C0OLD", members=frozenset({"U0BOT", "U0ANA"})
    )
    file_id = await sent(client, session)
    body = {"files": [{"id": file_id}], **more}
    refused = await refusal_of(client.api_call("files.completeUploadExternal", json=body))
    assert refused["error"] == word
    assert twin.messages(MARKETING) == []
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=MARKETING)


@pytest.mark.parametrize(
    "files",
    [None, "x", {}, [], ["F0"], [{}], [{"id": 5}], [{"id": "f-0"}], [{"id": "F0", "title": 5}]],
)
async def test_completing_needs_a_list_of_files(client, files):
    """Whatever is no such list is an argument that does not fit."""
    call = client.api_call("files.completeUploadExternal", json={"files": files})
    assert (await refusal_of(call))["error"] == "invalid_arguments"


async def test_completing_names_a_file_once(client, session):
    """The same file twice makes no sense."""
    file_id = await sent(client, session)
    twice = [{"id": file_id}, {"id": file_id}]
    refused = await refusal_of(client.files_completeUploadExternal(files=twice))
    assert refused["error"] == "invalid_arguments"


async def test_blocks_stand_where_no_comment_does(twin, client, session):
    """With a comment, blocks are not even looked at."""
    for more in ({"blocks": [section("Look")]}, {"initial_comment": "Look", "blocks": "nonsense"}):
        file_id = await sent(client, session)
        body = {"files": [{"id": file_id}], "channel_id": MARKETING, **more}
        await client.api_call("files.completeUploadExternal", json=body)
    with_blocks, with_text = twin.messages(MARKETING)
    assert with_blocks["blocks"][0]["text"]["text"] == "Look"
    assert (with_text["text"], with_text["blocks"]) == ("Look", [])
