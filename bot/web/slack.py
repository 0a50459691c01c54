"""Slack's requests: raw bytes are verified here, before Bolt parses any of them.

Bolt parses a body before it checks the signature and answers 500 to some malformed ones; here
malformed is 400, unsigned is 401, and nothing else happens.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import parse_qsl

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web.body import BodyTooLargeError, read_body

MAX_BYTES = 1_000_000


class SlackEndpoint:
    """`POST /slack/events`: commands, interactivity, options and events."""

    def __init__(
        self, bolt: AsyncApp, *, signing_secret: str, clock: Callable[[], datetime]
    ) -> None:
        self._bolt = bolt
        self._verifier = SignatureVerifier(signing_secret, _PassedClock(clock))

    async def answer(self, request: Request) -> Response:
        """Verify, then let Bolt dispatch."""
        try:
            body = await read_body(request, max_bytes=MAX_BYTES)
        except BodyTooLargeError:
            return PlainTextResponse("too large", status_code=413)
        if not self._is_signed(request, body):
            return PlainTextResponse("not signed by Slack", status_code=401)
        text = body.decode("utf-8", errors="replace")
        if not _is_well_formed(text, request.headers.get("content-type", "")):
            return PlainTextResponse("malformed", status_code=400)
        answer = await self._bolt.async_dispatch(
            AsyncBoltRequest(
                body=text, query=request.url.query, headers=dict(request.headers.items())
            )
        )
        return Response(
            answer.body,
            status_code=answer.status,
            headers={name: values[0] for name, values in answer.headers.items()},
        )

    def _is_signed(self, request: Request, body: bytes) -> bool:
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        try:
            return bool(self._verifier.is_valid(body, timestamp, signature))
        except (ValueError, TypeError, OverflowError):
            # The library raises for a timestamp that is no number, a signature that is not ASCII
            # and a body that is not UTF-8, where it should say no.
            return False


class _PassedClock(SlackClock):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


_OBJECTS = ("user", "team", "channel", "container", "message", "view", "event")


def _is_well_formed(text: str, content_type: str) -> bool:
    """Tell whether Bolt will find what it looks for."""
    if "json" in content_type:
        return _has_shape(_json(text))
    fields = dict(parse_qsl(text, keep_blank_values=True))
    if "payload" in fields:
        payload = _json(fields["payload"])
        return _has_shape(payload) and isinstance(payload.get("type"), str)
    return "command" in fields or fields.get("ssl_check") == "1"


def _has_shape(body: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether the parts that Bolt reads without looking first are what Slack documents."""
    if not isinstance(body, dict):
        return False
    parts = [body[name] for name in _OBJECTS if body.get(name) is not None]
    actions, view = body.get("actions", []), body.get("view")
    are_objects = isinstance(actions, list) and all(
        isinstance(part, dict) for part in (*parts, *actions)
    )
    return are_objects and (view is None or isinstance(view.get("type"), str))


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
