"""What Slack's errors mean to whoever sends, and the net under every listener."""

import inspect
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.ids import UnreadableIdError, read_metadata
from bot.slack.views.parts import Message
from bot.slack.views.private import build_broken, build_command_failed, build_too_slow

log = structlog.get_logger(__name__)

RETRY_AFTER_S = 30.0
LONGEST_RETRY_AFTER_S = 3600.0
FRAMES_LOGGED = 6
TOO_MANY = 429
_WORD = re.compile(r"[\w.:-]{1,100}", re.ASCII)

MESSAGE_GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "thread_not_found",
        "cannot_reply_to_message",
    }
)
PAYLOAD_BAD = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "invalid_arguments",
        "invalid_metadata_format",
        "metadata_too_large",
    }
)
TOKEN_BAD = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "missing_scope",
        "org_login_required",
        "team_access_not_granted",
    }
)
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
UNSETTLED = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Words under which part of the work may have been done."""
TRIGGER_DEAD = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Slack has it.

    Attributes:
        ts: The message.
    """

    ts: str


@dataclass(frozen=True, kw_only=True)
class RateLimited:
    """Too soon; nothing was done."""

    retry_after_s: float


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The same call would be refused again.

    Attributes:
        word: Slack's error.
    """

    word: str

    @property
    def is_message_gone(self) -> bool:
        """Whether this message, or the thread it starts, can no longer be changed."""
        return self.word in MESSAGE_GONE

    @property
    def is_payload_bad(self) -> bool:
        """Whether it was about what we sent, not where."""
        return self.word in PAYLOAD_BAD


@dataclass(frozen=True, kw_only=True)
class Paused:
    """The token is no good; a person must mend it before anything can be sent."""

    word: str


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """Nothing reached Slack; trying again is safe."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """It may or may not have been done."""

    text: str


Outcome = Sent | RateLimited | Refused | Paused | NotSent | Unknown


def classify(error: Exception) -> Outcome:
    """Say what an exception of slack_sdk's async client means for the call that raised it.

    Raises:
        Exception: The same again where it is nothing the client is known to raise.
    """
    if isinstance(error, SlackApiError):
        return _answered(error)
    # A connection that timed out while being made carried nothing; a connector error likewise.
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return NotSent(text=type(error).__name__)
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
        return Unknown(text=type(error).__name__)
    # slack_sdk 3.47 trips over answers that are no JSON object in these two ways.
    if isinstance(error, AttributeError | ValueError):
        return Unknown(text="unreadable answer")
    raise error


def _answered(error: SlackApiError) -> Outcome:
    """Read an error Slack answered; the answer may also be a proxy's page without any word."""
    status, headers, word = _read(error)
    if status == TOO_MANY or word in LIMITED:
        return RateLimited(retry_after_s=retry_after_s(headers))
    if word is None or word in UNSETTLED:
        return Unknown(text=word or f"status {status}")
    return Paused(word=word) if word in TOKEN_BAD else Refused(word=word)


def _read(error: SlackApiError) -> tuple[int | None, Mapping[str, str], str | None]:
    response = error.response
    # slack_sdk hands out its own response, or aiohttp's where the body was no JSON.
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    headers = getattr(response, "headers", None)
    data = response if isinstance(response, Mapping) else getattr(response, "data", None)
    word = read_word(data.get("error")) if isinstance(data, Mapping) else None
    return (
        status,
        headers if isinstance(headers, Mapping) else {},
        word,
    )


def read_word(value: object) -> str | None:
    """Give a word as Slack uses them for reasons; None for anything that may not be written down."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def slack_word(error: Exception) -> str | None:
    """Give Slack's own word for an error; None where it said none."""
    return _read(error)[2] if isinstance(error, SlackApiError) else None


def retry_after_s(headers: Mapping[str, str]) -> float:
    """Read how many seconds Slack asks us to wait; a usual wait where it does not say."""
    named = {name.lower(): value for name, value in headers.items()}
    text = str(named.get("retry-after", ""))
    if not (text.isascii() and text.isdigit()):
        return RETRY_AFTER_S
    return min(max(float(text), 1.0), LONGEST_RETRY_AFTER_S)


Listener = Callable[..., Awaitable[None]]


def guarded(listener: Listener) -> Listener:
    """Keep what a listener does not expect away from Bolt, so that an ack once given counts.

    Bolt 1.30 looks for the ack every 10 ms and drops it where the listener fails before it looked
    (listener/asyncio_runner.py): Slack would get a 404 after 3 s for what may have been done.

    Args:
        listener: Takes any of `ack`, `body`, `client`, `respond` and `view`.
    """
    names = tuple(inspect.signature(listener).parameters)

    async def heard(
        ack: AsyncAck,
        body: dict[str, Any],
        client: AsyncWebClient,
        respond: AsyncRespond,
        view: dict[str, Any] | None,
    ) -> None:
        given = {"ack": ack, "body": body, "client": client, "respond": respond, "view": view}
        try:
            await listener(**{name: given[name] for name in names})
        except Exception as error:  # noqa: BLE001 - the net under every listener.
            message = on_error(error, body)
            if ack.response is not None:
                await _tell(client, respond, body, message)
            elif "command" in body:
                await ack(**message)
            else:
                ack.response = BoltResponse(status=500)
                await _tell(client, respond, body, message)

    heard.__name__ = getattr(listener, "__name__", "listener")
    return heard


async def on_bolt_error(error: Exception) -> BoltResponse:
    """Answer 400 to what Bolt itself trips over: it is about the request, not about us."""
    log.warning("slack_request_not_read", error=type(error).__name__)
    return BoltResponse(status=400, body="malformed")


def on_error(error: Exception, body: dict[str, Any]) -> Message:
    """Log what a listener did not expect, and put it into words for the person who waits for it.

    The texts of exceptions may hold addresses that are secrets, so only their place is logged.
    """
    reference = secrets.token_hex(3)
    word = slack_word(error)
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    log.error(
        "listener_failed",
        reference=reference,
        error=type(error).__name__,
        slack_error=word,
        frames=[f"{frame.name}:{frame.lineno}" for frame in frames],
    )
    if word in TRIGGER_DEAD:
        return build_too_slow()
    if "command" in body:
        return build_command_failed(f"{body['command']} {body.get('text', '')}", reference)
    return build_broken(reference)


async def _tell(
    client: AsyncWebClient, respond: AsyncRespond, body: dict[str, Any], message: Message
) -> None:
    """Answer privately, where the payload says to whom; what fails here is only logged."""
    try:
        if respond.response_url is not None:
            await respond(**message, response_type="ephemeral", replace_original=False)
            return
        channel, user = _place(body)
        await client.chat_postEphemeral(channel=channel, user=user, **message)
    except Exception as error:  # noqa: BLE001 - nobody is left to tell.
        log.warning("person_not_told", error=type(error).__name__)


def _place(body: dict[str, Any]) -> tuple[str, str]:
    """Give the channel a form was opened in, and who sent it.

    Raises:
        UnreadableIdError: The payload names neither.
    """
    view, user = body.get("view"), body.get("user")
    if not isinstance(view, dict) or not isinstance(user, dict):
        raise UnreadableIdError("nobody to answer")
    channel_id = read_metadata(view.get("private_metadata")).channel_id
    if channel_id is None:
        raise UnreadableIdError("nowhere to answer")
    return channel_id, str(user.get("id"))
