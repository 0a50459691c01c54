"""Run an aiohttp application on a loopback port, ended by its own handle."""

from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    """A server that answers until `stop`.

    Attributes:
        url: Base URL without a trailing slash, such as `http://127.0.0.1:4000`.
    """

    url: str
    port: int
    runner: web.AppRunner

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self.runner.cleanup()


async def start_server(
    app: web.Application, *, host: str = "127.0.0.1", port: int = 0
) -> RunningServer:
    """Serve `app`; port 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port, reuse_address=True)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    bound = runner.addresses[0][1]
    return RunningServer(url=f"http://{host}:{bound}", port=bound, runner=runner)
