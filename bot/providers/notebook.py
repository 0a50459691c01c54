"""What a service told one key lately, kept across restarts under names of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.providers.base import Remembered


class Notebook:
    """Note answers, and recall them while they are fresh.

    Args:
        service: The service's name.
        credential: Tells keys apart without being one, as `RequestBudget.credential`.
    """

    def __init__(
        self,
        remembered: Remembered,
        *,
        service: str,
        credential: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._remembered = remembered
        self._service = service
        self._credential = credential
        self._clock = clock

    async def recall(self, what: str, *, fresh_s: float | None = None) -> Any:
        """Give what is noted; None for nothing, or for something that is `fresh_s` old."""
        recalled = await self._remembered.recall(self._key(what))
        if recalled is None:
            return None
        value, kept_at = recalled
        is_old = fresh_s is not None and self._clock() - kept_at >= timedelta(seconds=fresh_s)
        return None if is_old else value

    async def note(self, what: str, value: Any) -> None:
        """Keep a JSON value."""
        await self._remembered.remember(self._key(what), value)

    def _key(self, what: str) -> str:
        return f"{self._service}:{what}:{self._credential}"
