"""All connections of this process: what arrives on any of them, and the answer over whichever lives."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.inflight import InFlight
from bot.slack.errors import Paused, RateLimited, Refused, classify
from bot.sockets.connection import Connection, Route
from bot.sockets.envelopes import answer_envelope, read_envelope
from bot.sockets.line import Line, NoConnectionError, Patience

log = structlog.get_logger(__name__)

Json = dict[str, Any]

_SEND_FAILED = (aiohttp.ClientError, OSError)


class Sockets:
    """Hear Slack over several connections at once.

    Args:
        client: For asking Slack where to connect.
        app_token: The app-level token, which only that question takes.
        count: Connections to keep up, 1 to 10.
        in_flight: Takes note of every envelope in hand.
        jitter: Draws from [0, 1).
    """

    def __init__(
        self,
        bolt: AsyncApp,
        *,
        client: AsyncWebClient,
        app_token: str,
        count: int,
        in_flight: InFlight,
        jitter: Callable[[], float],
        patience: Patience | None = None,
    ) -> None:
        self._bolt = bolt
        self._client = client
        self._app_token = app_token
        self._in_flight = in_flight
        self._patience = patience or Patience()
        self._lines = [
            Line(number, dial=self._dial, patience=self._patience, jitter=jitter)
            for number in range(1, count + 1)
        ]
        self._running: list[asyncio.Task[None]] = []
        self._takes = True

    def start(self) -> None:
        """Begin to connect; `count_up` tells how far that is."""
        self._running = [asyncio.create_task(line.run(), name="socket") for line in self._lines]

    def count_up(self) -> int:
        """Count the lines that stand: Slack said hello, and nothing was amiss at the last look."""
        return len([line for line in self._lines if line.is_up])

    def stop_taking(self) -> None:
        """Leave from now on what arrives to other connections of the app; answers still go out."""
        self._takes = False

    async def close(self) -> None:
        """Close every connection."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.gather(*(line.close() for line in self._lines))

    async def _dial(self) -> Connection:
        """Ask Slack where to connect.

        Raises:
            NoConnectionError: It would not say.
        """
        try:
            answer = await self._client.apps_connections_open(app_token=self._app_token)
            url = answer.get("url")
        except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
            raise _why_not(error) from None
        route = read_route(url, api_url=self._client.base_url)
        return Connection(
            self._client, route, take=self._take, ping_interval_s=self._patience.ping_s
        )

    async def _take(self, connection: Connection, message: Json) -> None:
        """Work on one envelope, and answer it."""
        if not self._takes:
            return
        envelope = read_envelope(message)
        if envelope is None:
            log.warning("slack_request_not_read", error="no envelope")
            return
        await self._in_flight.handle(envelope, None)
        answer = await answer_envelope(self._bolt, envelope)
        if answer is not None:
            await self._send(answer, arrived_on=connection)

    async def _send(self, answer: SocketModeResponse, *, arrived_on: Connection) -> None:
        """Send an answer back the way it came, or over another connection where that is gone.

        Where none lives it is dropped: Slack sends an event again, and tells a person that it did
        not work; what they asked for is written down, so asking again finds it done.
        """
        for connection in (arrived_on, *self._connections()):
            if not await connection.is_connected():
                continue
            try:
                await connection.send_socket_mode_response(answer)
            except _SEND_FAILED:
                continue
            return
        log.warning("ack_not_sent", envelope_id=answer.envelope_id)

    def _connections(self) -> list[Connection]:
        return [one for line in self._lines for one in line.connections()]


def read_route(url: object, *, api_url: str) -> Route:
    """Read where Slack wants us to connect.

    Without encryption only on this machine, and only where the Web API is on it too.

    Raises:
        NoConnectionError: We do not connect there.
    """
    scheme, host = _scheme_and_host(url)
    if host is None:
        raise NoConnectionError("no_address")
    if scheme == "wss":
        return Route(url=str(url), is_direct=False)
    if scheme == "ws" and _is_here(host) and _is_here(_scheme_and_host(api_url)[1]):
        return Route(url=str(url), is_direct=True)
    raise NoConnectionError("unsafe_address")


def _scheme_and_host(url: object) -> tuple[str, str | None]:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
    except ValueError:
        return "", None
    return parts.scheme, parts.hostname


def _is_here(host: str | None) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _why_not(error: Exception) -> NoConnectionError:
    """Say what an answer to `apps.connections.open` means.

    Raises:
        Exception: The same again where it is nothing the client is known to raise.
    """
    outcome = classify(error)
    if isinstance(outcome, RateLimited):
        return NoConnectionError("ratelimited", wait_s=outcome.retry_after_s)
    if isinstance(outcome, Paused | Refused):
        return NoConnectionError(outcome.word, needs_person=True)
    return NoConnectionError(type(outcome).__name__.lower())
