"""What the contract suite needs of Narakeet: a provider, its local server, and bad days by name."""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from bot.core.events import News
from bot.core.production import Job, ProductionRequest
from bot.providers.base import Provider
from bot.providers.registry import NarakeetSettings, build_providers
from tests.unit.providers.jarai.samples import Memory
from tests.unit.providers.narakeet.samples import Given, build_request
from twin.clock import Clock
from twin.faults import Fault
from twin.narakeet.app import NarakeetTwin
from twin.narakeet.catalogue import KEYS

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
KEY = {key.name: key.value for key in KEYS.values()}
SPOKEN: Mapping[str, str] = {"kind": "audio", "script": "Good morning from the marketing team."}
"""A wish that needs nothing to be prepared, so that the paid call itself is refused."""


Act = Callable[[NarakeetTwin], Callable[[str], Any]]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A refusal of a submit.

    Attributes:
        settings: What the provider is set up with.
        values: What the form says.
        twin: How the local server is set.
    """

    code: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=lambda: SPOKEN)
    twin: Mapping[str, Any] = field(default_factory=dict)


class NarakeetBench:
    """Narakeet on one clock with its local server; its attributes are those of JARAI's bench."""

    name = "narakeet"
    label = "Narakeet"
    api_key = NarakeetTwin.api_key
    chosen: Mapping[str, str] = {"kind": "audio"}
    finished = News.COMPLETED
    kinds = frozenset({"video", "Captions (SRT)", "Captions (VTT)", "Poster"})
    accepted = 200
    has_progress = has_timeouts = True
    has_sizes = has_correlation = False
    steps: Mapping[News, tuple[Act, ...]] = {
        News.PRODUCING: (lambda twin: twin.act.step,),
        News.COMPLETED: (lambda twin: twin.act.finish,),
        News.FAILED: (lambda twin: twin.act.fail,),
    }
    refusals: Mapping[str, Refusal] = {
        "unknown key": Refusal(code="forbidden", settings={"api_key": "nobody"}),
        "unknown key, another way": Refusal(
            code="forbidden", settings={"api_key": "nobody"}, twin={"bad_key": "401"}
        ),
        "plan without the API": Refusal(code="forbidden", settings={"api_key": KEY["free"]}),
        "no credits": Refusal(code="invalid_request", settings={"api_key": KEY["empty"]}),
        "no credits, another way": Refusal(
            code="no_credits",
            settings={"api_key": KEY["empty"]},
            twin={"without_credits": "402"},
        ),
        "no credits for a video": Refusal(
            code="invalid_request",
            settings={"api_key": KEY["empty"]},
            values={"script": "Hello."},
        ),
        "unknown voice": Refusal(
            code="invalid_request", values={**SPOKEN, "voice": "nobody at all"}
        ),
        "text too long": Refusal(code="invalid_request", twin={"text_bytes": 3}),
    }

    def __init__(self) -> None:
        self.clock = Clock(start=START, speed=0)
        self.twin = NarakeetTwin(self.clock)
        self.uploads = Given()
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
        about = {"api_key": self.api_key, "base_url": self.twin.url, "max_bytes": 50_000}
        built = build_providers(
            {self.name: NarakeetSettings(**(about | settings))},
            clock=self.clock.now,
            remembered=Memory(self.clock.now),
            uploads=self.uploads,
        )[self.name]
        self._stack.push_async_callback(built.aclose)
        return built

    def request(self, **values: Any) -> ProductionRequest:
        """Fill the form in; without more it asks for a video of three words."""
        return build_request(**({"script": "Good morning, London."} | values))

    def fail(self, match: str, kind: Any, **more: Any) -> None:
        """Make the next matching call fail; `match` is one of `SUBMIT`, `LOOK`, `FILES`, `FORM`."""
        if kind == "rate_limit":
            self.twin.configure(retry_after=True)
        self.twin.faults.add(Fault(match=CALLS[match], kind=kind, **more))

    async def bring(self, job: Job, news: News) -> None:
        """Let the service bring a job that was just taken to where a look says so."""
        for act in self.steps[news]:
            act(self.twin)(job.job_id)

    def configure(self, **settings: Any) -> None:
        """Set the local server."""
        self.twin.configure(**settings)

    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""
        return [job.task_id for job in self.twin.jobs()]

    def forgotten(self, job: Job) -> Job:
        """Give a job whose status is nowhere, though it was taken a while ago."""
        then = self.clock.now() - timedelta(minutes=10)
        lost = f"{self.twin.url}/storage/status/nowhere.json"
        return Job(job_id=job.job_id, handle={"status_url": lost, "submitted_at": then.isoformat()})

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


CALLS = {
    "SUBMIT": "POST /",
    "LOOK": "GET /storage/status",
    "FILES": "GET /storage/status",
    "FORM": "GET /voices",
    "CREDITS": "GET /account/credits",
    "TOKEN": "GET /video/upload-request",
    "UPLOAD": "PUT /storage/uploads",
}
