"""Handing a file to the person who clicked: a fresh link, or our copy put into the thread."""

from collections.abc import Callable
from datetime import datetime

from bot.core.approval import Person, check_may_share
from bot.core.copies import check_linked, is_kept
from bot.core.errors import TransitionNotAllowedError
from bot.core.production import Job, Production, Share, ShareState, State
from bot.core.shares import share_under_way
from bot.habits import Habits
from bot.loops import Bells
from bot.providers.base import Link
from bot.providers.switched_off import Services
from storage.store import Store


class Handing(Habits):
    """Hand out the files of a current attempt that was not rejected."""

    def __init__(
        self,
        *,
        store: Store,
        providers: Services,
        clock: Callable[[], datetime],
        bells: Bells,
    ) -> None:
        super().__init__(store=store, clock=clock)
        self._providers = providers
        self._bells = bells

    async def open_deliverable(self, production_id: str, *, attempt: int, key: str) -> Link:
        """Get a fresh link to a file of the current attempt.

        Raises:
            TransitionNotAllowedError: A newer attempt has taken its place, it was rejected, or our
                copy, which has no address, is all there is: the service's link would be dead, or
                the service is switched off.
            ProviderError: The service could not give one.
        """
        production, job = await self._to_hand_out(production_id, attempt)
        provider = self._providers.of(production.provider)
        able = provider.capabilities
        if able.links_die or (able.is_off and is_kept(production, key)):
            check_linked(production, key)
        return await provider.open(job, key)

    async def share_deliverable(
        self, production_id: str, *, attempt: int, key: str, person: Person | None
    ) -> Share:
        """Have our copy of a file put into the thread, once.

        Args:
            person: Who asks; None where Slack could not say.

        Returns:
            How it stands with that: on its way, or there already.

        Raises:
            TransitionNotAllowedError: As for `open_deliverable`, it is too long for Slack, or not
                listed any more.
            NotPermittedError: It is not there yet, and this person may not put it there.
        """
        production, _job = await self._to_hand_out(production_id, attempt)
        known = share_under_way(production, key)
        if known is not None:
            return known
        asked_by = check_may_share(person, team_id=production.request.team_id).user_id
        now = self._clock()
        await self._store.ask_share(production_id, attempt, key, asked_by=asked_by, at=now)
        self._bells.sharer.ring()
        return Share(state=ShareState.WANTED, at=now)

    async def _to_hand_out(self, production_id: str, attempt: int) -> tuple[Production, Job]:
        production = await self._store.load(production_id)
        job = production.attempt.job
        if attempt != production.attempt.number:
            raise TransitionNotAllowedError("superseded")
        if job is None:
            raise TransitionNotAllowedError("not_listed")
        if production.state is State.REJECTED:
            raise TransitionNotAllowedError("too_late")
        return production, job
