"""The bot's endpoints and connections, served without its loops and without anybody's signals."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from bot.app import App
from twin.slack.app import SlackTwin

SOCKETS = 2
"""Connections that the bot keeps up over Socket Mode, unless it is told otherwise."""
STUCK_S = 20.0
_CONNECTION_TASKS = frozenset(
    {
        "RequestHandler.start",
        "RequestHandler._handle_request",  # A page that is told what changes.
        "Line._see_off",
        "Line.run",
        "AsyncBaseSocketModeClient.process_messages",
        "SocketModeClient.monitor_current_session",
        "SocketModeClient.receive_messages",
    }
)


def lives_as_long_as_a_connection(task: asyncio.Task[Any]) -> bool:
    """Tell whether a task ends with its connection, so that nobody waits for it."""
    coroutine = task.get_coro()
    if coroutine.__qualname__ in _CONNECTION_TASKS:
        return True
    frame = getattr(coroutine, "cr_frame", None)
    request = frame.f_locals.get("request") if frame is not None else None
    return getattr(request, "path", None) == "/link/"


def listen() -> socket.socket:
    """Take a free port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


@contextlib.asynccontextmanager
async def served(app: App, listening: socket.socket) -> AsyncIterator[None]:
    """Serve the bot's endpoints without starting its loops.

    uvicorn's own `serve` would take over the signals and poll for its end.
    """
    config = uvicorn.Config(app.web, lifespan="off", log_config=None, access_log=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listening])
    try:
        yield
    finally:
        await server.shutdown(sockets=[listening])


async def connected(app: App, slack: SlackTwin) -> None:
    """Open the bot's connections to Slack, where it makes any."""
    if app.sockets is not None:
        app.sockets.start()
        await _until(slack, met=set())


async def disturb(slack: SlackTwin, do: str, *, number: int | None = None) -> None:
    """Let Slack `disconnect` or `drop` our connections, or one; returns once as many are back."""
    met = await slack.sockets.disturb(slack.app, do=do, number=number)
    await _until(slack, met=set(met))


async def _until(slack: SlackTwin, *, met: set[int]) -> None:
    """Wait until enough connections stand beside those that are going."""

    def are_back() -> bool:
        return len(set(slack.sockets.numbers(slack.app.id)) - met) >= SOCKETS

    await slack.journal.wait_for(are_back, timeout_s=STUCK_S)
