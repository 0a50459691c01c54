"""What the contract suite needs of TechForge: a provider, its local server, and bad days by name."""

import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from bot.core.events import News
from bot.core.production import Answer, Job, ProductionRequest
from bot.providers.base import Provider
from bot.providers.outside import Publishing
from bot.providers.registry import TechForgeSettings, build_providers
from tests.unit.providers.jarai.samples import Memory
from twin.clock import Clock
from twin.faults import Fault
from twin.techforge.app import TechForgeTwin
from twin.techforge.catalogue import HARBOUR_NEWS, SPRING, TEASER, Project
from twin.techforge.settings import Settings

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
UNKNOWN_ID = "99999999-2a11-4b8e-9d33-7a5f10c2e901"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A refusal of a submit; the documents name statuses and no codes, so the codes are ours.

    Attributes:
        settings: What the provider is set up with.
        values: What the form says.
        twin: How the local server is set.
    """

    code: str
    settings: Mapping[str, Any]
    values: Mapping[str, str]
    twin: Mapping[str, Any]


def _refusal(
    code: str,
    *,
    settings: Mapping[str, Any] | None = None,
    values: Mapping[str, str] | None = None,
    twin: Mapping[str, Any] | None = None,
) -> Refusal:
    return Refusal(code=code, settings=settings or {}, values=values or {}, twin=twin or {})


def project_value(project: Project, job_type: str | None = None) -> str:
    """Write a project as the form's select does."""
    return f"{project.project_id}/{job_type or project.type}"


CALLS = {
    "SUBMIT": "POST /jobs/v2",
    "LOOK": "GET /jobs/",
    "FILES": "GET /jobs/",
    "FORM": "GET /api/provider/projects/active",
    "RETRY": "POST /jobs/trigger-job",
}

Act = Callable[[TechForgeTwin], Callable[[str], Any]]


class TechForgeBench:
    """TechForge on one clock with its local server."""

    name = "techforge"
    label = "TechForge"
    api_key = TechForgeTwin.api_key
    chosen: Mapping[str, str] = {"project": project_value(TEASER)}
    finished = News.COMPLETED
    kinds = frozenset({"video"})
    listing = "GET /jobs/"
    accepted = 201
    has_progress = has_sizes = has_correlation = False
    retries_in_place = renews_links = finds_jobs = has_words = has_timeouts = True
    steps: Mapping[News, tuple[Act, ...]] = {
        News.QUEUED: (),
        News.PRODUCING: (lambda twin: twin.act.pick_up,),
        News.COMPLETED: (lambda twin: twin.act.finish,),
        News.FAILED: (lambda twin: twin.act.fail,),
    }
    refusals: Mapping[str, Refusal] = {
        "unknown key": _refusal("unauthorized", settings={"api_key": "tfi-nobody"}),
        "foreign project": _refusal("invalid", values={"project": project_value(HARBOUR_NEWS)}),
        "project that is over": _refusal("invalid", values={"project": project_value(SPRING)}),
        "unknown type": _refusal("invalid", values={"project": project_value(TEASER, "hologram")}),
        "bad file": _refusal("invalid", twin={"bad_media": "refuse", "outside_media": "doubt"}),
        "value missing": _refusal(
            "invalid", values={"text.headline": ""}, twin={"missing_values": "refuse"}
        ),
        "error in another shape": _refusal(
            "invalid", values={"project": project_value(SPRING)}, twin={"errors": "text"}
        ),
        "no credits": _refusal("no_credits", twin={"without_credits": "402", "credits_left": 0}),
    }

    def __init__(self) -> None:
        self.clock = Clock(start=START, speed=0)
        self.twin = TechForgeTwin(self.clock, settings=Settings(retry_after=True))
        self.publishing: Publishing | None = None
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
        about = {
            "api_key": self.api_key,
            "base_url": self.twin.url,
            "max_bytes": 50_000,
        }
        built = build_providers(
            {self.name: TechForgeSettings(**(about | settings))},
            clock=self.clock.now,
            remembered=Memory(self.clock.now),
            publishing=self.publishing,
        )[self.name]
        self._stack.push_async_callback(built.aclose)
        return built

    def request(self, *, topic: str = "Autumn range teaser", **values: str) -> ProductionRequest:
        """Fill the form in."""
        about = {
            **self.chosen,
            "text.headline": "Meet the autumn range",
            "audio.voiceover": "https://assets.example/vo.mp3",
            "image.avatar": "https://assets.example/face.png",
        } | values
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
        """Make the next matching call fail; `match` is one of the keys of `CALLS`."""
        self.twin.faults.add(Fault(match=CALLS[match], kind=kind, **more))

    def configure(self, *, credits_left: float | None = None, **settings: Any) -> None:
        """Set the local server."""
        self.twin.configure(**settings)
        if credits_left is not None:
            self.twin.credits_left.set("northwind", credits_left)

    async def bring(self, job: Job, news: News) -> None:
        """Let the service bring a queued job to where a look says so."""
        for act in self.steps[news]:
            act(self.twin)(job.job_id)

    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""
        return [job.uuid for job in self.twin.jobs()]

    def forgotten(self, job: Job) -> Job:
        """Give a job like another one that the service does not know."""
        return Job(job_id=UNKNOWN_ID, handle=job.handle)

    def look_saying(self, word: str, job: Job) -> str:
        """Write what a look would answer if the job's state had another word."""
        return json.dumps({"uuid": job.job_id, "job_status": word})

    async def pass_time(self, seconds: float) -> None:
        """Move the clock of both sides."""
        await self.clock.advance(seconds)

    @property
    def submitted(self) -> int:
        """How many jobs the service has."""
        return len(self.twin.jobs())

    def calls(self, what: str = "") -> list[tuple[str, int | None]]:
        """List the calls that reached the service, with their status."""
        return [
            (entry.what, entry.status)
            for entry in self.twin.journal.entries()
            if entry.direction == "in" and what in entry.what
        ]
