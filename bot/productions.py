"""The use cases: what people ask for, and what webhooks, the notifier and the tracker learnt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.changes import Changes, Hold, Made
from bot.core.approval import Person, Policy, check_may
from bot.core.errors import JobTakenError, TransitionNotAllowedError
from bot.core.events import Command, News, Signal, first_event
from bot.core.notices import first_notice
from bot.core.production import (
    LOOKED_AT,
    Attempt,
    Failure,
    Production,
    ProductionRequest,
    State,
)
from bot.core.schedule import Pace
from bot.core.transitions import WITHOUT_SERVICE
from bot.handing import Handing
from bot.lists import Lists
from bot.loops import Bells
from bot.providers.base import Provider, WebhookEvent
from bot.providers.switched_off import Services
from storage.productions import new_production_id
from storage.store import Store
from storage.values import Claim, Recorded

Clock = Callable[[], datetime]

_TAKEN = "It answered with a video that another thread follows already."


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What an operator decided about how productions run.

    Attributes:
        pace_of: Gives a service's pace by its name.
        debounce_s: Seconds a webhook's look waits for further webhooks.
        has_gate: Whether what a service without an approval of its own has finished waits for a
            decision here.
        share_most_bytes: Longest file that is put into the thread by itself; 0 for none.
    """

    pace_of: Callable[[str], Pace]
    policy: Policy
    debounce_s: float
    has_gate: bool = True
    share_most_bytes: int = 0


class Productions(Handing, Lists):
    """Do what people ask for and record what turned out to be so.

    Args:
        jitter: Draws from [0, 1).
    """

    def __init__(
        self,
        *,
        store: Store,
        providers: Services,
        rules: Rules,
        clock: Clock,
        jitter: Callable[[], float],
        bells: Bells,
    ) -> None:
        super().__init__(store=store, providers=providers, clock=clock, bells=bells)
        self._rules = rules
        self._changes = Changes(
            store=store,
            providers=providers,
            pace_of=rules.pace_of,
            share_most_bytes=rules.share_most_bytes,
            clock=clock,
            jitter=jitter,
            bells=bells,
        )

    # What people ask for.

    async def request(
        self,
        request: ProductionRequest,
        *,
        form_key: str,
        fingerprint: str,
        choices: Mapping[str, str],
    ) -> Recorded:
        """Write a wish down; everything else follows from the record.

        Args:
            form_key: Names the form that was sent, so that the same form is one production.
            fingerprint: Of its values, so that other values under the same form are noticed.
            choices: What the requester's next form begins with, by field.
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
            await self.remember_choices(request, choices)
        self._bells.notifier.ring()
        return recorded

    async def command(
        self,
        production_id: str,
        command: Command,
        *,
        person: Person | None,
        attempt: int,
        round_number: int | None = None,
        reason: str | None = None,
    ) -> Production:
        """Do what a person clicked.

        Args:
            attempt: What the button was drawn for, as is `round_number`; None for one of before
                rounds were counted.

        Raises:
            NotPermittedError: This person may not.
            TransitionNotAllowedError: The production has moved on.
            UnknownProductionError: There is no such production.
            StorageUnavailableError: Nothing was recorded.
        """
        production = await self._store.load(production_id)
        check_may(command, person, policy=self._rules.policy, request=production.request)
        able = self._providers.of(production.provider).capabilities
        if able.is_off and (production.state, command) not in WITHOUT_SERVICE:
            raise TransitionNotAllowedError("switched_off")
        if command is Command.CANCEL and production.state in LOOKED_AT and not able.has_cancel:
            raise TransitionNotAllowedError("too_late")
        is_same_job = able.retries_in_place and production.attempt.job is not None
        signal = Signal(
            kind=command,
            actor_id=person.user_id if person else None,
            attempt=attempt,
            round_number=round_number,
            reason=reason,
            cancels=command is Command.REJECT and able.reject_cancels,
            at_gate=not able.decides_in_console,
            links_die=able.links_die,
            in_place=command in {Command.RETRY, Command.SUBMIT_AGAIN} and is_same_job,
        )
        return await self._applied(production, signal)

    async def link(
        self,
        production_id: str,
        *,
        job_id: str,
        person: Person | None,
        attempt: int,
        round_number: int | None = None,
    ) -> Production:
        """Follow a job that exists already, after the service has confirmed that it does.

        Args:
            attempt: As for `command`, as is `round_number`.

        Raises:
            ProviderError: The service could not confirm it.
            UserError: As for `command` and `finder`; `job_taken` where another production follows
                it.
        """
        production = await self._store.load(production_id)
        check_may(Command.LINK, person, policy=self._rules.policy, request=production.request)
        provider = self.finder(production)
        job, word = await provider.find(production.request, job_id=job_id)
        signal = Signal(
            kind=Command.LINK,
            actor_id=person.user_id if person else None,
            attempt=attempt,
            round_number=round_number,
            job=job,
            word=word,
        )
        try:
            return await self._applied(production, signal, soon=True)
        except JobTakenError:
            raise TransitionNotAllowedError("job_taken") from None

    def finder(self, production: Production) -> Provider:
        """Give the service that looks jobs up for a production.

        Raises:
            TransitionNotAllowedError: `no_look_up`, where the service cannot; `switched_off`.
        """
        provider = self._providers.of(production.provider)
        if provider.capabilities.is_off:
            raise TransitionNotAllowedError("switched_off")
        if not provider.capabilities.finds_by_id:
            raise TransitionNotAllowedError("no_look_up")
        return provider

    async def candidates(self, production_id: str) -> tuple[str, ...]:
        """List jobs that webhooks told of since this attempt and that nobody follows."""
        production = await self._store.load(production_id)
        jobs = await self._store.unmatched_jobs(
            production.provider, since_at=production.attempt.started_at
        )
        own = production.attempt.job  # Known where it was asked to take up its own job again.
        return (*([own.job_id] if own is not None else []), *(job.job_id for job in jobs))

    async def load(self, production_id: str) -> Production:
        """Give a production as it stands.

        Raises:
            UnknownProductionError: There is none.
        """
        return await self._store.load(production_id)

    # Files.

    async def note_deleted_files(self, production_id: str) -> None:
        """Record that our copies of a production's files were deleted: their time was over."""
        production = await self._store.load(production_id)
        await self._applied(production, Signal(kind=News.FILES_DELETED))

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
            await self._applied(production, signal)
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
        return await self._applied(production, Signal(kind=News.CARD_POSTED, ts=ts))

    async def card_refused(self, production_id: str, *, word: str) -> Production:
        """Record that Slack will not take the card, so that nothing is submitted."""
        failure = Failure(code="card_refused", text=word)
        production = await self._store.load(production_id)
        return await self._applied(production, Signal(kind=News.CARD_REFUSED, failure=failure))

    # What the tracker learnt.

    async def begin_submission(self, claim: Claim, *, until_at: datetime) -> Production | None:
        """Mark the production as being submitted, before the paid call.

        Args:
            until_at: End of the lease; after it the outcome counts as unknown.

        Returns:
            None where it must not be submitted: somebody cancelled it.

        Raises:
            LostClaimError: Another worker has it now.
        """
        hold = Hold(token=claim.token, until_at=until_at)
        begun = Signal(kind=News.SUBMISSION_BEGUN)
        made = await self._changes.make(claim.production, begun, hold=hold)
        return made.production if made.production.state is State.SUBMITTING else None

    async def hold(self, claim: Claim, *, until_at: datetime) -> None:
        """Keep a claim for longer than usual, for what takes longer before the paid call.

        Raises:
            LostClaimError: Another worker has it now.
        """
        await self._store.extend_claim(claim, until_at=until_at)

    async def record(
        self,
        claim: Claim,
        signal: Signal,
        *,
        open_productions: int = 1,
        until_at: datetime | None = None,
    ) -> Made:
        """Record what came of a claimed production, and release it where anything changed.

        Args:
            open_productions: How many share the request budget.
            until_at: Keeps the claim until then instead.

        Raises:
            LostClaimError: Another worker has it now.
        """
        hold = Hold(token=claim.token, until_at=until_at, open_productions=open_productions)
        return await self._changes.make(claim.production, signal, hold=hold)

    async def record_taken(self, claim: Claim, accepted: Signal) -> None:
        """Ask people about an order that was answered with a job which another attempt follows.

        Raises:
            LostClaimError: Another worker has it now; what the service told is kept all the same.
        """
        if accepted.job is not None:
            production_id = claim.production.id
            await self._store.keep_answer(production_id, accepted.job, at=self._clock())
        failure = Failure(code="job_taken", text=_TAKEN)
        uncertain = Signal(
            kind=News.UNCERTAIN, failure=failure, job=accepted.job, word=accepted.word
        )
        await self.record(claim, uncertain)

    async def record_late(self, production: Production, accepted: Signal) -> bool:
        """Record that the service took a job whose claim was lost meanwhile.

        Returns:
            False where a person has settled it otherwise by now.
        """
        now = await self._store.load(production.id)
        if now.state not in {State.SUBMITTING, State.SUBMISSION_UNKNOWN}:
            return False
        accepted = replace(accepted, attempt=production.attempt.number)
        return (await self._changes.make(now, accepted)).is_saved

    def interval_s(self, production: Production, *, open_productions: int) -> float:
        """Say how long to wait between looks, stretched to what the request budget allows."""
        return self._changes.interval_s(production, open_productions=open_productions)

    def has_gate(self, provider: str) -> bool:
        """Tell whether what this service has finished waits for a decision here."""
        decides_there = self._providers.of(provider).capabilities.decides_in_console
        return self._rules.has_gate and not decides_there

    def pace(self, provider: str) -> Pace:
        """Give a service's pace."""
        return self._rules.pace_of(provider)

    async def _applied(
        self, production: Production, signal: Signal, *, soon: bool = False
    ) -> Production:
        return (await self._changes.make(production, signal, soon=soon)).production
