"""A tracker on a real database whose service answers as it is told, with a hand-moved clock."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.approval import Person, Policy
from bot.core.budget import Limits
from bot.core.errors import ProviderError
from bot.core.events import Command, Event, News
from bot.core.production import Deliverable, Job, Production, ProductionRequest, Progress, State
from bot.loops import Bells
from bot.productions import Productions, Rules
from bot.providers.base import (
    Accepted,
    Capabilities,
    Link,
    Observation,
    Submission,
    WebhookEvent,
)
from bot.providers.budget import RequestBudget
from bot.providers.switched_off import Services
from bot.tracker import Tracker, TrackerRules
from bot.tracker.submitter import Submitter
from storage.engine import Database
from storage.migrate import migrate
from storage.store import Store
from tests.factories import NOW, make_job, make_pace
from tests.stores import SECRET_KEY, make_change, record, sqlite_url

ANA = Person(user_id="U0ANA", team_id="T0GREEN")
LOOK_LEASE_S, SUBMIT_LEASE_S = 1000.0, 50.0
ENDLESS = Limits(per_minute=None, per_day=None)
CONSOLE = Capabilities(
    has_webhooks=True, has_cancel=True, decides_in_console=True, finds_by_id=True
)
Meanwhile = Callable[[], Awaitable[Any]]


@dataclass
class Clock:
    """A moment that only tests move."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Give the moment."""
        return self.at

    def move(self, seconds: float) -> None:
        """Move time on; nothing happens by that."""
        self.at += timedelta(seconds=seconds)


@dataclass
class ToldService:
    """A service that does what the test says, and counts what it was asked.

    Attributes:
        seen: What a look shows, or the error it ends in.
        outcome: What comes of the paid call.
        links: Address of each file, by its key, or the error that asking for it ends in.
        refusal: The error that a cancel ends in; None where it is taken.
        during_look, during_submit: What else happens, once, while the call is under way.
    """

    budget: RequestBudget
    seen: Observation | ProviderError = field(default_factory=lambda: see(News.PRODUCING))
    files: tuple[Deliverable, ...] = ()
    outcome: Submission = field(
        default_factory=lambda: Accepted(job=make_job("job-9"), word="Queued")
    )
    refusal: ProviderError | None = None
    during_look: Meanwhile | None = None
    during_submit: Meanwhile | None = None
    looks: list[str] = field(default_factory=list)
    capabilities: Capabilities = CONSOLE
    links: dict[str, str | ProviderError] = field(default_factory=dict)
    posts: int = 0
    cancels: int = 0

    name = "jarai"
    label = "JARAI"

    async def prepare(self, request: ProductionRequest) -> dict[str, Any]:
        """Need nothing."""
        return {}

    async def submit(self, prepared: Any, *, key: str) -> Submission:
        """Give the outcome as it was when the call was made."""
        self.posts += 1
        outcome = self.outcome
        meanwhile, self.during_submit = self.during_submit, None
        if meanwhile is not None:
            await meanwhile()
        return outcome

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:
        """Know every job."""
        return make_job(job_id), "Queued"

    async def observe(self, job: Job) -> Observation:
        """Show what was to be seen when the look was made."""
        self.looks.append(job.job_id)
        seen = self.seen
        meanwhile, self.during_look = self.during_look, None
        if meanwhile is not None:
            await meanwhile()
        if isinstance(seen, ProviderError):
            raise seen
        return seen

    async def deliverables(self, job: Job) -> tuple[Deliverable, ...]:
        """List the files."""
        return self.files

    async def open(self, job: Job, key: str) -> Link:
        """Give the link that was told, or raise the error."""
        link = self.links[key]
        if isinstance(link, ProviderError):
            raise link
        return Link(url=link, expires_at=None)

    async def cancel(self, job: Job) -> None:
        """Take the cancel, or refuse it."""
        self.cancels += 1
        if self.refusal is not None:
            raise self.refusal


@dataclass(kw_only=True)
class Bench:
    """A tracker with everything it needs; nothing in it runs by itself."""

    clock: Clock
    store: Store
    service: ToldService
    bells: Bells
    productions: Productions
    tracker: Tracker

    async def recorded(
        self,
        state: State = State.REQUESTED,
        *,
        due_in_s: float | None = 0.0,
        files: tuple[Deliverable, ...] = (),
        **facts: Any,
    ) -> Production:
        """Record a production that is due in so many seconds; None for never by itself."""
        due_at = None if due_in_s is None else self.clock.now() + timedelta(seconds=due_in_s)
        production = await record(self.store, state=state, due_at=due_at, **facts)
        if files:
            await self.store.save(make_change(production, deliverables=files), claim=None)
        return await self.store.load(production.id)

    async def advance(self, seconds: float, *, step_s: float = 5.0) -> None:
        """Do what is due, then move time on in steps and do what is due after each."""
        await self.tracker.drain()
        while seconds > 0:
            self.clock.move(min(seconds, step_s))
            seconds -= step_s
            await self.tracker.drain()

    async def command(self, production: Production, command: Command) -> Production:
        """Let Ana click a button of the production as it now is."""
        now = await self.store.load(production.id)
        return await self.productions.command(
            now.id,
            command,
            person=ANA,
            attempt=now.attempt.number,
            round_number=now.round_number,
        )

    async def webhook(
        self, kind: str, *, job_id: str = "job-1", progress: Progress | None = None
    ) -> None:
        """Let a webhook of its own come in."""
        event = WebhookEvent(
            delivery_ids=(f"{kind}:{self.clock.now()}",),
            kind=kind,
            job_id=job_id,
            progress=progress,
        )
        await self.productions.note_webhook("jarai", event)

    async def events(self, production: Production, kind: News | Command) -> list[Event]:
        """List what of this kind happened to a production."""
        events = await self.store.events(production.id)
        return [event for event in events if event.kind == kind.value]

    def submitter(self, pause: Callable[[float], Awaitable[None]]) -> Submitter:
        """Make a submitter that waits as it is told."""
        return Submitter(
            productions=self.productions,
            providers=Services({"jarai": self.service}),
            lease_s=SUBMIT_LEASE_S,
            clock=self.clock.now,
            jitter=lambda: 0.0,
            pause=pause,
        )


def see(news: News | None, word: str = "Producing", **details: Any) -> Observation:
    """Make what a look shows."""
    return Observation(news=news, word=word, **details)


def fails_first(times: int, error: Exception, real: Callable[..., Awaitable[Any]]) -> Any:
    """Make a call fail the first so many times and work after that."""
    left = [error] * times

    async def call(*args: Any, **options: Any) -> Any:
        if left:
            raise left.pop()
        return await real(*args, **options)

    return call


@contextlib.asynccontextmanager
async def running_bench(
    folder: Path, *, limits: Limits = ENDLESS, **pace: Any
) -> AsyncIterator[Bench]:
    """Make a bench in a folder.

    Args:
        limits: Of the service's request budget.
        pace: Over the usual pace, by field name.
    """
    url = sqlite_url(folder / "greenlight.db")
    await migrate(url)
    database = await Database.open(url)
    try:
        store = await Store.open(database, secret_key=SECRET_KEY)
        yield _bench(store, limits=limits, pace=pace)
    finally:
        await database.close()


def _bench(store: Store, *, limits: Limits, pace: dict[str, Any]) -> Bench:
    clock, bells = Clock(), Bells()
    budget = RequestBudget(credential="key", clock=clock.now, day_limits={}, assumed=limits)
    service = ToldService(budget=budget)
    shared = {"store": store, "clock": clock.now, "jitter": lambda: 0.0}
    productions = Productions(
        **shared,
        providers=Services({"jarai": service}),
        rules=Rules(
            pace_of=lambda _name: make_pace(**pace),
            policy=Policy(approvers=frozenset(), on_call=frozenset()),
            debounce_s=2.0,
        ),
        bells=bells,
    )
    tracker = Tracker(
        **shared,
        productions=productions,
        providers=Services({"jarai": service}),
        rules=TrackerRules(looks_at_once=8, lease_s=LOOK_LEASE_S, submit_lease_s=SUBMIT_LEASE_S),
        bell=bells.tracker,
    )
    return Bench(
        clock=clock,
        store=store,
        service=service,
        bells=bells,
        productions=productions,
        tracker=tracker,
    )
