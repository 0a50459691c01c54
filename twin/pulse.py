"""Tell those who look on that something changed, without saying what."""

import asyncio
import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast


class Pulse:
    """Count changes and wake those who wait for the next."""

    def __init__(self) -> None:
        self.number = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._followers: list[Callable[[], None]] = []

    def bump(self) -> None:
        """Say that something changed; cheap enough to be called for every little thing."""
        self.number += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        for follow in self._followers:
            follow()

    def follow(self, changed: Callable[[], None]) -> None:
        """Have `changed` called at every bump."""
        self._followers.append(changed)

    async def wait_past(self, number: int) -> int:
        """Return the present number as soon as it is above `number`."""
        while self.number <= number:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            try:
                await waiter
            finally:
                self._waiting.discard(waiter)
        return self.number


Method = TypeVar("Method", bound=Callable[..., Any])


def beats(method: Method) -> Method:
    """Make a method call its object's `changed` after it has changed something."""

    @functools.wraps(method)
    def change(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(self, *args, **kwargs)
        self.changed()
        return result

    return cast("Method", change)
