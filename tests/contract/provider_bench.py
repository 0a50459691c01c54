"""What the contract suite asks of every service's bench; each one brings what is its own."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from bot.core.events import News
from bot.core.production import Answer, Job, ProductionRequest
from bot.providers.base import Provider
from tests.contract.documented_errors import Said
from tests.unit.providers.hands import Memory
from tests.unit.providers.narakeet.samples import Given
from twin.clock import Clock
from twin.faults import Fault

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

Act = Callable[[Any], Callable[[str], Any]]
"""Gives an operator's act of a local server; the act takes a job's id."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A refusal of a submit.

    Attributes:
        code: The service's word; ours where it has none.
        settings: What the provider is set up with.
        values: What the form says.
        twin: How the local server is set.
    """

    code: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    twin: Mapping[str, Any] = field(default_factory=dict)


class ProviderBench(ABC):
    """A service on one clock with its local server, between `async with` and its end.

    What it has besides is named by traits such as `has_progress`; a trait that is not there is not
    claimed.

    Attributes:
        chosen: What is chosen before the form is complete.
        finished: The first news of a job whose files are there.
        kinds: Some kinds that its files have.
        accepted: Status of an accepted submit.
        steps: What an operator does to bring a job to where a look says so; begins with what a look
            says first.
        refusals: Refusals of a submit, by name.
        matches: The service's calls, as faults match them.
        lacks: Why it has none of the other calls that services may have.
        documented: The errors that its documents name.
        uploads: The files that people give with the form.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    api_key: ClassVar[str]
    chosen: ClassVar[Mapping[str, str]] = {}
    finished: ClassVar[News] = News.COMPLETED
    kinds: ClassVar[frozenset[str]]
    accepted: ClassVar[int]
    steps: ClassVar[Mapping[News, tuple[Act, ...]]]
    refusals: ClassVar[Mapping[str, Refusal]]
    matches: ClassVar[Mapping[str, str]]
    lacks: ClassVar[Mapping[str, str]]
    documented: ClassVar[Mapping[str, Said]]

    def __init__(self) -> None:
        self.clock = Clock(start=START, speed=0)
        self.twin = self.make_twin()
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

    @abstractmethod
    def make_twin(self) -> Any:
        """Make the local server on the bench's clock."""

    @abstractmethod
    def make(self, *, remembered: Memory, **settings: Any) -> Provider:
        """Make a provider with these settings, and with nothing remembered but what is given."""

    @abstractmethod
    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""

    @abstractmethod
    def forgotten(self, job: Job) -> Job:
        """Give a job like another one that the service does not know."""

    def build(self, **settings: Any) -> Provider:
        """Make a provider that is closed with the bench."""
        about = {"api_key": self.api_key, "base_url": self.twin.url, "max_bytes": 50_000}
        built = self.make(remembered=Memory(self.clock.now), **(about | settings))
        self._stack.push_async_callback(built.aclose)
        return built

    def filled(self) -> dict[str, str]:
        """Give what `request` says where nothing else is asked for."""
        return {}

    def request(self, *, topic: str = "Autumn range teaser", **values: Any) -> ProductionRequest:
        """Fill the form in."""
        about = self.filled() | values
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

    def with_files(self) -> ProductionRequest:
        """Fill the form in so that something is uploaded, where the service takes uploads."""
        return self.request()

    def fail(self, match: str, kind: Any, **more: Any) -> None:
        """Make the next matching call fail; `match` is one of the keys of `matches`."""
        self.twin.faults.add(Fault(match=self.matches[match], kind=kind, **more))

    def configure(self, **settings: Any) -> None:
        """Set the local server."""
        self.twin.configure(**settings)

    async def bring(self, job: Job, news: News) -> None:
        """Let the service bring a job that was just taken to where a look says so."""
        for act in self.steps[news]:
            act(self.twin)(job.job_id)

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
