"""Reading uploaded files from the local Slack: all of it, or a clear reason why not."""

from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.core.errors import FILES_UNREACHABLE, ProviderRefusedError, ProviderUnavailableError
from bot.core.production import FileReference
from bot.slack.bolt import build_client
from bot.slack.uploads import SlackUploads, _is_slack
from twin.clock import Clock
from twin.faults import Fault
from twin.slack.app import SlackTwin

CONTENT = bytes(range(256)) * 4000
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
async def slack():
    twin = SlackTwin(Clock(start=START, speed=0), wall=START.timestamp)
    await twin.start()
    yield twin
    await twin.stop()


@pytest.fixture
async def file(slack):
    """Let Ana share a file where the bot is; one sent with a form it may read all the same."""
    given = await slack.act.upload(
        user="U0ANA", channel="C0MARKETING", uploads=[("a.png", CONTENT)]
    )
    (about,) = given["files"]
    return FileReference(file_id=about["id"], name="a.png", size_bytes=about["size"])


def reader(slack, *, token=None):
    """Make a reader with the bot's token, or another."""
    return SlackUploads(build_client(SecretStr(token or slack.bot_token), slack.api_url))


async def read(uploads, file):
    """Read all of a file."""
    async with aclosing(await uploads.open(file)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_a_file_is_read_whole(slack, file):
    """In chunks that add up to what was uploaded."""
    assert await read(reader(slack), file) == CONTENT


async def test_a_reader_may_stop_in_the_middle(slack, file):
    """Nothing is left open behind it."""
    async with aclosing(await reader(slack).open(file)) as chunks:
        assert await anext(chunks)
    assert await read(reader(slack), file) == CONTENT


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ('{"ok":false,"error":"file_not_found"}', "file_gone"),
        ('{"ok":true,"file":{"id":"F1","mode":"tombstone"}}', "file_gone"),
        ('{"ok":false,"error":"missing_scope"}', "files_not_readable"),
        ('{"ok":true,"file":{"size":5,"url_private":"https://files.slack.com/x"}}', "file_changed"),
        (
            '{"ok":true,"file":{"size":1024000,"url_private":"https://far.example/x"}}',
            "file_elsewhere",
        ),
        (
            '{"ok":true,"file":{"size":1024000,"url_private":"https://a.slack.com@far.example/"}}',
            "file_elsewhere",
        ),
        (
            '{"ok":true,"file":{"size":1024000,"url_private":"https://a.slack.com:99999/"}}',
            "file_elsewhere",
        ),
    ],
)
async def test_what_slack_says_of_a_file_is_believed_or_refused(slack, file, fault, code):
    """Our token goes nowhere else, and nothing is sent that was not uploaded."""
    slack.faults.add(Fault(match="files.info", kind="body", status=200, body=fault))
    with pytest.raises(ProviderRefusedError) as caught:
        await reader(slack).open(file)
    assert caught.value.code == code
    assert caught.value.text.endswith(".")


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://files.slack.com/x", True),
        ("https://slack.com:443/x", True),
        ("https://slack.com:8443/x", False),
        ("http://slack.com/x", False),
        ("https://slack.com.far.example/x", False),
        ("https://user@slack.com/x", False),
    ],
)
def test_our_token_goes_to_slack_alone(url, may):
    """The default port, written out, is the same place."""
    assert _is_slack(url, "https://slack.com/api/") is may


@pytest.mark.parametrize(
    ("match", "kind"),
    [
        ("files.info", "status"),
        ("files.info", "rate_limit"),
        ("/files-pri/", "status"),
        ("/files-pri/", "rate_limit"),
        ("/files-pri/", "drop_before"),
    ],
)
async def test_slack_having_a_bad_day_is_waited_out(slack, file, match, kind):
    """Waiting helps, and the next try reads all of it."""
    slack.faults.add(Fault(match=match, kind=kind, status=503, seconds=7))
    with pytest.raises(ProviderUnavailableError) as caught:
        await read(reader(slack), file)
    assert caught.value.code == FILES_UNREACHABLE
    assert await read(reader(slack), file) == CONTENT


async def test_a_right_that_was_taken_away_is_no_sign_in_page(slack, file):
    """Slack would hand out a page in place of the file."""
    slack.installation.scopes.discard("files:read")
    about = f'{{"size":{file.size_bytes},"url_private":"{slack.url}/files-pri/T0GREEN-{file.file_id}/a"}}'
    body = f'{{"ok":true,"file":{about}}}'
    slack.faults.add(Fault(match="files.info", kind="body", status=200, body=body))
    with pytest.raises(ProviderRefusedError) as caught:
        await read(reader(slack), file)
    assert caught.value.code == "files_not_readable"


async def test_a_file_that_is_cut_or_grown_is_never_passed_on_as_whole(slack, file):
    """The bytes must add up to what was uploaded."""
    for body, error in (("short", ProviderRefusedError), ("x" * 2000, ProviderRefusedError)):
        slack.faults.add(Fault(match="/files-pri/", kind="body", status=200, body=body))
        with pytest.raises(error):
            await read(reader(slack), file)


async def test_no_error_shows_the_token(slack, file):
    """Texts reach the thread and the log."""
    slack.faults.add(Fault(match="/files-pri/", kind="status", status=500))
    with pytest.raises(ProviderUnavailableError) as caught:
        await read(reader(slack), file)
    assert slack.bot_token not in f"{caught.value} {vars(caught.value)}"
