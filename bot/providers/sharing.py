"""One question at a time: whoever asks the same meanwhile shares its answer, or its failure."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class Shared(Generic[Answer]):
    """Questions that are being asked, by what they are about."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, asyncio.Task[Answer]] = {}

    async def ask(
        self, about: Hashable, question: Callable[[], Coroutine[Any, Any, Answer]]
    ) -> Answer:
        """Ask, or wait with those who have; the question goes on if one of them leaves.

        Raises:
            Exception: Whatever the question raises.
        """
        asked = self._asked.get(about)
        if asked is None:
            asked = self._asked[about] = asyncio.create_task(question())
            asked.add_done_callback(lambda task: self._answered(about, task))
        return await asyncio.shield(asked)

    def _answered(self, about: Hashable, asked: asyncio.Task[Answer]) -> None:
        del self._asked[about]
        if not asked.cancelled():
            asked.exception()  # Read, since everybody who waited may have left.
