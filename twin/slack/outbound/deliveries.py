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
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from twin.clock import Clock
from twin.faults import Faults
from twin.journal import Journal
from twin.secrecy import text_shown
from twin.slack.api.arguments import FORM, JSON
from twin.slack.outbound.frames import EVENTS, Kind
from twin.slack.outbound.mishaps import Mishaps
from twin.slack.place.model import App, Json

if TYPE_CHECKING:
    from twin.slack.outbound.sockets import Sockets

RETRY_AFTER_S = (0.0, 60.0, 300.0)
REDIRECTS_MOST = 3
_TIMED_OUT = "operation_timeout"
_UNREACHABLE = "dispatch_failed"
_NOBODYS_SECRET = "not the secret of any app"  # noqa: S105 - for `bad_signature`
_URL_CHECK = "url_verification"  # Asks about the request URL, so it never goes over a socket.
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
    """Send to apps.

    Args:
        sockets: Where apps in Socket Mode are connected.
        ack_deadline_s: Real seconds a bot has to answer.
        wall: Epoch seconds as the bot's own clock tells them, because it checks how old a
            signature is.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        faults: Faults,
        sockets: "Sockets",
        ack_deadline_s: float = 3.0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._mishaps = Mishaps(faults)
        self._sockets = sockets
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

    async def send_command(self, app: App, fields: Json) -> Outcome:
        """Send a slash command."""
        return await self._send(
            app,
            "command",
            urlencode(fields, errors="replace").encode(),
            content_type=FORM,
            seen=fields,
        )

    async def send_interaction(self, app: App, payload: Json) -> Outcome:
        """Send a click, a form or a request for options."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._send(app, payload["type"], body, content_type=FORM, seen=payload)

    async def send_event(self, app: App, envelope: Json) -> Outcome:
        """Send an event; when it is not acked, again at once and later by the twin's clock.

        Returns:
            How the last of the immediate tries went.
        """
        return await self._try_event(app, envelope, number=0, reason=None)

    async def send_once(self, app: App, envelope: Json) -> Outcome:
        """Send something that is never sent again, such as `url_verification`."""
        return await self._send_event_once(app, envelope, number=0, reason=None)

    async def _try_event(
        self, app: App, envelope: Json, *, number: int, reason: str | None
    ) -> Outcome:
        outcome = await self._send_event_once(app, envelope, number=number, reason=reason)
        if outcome.reason is None or not outcome.may_retry or number == len(RETRY_AFTER_S):
            return outcome
        wait_s = RETRY_AFTER_S[number]
        if wait_s == 0:
            return await self._try_event(app, envelope, number=number + 1, reason=outcome.reason)

        async def again() -> None:
            await self._try_event(app, envelope, number=number + 1, reason=outcome.reason)

        self._clock.call_in(wait_s, again)
        return outcome

    async def _send_event_once(
        self, app: App, envelope: Json, *, number: int, reason: str | None
    ) -> Outcome:
        headers = {}
        if number:
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason or ""}
        event_type = envelope.get("event", {}).get("type", "")
        return await self._send(
            app,
            f"{envelope['type']} {event_type}".strip(),
            json.dumps(envelope).encode(),
            content_type=JSON,
            seen=envelope,
            headers=headers,
        )

    async def _send(
        self,
        app: App,
        what: str,
        body: bytes,
        *,
        content_type: str,
        seen: Json,
        headers: dict[str, str] | None = None,
    ) -> Outcome:
        """Send as the rules for bad days say, and journal every try."""
        mishap = await self._mishaps.meet(what)
        kind = None if mishap is None else mishap.kind
        send = partial(
            self._try,
            app,
            what,
            body,
            content_type=content_type,
            seen=seen,
            headers=headers or {},
        )
        outcome = await send(mishap=kind)
        if kind == "twice":
            await send(mishap=None)
        self._mishaps.passed()
        return outcome

    async def _try(
        self,
        app: App,
        what: str,
        body: bytes,
        *,
        mishap: str | None,
        content_type: str,
        seen: Json,
        headers: dict[str, str],
    ) -> Outcome:
        started = time.monotonic()
        if mishap == "drop_before":
            outcome = _failed(_UNREACHABLE, "connection_failed")
        elif app.is_socket_mode and what != _URL_CHECK:
            kind = _kind(what, content_type)
            outcome = await self._over_socket(app, kind=kind, payload=seen, headers=headers)
        else:
            told = {**headers, "Content-Type": content_type}
            outcome = await self._post(app, body, told, is_spoiled=mishap == "bad_signature")
        ms = round((time.monotonic() - started) * 1000)
        outcome = Outcome(**{**vars(outcome), "ms": ms})
        await self._journal.record(
            direction="out",
            what=what,
            status=outcome.status,
            answer=outcome.reason or "ok",
            app_id=app.id,
            team_id=_team_of(seen),
            payload={key: value for key, value in seen.items() if key not in _JOURNAL_HIDES},
            headers=headers,
            body=text_shown(outcome.body),
            ms=ms,
            **({} if mishap is None else {"mishap": mishap}),
        )
        return outcome

    async def _over_socket(
        self, app: App, *, kind: Kind, payload: Json, headers: dict[str, str]
    ) -> Outcome:
        return await self._sockets.deliver(
            app,
            kind=kind,
            payload=payload,
            accepts_response_payload=kind != EVENTS,
            deadline_s=self._ack_deadline_s,
            retry_num=int(headers.get("X-Slack-Retry-Num", "0")),
            retry_reason=headers.get("X-Slack-Retry-Reason"),
        )

    async def _post(
        self, app: App, body: bytes, headers: dict[str, str], *, is_spoiled: bool
    ) -> Outcome:
        if self._session is None:
            raise RuntimeError("the local Slack is not started")
        secret = _NOBODYS_SECRET if is_spoiled else app.signing_secret
        signed = {**headers, **self._signature(body, secret=secret), "User-Agent": "Slackbot 1.0"}
        try:
            async with (
                asyncio.timeout(self._ack_deadline_s),
                self._session.post(
                    app.request_url,
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

    def _signature(self, body: bytes, *, secret: str) -> dict[str, str]:
        timestamp = str(int(self._wall()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(body, secret=secret, timestamp=timestamp),
        }


def _kind(what: str, content_type: str) -> Kind:
    """Say how an envelope names what is sent; over HTTP only events are JSON."""
    if what == "command":
        return "slash_commands"
    return EVENTS if content_type == JSON else "interactive"


def _team_of(seen: Json) -> str | None:
    """Read which workspace a command, event or interaction is about; None for `url_verification`."""
    team: Any = seen.get("team_id") or seen.get("team", {}).get("id")
    return None if team is None else str(team)


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
