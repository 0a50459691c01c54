"""Log lines: readable by people or programs, and free of secrets either way."""

import io
import json
import logging

import pytest
import structlog
from pydantic import SecretStr

from bot import logs
from bot.slack.bolt import build_client
from bot.slack.workspace import Workspace
from tests.factories import NOW
from twin.clock import Clock
from twin.slack.app import SlackTwin


@pytest.fixture
def stream():
    """Catch the lines, and put logging back as it was."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield io.StringIO()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    for package in ("bot", "storage", "twin"):
        logging.getLogger(package).setLevel(logging.NOTSET)
    structlog.reset_defaults()


def read_lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_carry_event_level_logger_and_fields(stream):
    """Each line is one JSON object with the fixed event and everything that varies beside it."""
    logs.configure(level="info", log_format="json", stream=stream)
    structlog.get_logger("bot.tracker").info("look_failed", production_id="7K3MQ2", tries=3)
    (line,) = read_lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "look_failed",
        "level": "info",
        "logger": "bot.tracker",
        "production_id": "7K3MQ2",
        "tries": 3,
    }


def test_console_lines_are_plain_text(stream):
    """On a console the event and its fields stand on one readable line."""
    logs.configure(level="info", log_format="console", stream=stream)
    structlog.get_logger("bot").warning("lane_failed", lane="T:post:C")
    assert "lane_failed" in stream.getvalue()
    assert "lane=T:post:C" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1


def test_without_a_terminal_the_format_is_json(stream):
    """Where nobody watches, lines are for programs."""
    logs.configure(level="info", log_format=None, stream=stream)
    structlog.get_logger("bot").info("started")
    assert read_lines(stream)[0]["event"] == "started"


def test_lines_below_the_level_are_dropped(stream):
    """The level is obeyed."""
    logs.configure(level="warning", log_format="json", stream=stream)
    structlog.get_logger("bot").info("unheard")
    assert stream.getvalue() == ""


def test_debug_lines_are_ours_alone(stream):
    """Libraries print secrets at debug level, so they never get below warning."""
    logs.configure(level="debug", log_format="json", stream=stream)
    logging.getLogger("slack_sdk").debug("Authorization: Bearer secret-words")
    structlog.get_logger("bot").debug("heard")
    assert [line["event"] for line in read_lines(stream)] == ["heard"]


def test_library_lines_get_a_fixed_event(stream):
    """What a library says is a field, so that events can be counted."""
    logs.configure(level="info", log_format="json", stream=stream)
    logging.getLogger("aiohttp").warning("could not reach %s", "https://x.test/a?sig=SECRET")
    (line,) = read_lines(stream)
    assert line["event"] == logs.LIBRARY_EVENT
    assert line["said"] == "could not reach https://x.test/a?[removed]"


@pytest.mark.parametrize(
    "text",
    [
        "token xoxb-1-SECRET",
        "xapp-1-SECRET",
        "key jarai_live_SECRET",
        "Authorization: Bearer SECRET==",
        "GET https://files.test/v.mp4?sig=SECRET&x=1",
        "GET /d/SECRET",
        "postgresql+asyncpg://greenlight:SECRET@db/greenlight",
    ],
)
def test_secrets_in_texts_are_removed(stream, text):
    """A secret that slipped into a text does not reach the line."""
    logs.configure(level="info", log_format="json", stream=stream)
    structlog.get_logger("bot").error("broke", reason=text)
    assert "SECRET" not in stream.getvalue()
    assert logs.REMOVED in stream.getvalue()


@pytest.mark.parametrize("name", ["bot_token", "signing_secret", "api_key", "body", "url"])
def test_fields_named_after_secrets_are_removed(stream, name):
    """A field whose name promises a secret is emptied whatever it holds."""
    logs.configure(level="info", log_format="json", stream=stream)
    structlog.get_logger("bot").info("noted", **{name: "plain words"})
    assert read_lines(stream)[0][name] == logs.REMOVED


def test_known_secrets_are_removed_whatever_they_look_like(stream):
    """The values of the settings themselves never reach a line."""
    logs.configure(level="info", log_format="json", stream=stream, secrets=["plain", "plain words"])
    structlog.get_logger("bot").info("noted", reason="said plain words, plainly", seen=["plain"])
    (line,) = read_lines(stream)
    assert line["reason"] == "said [removed], [removed]ly"
    assert line["seen"] == "['[removed]']"


def fail_with_a_local_value() -> None:
    held = f"LOCAL-{3 * 3}"
    raise RuntimeError(f"refused xoxb-SECRET {len(held)}")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_tracebacks_are_plain_and_clean(stream, log_format):
    """A traceback shows where, not the values of local variables, and no secret of the message."""
    logs.configure(level="info", log_format=log_format, stream=stream)
    try:
        fail_with_a_local_value()
    except RuntimeError:
        structlog.get_logger("bot").exception("turn_failed")
    assert "RuntimeError" in stream.getvalue()
    assert "SECRET" not in stream.getvalue()
    assert "LOCAL-9" not in stream.getvalue()


async def test_slack_s_own_word_is_logged_where_it_refuses_to_say_who_we_are(stream):
    """An operator looks it up: a revoked token and a missing scope are mended differently."""
    slack = SlackTwin(Clock(start=NOW, speed=0))
    slack.installation.token_state = "revoked"
    await slack.start()
    try:
        logs.configure(level="info", log_format="json", stream=stream)
        client = build_client(SecretStr(slack.bot_token), slack.api_url)
        assert await Workspace(client).learn() is False
    finally:
        await slack.stop()
    (line,) = read_lines(stream)
    assert line["event"] == "slack_not_asked"
    assert (line["outcome"], line["word"]) == ("paused", "token_revoked")
