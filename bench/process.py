"""Starting what is measured as processes of its own, ended by their own handles."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

SECRET_KEY = "only for benchmarks"
READY_WITHIN_S = 30.0
REPOSITORY = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Find a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(*arguments: str, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python module until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=REPOSITORY, env=os.environ | env
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(60):
            await process.wait()


def bot_settings(database: Path, *, port: int, provider_url: str) -> Mapping[str, str]:
    """Give the environment of a `serve` that talks to nothing but `provider_url`."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": "bench-signing-secret",
        "SLACK_API_URL": f"{provider_url}/api/",
        "JARAI_API_KEY": "jarai_test_bench",
        "JARAI_BASE_URL": provider_url,
        "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "SECRET_KEY": SECRET_KEY,
        "CATALOG": str(REPOSITORY / "catalog.toml"),
        "PORT": str(port),
        "LOG_LEVEL": "warning",
        "GREENLIGHT_JARAI_REQUESTS_PER_MINUTE": "0",
        "GREENLIGHT_JARAI_REQUESTS_PER_DAY": "0",
    }


async def wait_until_ready(url: str, path: str = "/readyz") -> float:
    """Wait until a path answers 200; gives the seconds it took.

    Raises:
        TimeoutError: It was not ready in time.
    """
    started = time.monotonic()
    async with asyncio.timeout(READY_WITHIN_S), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(f"{url}{path}")
                if answer.status_code == httpx.codes.OK:
                    return time.monotonic() - started
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.02)
