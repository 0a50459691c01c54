"""What goes over a Socket Mode connection, as values: greetings, goodbyes, envelopes, acks.

Source: docs.slack.dev/apis/events-api/using-socket-mode, read in a copy, 2026-11-22; what it
    leaves out is as in frames that people posted: `retry_attempt` and `retry_reason` on every event
    (slackapi/python-slack-events-api#93), `too_many_websockets` (slackapi/node-slack-sdk#1654).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from twin.foreign_json import read_json
from twin.slack.place.model import Json

HOST = "applink-1"
BUILD_NUMBER = 1
EVENTS: Final = "events_api"
Kind = Literal["slash_commands", "interactive", "events_api"]
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass(frozen=True, kw_only=True)
class Ack:
    """The bot's word that it has an envelope.

    Attributes:
        body: What it would have answered over HTTP; empty if it sent nothing along.
    """

    envelope_id: str
    body: str


def hello(*, app_id: str, connections: int, life_s: float, opened_at: datetime) -> Json:
    """Build the greeting of a new connection.

    Args:
        app_id: Whose connection it is.
        connections: How many the app has open, this one included.
        life_s: How long this one will last, in seconds.
        opened_at: When it was opened.
    """
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": app_id},
        "debug_info": {
            "host": HOST,
            "started": f"{opened_at:%Y-%m-%d %H:%M:%S}.{opened_at.microsecond // 1000:03}",
            "build_number": BUILD_NUMBER,
            "approximate_connection_time": round(life_s),
        },
    }


def disconnect(reason: Reason) -> Json:
    """Build the goodbye of a connection, or the warning that one is near."""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}


def envelope(
    envelope_id: str,
    *,
    kind: Kind,
    payload: Json,
    retry_num: int = 0,
    retry_reason: str = "",
) -> Json:
    """Wrap a payload; only events say how often they were sent before, and take no answer."""
    frame: Json = {
        "envelope_id": envelope_id,
        "type": kind,
        "payload": payload,
        "accepts_response_payload": kind != EVENTS,
    }
    if kind == EVENTS:
        frame |= {"retry_attempt": retry_num, "retry_reason": retry_reason}
    return frame


def read_ack(text: str) -> Ack | None:
    """Read what the bot sent; None for anything but an ack."""
    try:
        value: Any = read_json(text)
    except ValueError:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("envelope_id"), str):
        return None
    return Ack(envelope_id=value["envelope_id"], body=_body(value.get("payload")))


def _body(payload: Any) -> str:
    if payload is None:
        return ""
    return payload if isinstance(payload, str) else json.dumps(payload)
