"""One WebSocket of Socket Mode: slack_sdk's client, kept from reconnecting by itself.

Left alone, the library (3.47, read) closes the old connection before it opens the next one, tries
an address again and again that is good for one use, asks for new ones every few seconds although
Slack allows about one a minute, and writes whole payloads into its debug log. So here it serves one
connection; `bot.sockets.line` decides when there is to be another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import read_word

Json = dict[str, Any]

CLOSE_S = 2.0
"""Longest wait for the other side's goodbye, in seconds; Slack does not always give one."""

_SILENT = logging.Logger("socket_mode", level=logging.CRITICAL + 1)  # noqa: LOG001 - See above.
"""Belongs to no hierarchy, so that no log level anywhere makes payloads appear."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """How to get there.

    Attributes:
        url: Where the socket is; good for one use, and a secret.
        is_direct: Whether no proxy may be used, whatever the environment says.
    """

    url: str
    is_direct: bool


class Connection(SocketModeClient):
    """One connection, from its handshake until it is closed.

    Args:
        take: Takes every message but Slack's hello and goodbye.
        ping_interval_s: Seconds between pings; after a few without an answer it counts as dead.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        route: Route,
        *,
        take: Callable[["Connection", Json], Awaitable[None]],
        ping_interval_s: float,
    ) -> None:
        super().__init__(
            app_token="",  # The address was asked for already.
            logger=_SILENT,
            web_client=client,
            auto_reconnect_enabled=False,
            ping_interval=ping_interval_s,
        )
        if route.is_direct:
            self.proxy = None
        self.wss_uri = route.url
        self.greeted = asyncio.Event()
        """Slack said hello or, at once, goodbye."""
        self.leaving = asyncio.Event()
        self.is_welcome = False
        self.goodbye: str | None = None
        """Why Slack is about to end it, in Slack's word; None while it is not."""
        self._take = take

    async def run_message_listeners(self, message: Json, raw_message: str) -> None:  # noqa: ARG002
        """Sort one message; the library runs each in a task of its own."""
        kind = message.get("type")
        if kind == "hello":
            self.is_welcome = True
            self.greeted.set()
        elif kind == "disconnect":
            self.goodbye = read_word(message.get("reason")) or "no_reason"
            self.leaving.set()
            self.greeted.set()
        else:
            await self._take(self, message)

    async def connect(self) -> None:
        """Connect, trying the same address again until it works or somebody cancels this."""
        await super().connect()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Say goodbye, and leave nothing behind: no task, no open socket."""
        running = (self.message_processor, self.message_receiver, self.current_session_monitor)
        tasks = [task for task in running if task is not None]
        try:
            async with asyncio.timeout(CLOSE_S):
                await super().close()  # type: ignore[no-untyped-call]
        except TimeoutError:
            pass  # What is left is cut below.
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.aiohttp_client_session.close()
