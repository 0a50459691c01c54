"""Calls to an app's request URL: signed, and with a deadline for the ack.

Source: signature v0, 3 s for the ack, and `X-Slack-No-Retry` (docs.slack.dev/apis/events-api and
    /authentication/verifying-requests-from-slack, read in copies, 2026-11-21).
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable

import aiohttp

from twin.slack.outbound.outcomes import TIMED_OUT, UNREACHABLE, Outcome
from twin.slack.place.model import App

REDIRECTS_MOST = 3
_NOBODYS_SECRET = "not the secret of any app"  # noqa: S105 - for `bad_signature`


def sign(body: bytes, *, secret: str, timestamp: str) -> str:
    """Give the value of `X-Slack-Signature` for a body."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class Posts:
    """Post to request URLs, between `start` and `stop`.

    Args:
        ack_deadline_s: Real seconds a bot has to answer.
        wall: Epoch seconds as the bot's own clock tells them, because it checks how old a
            signature is.
    """

    def __init__(
        self, *, ack_deadline_s: float = 3.0, wall: Callable[[], float] = time.time
    ) -> None:
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

    async def send(
        self, app: App, body: bytes, headers: dict[str, str], *, is_spoiled: bool = False
    ) -> Outcome:
        """Post a body; with `is_spoiled` it is signed with a secret that is not the app's."""
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
            return Outcome.unanswered(TIMED_OUT, reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Outcome.unanswered(UNREACHABLE, reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Outcome.unanswered(UNREACHABLE, reason="ssl_error")
        except (aiohttp.ClientError, OSError):
            return Outcome.unanswered(UNREACHABLE, reason="connection_failed")

    def _signature(self, body: bytes, *, secret: str) -> dict[str, str]:
        timestamp = str(int(self._wall()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(body, secret=secret, timestamp=timestamp),
        }


def _read_outcome(answer: aiohttp.ClientResponse, body: bytes) -> Outcome:
    is_acked = 200 <= answer.status < 300  # noqa: PLR2004 - any 2xx
    is_theirs = answer.status >= 500  # noqa: PLR2004 - any 5xx
    return Outcome(
        status=answer.status,
        body=body.decode(errors="replace"),
        error=None if is_acked else "http_service_error" if is_theirs else "http_client_error",
        reason=None if is_acked else "http_error",
        may_retry=answer.headers.get("X-Slack-No-Retry") != "1",
    )
