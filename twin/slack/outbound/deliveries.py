"""What is sent to the bot, over HTTP or Socket Mode: noted, hit by bad days, and sent again.

Source: event retries at once, after one minute and after five, with `X-Slack-Retry-*` headers
    (docs.slack.dev/apis/events-api, read in a copy, 2026-11-21).
"""

import json
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from twin.clock import Clock
from twin.faults import Faults
from twin.journal import Journal
from twin.secrecy import text_shown, values_shown
from twin.slack.media_types import FORM, JSON
from twin.slack.outbound.frames import EVENTS, Kind
from twin.slack.outbound.mishaps import Mishaps
from twin.slack.outbound.outcomes import UNREACHABLE, Outcome
from twin.slack.outbound.posts import Posts
from twin.slack.outbound.sockets import Sockets
from twin.slack.place.model import App, Json

RETRY_AFTER_S = (0.0, 60.0, 300.0)
_URL_CHECK = "url_verification"  # Asks about the request URL, so it never goes over a socket.
_JOURNAL_HIDES = frozenset({"token", "response_url", "response_urls"})


@dataclass(frozen=True, kw_only=True)
class _Delivery:
    """One thing to send.

    Attributes:
        what: As the journal calls it, such as `command` or `event_callback app_mention`.
        kind: As a Socket Mode envelope calls it.
        payload: What the bot is told.
        body: The same as it goes over HTTP.
        content_type: How the body is to be read.
        retry_num: How often it was sent before.
        retry_reason: Why it is sent again.
    """

    what: str
    kind: Kind
    payload: Json
    body: bytes
    content_type: str = FORM
    retry_num: int = 0
    retry_reason: str = ""

    @property
    def retry_headers(self) -> dict[str, str]:
        """Say over HTTP that it was sent before."""
        if not self.retry_num:
            return {}
        return {
            "X-Slack-Retry-Num": str(self.retry_num),
            "X-Slack-Retry-Reason": self.retry_reason,
        }


class Deliveries:
    """Send to apps.

    Args:
        posts: The way to apps that have a request URL.
        sockets: The way to apps in Socket Mode.
        ack_deadline_s: Real seconds a bot has to ack over a socket.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        faults: Faults,
        posts: Posts,
        sockets: Sockets,
        ack_deadline_s: float = 3.0,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._mishaps = Mishaps(faults)
        self._posts = posts
        self._sockets = sockets
        self._ack_deadline_s = ack_deadline_s

    async def send_command(self, app: App, fields: Json) -> Outcome:
        """Send a slash command."""
        body = urlencode(fields, errors="replace").encode()
        return await self._send(
            app, _Delivery(what="command", kind="slash_commands", payload=fields, body=body)
        )

    async def send_interaction(self, app: App, payload: Json) -> Outcome:
        """Send a click, a form or a request for options."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._send(
            app, _Delivery(what=payload["type"], kind="interactive", payload=payload, body=body)
        )

    async def send_event(self, app: App, envelope: Json) -> Outcome:
        """Send an event; when it is not acked, again at once and later by the twin's clock.

        Returns:
            How the last of the immediate tries went.
        """
        return await self._try_event(app, _event(envelope))

    async def send_once(self, app: App, envelope: Json) -> Outcome:
        """Send something that is never sent again, such as `url_verification`."""
        return await self._send(app, _event(envelope))

    async def _try_event(self, app: App, event: _Delivery) -> Outcome:
        outcome = await self._send(app, event)
        has_tries = event.retry_num < len(RETRY_AFTER_S)
        if outcome.reason is None or not outcome.may_retry or not has_tries:
            return outcome
        newer = replace(event, retry_num=event.retry_num + 1, retry_reason=outcome.reason)
        wait_s = RETRY_AFTER_S[event.retry_num]
        if wait_s == 0:
            return await self._try_event(app, newer)

        async def again() -> None:
            await self._try_event(app, newer)

        self._clock.call_in(wait_s, again)
        return outcome

    async def _send(self, app: App, delivery: _Delivery) -> Outcome:
        """Send as the rules for bad days say, and journal every try."""
        mishap = await self._mishaps.meet(delivery.what)
        kind = None if mishap is None else mishap.kind
        outcome = await self._try(app, delivery, mishap=kind)
        if kind == "twice":
            await self._try(app, delivery, mishap=None)
        self._mishaps.passed()
        return outcome

    async def _try(self, app: App, delivery: _Delivery, *, mishap: str | None) -> Outcome:
        started = time.monotonic()
        found = await self._carry(app, delivery, mishap=mishap)
        outcome = replace(found, ms=round((time.monotonic() - started) * 1000))
        payload = delivery.payload
        await self._journal.record(
            direction="out",
            what=delivery.what,
            status=outcome.status,
            answer=outcome.reason or "ok",
            app_id=app.id,
            team_id=_team_of(payload),
            payload=_shown(payload),
            headers=delivery.retry_headers,
            body=text_shown(outcome.body),
            ms=outcome.ms,
            **({} if mishap is None else {"mishap": mishap}),
        )
        return outcome

    async def _carry(self, app: App, delivery: _Delivery, *, mishap: str | None) -> Outcome:
        """Bring it to the app the way the app is reached."""
        if mishap == "drop_before":
            return Outcome.unanswered(UNREACHABLE, reason="connection_failed")
        if app.is_socket_mode and delivery.what != _URL_CHECK:
            return await self._sockets.deliver(
                app,
                kind=delivery.kind,
                payload=delivery.payload,
                deadline_s=self._ack_deadline_s,
                retry_num=delivery.retry_num,
                retry_reason=delivery.retry_reason,
            )
        headers = {**delivery.retry_headers, "Content-Type": delivery.content_type}
        is_spoiled = mishap == "bad_signature"
        return await self._posts.send(app, delivery.body, headers, is_spoiled=is_spoiled)


def _shown(payload: Json) -> Json:
    return values_shown({name: one for name, one in payload.items() if name not in _JOURNAL_HIDES})


def _event(envelope: Json) -> _Delivery:
    event_type = envelope.get("event", {}).get("type", "")
    return _Delivery(
        what=f"{envelope['type']} {event_type}".strip(),
        kind=EVENTS,
        payload=envelope,
        body=json.dumps(envelope).encode(),
        content_type=JSON,
    )


def _team_of(payload: Json) -> str | None:
    """Read which workspace something is about; None for `url_verification`."""
    team: Any = payload.get("team_id") or payload.get("team", {}).get("id")
    return None if team is None else str(team)
