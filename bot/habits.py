"""What is kept of people beside their productions: what they chose, and forms half sent."""

from collections.abc import Callable, Container, Mapping
from datetime import datetime

import structlog

from bot.core.errors import StorageError
from bot.core.production import ProductionRequest
from storage.store import Store
from storage.values import Draft

log = structlog.get_logger(__name__)


class Habits:
    """Remember for the next form, for the next step of one, and for what a choice brings back."""

    def __init__(self, *, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def remember_choices(
        self, request: ProductionRequest, choices: Mapping[str, str]
    ) -> None:
        """Keep what somebody chose, for the next form; failing that harms nothing."""
        now = self._clock()
        who = (request.team_id, request.requester_id)
        try:
            await self._store.prefer(*who, f"choices:{request.provider}", dict(choices), at=now)
            await self._store.prefer(*who, "service", request.provider, at=now)
        except StorageError:
            # The wish itself is recorded, and that is what the person must hear.
            log.warning("choices_not_remembered")

    async def last_choices(self, *, team_id: str, user_id: str, provider: str) -> Mapping[str, str]:
        """Give what this person chose last time, by field; empty for the first time."""
        kept = await self._store.preference(team_id, user_id, f"choices:{provider}")
        return kept if isinstance(kept, dict) else {}

    async def last_service(self, *, team_id: str, user_id: str) -> str | None:
        """Name the service that this person asked last; None for the first time."""
        kept = await self._store.preference(team_id, user_id, "service")
        return kept if isinstance(kept, str) else None

    # Forms in several steps.

    async def keep_draft(self, form_key: str, draft: Draft) -> None:
        """Keep what was sent of a form that goes on, in place of what was kept of it before."""
        await self._store.keep_draft(form_key, draft, at=self._clock())

    async def draft(self, form_key: str) -> Draft | None:
        """Give what was sent of a form that goes on; None where it is not kept any more."""
        return await self._store.draft(form_key)

    # Forms that a choice changes.

    async def keep_entered(
        self, view_id: str, entered: Mapping[str, str], *, provider: str, there: Container[str]
    ) -> dict[str, str]:
        """Keep what stands in an open form, with what stood in it before a choice changed it.

        Failing that harms nothing but what was typed into fields that are not there now.

        Args:
            provider: The service whose form it is.
            there: Keys of the fields that are there now; those that are empty stay so.

        Returns:
            All of it, by field.
        """
        before = await self.entered(view_id, provider=provider)
        merged = {key: value for key, value in before.items() if key not in there} | dict(entered)
        try:
            if merged != before:
                key = f"{view_id}.{provider}"
                await self._store.keep_entered(key, merged, at=self._clock())
        except StorageError:
            log.warning("entered_not_kept")
        return merged

    async def entered(self, view_id: str, *, provider: str) -> dict[str, str]:
        """Give what stood in an open form when it was last this service's."""
        try:
            return await self._store.entered(f"{view_id}.{provider}")
        except StorageError:
            log.warning("entered_not_read")
            return {}
