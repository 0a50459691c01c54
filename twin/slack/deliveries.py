"""Calls out to the bot: signed, with a deadline for the ack, and with retries where Slack has them.

Source: signature v0, 3 s for the ack, event retries at once, after one minute and after five, with
    `X-Slack-Retry-*` headers and `X-Slack-No-Retry` to stop them (docs.slack.dev/apis/events-api
    and /authentication/verifying-requests-from-slack, read 2026-11-21).
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from twin.clock import Clock
from twin.journal import Journal
from twin.slack.arguments import FORM, JSON
from twin.slack.model import App, Json

RETRY_AFTER_S = (0.0, 60.0, 300.0)
REDIRECTS_MOST = 3
_TIMED_OUT = "operation_timeout"
_UNREACHABLE = "dispatch_failed"
_JOURNAL_HIDES = frozenset({"token", "response_url", "response_urls"})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one delivery.

    Attributes:
        status: The bot's HTTP status; None without an answer.
        body: The bot's answer as text.
        ms: Real milliseconds until the answer or the end of patience.
        error: What the acting person is shown, such as `operation_timeout`; None if acked.
        reason: Why an event is sent again, such as `http_timeout`; None if acked.
        may_retry: False where the bot asked for no more tries.
    """

    status: int | None
    body: str
    ms: int
    error: str | None = None
    reason: str | None = None
    may_retry: bool = True


def sign(body: bytes, *, secret: str, timestamp: str) -> str:
    """Give the value of `X-Slack-Signature` for a body."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class Deliveries:
    """Send to the app's request URL.

    Args:
        app: Where to send and what to sign with, read anew for each delivery.
        ack_deadline_s: Real seconds the bot has to answer.
        wall: Epoch seconds as the bot's own clock tells them, because it checks how old a
            signature is.
    """

    def __init__(
        self,
        *,
        app: App,
        journal: Journal,
        clock: Clock,
        ack_deadline_s: float = 3.0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._journal = journal
        self._clock = clock
        self._ack_deadline_s = ack_deadline_s
        self._wall = wall
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Make ready to send; needs a running event loop."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def stop(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send_command(self, fields: Json) -> Outcome:
        """Send a slash command."""
        return await self._send(
            "command", urlencode(fields, errors="replace").encode(), content_type=FORM, seen=fields
        )

    async def send_interaction(self, payload: Json) -> Outcome:
        """Send a click, a form or a request for options."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._send(payload["type"], body, content_type=FORM, seen=payload)

    async def send_event(self, envelope: Json) -> Outcome:
        """Send an event; when it is not acked, again at once and later by the twin's clock.

        Returns:
            How the last of the immediate tries went.
        """
        return await self._try_event(envelope, number=0, reason=None)

    async def send_once(self, envelope: Json) -> Outcome:
        """Send something that is never sent again, such as `url_verification`."""
        return await self._send_event_once(envelope, number=0, reason=None)

    async def _try_event(self, envelope: Json, *, number: int, reason: str | None) -> Outcome:
        outcome = await self._send_event_once(envelope, number=number, reason=reason)
        if outcome.reason is None or not outcome.may_retry or number == len(RETRY_AFTER_S):
            return outcome
        wait_s = RETRY_AFTER_S[number]
        if wait_s == 0:
            return await self._try_event(envelope, number=number + 1, reason=outcome.reason)

        async def again() -> None:
            await self._try_event(envelope, number=number + 1, reason=outcome.reason)

        self._clock.call_in(wait_s, again)
        return outcome

    async def _send_event_once(self, envelope: Json, *, number: int, reason: str | None) -> Outcome:
        headers = {}
        if number:
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason or ""}
        event_type = envelope.get("event", {}).get("type", "")
        return await self._send(
            f"{envelope['type']} {event_type}".strip(),
            json.dumps(envelope).encode(),
            content_type=JSON,
            seen=envelope,
            headers=headers,
        )

    async def _send(
        self,
        what: str,
        body: bytes,
        *,
        content_type: str,
        seen: Json,
        headers: dict[str, str] | None = None,
    ) -> Outcome:
        started = time.monotonic()
        outcome = await self._post(body, {**(headers or {}), "Content-Type": content_type})
        ms = round((time.monotonic() - started) * 1000)
        outcome = Outcome(**{**vars(outcome), "ms": ms})
        await self._journal.record(
            direction="out",
            what=what,
            status=outcome.status,
            answer=outcome.reason or "ok",
            payload={key: value for key, value in seen.items() if key not in _JOURNAL_HIDES},
            headers=headers or {},
        )
        return outcome

    async def _post(self, body: bytes, headers: dict[str, str]) -> Outcome:
        if self._session is None:
            raise RuntimeError("the local Slack is not started")
        signed = {**headers, **self._signature(body), "User-Agent": "Slackbot 1.0"}
        try:
            async with (
                asyncio.timeout(self._ack_deadline_s),
                self._session.post(
                    self._app.request_url,
                    data=body,
                    headers=signed,
                    max_redirects=REDIRECTS_MOST,
                ) as answer,
            ):
                return _read_outcome(answer, await answer.read())
        except TimeoutError:
            return _failed(_TIMED_OUT, "http_timeout")
        except aiohttp.TooManyRedirects:
            return _failed(_UNREACHABLE, "too_many_redirects")
        except aiohttp.ClientSSLError:
            return _failed(_UNREACHABLE, "ssl_error")
        except (aiohttp.ClientError, OSError):
            return _failed(_UNREACHABLE, "connection_failed")

    def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._wall()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(body, secret=self._app.signing_secret, timestamp=timestamp),
        }


def _failed(error: str, reason: str) -> Outcome:
    return Outcome(status=None, body="", ms=0, error=error, reason=reason)


def _read_outcome(answer: aiohttp.ClientResponse, body: bytes) -> Outcome:
    is_acked = 200 <= answer.status < 300  # noqa: PLR2004 - any 2xx
    is_theirs = answer.status >= 500  # noqa: PLR2004 - any 5xx
    return Outcome(
        status=answer.status,
        body=body.decode(errors="replace"),
        ms=0,
        error=None if is_acked else "http_service_error" if is_theirs else "http_client_error",
        reason=None if is_acked else "http_error",
        may_retry=answer.headers.get("X-Slack-No-Retry") != "1",
    )
