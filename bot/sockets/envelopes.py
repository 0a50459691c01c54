"""What comes in an envelope, through Bolt, and what goes back as its answer.

Listeners write down before they ack, and the ack is sent after that: an envelope whose answer got
lost comes again and finds what it asked for done (docs/decisions/0009-socket-mode.md).
"""

import json
from collections.abc import Sequence
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.shape import read_payload

log = structlog.get_logger(__name__)

Json = dict[str, Any]
OK = 200


def read_envelope(message: Json) -> SocketModeRequest | None:
    """Read an envelope.

    Returns:
        None where it is none, or where nothing could be made of what is in it.
    """
    kind, envelope_id = message.get("type"), message.get("envelope_id")
    if not (isinstance(kind, str) and isinstance(envelope_id, str) and envelope_id):
        return None
    payload = read_payload(kind, message.get("payload"))
    if payload is None:
        return None
    return SocketModeRequest(
        type=kind,
        envelope_id=envelope_id,
        payload=payload,
        accepts_response_payload=message.get("accepts_response_payload") is True,
        retry_attempt=message.get("retry_attempt"),
        retry_reason=message.get("retry_reason"),
    )


async def answer_envelope(bolt: AsyncApp, envelope: SocketModeRequest) -> SocketModeResponse | None:
    """Let Bolt find the listener, and give what it acked with.

    Returns:
        None where nothing acked: Slack then tells the person, or sends the event again.
    """
    request = AsyncBoltRequest(
        body=envelope.payload, mode="socket_mode", headers=_headers(envelope)
    )
    try:
        answer = await bolt.async_dispatch(request)
    except Exception as error:  # noqa: BLE001 - what Bolt trips over, the sender got wrong.
        log.warning("slack_request_not_read", error=type(error).__name__)
        return None
    if answer.status != OK:
        return None
    payload = _payload(answer) if envelope.accepts_response_payload else None
    return SocketModeResponse(envelope_id=envelope.envelope_id, payload=payload)


def _headers(envelope: SocketModeRequest) -> dict[str, str | Sequence[str]]:
    """Tell of a retry as requests over HTTP do."""
    told = {
        "x-slack-retry-num": envelope.retry_attempt,
        "x-slack-retry-reason": envelope.retry_reason,
    }
    return {name: str(value) for name, value in told.items() if value is not None}


def _payload(answer: BoltResponse) -> Json | None:
    """Give what an HTTP answer would hold; a plain text is a command's answer."""
    if not answer.body:
        return None
    if (
        answer.first_headers_without_set_cookie()
        .get("content-type", "")
        .startswith("application/json")
    ):
        payload: Json = json.loads(answer.body)
        return payload
    return {"text": answer.body}
