"""Socket Mode: links that an app connects to, what is sent to it over them, and how they end.

Source: docs.slack.dev/apis/events-api/using-socket-mode and
    docs.slack.dev/reference/methods/apps.connections.open, read in copies, 2026-11-22.

Assumed, as neither says it: an ack that comes over another connection than its envelope went out on
counts as long as the envelope is still waited for. Clients that have just reconnected send such.
"""

import uuid
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from aiohttp import web

from twin.clock import Clock
from twin.journal import Journal
from twin.slack.errors import SlackError
from twin.slack.outbound.connections import Connection, accept
from twin.slack.outbound.exchanges import Exchanges, Waiting
from twin.slack.outbound.frames import EVENTS, Kind, Reason, disconnect, envelope, hello, read_ack
from twin.slack.outbound.links import Links
from twin.slack.outbound.outcomes import Outcome
from twin.slack.place.model import App, Json

MOST_CONNECTIONS = 10
LIFE_S = 18_060.0  # What Slack's own greetings say: five hours and a minute.
DEBUG_LIFE_S = 360.0
WARNING_S = 10.0
PING_S = 10.0
_SHOWN_MOST = 64


class Sockets:
    """Hold every app's Socket Mode connections.

    Args:
        base_url: Gives the twin's own address, known once it listens.
        life_s: Twin seconds that a connection lasts.
        ping_s: Real seconds between two pings to a bot.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        base_url: Callable[[], str],
        life_s: float = LIFE_S,
        ping_s: float = PING_S,
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._life_s = life_s
        self._ping_s = ping_s
        self._links = Links(base_url)
        self._live: dict[str, deque[Connection]] = defaultdict(deque)
        self._numbers: dict[str, int] = defaultdict(int)
        self._exchanges = Exchanges()
        self._ends: dict[str, Callable[[Connection], Awaitable[None]]] = {
            "warn": self._warn,
            "disconnect": self._disconnect,
            "drop": self._drop,
        }

    def link(self, app: App) -> str:
        """Make an address that an app can connect to once.

        Raises:
            SlackError: The app does not use Socket Mode. Assumed: the method's page has no word for
                this, so it is the one on the page of apps.manifest.create.
        """
        if not app.is_socket_mode:
            raise SlackError("socket_mode_not_enabled")
        return self._links.make(app)

    def numbers(self, app_id: str) -> list[int]:
        """List the numbers of an app's live connections, in the order they were opened."""
        return sorted(one.number for one in self._live[app_id])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Turn a link into a connection; a link that is used up or made up is 404."""
        if not web.WebSocketResponse().can_prepare(request):
            return web.Response(status=400)
        app = self._links.redeem(request.query)
        if app is None:
            await self._journal.record(direction="in", what="socket", status=404, answer="no_link")
            return web.Response(status=404)
        ws = await accept(request)
        connection = self._new_connection(ws, request=request, app=app)
        refusal = self._refusal(app)
        if refusal is not None:
            await self._turn_away(connection, refusal)
            return ws
        is_debugged = request.query.get("debug_reconnects") == "true"
        await self._greet(connection, life_s=DEBUG_LIFE_S if is_debugged else self._life_s)
        await self._listen(connection)
        return ws

    async def deliver(
        self,
        app: App,
        *,
        kind: Kind,
        payload: Json,
        deadline_s: float,
        retry_num: int = 0,
        retry_reason: str = "",
    ) -> Outcome:
        """Send a payload over one of the app's connections, each in its turn, and await the ack.

        Args:
            app: Whose connections.
            kind: What Slack calls the type of the envelope; what comes with the ack of an event is
                not looked at.
            payload: What would be sent over HTTP.
            deadline_s: Real seconds the bot has to ack.
            retry_num: How often it was sent before.
            retry_reason: Why it is sent again.
        """
        frame = envelope(
            str(uuid.uuid4()),
            kind=kind,
            payload=payload,
            retry_num=retry_num,
            retry_reason=retry_reason,
        )
        outcome = await self._exchanges.run(app.id, frame, send=self._send, deadline_s=deadline_s)
        return replace(outcome, body="") if kind == EVENTS else outcome

    async def disturb(self, app: App, *, do: str, number: int | None = None) -> list[int]:
        """Disturb an app's connections, or one of them, and give their numbers.

        Args:
            app: Whose connections.
            do: `warn` says that the end is near, `disconnect` says so and ends it ten twin seconds
                later, `drop` cuts it with no word.
            number: Which one; None for all.
        """
        chosen = [one for one in self._live[app.id] if number in {None, one.number}]
        for connection in chosen:
            await self._ends[do](connection)
        return sorted(one.number for one in chosen)

    async def disable(self, app: App) -> list[int]:
        """Switch Socket Mode off: say so on every connection and end it; give their numbers."""
        app.is_socket_mode = False
        chosen = list(self._live[app.id])
        for connection in chosen:
            await self._end(connection, "link_disabled")
        return sorted(one.number for one in chosen)

    async def stop(self) -> None:
        """Cut every connection."""
        for connection in [one for live in self._live.values() for one in live]:
            await self._drop(connection)

    def _new_connection(
        self, ws: web.WebSocketResponse, *, request: web.Request, app: App
    ) -> Connection:
        self._numbers[app.id] += 1
        return Connection(
            ws,
            request=request,
            app_id=app.id,
            number=self._numbers[app.id],
            ping_s=self._ping_s,
        )

    def _refusal(self, app: App) -> Reason | None:
        if not app.is_socket_mode:
            return "link_disabled"
        return "too_many_websockets" if len(self._live[app.id]) >= MOST_CONNECTIONS else None

    async def _greet(self, connection: Connection, *, life_s: float) -> None:
        """Take a connection in, say hello, and plan its end."""
        live = self._live[connection.app_id]
        live.append(connection)
        greeting = hello(
            app_id=connection.app_id,
            connections=len(live),
            life_s=life_s,
            opened_at=self._clock.now(),
        )
        connection.is_greeted = await connection.send(greeting)
        self._clock.call_in(life_s - WARNING_S, partial(self._warn, connection))
        self._clock.call_in(life_s, partial(self._end, connection, "refresh_requested"))
        await self._note(connection, "in", "hello", status=101)

    async def _listen(self, connection: Connection) -> None:
        """Take acks until the connection ends."""
        try:
            async for text in connection.texts():
                await self._take(connection, text)
        finally:
            is_news = self._leave(connection)
        if is_news:
            await self._note(connection, "in", "closed")

    async def _take(self, connection: Connection, text: str | None) -> None:
        """Hand an ack to who waits for it; anything else is only noted, as Slack says nothing."""
        ack = read_ack(text) if text is not None else None
        if ack is None:
            await self._note(connection, "in", "no_ack")
            return
        if not self._exchanges.settle(ack, app_id=connection.app_id):
            shown = ack.envelope_id[:_SHOWN_MOST]
            await self._note(connection, "in", "unknown_envelope", envelope_id=shown)

    async def _send(self, waiting: Waiting, frame: Json) -> bool:
        """Send to the connection whose turn it is, or the next that takes it."""
        live = self._live[waiting.app_id]
        for connection in [one for one in live if one.is_greeted]:
            if connection not in live or waiting.body.done():
                continue
            live.remove(connection)
            live.append(connection)
            waiting.connection = connection
            if await connection.send(frame):
                return True
        return False

    async def _warn(self, connection: Connection) -> None:
        if connection in self._live[connection.app_id]:
            await connection.send(disconnect("warning"))
            await self._note(connection, "out", "warning")

    async def _disconnect(self, connection: Connection) -> None:
        await self._warn(connection)
        self._clock.call_in(WARNING_S, partial(self._end, connection, "refresh_requested"))

    async def _end(self, connection: Connection, reason: Reason) -> None:
        """End a connection that has not ended yet, saying why."""
        if self._lose(connection):
            await self._turn_away(connection, reason)

    async def _turn_away(self, connection: Connection, reason: Reason) -> None:
        await connection.send(disconnect(reason))
        await self._note(connection, "out", reason)
        await connection.close()

    async def _drop(self, connection: Connection) -> None:
        self._lose(connection)
        connection.cut()
        await self._note(connection, "out", "dropped")

    def _lose(self, connection: Connection) -> bool:
        """Forget a connection that we end, and every ack still due on it."""
        self._exchanges.abandon(connection)
        return self._leave(connection)

    def _leave(self, connection: Connection) -> bool:
        """Forget a connection; say whether it was there."""
        live = self._live[connection.app_id]
        if connection not in live:
            return False
        live.remove(connection)
        return True

    async def _note(
        self,
        connection: Connection,
        direction: str,
        answer: str,
        *,
        status: int | None = None,
        **detail: str,
    ) -> None:
        await self._journal.record(
            direction=direction,
            what="socket",
            status=status,
            answer=answer,
            app_id=connection.app_id,
            connection=connection.number,
            **detail,
        )
