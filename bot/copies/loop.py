"""The loop that copies files: claims what is wanted, fetches it, records what came of it.

A claim is a lease, so that a copier that was killed loses nothing: the file is claimed again. What
it had stored whole is taken over; what it had written in part is written anew. One that merely fell
asleep may wake up with its lease over: so each writes under a name of its own, and removes what
others left only once its own is on record.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import instruments
from bot.copies.holding import LEASE_S, Hold, ToldToStopError
from bot.copies.transfer import Transfer, folder_of
from bot.core.errors import (
    FilesUnavailableError,
    LostClaimError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
    StorageUnavailableError,
)
from bot.core.notices import Kind, Notice, Priority, Route
from bot.core.production import CopyState
from bot.core.schedule import backoff_s
from bot.loops import Bell, Crew, guarded_turn, guarded_work
from bot.providers.fetching import FetchError, FetchRules, RefusedFetchError
from bot.providers.switched_off import Services
from storage.files import Files
from storage.store import Store
from storage.values import CopyClaim, KeptCopy

log = structlog.get_logger(__name__)

TICK_S = 0.5
RETRY_BASE_S = 2.0
RETRY_CEILING_S = 60.0
SAVE_AGAIN_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Waits between the saves of one copy, in seconds; together shorter than what a lease has left."""

OFF_WAIT_S = 600.0
"""How soon to look again whether a service is switched on again, in seconds."""

NO_JOB = "There is no job at the service any more."
OUT_OF_TIME = "The service's link could not be copied from in time."
OUR_FAULT = "It could not be copied because of a fault of ours, which the log names."
NOT_STORED = "Our own store of files did not take it in time."


@dataclass(frozen=True, kw_only=True)
class CopyRules:
    """How files are copied.

    Attributes:
        at_once: Files under way at the same time; each holds some 4 MB of memory.
        patience_s: Seconds after which a file that could not be copied is given up.
        fetch: What is taken from a link.
    """

    at_once: int
    patience_s: float
    fetch: FetchRules


class SwitchedOffError(Exception):
    """The service is switched off here; nothing is wrong with the file."""


class Copier:
    """Copy every file that wants a copy."""

    def __init__(
        self,
        *,
        store: Store,
        files: Files,
        providers: Services,
        rules: CopyRules,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        bell: Bell,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._files = files
        self._providers = providers
        self._rules = rules
        self._clock = clock
        self._jitter = jitter
        self._bell = bell
        self._pause = pause
        self._stop = asyncio.Event()
        self._crew = Crew(rules.at_once, bell=bell)

    async def run(self, stop: asyncio.Event) -> None:
        """Copy until `stop` is set; what is under way is given back."""
        self._stop = stop
        while not stop.is_set():
            await self._turn()
            await self._bell.wait(TICK_S)
        await self._crew.finish()

    async def drain(self) -> None:
        """Copy all that is due at this moment; for tests that move the clock by hand."""
        while await self._claim():
            await self._crew.finish()

    async def _turn(self) -> None:
        """Start what is due; a database that is gone only makes us wait."""
        with guarded_turn("copier"):
            await self._claim()

    async def _claim(self) -> int:
        free = self._crew.free
        if free <= 0:
            return 0
        claims = await self._store.claim_copies(now=self._clock(), limit=free, lease_s=LEASE_S)
        for claim in claims:
            self._crew.begin(self._work(claim))
        return len(claims)

    async def _work(self, claim: CopyClaim) -> None:
        """Copy one file; nothing that goes wrong in it reaches the loop."""
        ids = {"production_id": claim.production_id, "provider": claim.provider}
        with structlog.contextvars.bound_contextvars(**ids), guarded_work("copier"):
            try:
                await self._act(claim)
            except (LostClaimError, StorageUnavailableError):
                raise
            except Exception:
                # A try like any other, or it would go on for ever and nobody be told.
                log.exception("turn_failed", loop="copier")
                await self._put_off(claim, code="unexpected", at_last=OUR_FAULT)

    async def _act(self, claim: CopyClaim) -> None:
        try:
            kept = await self._held(claim)
        except ToldToStopError:
            await self._store.retry_copy(claim, due_at=self._clock(), failed=False)
        except SwitchedOffError:
            await self._wait_until_on(claim)
        except ProviderRefusedError as error:
            await self._lose(claim, error.text)
        except RefusedFetchError as error:
            await self._lose(claim, str(error))
        except FilesUnavailableError as error:
            log.error("copy_not_stored", reason=str(error))  # noqa: TRY400 - nothing of ours broke
            await self._put_off(claim, code="not_stored", at_last=NOT_STORED)
        except ProviderError as error:
            wait_s = error.retry_after_s if isinstance(error, ProviderUnavailableError) else None
            await self._put_off(claim, code=error.code or "no_link", wait_s=wait_s)
        except (FetchError, TimeoutError) as error:
            await self._put_off(claim, code=str(error) or "timed_out")
        else:
            await self._keep(claim, kept)

    async def _held(self, claim: CopyClaim) -> KeptCopy:
        hold = Hold(claim, store=self._store, clock=self._clock, pause=self._pause, stop=self._stop)
        async with asyncio.timeout(self._try_s(claim)):
            return await hold.over(lambda: self._copied(claim))

    def _try_s(self, claim: CopyClaim) -> float:
        """Say how long one try may take, in seconds: it ends with the patience.

        A file that had to wait for its turn gets a fair one all the same.
        """
        patience_s = self._rules.patience_s
        waited_s = (self._clock() - claim.wanted_at).total_seconds()
        return max(patience_s - waited_s, patience_s / 2)

    async def _copied(self, claim: CopyClaim) -> KeptCopy:
        transfer = Transfer(claim, files=self._files)
        stored = await transfer.find_stored()
        if stored is not None:
            return stored
        provider = self._providers.of(claim.provider)
        if provider.capabilities.is_off:
            raise SwitchedOffError
        if claim.job is None:
            raise ProviderRefusedError(NO_JOB)
        link = await provider.open(claim.job, claim.deliverable.key)
        return await transfer.run(link.url, rules=self._rules.fetch)

    async def _keep(self, claim: CopyClaim, kept: KeptCopy) -> None:
        wakes = self._is_waited_for(claim)
        try:
            await self._save(claim, kept, wakes=wakes)
        except LostClaimError:
            await self._clear_up(claim, kept)
            raise
        if wakes:
            card = Notice(route=Route.EDIT, kind=Kind.CARD, priority=Priority.PROGRESS)
            await self._store.owe(claim.production_id, (card,), at=self._clock())
        instruments.COPIES.labels(provider=claim.provider, outcome="kept").inc()
        log.info("file_copied", size_bytes=kept.size_bytes, tries=claim.tries + 1)
        await self._sweep(claim, but=kept.file)

    async def _save(self, claim: CopyClaim, kept: KeptCopy, *, wakes: bool) -> None:
        """Save what is stored, again and again while the database is locked; the claim outlasts it."""
        for wait_s in SAVE_AGAIN_S:
            try:
                await self._store.keep_copy(claim, kept, at=self._clock(), wakes=wakes)
            except StorageUnavailableError:
                log.warning("copy_not_saved_yet")
                await self._pause(wait_s)
            else:
                return
        await self._store.keep_copy(claim, kept, at=self._clock(), wakes=wakes)

    async def _sweep(self, claim: CopyClaim, *, but: str | None) -> None:
        """Remove what copiers that died have left; only who has just settled the file may."""
        with _remains_at_worst():
            await self._files.remove(folder_of(claim), but=but)

    async def _clear_up(self, claim: CopyClaim, kept: KeptCopy) -> None:
        """Remove what was stored too late, unless another claim has taken it over or still may.

        Where the file is not settled yet, whoever settles it will sweep.
        """
        production = await self._store.load(claim.production_id)
        found = [one.copy for one in production.deliverables if one.key == claim.deliverable.key]
        is_of_now = production.attempt.number == claim.attempt
        for copy in found if is_of_now else ():
            if copy and copy.state is not CopyState.WANTED and copy.file != kept.file:
                with _remains_at_worst():
                    await self._files.remove_one(kept.file)

    async def _lose(self, claim: CopyClaim, reason: str) -> None:
        wakes = self._is_waited_for(claim)
        await self._store.lose_copy(claim, reason, at=self._clock(), wakes=wakes)
        await self._sweep(claim, but=None)
        instruments.COPIES.labels(provider=claim.provider, outcome="lost").inc()
        log.error("file_not_copied", reason=reason, tries=claim.tries + 1)

    async def _put_off(
        self,
        claim: CopyClaim,
        *,
        code: str,
        wait_s: float | None = None,
        at_last: str = OUT_OF_TIME,
    ) -> None:
        """Try again later, or give up once that has gone on for too long, `at_last` being why."""
        now = self._clock()
        if self._providers.of(claim.provider).capabilities.is_off:
            await self._wait_until_on(claim)
            return
        if now - claim.wanted_at >= timedelta(seconds=self._rules.patience_s):
            await self._lose(claim, at_last)
            return
        later_s = backoff_s(
            claim.tries + 1,
            base_s=RETRY_BASE_S,
            ceiling_s=RETRY_CEILING_S,
            jitter=self._jitter(),
        )
        log.warning("copy_failed", code=code, tries=claim.tries + 1)
        due_at = now + timedelta(seconds=max(later_s, wait_s or 0.0))
        await self._store.retry_copy(claim, due_at=due_at)

    async def _wait_until_on(self, claim: CopyClaim) -> None:
        """Put off what nobody can be asked for now; nothing is lost by that."""
        due_at = self._clock() + timedelta(seconds=OFF_WAIT_S)
        await self._store.retry_copy(claim, due_at=due_at, failed=False)

    def _is_waited_for(self, claim: CopyClaim) -> bool:
        return self._providers.of(claim.provider).capabilities.links_die


@contextmanager
def _remains_at_worst() -> Iterator[None]:
    """Go on where something could not be removed: it goes with the copies, when their time is over."""
    try:
        yield
    except FilesUnavailableError as error:
        log.warning("remains_not_removed", reason=str(error))
