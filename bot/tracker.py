"""The loop that changes and observes jobs: claims what is due, asks the service, records.

Answers stream back one by one and are never waited for together: one answer in a hundred that
takes seconds would hold all the others up.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot import instruments
from bot.core.budget import Spent
from bot.core.errors import (
    LostClaimError,
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
    StorageError,
    StorageUnavailableError,
)
from bot.core.events import News, Signal
from bot.core.production import Failure, Problem, Production, State
from bot.core.schedule import backoff_s, is_overdue
from bot.flusher import Flusher
from bot.loops import Bell
from bot.productions import Productions
from bot.providers.base import Observation, Provider
from bot.signals import STAYS, failure_of, needs_files, problem_kind, signal_of_submission
from storage.store import Store
from storage.values import Claim, Settled

log = structlog.get_logger(__name__)

TICK_S = 0.5
BUSY_TICK_S = 0.05
COUNT_OPEN_EVERY_S = 10.0
BUDGET_SPENT = "budget_spent"
UNREACHABLE_AFTER = 3
"""Failed looks in a row before people are told; one or two are nobody's business."""


@dataclass(frozen=True, kw_only=True)
class TrackerRules:
    """How the tracker works.

    Attributes:
        looks_at_once: Calls under way at the same time, per service.
        lease_s: How long a claim for a look lasts; longer than a look's whole time.
        submit_lease_s: The same for the paid call.
    """

    looks_at_once: int
    lease_s: float
    submit_lease_s: float


class Tracker:
    """Follow every open production of every service."""

    def __init__(
        self,
        *,
        store: Store,
        productions: Productions,
        providers: Mapping[str, Provider],
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
        self._flusher = Flusher(store.settle, on_saved=self._measure)
        self._under_way: dict[str, set[asyncio.Task[None]]] = {name: set() for name in providers}
        self._open: dict[str, tuple[int, datetime]] = {}
        self._paused_until: dict[str, datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set, then finish what is under way."""
        flushing = asyncio.create_task(self._flusher.run())
        try:
            async with asyncio.TaskGroup() as group:
                for name in self._providers:
                    group.create_task(self._follow(name, stop))
        finally:
            await self._flusher.close()
            await flushing

    async def drain(self) -> None:
        """Do all that is due at this moment; for tests that move the clock by hand."""
        for name in self._providers:
            while await self._claim(name):
                await self._finish(name)
                await self._flusher.flush()
            await self._save_counts(name)

    async def _follow(self, name: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            claimed = await self._turn(name)
            instruments.TRACKER_TURNS.labels(provider=name).inc()
            await self._bell.wait(BUSY_TICK_S if claimed else TICK_S)
        await self._finish(name)

    async def _turn(self, name: str) -> int:
        """Start what is due; a database that is gone only makes us wait."""
        try:
            claimed = await self._claim(name)
            await self._save_counts(name)
        except StorageUnavailableError:
            log.warning("storage_unavailable", loop="tracker", provider=name)
            return 0
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
        with structlog.contextvars.bound_contextvars(
            production_id=claim.production.id, provider=claim.production.provider
        ):
            try:
                await self._act(claim)
            except LostClaimError:
                log.warning("claim_lost")
            except StorageError as error:
                log.warning("turn_not_recorded", reason=type(error).__name__)
            except Exception:
                log.exception("turn_failed")

    async def _act(self, claim: Claim) -> None:
        production = claim.production
        if production.state is State.REQUESTED:
            await self._submit(claim)
        elif production.state is State.SUBMITTING:
            # Only a lease that ran out brings such a row here: whoever held it died on the way.
            text = "We stopped while it was being sent."
            failure = Failure(code="interrupted", text=text)
            await self._productions.record(claim, Signal(kind=News.UNCERTAIN, failure=failure))
        else:
            await self._observe(claim)

    # The one paid call.

    async def _submit(self, claim: Claim) -> None:
        production = claim.production
        provider = self._providers[production.provider]
        try:
            prepared = await provider.prepare(production.request)
        except ProviderRefusedError as error:
            await self._productions.record(
                claim, Signal(kind=News.REFUSED, failure=failure_of(error))
            )
            return
        except ProviderError as error:
            await self._not_seen(claim, error)
            return
        submitting = await self._productions.begin_submission(
            claim, lease_s=self._rules.submit_lease_s
        )
        if submitting is None:
            self._release(claim)
            return
        key = f"{production.id}-{production.attempt.number}"
        outcome = await provider.submit(prepared, key=key)
        log.info("submission_ended", outcome=type(outcome).__name__.lower())
        instruments.SUBMISSIONS.labels(
            provider=provider.name, outcome=type(outcome).__name__.lower()
        ).inc()
        signal = signal_of_submission(outcome, now=self._clock(), retry_s=self._retry_s(submitting))
        await self._productions.record(replace(claim, production=submitting), signal)

    def _retry_s(self, production: Production) -> float:
        return backoff_s(
            production.quiet_looks + 1, base_s=2.0, ceiling_s=60.0, jitter=self._jitter()
        )

    # Looks.

    async def _observe(self, claim: Claim) -> None:
        production = claim.production
        provider = self._providers[production.provider]
        wait_s = provider.budget.wait_s()
        if wait_s > 0:
            self._release(claim, due_in_s=wait_s)
            return
        asked_at = self._clock()
        try:
            cancelled = await self._cancel(claim, provider)
            if cancelled is not None:
                claim, production = replace(claim, production=cancelled), cancelled
            signal = await self._look(production, provider)
        except ProviderError as error:
            await self._not_seen(claim, error)
            return
        answer_s = (self._clock() - asked_at).total_seconds()
        await self._seen(claim, signal, answer_s=answer_s)

    async def _cancel(self, claim: Claim, provider: Provider) -> Production | None:
        """Carry out a cancel that somebody asked for; gives the production as it is then."""
        production = claim.production
        pending, job = production.pending_cancel, production.attempt.job
        if pending is None or pending.sent_at is not None or job is None:
            return None
        try:
            await provider.cancel(job)
            kind = News.CANCEL_SENT
        except ProviderRefusedError:
            kind = News.CANCEL_REFUSED
        until_at = self._clock() + timedelta(seconds=self._rules.lease_s)
        return await self._productions.record(claim, Signal(kind=kind), claim_until=until_at)

    async def _look(self, production: Production, provider: Provider) -> Signal:
        job = production.attempt.job
        if job is None:
            raise ProviderRefusedError("nothing was submitted", code="job_missing")
        seen = await provider.observe(job)
        news = seen.news or self._unknown_word(production, seen)
        signal = Signal(kind=news, word=seen.word, progress=seen.progress, failure=seen.failure)
        if not needs_files(production, news):
            return signal
        return await self._collect(production, provider, signal)

    def _unknown_word(self, production: Production, seen: Observation) -> News:
        if seen.word != production.provider_word:
            log.warning("status_word_unknown", word=seen.word)
        return STAYS[production.state]

    async def _collect(self, production: Production, provider: Provider, signal: Signal) -> Signal:
        """List the files before entering review or completion, with patience."""
        job = production.attempt.job
        files = await provider.deliverables(job) if job is not None else ()
        since_at = production.collecting_since_at or self._clock()
        patience = timedelta(seconds=self._productions.pace(production.provider).collect_s)
        is_in_review = production.state is State.AWAITING_APPROVAL
        if not files and (is_in_review or self._clock() - since_at < patience):
            return Signal(kind=News.COLLECTING, word=signal.word)
        return replace(signal, deliverables=files or None)

    async def _seen(self, claim: Claim, signal: Signal, *, answer_s: float) -> None:
        interval_s = await self._interval_s(claim.production)
        after = await self._productions.record(claim, signal, interval_s=interval_s)
        if after is None and is_overdue(claim.production, now=self._clock()):
            after = await self._productions.record(
                claim, Signal(kind=News.OVERDUE), interval_s=interval_s
            )
        if after is None:
            jittered_s = interval_s * (1 + 0.1 * self._jitter())
            self._release(claim, due_in_s=jittered_s, answer_s=answer_s)

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
        if isinstance(error, ProviderReplyError):
            await self._store.keep_sample(
                production.provider, production.id, error.sample, at=self._clock()
            )
        if isinstance(error, ProviderAuthError):
            self._paused_until[production.provider] = self._clock() + timedelta(seconds=60)
        wait_s = self._wait_after(production, error)
        if kind == "unreachable" and production.quiet_looks + 1 < UNREACHABLE_AFTER:
            self._release(claim, due_in_s=wait_s, quiet_looks=production.quiet_looks + 1)
            return
        problem = Problem(
            kind=kind,
            text=error.text,
            since_at=self._clock(),
            correlation_id=error.correlation_id,
        )
        signal = Signal(kind=News.UNCLEAR, problem=problem, wait_s=wait_s)
        if await self._productions.record(claim, signal) is None:
            self._release(claim, due_in_s=wait_s, quiet_looks=production.quiet_looks + 1)

    def _wait_after(self, production: Production, error: ProviderError) -> float:
        pace = self._productions.pace(production.provider)
        base_s = pace.look_s.get(production.state, pace.look_s[State.QUEUED])
        if not isinstance(error, ProviderUnavailableError):
            return base_s
        wait_s = backoff_s(
            production.quiet_looks + 1,
            base_s=min(base_s, pace.ceiling_s),
            ceiling_s=pace.ceiling_s,
            jitter=self._jitter(),
        )
        return max(wait_s, error.retry_after_s or 0.0)

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
            due_in_s: Seconds until it is due again; None leaves that as it was.
            answer_s: How long the service took to answer; None where the turn is not measured.
        """
        production = claim.production
        due_at, expected_at = production.due_at, None
        if due_at is not None and answer_s is not None:
            expected_at = due_at.timestamp() + answer_s
        if due_in_s is not None:
            due_at = self._clock() + timedelta(seconds=due_in_s)
        if production.is_terminal:
            due_at = None  # A hint woke it; without news it goes back to sleep.
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

    async def _interval_s(self, production: Production) -> float:
        if production.state not in STAYS or production.is_terminal:
            return TICK_S
        name, now = production.provider, self._clock()
        count, at = self._open.get(name, (1, datetime.min.replace(tzinfo=UTC)))
        if (now - at).total_seconds() > COUNT_OPEN_EVERY_S:
            self._open[name] = (count, now)  # One of many tasks counts; the others go on.
            count = max(await self._store.count_open(name), 1)
            self._open[name] = (count, now)
        return self._productions.interval_s(production, open_productions=count)

    async def _save_counts(self, name: str) -> None:
        """Share what was spent with the database, and learn what others spent."""
        budget = self._providers[name].budget
        unsaved = budget.take_unsaved()
        if unsaved.count == 0:
            return
        minute, day = await self._store.count_requests(
            budget.credential, minute_at=unsaved.minute_at, day=unsaved.day, count=unsaved.count
        )
        budget.absorb(unsaved, Spent(minute=minute, day=day))
