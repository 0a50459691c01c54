"""The loop that changes and observes jobs: claims what is due, asks the service, records.

Answers stream back one by one and are never waited for together: one answer in a hundred that
takes seconds would hold all the others up.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot import instruments
from bot.core.budget import Spent
from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.events import News, Signal
from bot.core.production import LOOKED_AT, Problem, Production, State
from bot.core.schedule import JITTER_SHARE, backoff_s, is_overdue
from bot.loops import Bell, guarded_turn, guarded_work
from bot.productions import Productions
from bot.providers.base import BUDGET_SPENT
from bot.providers.switched_off import Services
from bot.tracker.flusher import Flusher
from bot.tracker.looker import Looker, has_cancel_to_send
from bot.tracker.signals import problem_kind, signal_of_copies
from bot.tracker.submitter import Submitter
from storage.store import Store
from storage.values import Claim, Settled

log = structlog.get_logger(__name__)

TICK_S = 0.5
BUSY_TICK_S = 0.05
COUNT_OPEN_EVERY_S = 10.0
LIFE_LOOKS = 8
"""Failed looks after which an ended production that a webhook woke goes back to sleep."""
COPY_LOOK_S = 5.0
"""Seconds between two questions whether our copies are made; they cost the service nothing."""
UNREACHABLE_AFTER = 3
"""Failed looks in a row before people are told; one or two are nobody's business."""


@dataclass(frozen=True, kw_only=True)
class TrackerRules:
    """How the tracker works.

    Attributes:
        looks_at_once: Calls under way at the same time, per service.
        lease_s: How long a claim for a look lasts; longer than a look's whole time.
        submit_lease_s: The same for the paid call.
        copies_all: Whether we keep copies of every service's files.
    """

    looks_at_once: int
    lease_s: float
    submit_lease_s: float
    copies_all: bool = False


class Tracker:
    """Follow every open production of every service."""

    def __init__(
        self,
        *,
        store: Store,
        productions: Productions,
        providers: Services,
        rules: TrackerRules,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        bell: Bell,
    ) -> None:
        self._store = store
        self._productions = productions
        self._providers = providers
        self._rules = rules
        self._clock = clock
        self._jitter = jitter
        self._bell = bell
        self._submitter = Submitter(
            productions=productions,
            providers=providers,
            lease_s=rules.submit_lease_s,
            clock=clock,
            jitter=jitter,
        )
        self._looker = Looker(
            productions=productions,
            providers=providers,
            lease_s=rules.lease_s,
            copies_all=rules.copies_all,
            clock=clock,
        )
        self._flusher = Flusher(store.settle, on_saved=self._measure)
        self._under_way: dict[str, set[asyncio.Task[None]]] = {
            one.name: set() for one in providers.on()
        }
        self._open: dict[str, tuple[int, datetime]] = {}
        self._paused_until: dict[str, datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set, then finish what is under way."""
        flushing = asyncio.create_task(self._flusher.run())
        try:
            async with asyncio.TaskGroup() as group:
                for one in self._providers.on():
                    group.create_task(self._follow(one.name, stop))
        finally:
            await self._flusher.close()
            await flushing

    async def drain(self) -> None:
        """Do all that is due at this moment; for tests that move the clock by hand."""
        for one in self._providers.on():
            while await self._claim(one.name):
                await self._finish(one.name)
                await self._flusher.flush()
            await self._save_counts(one.name)

    async def _follow(self, name: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            claimed = await self._turn(name)
            instruments.TRACKER_TURNS.labels(provider=name).inc()
            await self._bell.wait(BUSY_TICK_S if claimed else TICK_S)
        await self._finish(name)

    async def _turn(self, name: str) -> int:
        """Start what is due; a database that is gone only makes us wait."""
        claimed = 0
        with guarded_turn("tracker", provider=name):
            claimed = await self._claim(name)
            await self._save_counts(name)
        return claimed

    async def _finish(self, name: str) -> None:
        if self._under_way[name]:
            await asyncio.wait(self._under_way[name])

    async def _claim(self, name: str) -> int:
        free = self._rules.looks_at_once - len(self._under_way[name])
        now = self._clock()
        if free <= 0 or self._paused_until.get(name, now) > now:
            return 0
        claims = await self._store.claim_due(name, now=now, limit=free, lease_s=self._rules.lease_s)
        for claim in claims:
            task = asyncio.create_task(self._work(claim))
            self._under_way[name].add(task)
            task.add_done_callback(self._under_way[name].discard)
        return len(claims)

    async def _work(self, claim: Claim) -> None:
        """Do one claimed production's turn; nothing that goes wrong in it reaches the loop."""
        ids = {"production_id": claim.production.id, "provider": claim.production.provider}
        with structlog.contextvars.bound_contextvars(**ids), guarded_work("tracker"):
            await self._act(claim)

    async def _act(self, claim: Claim) -> None:
        production, state = claim.production, claim.production.state
        try:
            if state is State.SUBMITTING:
                await self._submitter.find_interrupted(claim)
            elif production.copying is not None and not has_cancel_to_send(production):
                await self._go_on_after_copies(claim)
            elif state is not State.REQUESTED:
                await self._observe(claim)
            elif not await self._submitter.submit(claim):
                self._release(claim)
        except ProviderError as error:
            await self._not_seen(claim, error)

    async def _go_on_after_copies(self, claim: Claim) -> None:
        """Record what was put off until our copies are made; the service is not asked again."""
        production = claim.production
        has_gate = self._productions.has_gate(production.provider)
        signal = signal_of_copies(production, has_gate=has_gate)
        if signal is None or not (await self._productions.record(claim, signal)).is_saved:
            self._release(claim, due_in_s=COPY_LOOK_S)

    async def _observe(self, claim: Claim) -> None:
        production = claim.production
        budget = self._providers.of(production.provider).budget
        wait_s = budget.wait_s(for_people=has_cancel_to_send(production))
        if wait_s > 0:
            self._release(claim, due_in_s=wait_s, quiet_looks=production.quiet_looks)
            return
        asked_at = self._clock()
        claim, signal = await self._looker.look(claim)
        answer_s = (self._clock() - asked_at).total_seconds()
        count = await self._count_open(production.provider)
        made = await self._productions.record(claim, signal, open_productions=count)
        if made.is_saved:
            return
        overdue = Signal(kind=News.OVERDUE)
        if await self._is_said_late(claim, overdue, open_productions=count):
            return
        if production.rests:
            self._release(claim)  # A hint woke it; without news it goes back to sleep.
            return
        interval_s = self._productions.interval_s(made.production, open_productions=count)
        jittered_s = interval_s * (1 + JITTER_SHARE * self._jitter())
        self._release(claim, due_in_s=jittered_s, answer_s=answer_s)

    async def _is_said_late(
        self, claim: Claim, overdue: Signal, *, open_productions: int = 1
    ) -> bool:
        """Say that a state has outlived its deadline, where it has; that releases the claim.

        Args:
            overdue: With what a failed look has shown, so that it still counts as one.
        """
        if not is_overdue(claim.production, now=self._clock()):
            return False
        made = await self._productions.record(claim, overdue, open_productions=open_productions)
        return made.is_saved

    async def _not_seen(self, claim: Claim, error: ProviderError) -> None:
        """Record that a look, or the steps before a submission, told us nothing."""
        production = claim.production
        kind = problem_kind(error)
        log.info("look_failed", problem=kind, code=error.code, correlation_id=error.correlation_id)
        instruments.LOOKS_FAILED.labels(provider=production.provider, problem=kind).inc()
        if error.code == BUDGET_SPENT and isinstance(error, ProviderUnavailableError):
            # Nobody was asked, so nothing is known to be wrong.
            self._release(claim, due_in_s=error.retry_after_s, quiet_looks=production.quiet_looks)
            return
        await self._note(production, error)
        wait_s = await self._wait_after(production, error)
        failed = production.quiet_looks + 1
        unclear = self._unclear(kind, error, wait_s=wait_s)
        is_worth_saying = kind != "unreachable" or failed >= UNREACHABLE_AFTER
        if is_worth_saying and (await self._productions.record(claim, unclear)).is_saved:
            return
        if await self._is_said_late(claim, replace(unclear, kind=News.OVERDUE)):
            return
        sleeps = production.is_terminal and (kind == "missing" or failed > LIFE_LOOKS)
        if sleeps:
            self._release(claim)
            return
        self._release(claim, due_in_s=wait_s, quiet_looks=failed)

    async def _note(self, production: Production, error: ProviderError) -> None:
        """Keep what an operator will want to see, and rest where the key itself is refused."""
        if isinstance(error, ProviderReplyError):
            await self._store.keep_sample(
                production.provider, production.id, error.sample, at=self._clock()
            )
        if isinstance(error, ProviderAuthError) and error.is_for_all:
            log.error("provider_key_refused", code=error.code)
            self._paused_until[production.provider] = self._clock() + timedelta(seconds=60)

    def _unclear(self, kind: str, error: ProviderError, *, wait_s: float) -> Signal:
        problem = Problem(
            kind=kind,
            text=error.text,
            since_at=self._clock(),
            correlation_id=error.correlation_id,
        )
        return Signal(kind=News.UNCLEAR, problem=problem, wait_s=wait_s)

    async def _wait_after(self, production: Production, error: ProviderError) -> float:
        """Say how long to wait after a look that told us nothing, in seconds.

        What makes no sense is looked at again on schedule; what is not there or not allowed is
        looked at ever more rarely, since each look is paid for with a request.
        """
        pace = self._productions.pace(production.provider)
        base_s = pace.look_s.get(production.state, pace.look_s[State.QUEUED])
        if isinstance(error, ProviderReplyError) and production.state in LOOKED_AT:
            count = await self._count_open(production.provider)
            return self._productions.interval_s(production, open_productions=count)
        wait_s = backoff_s(
            production.quiet_looks + 1,
            base_s=min(base_s, pace.ceiling_s),
            ceiling_s=pace.ceiling_s,
            jitter=self._jitter(),
        )
        asked_s = error.retry_after_s if isinstance(error, ProviderUnavailableError) else None
        return max(wait_s, asked_s or 0.0)

    def _release(
        self,
        claim: Claim,
        *,
        due_in_s: float | None = None,
        quiet_looks: int = 0,
        answer_s: float | None = None,
    ) -> None:
        """Give a production back in which nothing changed.

        Args:
            due_in_s: Seconds until it is due again; None leaves that as it was, and lets what
                rests sleep.
            answer_s: How long the service took to answer; None where the turn is not measured.
        """
        production = claim.production
        due_at, expected_at = production.due_at, None
        if due_at is not None and answer_s is not None:
            expected_at = due_at.timestamp() + answer_s
        if due_in_s is not None:
            due_at = self._clock() + timedelta(seconds=due_in_s)
        elif production.rests:
            due_at = None
        settled = Settled(
            production_id=production.id,
            claim=claim.token,
            hints=production.hints,
            version=production.version,
            due_at=due_at,
            quiet_looks=quiet_looks,
        )
        self._flusher.add(settled, expected_at=expected_at)

    def _measure(self, expected: Sequence[float | None]) -> None:
        now = self._clock().timestamp()
        for expected_at in expected:
            if expected_at is not None:
                instruments.LOOK_LATENESS.observe(max(now - expected_at, 0.0))

    # The request budget.

    async def _count_open(self, name: str) -> int:
        """Say how many productions share a service's budget; counted anew every ten seconds."""
        now = self._clock()
        count, at = self._open.get(name, (1, datetime.min.replace(tzinfo=UTC)))
        if (now - at).total_seconds() > COUNT_OPEN_EVERY_S:
            self._open[name] = (count, now)  # One of many tasks counts; the others go on.
            count = max(await self._store.count_open(name), 1)
            self._open[name] = (count, now)
        return count

    async def _save_counts(self, name: str) -> None:
        """Share what was spent with the database, and learn what others spent."""
        budget = self._providers.of(name).budget
        unsaved = budget.take_unsaved()
        if unsaved.count == 0:
            return
        minute, day = await self._store.count_requests(
            budget.credential, minute_at=unsaved.minute_at, day=unsaved.day, count=unsaved.count
        )
        budget.absorb(unsaved, Spent(minute=minute, day=day))
