"""Keeping a connection up: the next one is there before the old one goes, wherever Slack lets us."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.core.schedule import backoff_s
from bot.loops import wait_until
from bot.sockets.connection import Connection

log = structlog.get_logger(__name__)

NO_SUCCESSOR = frozenset({"link_disabled", "too_many_websockets"})
"""Goodbyes after which another connection at once would only be refused."""


class NoConnectionError(Exception):
    """There is no connection to be had now.

    Args:
        word: Why, in Slack's word or ours.
        wait_s: How long Slack wants us to wait, in seconds; 0 where it did not say.
        needs_person: Whether somebody must mend something first.
    """

    def __init__(self, word: str, *, wait_s: float = 0.0, needs_person: bool = False) -> None:
        super().__init__(word)
        self.word = word
        self.wait_s = wait_s
        self.needs_person = needs_person


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for what, in seconds.

    Attributes:
        connect_s: For a connection and Slack's hello.
        look_s: Between two looks at whether a connection lives.
        ping_s: Between two pings.
        leave_s: For Slack to end a connection it said goodbye on; it warns about ten seconds
            before (docs.slack.dev/apis/events-api/using-socket-mode, read in a copy, 2026-11-22).
        base_s: First wait after a failure; doubled with each one that follows.
        ceiling_s: Longest wait after a failure, before jitter.
        settled_s: What a connection must live for the failures before it to count no more.
    """

    connect_s: float = 10.0
    look_s: float = 1.0
    ping_s: float = 5.0
    leave_s: float = 15.0
    base_s: float = 1.0
    ceiling_s: float = 60.0
    settled_s: float = 30.0


class Line:
    """Keep one connection up.

    Args:
        number: Tells it from the others in the log.
        dial: Gives a connection that is not open yet, or raises NoConnectionError.
        jitter: Draws from [0, 1).
    """

    def __init__(
        self,
        number: int,
        *,
        dial: Callable[[], Awaitable[Connection]],
        patience: Patience,
        jitter: Callable[[], float],
    ) -> None:
        self._number = number
        self._dial = dial
        self._patience = patience
        self._jitter = jitter
        self._failures = 0
        self._is_lost = False
        self._current: Connection | None = None
        self._leaving: dict[asyncio.Task[None], Connection] = {}

    @property
    def is_up(self) -> bool:
        """Whether Slack can reach us over it, as far as we know."""
        return self._current is not None and not self._is_lost

    def connections(self) -> list[Connection]:
        """List what is open, the newest first."""
        newest = [self._current] if self._current is not None else []
        return [*newest, *self._leaving.values()]

    async def run(self) -> None:
        """Keep it up until cancelled; what is open then stays open until `close`."""
        while True:
            try:
                fresh = await self._connected()
                self._take_over(fresh)
                await self._hold(fresh)
            except NoConnectionError as error:
                await self._wait_after(error)
            except Exception as error:  # noqa: BLE001 - One bad turn must not be the last.
                await self._wait_after(NoConnectionError(type(error).__name__))

    async def close(self) -> None:
        """Close whatever is open."""
        connections, leaving = self.connections(), list(self._leaving)
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
        for connection in connections:  # A task that had not begun has closed nothing.
            await connection.close()

    async def _connected(self) -> Connection:
        """Open a connection and hear Slack's hello.

        Raises:
            NoConnectionError: It did not come to that.
        """
        connection = await self._dial()
        try:
            async with asyncio.timeout(self._patience.connect_s):
                await connection.connect()
                await connection.greeted.wait()
        except TimeoutError:
            raise NoConnectionError("timeout") from None
        finally:
            if not connection.is_welcome:
                await connection.close()
        if not connection.is_welcome:
            raise _farewell(connection)
        return connection

    def _take_over(self, fresh: Connection) -> None:
        """Put a connection in the place of the one before, which may still bring something."""
        before, self._current = self._current, fresh
        if before is not None:
            self._see_off_later(before)
        if self._is_lost:
            log.info("socket_back", connection=self._number)
        self._is_lost = False

    async def _hold(self, connection: Connection) -> None:
        """Return when another connection should take this one's place.

        Raises:
            NoConnectionError: Slack would refuse another one now.
        """
        clock = asyncio.get_running_loop()
        since_s = clock.time()
        while not connection.leaving.is_set() and await connection.is_connected():
            await wait_until(connection.leaving, self._patience.look_s)
        is_settled = clock.time() - since_s >= self._patience.settled_s
        self._failures = 0 if is_settled else self._failures + 1
        if connection.goodbye in NO_SUCCESSOR:
            raise _farewell(connection)
        if connection.goodbye is None:
            self._note_loss(NoConnectionError("dropped"))
        if self._failures > 1:
            await asyncio.sleep(self._backoff_s(self._failures - 1))

    def _see_off_later(self, connection: Connection) -> None:
        task = asyncio.create_task(self._see_off(connection))
        self._leaving[task] = connection
        task.add_done_callback(self._leaving.pop)

    async def _see_off(self, connection: Connection) -> None:
        """Wait until Slack has ended a connection, then close our side too."""
        try:
            async with asyncio.timeout(self._patience.leave_s):
                while await connection.is_connected():  # noqa: ASYNC110 - No event tells.
                    await asyncio.sleep(self._patience.look_s)
        except TimeoutError:
            log.debug("socket_not_ended_by_slack", connection=self._number)
        finally:
            await connection.close()

    async def _wait_after(self, error: NoConnectionError) -> None:
        if not await self._is_still_heard():
            self._note_loss(error)
        self._failures += 1
        await asyncio.sleep(max(error.wait_s, self._backoff_s(self._failures)))

    async def _is_still_heard(self) -> bool:
        """Tell whether a connection whose successor was refused goes on for the moment."""
        return self._current is not None and await self._current.is_connected()

    def _note_loss(self, error: NoConnectionError) -> None:
        """Say once that there is no connection; `_take_over` says once that it is back."""
        if not self._is_lost:
            write = log.error if error.needs_person else log.warning
            write("socket_lost", connection=self._number, why=error.word)
        self._is_lost = True

    def _backoff_s(self, failures: int) -> float:
        patience = self._patience
        return backoff_s(
            failures, base_s=patience.base_s, ceiling_s=patience.ceiling_s, jitter=self._jitter()
        )


def _farewell(connection: Connection) -> NoConnectionError:
    word = connection.goodbye or "no_reason"
    return NoConnectionError(word, needs_person=word in NO_SUCCESSOR)
