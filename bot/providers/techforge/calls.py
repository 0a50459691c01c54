"""Calls to TechForge that keep a request budget and turn refusals into our errors."""

from collections.abc import Callable
from datetime import datetime

from bot.core.budget import Limits
from bot.providers.budget import RequestBudget, credential_of
from bot.providers.counted import CountedCalls, Manners, Reader, without
from bot.providers.http import Reply, ServiceClient, Timeouts
from bot.providers.techforge.errors import error_of, read_refusal, unreadable
from bot.providers.techforge.settings import TechForgeSettings
from bot.providers.techforge.words import LABEL, NAME

UNLIMITED = Limits(per_minute=None, per_day=None)
"""A 429 is documented, its numbers are not (overview of v1.0.0, seen 2026-11-21)."""

READ = Reader(label=LABEL, unreadable=unreadable)

_SPENT = (
    "The requests that we allow ourselves at TechForge are used up for now. Nothing is broken, "
    "and waiting helps."
)


_MAYBE = "The job may or may not have been started."

MANNERS = Manners(
    label=LABEL,
    spent=_SPENT,
    maybe=_MAYBE,
    read_refusal=read_refusal,
    error_of=error_of,
)


class TechForgeCalls(CountedCalls):
    """Make calls with our key, within what we allow ourselves."""

    def __init__(
        self, settings: TechForgeSettings, *, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._secret = settings.api_key.encode()
        super().__init__(
            ServiceClient(
                label=LABEL,
                base_url=base_url,
                key=("x-api-key", settings.api_key),
                timeouts=Timeouts(
                    look_s=settings.look_timeout_s, submit_s=settings.submit_timeout_s
                ),
                max_bytes=settings.max_bytes,
            ),
            budget=RequestBudget(
                credential=credential_of(NAME, settings.api_key),
                clock=clock,
                day_limits={},
                assumed=UNLIMITED,
                is_certain=True,  # No answer will ever say more.
                per_minute=settings.per_minute,
                per_day=settings.per_day,
            ),
            manners=MANNERS,
            clock=clock,
        )

    def _heard(self, reply: Reply) -> Reply:
        return without(reply, self._secret)
