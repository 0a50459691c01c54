"""A whole `serve` in a process of its own; around it, in this one, the local Slack and Narakeet.

Between Narakeet and the bot stands a relay that can cut a connection in the middle of a file, as
networks do: what the bot's socket sees is what it would see of a service far away.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.process import REPOSITORY, SECRET_KEY, free_port, running, wait_until_ready
from twin.clock import Clock, real_time
from twin.narakeet.app import NarakeetTwin
from twin.slack.app import SlackTwin

ANA, BO, MARKETING = "U0ANA", "U0BO", "C0MARKETING"
PATIENCE_S = 120.0
RELAY_BYTES = 64 * 1024
SLACK_HOLDS_BYTES = 1_000_000_000
COPIES_AT_ONCE = 4
"""Twice as many as by default, so that what several at once cost can be seen."""


class Relay:
    """Pass bytes on between the bot and a service.

    Attributes:
        cut_after: How many bytes of an answer pass before its connection is cut; None for all. It
            holds for one connection, the first that has so many.
        cuts: How many were cut.
    """

    def __init__(self) -> None:
        self.cut_after: int | None = None
        self.cuts = 0
        self._target = 0
        self._passing: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def before(self, service: "BehindRelay") -> AsyncIterator[None]:
        """Stand before a service that is started, until the block ends."""
        self._target = service.port
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        service.relay_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            upstream, sink = await asyncio.open_connection("127.0.0.1", self._target)
            asking = asyncio.create_task(_pass_on(reader, sink))
            try:
                await self._answer(upstream, writer)
            finally:
                asking.cancel()
                for one in (sink, writer):
                    if not one.is_closing():
                        one.transport.abort()

    async def _answer(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while piece := await upstream.read(RELAY_BYTES):
            writer.write(piece)
            await writer.drain()
            passed += len(piece)
            if self.cut_after is not None and passed >= self.cut_after:
                self.cut_after = None
                self.cuts += 1
                return
        writer.close()
        await writer.wait_closed()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(RELAY_BYTES):
            writer.write(piece)
            await writer.drain()


class BehindRelay(NarakeetTwin):
    """A local Narakeet whose addresses lead to the relay."""

    relay_url: str | None = None

    @property
    def url(self) -> str:
        """Where the bot finds it."""
        return self.relay_url or super().url

    @property
    def port(self) -> int:
        """Where it listens itself."""
        return int(super().url.rsplit(":", 1)[1])


@dataclass(frozen=True, kw_only=True)
class Town:
    """Everything that one order needs.

    Attributes:
        pid: Of the bot's process.
        url: The bot's.
    """

    slack: SlackTwin
    narakeet: BehindRelay
    relay: Relay
    pid: int
    url: str

    async def order(self, topic: str) -> None:
        """Type `/produce`, fill the form in and send it."""
        act = self.slack.act
        typed = await act.command(user=ANA, channel=MARKETING, text=topic)
        _check(typed)
        await self._until(lambda: any(_is_complete(one) for one in self.slack.views(ANA)))
        view = self.slack.views(ANA)[-1]
        _check(await act.submit(user=ANA, view_id=view["id"], values={"Script": "Good morning."}))

    async def finished(self, topic: str) -> list[str]:
        """Wait until an order's files may be reviewed; gives their links, the video's first."""
        await self._until(lambda: bool(self._links(topic)))
        return self._links(topic)

    async def approved(self, topic: str) -> list[bytes]:
        """Approve an order and wait until its files are in the thread; gives their bytes."""
        act, ts = self.slack.act, self._cards(topic)[0]["ts"]
        _check(await act.click(user=BO, channel=MARKETING, ts=ts, button="Approve"))
        await self._until(lambda: bool(self._files(ts)))
        found = [self.slack.files.find(one["id"]) for one in self._files(ts)]
        return [one.content or b"" for one in found if one is not None]

    def _files(self, ts: str) -> list[dict[str, Any]]:
        return [file for one in self.slack.thread(MARKETING, ts) for file in one.get("files", ())]

    def _cards(self, topic: str) -> list[dict[str, Any]]:
        return [one for one in self.slack.messages(MARKETING) if f"“{topic}”" in one["text"]]

    def _links(self, topic: str) -> list[str]:
        ready = [one for one in self._cards(topic)[:1] if "Awaiting approval" in one["text"]]
        blocks = [block for card in ready for block in card["blocks"]]
        urls = [block.get("accessory", {}).get("url", "") for block in blocks]
        return [url for url in urls if "/d/" in url]

    async def _until(self, is_so: Callable[[], bool]) -> None:
        await self.slack.journal.wait_for(is_so, timeout_s=PATIENCE_S)


def _check(told: dict[str, Any]) -> None:
    if told["error"] or told.get("errors"):
        raise RuntimeError(f"the local Slack says: {told['error']} {told.get('errors')}")


def _is_complete(view: dict[str, Any]) -> bool:
    return any(one.get("label", {}).get("text") == "Script" for one in view["blocks"])


@contextlib.asynccontextmanager
async def running_town(folder: Path) -> AsyncIterator[Town]:
    """Run everything with a database and a folder for copies in `folder`."""
    clock, port = real_time(), free_port()
    url = f"http://127.0.0.1:{port}"
    slack = SlackTwin(clock, request_url=f"{url}/slack/events", post_burst=100)
    slack.files.most_bytes = SLACK_HOLDS_BYTES
    narakeet, relay = BehindRelay(clock), Relay()
    narakeet.configure(building_s=0.2, steps=2)
    async with contextlib.AsyncExitStack() as stack:
        for twin in (slack, narakeet):
            await twin.start()
            stack.push_async_callback(twin.stop)
        await stack.enter_async_context(relay.before(narakeet))
        await stack.enter_async_context(_going(clock))
        env = _settings(folder, slack, narakeet, port=port)
        bot = await stack.enter_async_context(running("bot", "serve", **env))
        await wait_until_ready(url)
        yield Town(slack=slack, narakeet=narakeet, relay=relay, pid=bot.pid, url=url)


@contextlib.asynccontextmanager
async def _going(clock: Clock) -> AsyncIterator[None]:
    task = asyncio.create_task(clock.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _settings(
    folder: Path, slack: SlackTwin, narakeet: NarakeetTwin, *, port: int
) -> dict[str, str]:
    quick = ("NARAKEET_LOOK_QUEUED_S", "NARAKEET_LOOK_PRODUCING_S", "LOOK_SAFETY_S")
    return {
        **{f"GREENLIGHT_{name}": "0.2" for name in quick},
        "GREENLIGHT_POST_INTERVAL_S": "0",
        "GREENLIGHT_PROGRESS_EDIT_S": "0",
        "GREENLIGHT_COPIES_AT_ONCE": str(COPIES_AT_ONCE),
        "GREENLIGHT_UPLOAD_TO_THREAD_MAX_MB": "400",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "NARAKEET_API_KEY": narakeet.api_key,
        "NARAKEET_BASE_URL": narakeet.url,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'greenlight.db'}",
        "SECRET_KEY": SECRET_KEY,
        "CATALOG": str(REPOSITORY / "catalog.toml"),
        "LOG_LEVEL": "warning",
        "LOG_FORMAT": "json",
    }
