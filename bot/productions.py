"""The use cases: the only caller of `core.machine`, for people and for the tracker alike.

Whoever loses a race loads again and applies again; nothing is decided on what was read before.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.approval import Person, Policy, check_may
from bot.core.errors import (
    JobTakenError,
    StaleProductionError,
    StorageUnavailableError,
    TransitionNotAllowedError,
)
from bot.core.events import Command, News, Signal, first_event
from bot.core.machine import Change, apply
from bot.core.notices import first_notice
from bot.core.production import (
    LOOKED_AT,
    Attempt,
    Failure,
    Production,
    ProductionRequest,
    State,
)
from bot.core.schedule import Pace, look_interval_s, plan_next
from bot.loops import Bells
from bot.providers.base import Link, Provider, WebhookEvent
from storage.productions import new_production_id
from storage.store import Store
from storage.values import Claim, Recorded

Clock = Callable[[], datetime]

_RACES = 20
_PAGE = 10


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What an operator decided about how productions run.

    Attributes:
        paces: Per service.
        debounce_s: Seconds a webhook's look waits for further webhooks.
    """

    paces: Mapping[str, Pace]
    policy: Policy
    debounce_s: float


class Productions:
    """Do what people ask for and record what turned out to be so.

    Args:
        jitter: Draws from [0, 1).
    """

    def __init__(
        self,
        *,
        store: Store,
        providers: Mapping[str, Provider],
        rules: Rules,
        clock: Clock,
        jitter: Callable[[], float],
        bells: Bells,
    ) -> None:
        self._store = store
        self._providers = providers
        self._rules = rules
        self._clock = clock
        self._jitter = jitter
        self._bells = bells

    # What people ask for.

    async def request(
        self, request: ProductionRequest, *, form_key: str, fingerprint: str
    ) -> Recorded:
        """Write a wish down; everything else follows from the record.

        Args:
            form_key: Names the form that was sent, so that the same form is one production.
            fingerprint: Of its values, so that other values under the same form are noticed.
        """
        now = self._clock()
        production = Production(
            id=new_production_id(),
            version=1,
            state=State.REQUESTED,
            attempt=Attempt(number=1, request=request, started_at=now),
            created_at=now,
            state_since_at=now,
        )
        recorded = await self._store.record(
            production,
            first_event(production),
            (first_notice(),),
            form_key=form_key,
            fingerprint=fingerprint,
        )
        if recorded.outcome == "new":
            await self._remember_choices(request, now)
        self._bells.notifier.ring()
        return recorded

    async def command(
        self,
        production_id: str,
        command: Command,
        *,
        person: Person | None,
        attempt: int,
        reason: str | None = None,
    ) -> Production:
        """Do what a person clicked.

        Raises:
            NotPermittedError: This person may not.
            TransitionNotAllowedError: The production has moved on.
            UnknownProductionError: There is no such production.
            StorageUnavailableError: Nothing was recorded.
        """
        production = await self._store.load(production_id)
        check_may(command, person, policy=self._rules.policy, request=production.request)
        able = self._providers[production.provider].capabilities
        if command is Command.CANCEL and production.state in LOOKED_AT and not able.has_cancel:
            raise TransitionNotAllowedError("too_late")
        signal = Signal(
            kind=command,
            actor_id=person.user_id if person else None,
            attempt=attempt,
            reason=reason,
            cancels=command is Command.REJECT and able.reject_cancels,
        )
        return await self._apply(production, signal)

    async def link(
        self, production_id: str, *, job_id: str, person: Person | None, attempt: int
    ) -> Production:
        """Follow a job that exists already, after the service has confirmed that it does.

        Raises:
            ProviderError: The service could not confirm it.
            UserError: As for `command`; `job_taken` where another production follows it.
        """
        production = await self._store.load(production_id)
        check_may(Command.LINK, person, policy=self._rules.policy, request=production.request)
        provider = self._providers[production.provider]
        job, word = await provider.find(production.request, job_id=job_id)
        signal = Signal(
            kind=Command.LINK,
            actor_id=person.user_id if person else None,
            attempt=attempt,
            job=job,
            word=word,
        )
        try:
            return await self._apply(production, signal, interval_s=0.0)
        except JobTakenError:
            raise TransitionNotAllowedError("job_taken") from None

    async def candidates(self, production_id: str) -> tuple[str, ...]:
        """List jobs that webhooks told of since this attempt and that nobody follows."""
        production = await self._store.load(production_id)
        jobs = await self._store.unmatched_jobs(
            production.provider, since_at=production.attempt.started_at
        )
        return tuple(job.job_id for job in jobs)

    async def load(self, production_id: str) -> Production:
        """Give a production as it stands.

        Raises:
            UnknownProductionError: There is none.
        """
        return await self._store.load(production_id)

    async def list_open(self, *, channel_id: str, page: int) -> list[Production]:
        """List a channel's open productions, newest change first; page 0 is the first."""
        states = frozenset(State) - {
            State.COMPLETED,
            State.FAILED,
            State.REJECTED,
            State.CANCELLED,
        }
        return await self._list(channel_id, states, page)

    async def list_failed(self, *, channel_id: str, page: int) -> list[Production]:
        """List a channel's failed and unknown productions, newest change first."""
        return await self._list(channel_id, {State.FAILED, State.SUBMISSION_UNKNOWN}, page)

    async def _list(
        self, channel_id: str, states: set[State] | frozenset[State], page: int
    ) -> list[Production]:
        return await self._store.list_productions(
            channel_id=channel_id, states=frozenset(states), limit=_PAGE, offset=page * _PAGE
        )

    async def last_choices(self, *, team_id: str, user_id: str, provider: str) -> Mapping[str, str]:
        """Give what this person chose last time, by field; empty for the first time."""
        kept = await self._store.preference(team_id, user_id, f"choices:{provider}")
        return kept if isinstance(kept, dict) else {}

    # Files.

    async def open_deliverable(self, production_id: str, *, attempt: int, key: str) -> Link:
        """Get a fresh link to a file of the current attempt.

        Raises:
            TransitionNotAllowedError: A newer attempt has taken its place.
            ProviderError: The service could not give one.
        """
        production = await self._store.load(production_id)
        job = production.attempt.job
        if attempt != production.attempt.number or job is None:
            raise TransitionNotAllowedError("superseded")
        return await self._providers[production.provider].open(job, key)

    async def open_token(self, token: str) -> Link | None:
        """Get a fresh link for a download address; None for one we never gave or took back."""
        found = await self._store.find_deliverable(hashlib.sha256(token.encode()).hexdigest())
        if found is None or found.is_revoked or found.job is None:
            return None
        return await self._providers[found.provider].open(found.job, found.key)

    # What webhooks say.

    async def note_webhook(self, provider: str, event: WebhookEvent) -> None:
        """Remember a verified webhook and look soon; a step alone only moves the progress."""
        now = self._clock()
        production = await self._producing(provider, event)
        hinted = await self._store.hint(
            provider,
            delivery_ids=event.delivery_ids,
            job_id=event.job_id,
            account=event.account,
            kind=event.kind,
            at=now,
            due_at=now + timedelta(seconds=self._rules.debounce_s),
            looks=production is None,
        )
        if hinted.is_new and production is not None:
            signal = Signal(kind=News.STEP_DONE, progress=event.progress)
            await self._apply(production, signal, keeps_due=True)
        self._bells.tracker.ring()

    async def _producing(self, provider: str, event: WebhookEvent) -> Production | None:
        """Give the production whose progress this event's body may move without a look.

        A late event of an earlier attempt's job says nothing about the present one.
        """
        if event.progress is None or event.job_id is None:
            return None
        production_id = await self._store.find_by_job(provider, event.job_id)
        if production_id is None:
            return None
        production = await self._store.load(production_id)
        job = production.attempt.job
        is_its_job = job is not None and job.job_id == event.job_id
        return production if production.state is State.PRODUCING and is_its_job else None

    # What the notifier learnt.

    async def card_posted(self, production_id: str, *, ts: str) -> Production:
        """Record where the card is; from now on the production may be submitted."""
        production = await self._store.load(production_id)
        return await self._apply(production, Signal(kind=News.CARD_POSTED, ts=ts))

    async def card_refused(self, production_id: str, *, word: str) -> Production:
        """Record that Slack will not take the card, so that nothing is submitted."""
        failure = Failure(code="card_refused", text=word)
        production = await self._store.load(production_id)
        return await self._apply(production, Signal(kind=News.CARD_REFUSED, failure=failure))

    # What the tracker learnt.

    async def begin_submission(self, claim: Claim, *, lease_s: float) -> Production | None:
        """Mark the production as being submitted, before the paid call.

        Returns:
            None where it must not be submitted: somebody cancelled, or the claim is lost.
        """
        until_at = self._clock() + timedelta(seconds=lease_s)
        after = await self._apply(
            claim.production,
            Signal(kind=News.SUBMISSION_BEGUN),
            claim=claim.token,
            claim_until=until_at,
        )
        return after if after.state is State.SUBMITTING else None

    async def record(
        self,
        claim: Claim,
        signal: Signal,
        *,
        interval_s: float | None = None,
        claim_until: datetime | None = None,
    ) -> Production | None:
        """Record what came of a claimed production, and release it.

        Args:
            interval_s: Look interval stretched by the budget, or None for the pace's own.
            claim_until: Keeps the claim instead.

        Returns:
            The production after it, or None where nothing changed and the claim is still held.

        Raises:
            LostClaimError: Another worker has it now.
        """
        before = claim.production
        after = await self._apply(
            before, signal, claim=claim.token, claim_until=claim_until, interval_s=interval_s
        )
        return None if after.version == before.version else after

    def interval_s(self, production: Production, *, open_productions: int) -> float:
        """Say how long to wait between looks, stretched to what the request budget allows."""
        pace = self._rules.paces[production.provider]
        budget = self._providers[production.provider].budget
        return budget.stretched_s(
            look_interval_s(production, pace), open_productions=open_productions
        )

    def pace(self, provider: str) -> Pace:
        """Give a service's pace."""
        return self._rules.paces[provider]

    # The one way to a state change.

    async def _apply(
        self,
        production: Production,
        signal: Signal,
        *,
        claim: str | None = None,
        claim_until: datetime | None = None,
        interval_s: float | None = None,
        keeps_due: bool = False,
    ) -> Production:
        for _ in range(_RACES):
            change = apply(production, signal, now=self._clock())
            if change is None:
                return production
            change = self._planned(change, signal, interval_s=interval_s, keeps_due=keeps_due)
            try:
                await self._store.save(change, claim=claim, claim_until=claim_until)
            except StaleProductionError:
                production = await self._store.load(production.id)
                continue
            if change.after.state is State.REJECTED:
                # What nobody wanted must not go on being handed out.
                await self._store.revoke_deliverables(
                    production.id, change.after.attempt.number, self._clock()
                )
            self._bells.ring_all()
            return change.after
        raise StorageUnavailableError("too many people changed this at once")

    def _planned(
        self, change: Change, signal: Signal, *, interval_s: float | None, keeps_due: bool
    ) -> Change:
        if keeps_due:
            return change
        after = plan_next(
            change.after,
            self._rules.paces[change.after.provider],
            now=self._clock(),
            jitter=self._jitter(),
            interval_s=interval_s,
            wait_s=signal.wait_s,
        )
        failed_looks = change.before.quiet_looks + 1 if signal.problem is not None else 0
        return replace(change, after=replace(after, quiet_looks=failed_looks))

    async def _remember_choices(self, request: ProductionRequest, now: datetime) -> None:
        choices = {
            answer.key: answer.value for answer in request.answers if answer.value != answer.shown
        }
        await self._store.prefer(
            request.team_id,
            request.requester_id,
            f"choices:{request.provider}",
            choices,
            at=now,
        )
