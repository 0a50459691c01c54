"""The one way to a state change: the only caller of `core.machine`.

Whoever loses a race loads again and applies again; nothing is decided on what was read before.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.errors import StaleProductionError, StorageUnavailableError
from bot.core.events import News, Signal
from bot.core.machine import Change, apply
from bot.core.production import LOOKED_AT, Production
from bot.core.schedule import Pace, look_interval_s, plan_next
from bot.core.shares import files_to_share
from bot.loops import Bells
from bot.providers.switched_off import Services
from storage.store import Store

RACES = 20
_KEEPS_COUNT = frozenset({News.SUBMISSION_BEGUN})
"""News that says nothing about whether the service can be reached."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A claim under which something is recorded.

    Attributes:
        until_at: Keeps the claim until then; None gives it back.
        open_productions: How many share the request budget, which stretches the next look.
    """

    token: str
    until_at: datetime | None = None
    open_productions: int = 1


@dataclass(frozen=True, kw_only=True)
class Made:
    """What became of a signal.

    Attributes:
        is_saved: False where everything was so already: then a claim is still held.
    """

    production: Production
    is_saved: bool


class Changes:
    """Apply signals, plan what comes next, and save both with the messages owed.

    Args:
        jitter: Draws from [0, 1).
        share_most_bytes: Longest file that is put into the thread by itself; 0 for none.
    """

    def __init__(
        self,
        *,
        store: Store,
        providers: Services,
        pace_of: Callable[[str], Pace],
        share_most_bytes: int,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        bells: Bells,
    ) -> None:
        self._store = store
        self._providers = providers
        self._pace_of = pace_of
        self._share_most_bytes = share_most_bytes
        self._clock = clock
        self._jitter = jitter
        self._bells = bells

    async def make(
        self,
        production: Production,
        signal: Signal,
        *,
        hold: Hold | None = None,
        soon: bool = False,
    ) -> Made:
        """Apply a signal until it is saved or changes nothing.

        Args:
            hold: The claim it is recorded under; None for what people and webhooks say.
            soon: Whether to look as soon as it is saved.

        Raises:
            TransitionNotAllowedError: A command does not fit what the production has become.
            LostClaimError: Another worker has it now.
            StorageUnavailableError: Nothing was recorded.
        """
        for _ in range(RACES):
            change = apply(production, signal, now=self._clock())
            if change is None:
                return Made(production=production, is_saved=False)
            change = self._planned(change, signal, hold=hold, soon=soon)
            try:
                await self._store.save(
                    change,
                    claim=hold.token if hold else None,
                    claim_until=hold.until_at if hold else None,
                )
            except StaleProductionError:
                production = await self._store.load(production.id)
                continue
            self._bells.ring_all()
            return Made(production=change.after, is_saved=True)
        raise StorageUnavailableError("too many people changed this at once")

    def interval_s(self, production: Production, *, open_productions: int) -> float:
        """Say how long to wait between looks, stretched to what the request budget allows."""
        budget = self._providers.of(production.provider).budget
        interval_s = look_interval_s(production, self._pace_of(production.provider))
        return budget.stretched_s(interval_s, open_productions=open_productions)

    def _planned(self, change: Change, signal: Signal, *, hold: Hold | None, soon: bool) -> Change:
        after = change.after
        planned = plan_next(
            after,
            self._pace_of(after.provider),
            now=self._clock(),
            jitter=self._jitter(),
            interval_s=0.0 if soon else self._interval_s(after, hold),
            wait_s=signal.wait_s,
        )
        if hold is None and after.state is change.before.state:
            planned = replace(planned, due_at=_sooner(planned.due_at, change.before.due_at))
        shares = files_to_share(change.before, after, most_bytes=self._share_most_bytes)
        planned = replace(planned, quiet_looks=_failed_looks(change, signal))
        return replace(change, after=planned, shares=shares)

    def _interval_s(self, after: Production, hold: Hold | None) -> float | None:
        if hold is None or after.state not in LOOKED_AT:
            return None
        return self.interval_s(after, open_productions=hold.open_productions)


def _sooner(planned: datetime | None, known: datetime | None) -> datetime | None:
    """Keep a look that a webhook asked for: a click or a step must not put it off."""
    moments = [moment for moment in (planned, known) if moment is not None]
    return min(moments, default=None)


def _failed_looks(change: Change, signal: Signal) -> int:
    if signal.kind in _KEEPS_COUNT:
        return change.before.quiet_looks
    return change.before.quiet_looks + 1 if signal.problem is not None else 0
