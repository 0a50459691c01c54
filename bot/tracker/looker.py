"""One look at a job: what was asked of it, what the service shows, and the files it promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.core.errors import (
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from bot.core.events import News, Signal
from bot.core.production import Deliverable, Job, Production, State
from bot.productions import Productions
from bot.providers.base import Observation, Provider
from bot.providers.switched_off import Services
from bot.tracker.signals import STAYS, after_copies, needs_files, with_copies
from storage.values import Claim

log = structlog.get_logger(__name__)


class Looker:
    """Ask the service about one production.

    Args:
        lease_s: How long a claim lasts after a cancel was recorded under it.
        copies_all: Whether files are copied even where the service's links can be renewed.
    """

    def __init__(
        self,
        *,
        productions: Productions,
        providers: Services,
        lease_s: float,
        copies_all: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._productions = productions
        self._providers = providers
        self._lease_s = lease_s
        self._copies_all = copies_all
        self._clock = clock

    async def look(self, claim: Claim) -> tuple[Claim, Signal]:
        """Carry out a cancel that waits, then look once.

        Returns:
            The claim with the production as it is then, and what was seen.

        Raises:
            ProviderError: The look told us nothing.
            LostClaimError: Another worker has it now.
        """
        production = claim.production
        provider, job = self._providers.of(production.provider), production.attempt.job
        if job is None:
            raise ProviderRefusedError("nothing was submitted", code="job_missing")
        production = await self._cancel(claim, provider, job)
        seen = await provider.observe(job)
        news = seen.news or _unknown_word(production, seen)
        is_done = news in {News.AWAITING_APPROVAL, News.COMPLETED}
        at_gate = is_done and self._productions.has_gate(provider.name)
        news = News.AWAITING_APPROVAL if at_gate else news
        signal = Signal(
            kind=news,
            word=seen.word,
            progress=seen.progress,
            failure=seen.failure,
            at_gate=at_gate,
            cost=seen.cost,
        )
        if needs_files(production, news):
            signal = await self._collect(production, provider, job, signal)
            if provider.capabilities.links_die:
                signal = after_copies(production, signal)
        return replace(claim, production=production), signal

    async def _cancel(self, claim: Claim, provider: Provider, job: Job) -> Production:
        """Send a cancel; one that cannot be sent now holds up no look and is tried again."""
        production = claim.production
        if not has_cancel_to_send(production):
            return production
        try:
            await provider.cancel(job)
            kind = News.CANCEL_SENT
        except ProviderUnavailableError as error:
            log.warning("cancel_not_sent", code=error.code)
            return production
        except ProviderError as error:
            log.warning("cancel_refused", code=error.code, correlation_id=error.correlation_id)
            kind = News.CANCEL_REFUSED
        until_at = self._clock() + timedelta(seconds=self._lease_s)
        made = await self._productions.record(claim, Signal(kind=kind), until_at=until_at)
        return made.production

    async def _collect(
        self, production: Production, provider: Provider, job: Job, signal: Signal
    ) -> Signal:
        """List the files before entering review or completion, with patience."""
        files = await _list_files(provider, job)
        if self._copies_all or provider.capabilities.links_die:
            files = with_copies(files, production)
        if files or production.is_terminal:
            return replace(signal, deliverables=files or None)
        if production.deliverables:
            return replace(signal, deliverables=production.deliverables)
        since_at = production.collecting_since_at or self._clock()
        patience = timedelta(seconds=self._productions.pace(production.provider).collect_s)
        stays_in_review = (
            production.state is State.AWAITING_APPROVAL and signal.kind is News.AWAITING_APPROVAL
        )
        if stays_in_review or self._clock() - since_at < patience:
            return Signal(kind=News.COLLECTING, word=signal.word)
        return signal


def has_cancel_to_send(production: Production) -> bool:
    """Tell whether somebody waits for a cancel that the service has not been sent."""
    pending = production.pending_cancel
    return pending is not None and pending.sent_at is None


async def _list_files(provider: Provider, job: Job) -> tuple[Deliverable, ...]:
    """List the files; a list that cannot be had counts as empty, so that patience ends too."""
    try:
        return await provider.deliverables(job)
    except ProviderUnavailableError as error:
        if error.retry_after_s is not None:
            raise  # We are asked to wait, or have spent our requests: nothing is wrong with files.
        log.warning("files_not_listed", code=error.code)
    except ProviderError as error:
        log.warning("files_not_listed", code=error.code, correlation_id=error.correlation_id)
    return ()


def _unknown_word(production: Production, seen: Observation) -> News:
    if seen.word != production.provider_word:
        log.warning("status_word_unknown", word=seen.word)
    return STAYS[production.state]
