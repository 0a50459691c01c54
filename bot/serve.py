"""Running everything as one process: the port first, then the app, until a signal ends it."""

import asyncio
import errno
import socket

import uvicorn

from bot.allocation import give_memory_back
from bot.app import build
from bot.catalog import Catalog
from bot.core.errors import SettingsError
from bot.settings import Settings

CONNECTIONS_MOST = 500
"""Connections at once before new ones get a 503: Slack and people need a few, memory has an end."""

UNREAD_MS = 60_000
"""After so long without reading what it was sent, a peer is given up, and its connection ends."""


def run(settings: Settings, catalog: Catalog) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way.

    Raises:
        SettingsError: Something an operator has to mend.
        StorageUnavailableError: The database does not answer.
    """
    give_memory_back()
    asyncio.run(_serve(settings, catalog))


async def _serve(settings: Settings, catalog: Catalog) -> None:
    if settings.metrics_port:
        take_port(settings.host, settings.metrics_port, name="METRICS_PORT").close()
    with take_port(settings.host, settings.port, name="PORT") as listening:
        app = await build(settings, catalog)
        config = uvicorn.Config(
            app.web,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS_MOST,
            # A submission under way is awaited; its whole time is under this.
            timeout_graceful_shutdown=int(settings.submit_timeout_s) + 5,
        )
        await uvicorn.Server(config).serve(sockets=[listening])


def take_port(host: str, port: int, *, name: str) -> socket.socket:
    """Take a port before anything runs, so that a taken one is a setting to mend.

    Raises:
        SettingsError: Another program has it, or the host is no address of this machine.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; connections inherit it (tcp(7)).
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(name, "is taken by another program") from error
        if error.errno == errno.EACCES:
            raise SettingsError(name, "is a port that this user may not use") from error
        raise SettingsError("HOST", "must be an address of this machine") from error
    return listening
