"""What the contract suite needs of the fourth provider, which is a package of its own."""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, Self

from bot.core.events import News
from bot.core.production import Answer, Job, ProductionRequest
from bot.providers.base import Provider
from bot.providers.outside import Tools
from tests.contract.provider_jarai import Refusal
from tests.fourth_provider.greenlight_titlecard import SERVICE
from tests.fourth_provider.greenlight_titlecard.settings import Settings
from tests.fourth_provider.server import TitlecardTwin
from tests.unit.providers.jarai.samples import Memory
from twin.clock import Clock
from twin.faults import Fault

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CALLS = {
    "SUBMIT": "POST /clips",
    "LOOK": "GET /clips/",
    "FILES": "/files",
    "FORM": "GET /styles",
}


class TitlecardBench:
    """Titlecard on one clock with its local server."""

    name = "titlecard"
    label = "Titlecard"
    api_key = TitlecardTwin.api_key
    chosen: Mapping[str, str] = {}
    accepted = 201
    finished = News.COMPLETED
    kinds = frozenset({"video", "transcript"})
    steps = (News.QUEUED, News.PRODUCING, News.COMPLETED, News.FAILED)
    has_progress = has_sizes = has_correlation = True
    renews_links = finds_jobs = has_words = True
    refusals: Mapping[str, Refusal] = {
        "unknown key": Refusal(code="KEY", settings={"api_key": "nobody"}, values={}, twin={}),
        "unknown style": Refusal(code="STYLE", settings={}, values={"style": "gone"}, twin={}),
    }

    def __init__(self) -> None:
        self.clock = Clock(start=START, speed=0)
        self.twin = TitlecardTwin(self.clock)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start the server; the usual provider is `provider`."""
        await self.twin.start()
        self._stack.push_async_callback(self.twin.stop)
        self.provider = self.build()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything."""
        await self._stack.aclose()

    def build(self, **settings: Any) -> Provider:
        """Make a provider that is closed with the bench."""
        about = {"api_key": self.twin.api_key, "base_url": self.twin.url, "max_bytes": 50_000}
        tools = Tools(clock=self.clock.now, remembered=Memory(self.clock.now))
        built = SERVICE.build(Settings(**(about | settings)), tools)
        self._stack.push_async_callback(built.aclose)
        return built

    def request(self, *, topic: str = "Autumn range teaser", **values: str) -> ProductionRequest:
        """Fill the form in."""
        about = {"style": "plain", "line": "New in store"} | values
        return ProductionRequest(
            provider=self.name,
            topic=topic,
            team_id="T1",
            channel_id="C1",
            requester_id="U1",
            answers=tuple(
                Answer(key=key, label=key, value=value, shown=value) for key, value in about.items()
            ),
        )

    def fail(self, match: str, kind: Any, **more: Any) -> None:
        """Make the next matching call fail; `match` is one of `SUBMIT`, `LOOK`, `FILES`, `FORM`."""
        self.twin.faults.add(Fault(match=CALLS[match], kind=kind, **more))

    async def bring(self, job: Job, news: News) -> None:
        """Let the service bring a queued job to where a look says so."""
        steps = {
            News.PRODUCING: lambda: self.twin.render(42),
            News.COMPLETED: self.twin.finish,
            News.FAILED: self.twin.break_down,
        }
        steps.get(news, lambda: None)()

    def look_saying(self, word: str, job: Job) -> str:
        """Write what a look would answer if the job's state had another word."""
        return json.dumps({"id": job.job_id, "state": word})

    def configure(self, **_: Any) -> None:
        """Leave the local server as it is; it has nothing to set."""

    async def pass_time(self, seconds: float) -> None:
        """Move the clock of both sides."""
        await self.clock.advance(seconds)

    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""
        return [job.clip_id for job in self.twin.jobs()]

    def forgotten(self, job: Job) -> Job:
        """Make a job that the service does not know."""
        return Job(job_id="0123456789ab", handle=job.handle)

    @property
    def submitted(self) -> int:
        """How many jobs the service has."""
        return len(self.twin.jobs())

    def calls(self, what: str = "") -> list[tuple[str, int | None]]:
        """List the calls that reached the service, with their status."""
        return [
            (entry.what, entry.status)
            for entry in self.twin.journal.entries()
            if what in entry.what
        ]
