"""The bot as its users run it: a process of its own, waited for, and ended whatever happens."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Coroutine, Mapping
from pathlib import Path

import aiohttp

START_S = 20.0
STOP_S = 15.0
TAIL_LINES = 20
LOG_NAME = "bot.log"
_ASK_AGAIN_S = 0.05


class BotError(Exception):
    """The bot did not start, or ended by itself."""


class BotProcess:
    """One `serve`, between `start` and `stop`.

    Args:
        log_path: Takes all that it writes.
    """

    def __init__(self, *, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self.log_path = folder / LOG_NAME

    async def start(self) -> None:
        """Start it; `wait_ready` tells when it can work."""
        with self.log_path.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "serve",
                cwd=self._folder,  # So that no `.env` of the caller is found.
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the demo, which then ends the bot.
            )

    async def wait_ready(self, url: str) -> None:
        """Return once it says that it can work.

        Args:
            url: Base URL without a trailing slash.

        Raises:
            BotError: It ended, or took longer than 20 s.
        """
        await self.wait_beside(_answers(f"{url}/readyz"), limit_s=START_S, what="to be ready")

    async def wait_beside(
        self, doing: Coroutine[None, None, None], *, limit_s: float, what: str
    ) -> None:
        """Wait for something that needs the bot.

        Args:
            what: Completes "waited for the bot …".

        Raises:
            BotError: It ended, or that took longer than `limit_s`.
        """
        ended, done = asyncio.create_task(self.wait_ended()), asyncio.create_task(doing)
        try:
            await asyncio.wait({ended, done}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                ended.result()
            if not done.done():
                raise BotError(f"waited {limit_s:.0f} s for the bot {what}")
            done.result()
        finally:
            await _cancel(ended, done)

    async def wait_ended(self) -> None:
        """Wait for it to end by itself, which it should not.

        Raises:
            BotError: It did.
        """
        if self._process is None:
            raise RuntimeError("the bot was not started")
        code = await self._process.wait()
        raise BotError(f"the bot ended by itself with exit {code}")

    async def stop(self) -> None:
        """End it, by force after 15 s."""
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def _answers(url: str) -> None:
    """Ask until the answer is 200."""
    async with aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with session.get(url) as answer:
                    if answer.status == 200:  # noqa: PLR2004 -- OK of HTTP.
                        return
            await asyncio.sleep(_ASK_AGAIN_S)


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
