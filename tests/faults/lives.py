"""The bot as a process that ends and starts again, between a local Slack and a local JARAI.

Tests act as people and as an operator, and look only at what the two local services have.
"""

import asyncio
import contextlib
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.rig import ANA, BO, CHOICES, MARKETING, TOPIC, state_in
from twin.demo.environment import free_port
from twin.jarai.app import JaraiTwin
from twin.launch import Twins
from twin.slack.app import SlackTwin
from twin.slack.text import inputs, visible_text

ROOT = Path(__file__).resolve().parents[2]
CRASHING = Path(__file__).with_name("crashing.py")
PATIENCE_S = 20.0
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
_LOG_TAIL = 3000
Json = dict[str, Any]


@dataclass(kw_only=True)
class Life:
    """One process of the bot, from its start to its end."""

    process: asyncio.subprocess.Process
    log: Path

    async def ended(self) -> int:
        """Wait for its end and give its exit code; a signal's number is negative."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()

    async def stop(self) -> None:
        """End it unless it has ended."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


@dataclass(kw_only=True)
class World:
    """What stays while the bot comes and goes.

    Attributes:
        settings: Of the bot, over the usual ones; change them before a life begins.
    """

    folder: Path
    twins: Twins
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)

    @property
    def slack(self) -> SlackTwin:
        """The local Slack."""
        assert self.twins.slack is not None
        return self.twins.slack

    @property
    def jarai(self) -> JaraiTwin:
        """The local JARAI."""
        assert self.twins.jarai is not None
        return self.twins.jarai

    # The bot.

    async def live(self, *, dies_at: str | None = None) -> Life:
        """Start the bot and wait until it answers; with a point, one that ends there."""
        command = ["-m", "bot", "serve"] if dies_at is None else [str(CRASHING), dies_at]
        path = self.folder / f"life-{len(self.lives)}.log"
        with path.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                cwd=self.folder,  # So that no `.env` of the developer is found.
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        life = Life(process=process, log=path)
        self.lives.append(life)
        await self._ready(life)
        return life

    def _environment(self) -> Mapping[str, str]:
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return {**kept, **_settings(self), **self.settings}

    async def _ready(self, life: Life) -> None:
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
            while life.process.returncode is None:
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.get(f"http://127.0.0.1:{self.port}/readyz")
                    if answer.is_success:
                        return
                # Nothing else tells that a port is open than asking again.
                await asyncio.sleep(0.02)
        raise AssertionError(f"it did not start: {life.log.read_text()[-_LOG_TAIL:]}")

    async def subscribe(self, *events: str) -> None:
        """Register the bot's webhooks at JARAI; for the lives that follow."""
        async with httpx.AsyncClient(headers={"X-API-Key": self.jarai.api_key}) as client:
            answer = await client.post(
                f"{self.jarai.url}/v1/partner/webhooks",
                json={
                    "endpointUrl": f"http://127.0.0.1:{self.port}/webhooks/jarai",
                    "eventTypes": list(events),
                },
            )
        self.settings["JARAI_WEBHOOK_SECRET"] = answer.json()["signingSecret"]

    # People.

    async def open_form(self, labels: Iterable[str] = CHOICES) -> str:
        """Type `/produce …`; gives the form's id once it asks for all these."""
        typed = await self.slack.act.command(user=ANA, channel=MARKETING, text=TOPIC)
        assert typed["error"] is None, typed
        await self.until(lambda: any(_asks(view, labels) for view in self.slack.views(ANA)))
        return str(self.slack.views(ANA)[-1]["id"])

    async def send_form(self, view_id: str, values: Mapping[str, str] = CHOICES) -> Json:
        """Fill the form in and send it."""
        return await self.slack.act.submit(user=ANA, view_id=view_id, values=dict(values))

    async def request(self, **values: str) -> None:
        """Ask for a video; with values, of another service than JARAI."""
        chosen = values or CHOICES
        sent = await self.send_form(await self.open_form(chosen), chosen)
        assert sent["error"] is None, sent

    async def click(self, button: str, *, user: str = BO) -> Json:
        """Click a button of the card."""
        return await self.slack.act.click(
            user=user, channel=MARKETING, ts=self.cards()[0]["ts"], button=button
        )

    async def finish(self) -> None:
        """Approve, release, and wait for the end, from the moment people may approve."""
        await self.until_state("Awaiting approval")
        clicked = await self.click("Approve")
        assert clicked["error"] is None, clicked
        await self.until_reply("approved “")
        await self.release()

    async def release(self) -> None:
        """Release it in the Studio and wait for the end."""
        (job,) = self.jarai.jobs()
        self.jarai.act.release(job.production_id)
        await self.until_state("Completed")
        await self.until_reply("is published")

    # Waiting, for what the local Slack gets.

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; asked again after all that Slack sees."""
        try:
            await self.slack.journal.wait_for(is_so, timeout_s=PATIENCE_S)
        except TimeoutError:
            texts = [visible_text(one) for one in self.messages()]
            log = self.lives[-1].log.read_text()[-_LOG_TAIL:]
            raise AssertionError(f"it never came to that: {texts}\n{log}") from None

    async def until_state(self, state: str) -> None:
        """Wait until a card shows a state."""
        await self.until(
            lambda: any(state_in(card["text"]) == state for card in reversed(self.cards()))
        )

    async def until_reply(self, words: str) -> None:
        """Wait until the thread has a reply with these words."""
        await self.until(lambda: any(words in text for text in self.replies()))

    async def copied(self) -> list[bytes]:
        """Wait until every download of the card is a copy of ours; gives their bytes."""
        blocks = self.cards()[0]["blocks"]
        urls = [block.get("accessory", {}).get("url", "") for block in blocks]
        found: list[bytes] = []
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient() as client:
            for url in [url for url in urls if "/d/" in url]:
                while True:
                    answer = await client.get(url)
                    if answer.status_code == httpx.codes.OK:
                        break
                    # Nothing tells that a copy is there but asking again; 60 a minute are let in.
                    await asyncio.sleep(0.5)
                assert len(answer.content) == int(answer.headers["content-length"])
                found.append(answer.content)
        return found

    def kept(self) -> list[Path]:
        """List the files where copies are kept, half-written ones too."""
        return [path for path in (self.folder / "deliverables").rglob("*") if path.is_file()]

    async def swept(self, count: int) -> list[bytes]:
        """Wait until no more than so many files are kept; gives their bytes."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = self.kept()
                if len(found) <= count:
                    return [path.read_bytes() for path in found]
                # Remains go right after a file is on record, and nothing tells of it.
                await asyncio.sleep(0.02)

    # What the two services have.

    def messages(self) -> list[Json]:
        """List the channel's messages and replies."""
        return self.slack.messages(MARKETING)

    def cards(self) -> list[Json]:
        """List the messages that stand in the channel by themselves."""
        return [one for one in self.messages() if one.get("thread_ts") in {None, one["ts"]}]

    def replies(self) -> list[str]:
        """Give the words of the first card's replies, oldest first."""
        thread = self.slack.thread(MARKETING, self.cards()[0]["ts"]) if self.cards() else []
        return [visible_text(one) for one in thread[1:]]

    def shared(self) -> list[list[Json]]:
        """List the files of each message in the first card's thread that shows some."""
        thread = self.slack.thread(MARKETING, self.cards()[0]["ts"])
        return [one["files"] for one in thread if one.get("files")]

    def kept_in_slack(self) -> list[bytes]:
        """Give what the files in the thread hold."""
        found = [self.slack.files.find(one["id"]) for files in self.shared() for one in files]
        return [one.content for one in found if one is not None and one.content is not None]

    def told_twice(self) -> list[int]:
        """List the notices that more than one message brought."""
        told = Counter(
            number
            for one in self.messages()
            for number in one["metadata"]["event_payload"]["notice_ids"]
        )
        return [number for number, times in told.items() if times > 1]

    def submissions(self) -> int:
        """Count the POSTs that JARAI saw."""
        return len([one for one in self.jarai.journal.entries() if _is_submission(one.what)])

    def looks(self) -> int:
        """Count the GETs of a production's status."""
        job_id = self.jarai.jobs()[-1].production_id
        return len(
            [
                one
                for one in self.jarai.journal.entries()
                if one.what.startswith("GET ") and one.what.endswith(job_id)
            ]
        )


def _is_submission(what: str) -> bool:
    return what.startswith("POST ") and what.endswith("/productions")


def _asks(view: Json, labels: Iterable[str]) -> bool:
    return set(labels) <= {block["label"]["text"] for block in inputs(view["blocks"])}


def _settings(world: World) -> dict[str, str]:
    known = world.twins.as_json()
    quick = ("LOOK_QUEUED_S", "LOOK_PRODUCING_S", "LOOK_AWAITING_S", "LOOK_DISTRIBUTING_S")
    return {
        **{f"GREENLIGHT_{name}": "0.2" for name in (*quick, "LOOK_SAFETY_S")},
        "GREENLIGHT_WEBHOOK_DEBOUNCE_S": "0",
        "GREENLIGHT_POST_INTERVAL_S": "0",
        "GREENLIGHT_PROGRESS_EDIT_S": "0",
        "GREENLIGHT_JARAI_REQUESTS_PER_MINUTE": "0",
        "GREENLIGHT_JARAI_REQUESTS_PER_DAY": "0",
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": known["slack"]["bot_token"],
        "SLACK_SIGNING_SECRET": known["slack"]["signing_secret"],
        "SLACK_API_URL": known["slack"]["api"],
        "JARAI_API_KEY": known["jarai"]["api_key"],
        "JARAI_BASE_URL": known["jarai"]["base_url"],
        "HOST": "127.0.0.1",
        "PORT": str(world.port),
        "PUBLIC_URL": f"http://127.0.0.1:{world.port}",
        "DATABASE_URL": f"sqlite+aiosqlite:///{world.folder / 'greenlight.db'}",
        "CATALOG": str(ROOT / "catalog.toml"),
        "LOG_FORMAT": "json",
    }


@contextlib.asynccontextmanager
async def running_world(folder: Path) -> AsyncIterator[World]:
    """Run both services, quick ones, and end every life of the bot with them."""
    port = free_port()
    twins = Twins(bot_url=f"http://127.0.0.1:{port}/slack/events")
    world = World(folder=folder, twins=twins, port=port)
    await twins.start()
    world.jarai.configure(
        queued_s=0.1, producing_s=0.3, distributing_s=0.1, steps=3, tier="unlimited"
    )
    try:
        yield world
    finally:
        for life in world.lives:
            await life.stop()
        await twins.stop()
