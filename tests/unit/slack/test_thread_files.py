"""Putting files into threads of the local Slack: to the last byte, or a clear reason why not."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from bot.core.errors import FilesUnavailableError
from bot.slack.bolt import build_client
from bot.slack.errors import NotSent, Paused, RateLimited, Refused, Unknown
from bot.slack.thread_files import (
    Declined,
    Shown,
    ThreadFiles,
    Uploaded,
    _may_take_bytes,
    _posted,
    final_word,
)
from tests.faults.raw_server import RawServer, answer
from twin.clock import Clock
from twin.faults import Fault
from twin.slack.app import SlackTwin

CONTENT = bytes(range(256)) * 4000
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MARKETING = "C0MARKETING"
PROMISE, COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"


@pytest.fixture
async def slack():
    twin = SlackTwin(Clock(start=START, speed=0), wall=START.timestamp)
    await twin.start()
    yield twin
    await twin.stop()


@pytest.fixture
async def card(slack):
    """Post what the thread hangs on."""
    posted = await client_of(slack).chat_postMessage(channel=MARKETING, text="Card")
    return posted["ts"]


def client_of(slack):
    return build_client(SecretStr(slack.bot_token), slack.api_url)


def thread_files(slack, *, reads_history=True):
    """Make what is tested, with the bot's token."""
    return ThreadFiles(client_of(slack), SimpleNamespace(reads_history=reads_history))


async def pieces(content=CONTENT, *, error=None):
    """Give a file in pieces, broken off by an error where one is given."""
    half = len(content) // 2
    yield content[:half]
    if error is not None:
        raise error
    yield content[half:]


async def upload(slack, *, content=CONTENT, size_bytes=None, error=None):
    """Send a file."""
    size = len(content) if size_bytes is None else size_bytes
    return await thread_files(slack).upload(
        "a.mp4", size_bytes=size, pieces=pieces(content, error=error)
    )


async def show(slack, card, *uploaded, title="Video"):
    """Show files in the card's thread."""
    return await thread_files(slack).show(
        {one.file_id: title for one in uploaded}, channel=MARKETING, thread_ts=card, comment="Here"
    )


async def find(slack, card, *file_ids, **options):
    """Look for files in the card's thread."""
    return await thread_files(slack, **options).find(
        file_ids, channel=MARKETING, thread_ts=card, oldest_at=START
    )


async def test_two_files_come_into_the_thread_in_one_message(slack, card):
    """Whole, named, in order, and not in the channel."""
    first, second = await upload(slack), await upload(slack, content=b"WEBVTT")
    shown = await show(slack, card, first, second)
    _, reply = slack.thread(MARKETING, card)
    assert (reply["text"], [one["id"] for one in reply["files"]]) == (
        "Here",
        [first.file_id, second.file_id],
    )
    assert slack.files.find(first.file_id).content == CONTENT
    assert set(shown.permalinks) == {first.file_id, second.file_id}
    assert reply["files"][0]["title"] == "Video"


async def test_bytes_go_out_with_their_length_and_without_the_token():
    """Chunks have no length that Slack could check; whoever takes bytes must not see the token."""
    heard = []

    async def behave(exchange):
        heard.append(await exchange.read_request())
        await exchange.write(answer("200 OK", b"OK"))
        exchange.close()

    async with RawServer(behave) as server:
        assert await _posted(server.url(), size_bytes=5, pieces=pieces(b"hello")) is None
    head = heard[0].lower()
    assert b"content-length: 5" in head
    assert b"transfer-encoding" not in head
    assert b"authorization" not in head


@pytest.mark.parametrize("size_bytes", [len(CONTENT) - 1, len(CONTENT) + 1])
async def test_file_of_another_length_is_not_taken(slack, size_bytes):
    """Our store promised a length; what differs is not sent as if it were the file."""
    with pytest.raises(Exception, match="Content-Length"):
        await upload(slack, size_bytes=size_bytes)


async def test_store_that_breaks_off_is_no_fault_of_slacks(slack):
    """Its own error comes through, so that it can be told apart."""
    with pytest.raises(FilesUnavailableError):
        await upload(slack, error=FilesUnavailableError("away"))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "rate_limit", "seconds": 7}, RateLimited),
        ({"kind": "drop_before"}, Unknown),
        ({"kind": "status", "status": 500}, Unknown),
        ({"kind": "body", "status": 200, "body": '{"ok": false, "error": "no_room"}'}, Refused),
        ({"kind": "body", "status": 200, "body": '{"ok": false, "error": "not_authed"}'}, Paused),
        ({"kind": "body", "status": 200, "body": '{"ok": true}'}, NotSent),
    ],
    ids=["limited", "cut", "broken", "refused", "bad token", "without an address"],
)
async def test_first_step_says_what_it_means(slack, fault, kind):
    """Nothing is sent without an address to send it to."""
    slack.faults.add(Fault(match=PROMISE, **fault))
    assert isinstance(await upload(slack), kind)
    assert "/upload/" not in str(slack.journal.entries())


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "rate_limit", "seconds": 7}, RateLimited(retry_after_s=7.0)),
        ({"kind": "status", "status": 503}, NotSent(text="status 503")),
        ({"kind": "drop_before"}, None),
    ],
)
async def test_second_step_may_always_be_repeated(slack, fault, expected):
    """Nobody sees what nobody finished."""
    slack.faults.add(Fault(match="/upload/", **fault))
    outcome = await upload(slack)
    assert outcome == expected if expected else isinstance(outcome, NotSent)


async def test_third_step_of_unknown_outcome_is_unknown(slack, card):
    """It is the one that people see."""
    uploaded = await upload(slack)
    slack.faults.add(Fault(match=COMPLETE, kind="drop_after"))
    assert isinstance(await show(slack, card, uploaded), Unknown)
    assert isinstance(await find(slack, card, uploaded.file_id), Shown)


async def test_file_is_shown_once(slack, card):
    """A repeated call is refused, so that it does no harm."""
    uploaded = await upload(slack)
    await show(slack, card, uploaded)
    assert await show(slack, card, uploaded) == Refused(word="file_not_found")
    assert len(slack.thread(MARKETING, card)) == 2


async def test_only_what_is_there_is_found(slack, card):
    """With the address under which members see it."""
    uploaded, other = await upload(slack), await upload(slack)
    await show(slack, card, uploaded)
    found = await find(slack, card, uploaded.file_id)
    (permalink,) = found.permalinks.values()
    assert permalink.startswith(slack.url)
    assert await find(slack, card, other.file_id) is None


async def test_long_threads_are_looked_through(slack, card):
    """Page by page."""
    for number in range(250):
        await slack.act.say(user="U0ANA", channel=MARKETING, text=str(number), thread_ts=card)
    uploaded = await upload(slack)
    await show(slack, card, uploaded)
    assert isinstance(await find(slack, card, uploaded.file_id), Shown)


async def test_without_the_history_scope_nothing_is_looked_for(slack, card):
    """Neither where we know that it is missing, nor where Slack says so."""
    uploaded = await upload(slack)
    await show(slack, card, uploaded)
    assert await find(slack, card, uploaded.file_id, reads_history=False) is None
    slack.installation.scopes -= {"channels:history", "groups:history"}
    assert await find(slack, card, uploaded.file_id) is None


async def test_slack_that_does_not_say_is_not_taken_for_no(slack, card):
    """What may be there is not shown again for want of an answer."""
    slack.faults.add(Fault(match="conversations.replies", kind="rate_limit", seconds=9))
    assert await find(slack, card, "F1") == RateLimited(retry_after_s=9.0)


async def test_what_is_gone_counts_as_deleted(slack, card):
    """Whoever took it away."""
    uploaded = await upload(slack)
    await show(slack, card, uploaded)
    assert await thread_files(slack).delete(uploaded.file_id) is None
    assert await thread_files(slack).delete(uploaded.file_id) is None
    assert await thread_files(slack).delete("F0NEVER") is None
    slack.installation.scopes.discard("files:write")
    assert final_word(await thread_files(slack).delete(uploaded.file_id)) == "missing_scope"


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Refused(word="no_room"), "no_room"),
        (Paused(word="missing_scope"), "missing_scope"),
        (Paused(word="token_revoked"), None),
        (Unknown(text="?"), None),
        (RateLimited(retry_after_s=1.0), None),
    ],
)
def test_only_what_waiting_does_not_mend_is_final(outcome, word):
    """A token is mended by a person; everything waits for that."""
    assert final_word(outcome) == word


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://files.slack.com/upload/v1/abc", True),
        ("http://127.0.0.1:4000/upload/v1/abc", True),
        ("http://127.0.0.1:4001/upload/v1/abc", False),
        ("http://files.slack.com/upload/v1/abc", False),
        ("https://user@files.slack.com/x", False),
        ("https://", False),
        ("https://[", False),
        ("file:///etc/passwd", False),
        ("None", False),
    ],
)
def test_bytes_go_only_where_nobody_can_read_along(url, may):
    """Over TLS, or to the very port of a local Web API."""
    assert _may_take_bytes(url, "http://127.0.0.1:4000/api/") is may


async def test_uploaded_names_the_file(slack):
    """By Slack's id, with which it is shown."""
    uploaded = await upload(slack)
    assert isinstance(uploaded, Uploaded)
    assert slack.files.find(uploaded.file_id).stage == "received"


@pytest.mark.parametrize(
    ("status", "kind"),
    [("403 Forbidden", Declined), ("413 Too Large", Declined), ("502 Bad", NotSent)],
)
async def test_bytes_that_nobody_wants_are_told_from_those_that_got_lost(status, kind):
    """The first are not sent for hours."""

    async def behave(exchange):
        await exchange.read_request()
        await exchange.write(answer(status, b"no"))
        exchange.close()

    async with RawServer(behave) as server:
        outcome = await _posted(server.url(), size_bytes=5, pieces=pieces(b"hello"))
    assert (type(outcome), outcome.text) == (kind, f"status {status[:3]}")


async def test_answer_without_an_id_takes_no_bytes(slack):
    """What has no name could not be shown, nor deleted."""
    answers = f'{{"ok": true, "upload_url": "{slack.api_url}upload/v1/x"}}'
    slack.faults.add(Fault(match=PROMISE, kind="body", status=200, body=answers))
    assert await upload(slack) == NotSent(text="no id for the file")
