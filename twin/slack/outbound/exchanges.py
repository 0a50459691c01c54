"""Envelopes under way over Socket Mode, and the acks that end the wait for them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from twin.slack.outbound.connections import Connection
from twin.slack.outbound.frames import Ack
from twin.slack.outbound.outcomes import TIMED_OUT, UNREACHABLE, Outcome
from twin.slack.place.model import Json

ACKED = 200
# With which reason an event is sent again: Slack says `timeout` there, as reported in
# slackapi/python-slack-events-api#93; assumed: the other is what it says over HTTP.
_LATE = "timeout"
_CUT = "connection_failed"


@dataclass(kw_only=True)
class Waiting:
    """An envelope under way.

    Attributes:
        body: Comes with the ack; None once the ack cannot come.
        connection: What it last went out on.
    """

    app_id: str
    body: asyncio.Future[str | None]
    connection: Connection | None = None


class Exchanges:
    """Match acks with envelopes, whichever of the app's connections they come over."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    async def run(
        self,
        app_id: str,
        frame: Json,
        *,
        send: Callable[[Waiting, Json], Awaitable[bool]],
        deadline_s: float,
    ) -> Outcome:
        """Send an envelope and await its ack.

        Args:
            app_id: Who has to ack.
            frame: The envelope.
            send: Sends it, and says whether a connection took it.
            deadline_s: Real seconds until it is too late.
        """
        body: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        waiting = Waiting(app_id=app_id, body=body)
        self._waiting[frame["envelope_id"]] = waiting
        try:
            async with asyncio.timeout(deadline_s):
                answer = await body if await send(waiting, frame) else None
        except TimeoutError:
            return Outcome.unanswered(TIMED_OUT, reason=_LATE)
        finally:
            del self._waiting[frame["envelope_id"]]
        if answer is None:
            return Outcome.unanswered(UNREACHABLE, reason=_CUT)
        return Outcome(status=ACKED, body=answer)

    def settle(self, ack: Ack, *, app_id: str) -> bool:
        """Hand an ack to who waits for it; say whether anybody did."""
        waiting = self._waiting.get(ack.envelope_id)
        if waiting is None or waiting.app_id != app_id or waiting.body.done():
            return False
        waiting.body.set_result(ack.body)
        return True

    def abandon(self, connection: Connection) -> None:
        """Give up every ack that is still due on a connection."""
        for waiting in self._waiting.values():
            if waiting.connection is connection and not waiting.body.done():
                waiting.body.set_result(None)
