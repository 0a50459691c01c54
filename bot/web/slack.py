"""Slack's requests: raw bytes are verified here, before Bolt parses any of them.

Bolt parses a body before it checks the signature and answers 500 to some malformed ones; here
malformed is 400, unsigned or sent before is 401, and nothing else happens.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.slack.shape import read_request
from bot.web.body import BodyError, read_body, refused

log = structlog.get_logger(__name__)

MAX_BYTES = 1_000_000
SIGNATURE_KEPT = timedelta(minutes=10)
"""Longer than a signature is good for: five minutes on either side of its timestamp."""
SIGNATURES_MOST = 50_000


async def heard_elsewhere(_request: Request) -> Response:
    """Answer in place of the endpoint where Slack is heard over Socket Mode."""
    return PlainTextResponse("Slack is heard over Socket Mode here", status_code=404)


class SlackEndpoint:
    """`POST /slack/events`: commands, interactivity, options and events."""

    def __init__(
        self, bolt: AsyncApp, *, signing_secret: str, clock: Callable[[], datetime]
    ) -> None:
        self._bolt = bolt
        self._verifier = SignatureVerifier(signing_secret, _PassedClock(clock))
        self._signatures = _Signatures(clock)

    async def answer(self, request: Request) -> Response:
        """Verify, then let Bolt dispatch."""
        try:
            body = await read_body(request, max_bytes=MAX_BYTES)
        except BodyError as error:
            return refused(error)
        if not self._is_signed(request, body):
            return PlainTextResponse("not signed by Slack", status_code=401)
        if not self._signatures.is_new(request.headers["x-slack-signature"]):
            return PlainTextResponse("sent before", status_code=401)
        text = body.decode("utf-8", errors="replace")
        asked = read_request(text, request.headers.get("content-type", ""))
        if asked is None:
            return PlainTextResponse("malformed", status_code=400)
        return await self._dispatched(asked)

    async def _dispatched(self, asked: dict[str, Any]) -> Response:
        """Let Bolt find the listener.

        The body goes to Bolt parsed, as it comes over a socket: its own parser takes any command
        with the word "payload" in it for an interaction, and finds nothing. Headers stay here,
        since some of Bolt's own steer it and none of them is signed.
        """
        try:
            answer = await self._bolt.async_dispatch(
                AsyncBoltRequest(body=asked, mode="socket_mode")
            )
        except Exception as error:  # noqa: BLE001 - what Bolt trips over, the sender got wrong.
            log.warning("slack_request_not_read", error=type(error).__name__)
            return PlainTextResponse("malformed", status_code=400)
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


class _Signatures:
    """Remember the signatures of the last minutes: the same one again is a recording.

    Slack signs each try anew, with a new timestamp.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._seen: dict[str, datetime] = {}

    def is_new(self, signature: str) -> bool:
        """Take note of a good signature; False where it was here before."""
        self._forget()
        if signature in self._seen:
            return False
        self._seen[signature] = self._clock()
        return True

    def _forget(self) -> None:
        until_at = self._clock() - SIGNATURE_KEPT
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > until_at and len(self._seen) < SIGNATURES_MOST:
                return
            del self._seen[oldest]


class _PassedClock(SlackClock):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()
