"""What the rules for bad days do to deliveries before they leave."""

import asyncio

from twin.faults import Fault, Faults

PATIENCE_S = 3.0
"""How long a delivery that is to come second waits for another, unless its rule says."""


class Mishaps:
    """Hold deliveries back as the rules say; what else they say is up to the sender."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._held: set[asyncio.Event] = set()

    async def meet(self, what: str) -> Fault | None:
        """Take the rule for a delivery, and return once the delivery may leave.

        Args:
            what: As the journal calls it, such as `command` or `event_callback app_mention`.
        """
        fault = self._faults.take_out(what.replace("event_callback", "event"))
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault is not None and fault.kind == "out_of_order":
            await self._let_another_pass(fault.seconds or PATIENCE_S)
        return fault

    def passed(self) -> None:
        """Say that a delivery has arrived, so that those behind it may leave."""
        for held in self._held:
            held.set()

    async def _let_another_pass(self, seconds: float) -> None:
        held = asyncio.Event()
        self._held.add(held)
        try:
            async with asyncio.timeout(seconds):
                await held.wait()
        except TimeoutError:
            return
        finally:
            self._held.discard(held)
