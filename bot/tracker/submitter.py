"""The one paid call: prepared, marked before it is made, and its outcome never thrown away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot import instruments
from bot.core.errors import (
    JobTakenError,
    LostClaimError,
    ProviderRefusedError,
    StorageUnavailableError,
)
from bot.core.events import News, Signal
from bot.core.production import Failure, Production
from bot.core.schedule import backoff_s
from bot.productions import Productions
from bot.providers.base import Provider, Submission, Uncertain
from bot.providers.switched_off import Services
from bot.tracker.signals import failure_of, signal_of_submission
from storage.values import Claim

log = structlog.get_logger(__name__)

RETRY_BASE_S = 2.0
RETRY_CEILING_S = 300.0
PREPARING_LEASE_S = 120.0
"""How long a process that died while it prepared an order keeps others from it, in seconds."""
RENEW_S = 30.0
"""How often that lease is renewed, in seconds; a database gone for a while costs nobody the claim.

Uploaded files are passed on meanwhile, and what was typed may be uploaded, too; a claim that ended
under that would have it all done again, time after time.
"""
SAVE_AGAIN_S = (0.2, 0.5, 1.0, 2.0, 3.0, 3.0)
"""Waits between tries to save an outcome, in seconds; together well within the lease's margin."""


class Submitter:
    """Send what was requested.

    Args:
        lease_s: How long the mark holds; longer than the call's whole time and the tries to save.
        pause: Waits so many seconds; passed in so that tests need not.
    """

    def __init__(
        self,
        *,
        productions: Productions,
        providers: Services,
        lease_s: float,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._productions = productions
        self._providers = providers
        self._lease_s = lease_s
        self._clock = clock
        self._jitter = jitter
        self._pause = pause

    async def submit(self, claim: Claim) -> bool:
        """Submit a claimed production.

        Returns:
            False where it is not to be submitted any more, so that the claim is still held.

        Raises:
            ProviderError: A step before the paid call told us nothing.
            LostClaimError: Another worker has it now.
        """
        provider = self._providers.of(claim.production.provider)
        try:
            call = await self._paid_call(claim, provider)
        except ProviderRefusedError as error:
            refused = Signal(kind=News.REFUSED, failure=failure_of(error))
            return (await self._productions.record(claim, refused)).is_saved
        until_at = self._clock() + timedelta(seconds=self._lease_s)
        submitting = await self._productions.begin_submission(claim, until_at=until_at)
        if submitting is None:
            return False
        outcome = await call()
        name = type(outcome).__name__.lower()
        tell = log.warning if isinstance(outcome, Uncertain) else log.info
        tell("submission_ended", outcome=name)
        instruments.SUBMISSIONS.labels(provider=provider.name, outcome=name).inc()
        retry_s = self._retry_s(submitting)
        signal = signal_of_submission(outcome, now=self._clock(), retry_s=retry_s)
        await self._keep(replace(claim, production=submitting), signal)
        return True

    async def find_interrupted(self, claim: Claim) -> None:
        """Ask a person about a submission whose process died on the way.

        Only a lease that ran out brings such a production here.
        """
        failure = Failure(code="interrupted", text="We stopped while it was being sent.")
        await self._productions.record(claim, Signal(kind=News.UNCERTAIN, failure=failure))

    async def _paid_call(
        self, claim: Claim, provider: Provider
    ) -> Callable[[], Awaitable[Submission]]:
        """Prepare the one call that costs money, without making it.

        An attempt that has its job already is to be taken up again by the service, in place.

        Raises:
            ProviderError: It cannot be prepared.
            LostClaimError: Another worker has it now.
        """
        production = claim.production
        if production.attempt.job is not None:
            return partial(provider.retry, production.attempt.job)
        prepared = await self._prepared(claim, provider)
        key = f"{production.id}-{production.attempt.number}"
        return partial(provider.submit, prepared, key=key)

    async def _prepared(self, claim: Claim, provider: Provider) -> Mapping[str, Any]:
        """Prepare the order, renewing the claim; it is broken off where that is lost."""
        await self._renew(claim)
        preparing = asyncio.create_task(provider.prepare(claim.production.request))
        try:
            while not (await asyncio.wait({preparing}, timeout=RENEW_S))[0]:
                await self._renew(claim)
            return await preparing
        finally:
            preparing.cancel()
            await asyncio.gather(preparing, return_exceptions=True)

    async def _renew(self, claim: Claim) -> None:
        until_at = self._clock() + timedelta(seconds=PREPARING_LEASE_S)
        try:
            await self._productions.hold(claim, until_at=until_at)
        except StorageUnavailableError:
            log.warning("claim_not_renewed_yet")

    async def _keep(self, claim: Claim, signal: Signal) -> None:
        """Save an outcome, again and again while the database is locked or gone."""
        for wait_s in SAVE_AGAIN_S:
            try:
                await self._save(claim, signal)
            except StorageUnavailableError:
                log.warning("outcome_not_saved_yet", kind=signal.kind.value)
                await self._pause(wait_s)
            else:
                return
        await self._save(claim, signal)

    async def _save(self, claim: Claim, signal: Signal) -> None:
        try:
            await self._productions.record(claim, signal)
        except JobTakenError:
            log.warning("job_taken", job_id=signal.job.job_id if signal.job else None)
            await self._productions.record_taken(claim, signal)
        except LostClaimError:
            if signal.kind is not News.ACCEPTED:
                raise
            kept = await self._productions.record_late(claim.production, signal)
            job_id = signal.job.job_id if signal.job else None
            log.warning("submission_answered_late", job_id=job_id, kept=kept)

    def _retry_s(self, production: Production) -> float:
        return backoff_s(
            production.quiet_looks + 1,
            base_s=RETRY_BASE_S,
            ceiling_s=RETRY_CEILING_S,
            jitter=self._jitter(),
        )
