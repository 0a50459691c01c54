"""Calls to TechForge that keep a request budget and turn refusals into our errors."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.budget import Limits
from bot.core.errors import ProviderUnavailableError
from bot.providers.base import BUDGET_SPENT, Delayed, NotSent, Uncertain
from bot.providers.budget import RequestBudget, credential_of
from bot.providers.http import Reply, ServiceClient, Timeouts, Verdict
from bot.providers.reading import UnreadableError, read_json
from bot.providers.techforge.errors import error_of, read_refusal, unreadable
from bot.providers.techforge.settings import TechForgeSettings
from bot.providers.techforge.words import LABEL, NAME

UNLIMITED = Limits(per_minute=None, per_day=None)
"""A 429 is documented, its numbers are not (overview of v1.0.0, seen 2026-11-21)."""

DEFAULT_WAIT_S = 60.0
"""How long to wait after a 429 that does not say."""

NO_OTHERS: frozenset[int] = frozenset()

_SPENT = (
    "The requests that we allow ourselves at TechForge are used up for now. Nothing is broken, "
    "and waiting helps."
)


class TechForgeCalls:
    """Make calls with our key, counted; every answer but a success becomes an error."""

    def __init__(
        self, settings: TechForgeSettings, *, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._clock = clock
        self._secret = settings.api_key.encode()
        self.budget = RequestBudget(
            credential=credential_of(NAME, settings.api_key),
            clock=clock,
            day_limits={},
            assumed=UNLIMITED,
            per_minute=settings.per_minute,
            per_day=settings.per_day,
        )
        self._client = ServiceClient(
            label=LABEL,
            base_url=base_url,
            key=("x-api-key", settings.api_key),
            timeouts=Timeouts(look_s=settings.look_timeout_s, submit_s=settings.submit_timeout_s),
            max_bytes=settings.max_bytes,
        )

    async def look(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET.

        Args:
            also: Statuses that the caller answers to itself.

        Raises:
            ProviderError: Any other answer but a success, or none.
        """
        if not self.budget.may_ask():
            raise _spent(self.budget.wait_s(for_people=True))
        self.budget.count()
        return self._taken(self._without_key(await self._client.look(url)), also)

    async def click(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET for a download, which anybody with a link may cause, from the share of downloads.

        Args:
            also: As for `look`.

        Raises:
            ProviderError: As for `look`.
        """
        if not self.budget.may_click():
            raise _spent(max(self.budget.wait_s(for_people=True), DEFAULT_WAIT_S))
        self.budget.count_click()
        return self._taken(self._without_key(await self._client.look(url)), also)

    async def submit(
        self, url: str, *, body: Mapping[str, Any]
    ) -> Reply | NotSent | Delayed | Uncertain:
        """Make a paid call; a reply may be of any status but 429."""
        if not self.budget.may_ask():
            return Delayed(text=_SPENT, wait_s=self.budget.wait_s(for_people=True))
        self.budget.count()
        content = json.dumps(body).encode()
        reply = await self._client.submit(url, content=content, headers={})
        if isinstance(reply, NotSent):
            self.budget.uncount()
        if not isinstance(reply, Reply):
            return reply
        reply = self._without_key(reply)
        if reply.verdict is not Verdict.DELAYED:
            return reply
        refusal = read_refusal(reply, now=self._clock())
        wait_s = DEFAULT_WAIT_S if refusal.wait_s is None else refusal.wait_s
        self.budget.pause(wait_s)
        return Delayed(text=refusal.text, wait_s=wait_s)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def _without_key(self, reply: Reply) -> Reply:
        """Take our key out of an answer that quotes it; how keys look is not documented."""
        if self._secret not in reply.body:
            return reply
        return replace(reply, body=reply.body.replace(self._secret, b"[removed]"))

    def _taken(self, reply: Reply, also: frozenset[int]) -> Reply:
        if reply.verdict is Verdict.DONE or reply.status in also:
            return reply
        error = error_of(reply, now=self._clock())
        if reply.verdict is Verdict.DELAYED and isinstance(error, ProviderUnavailableError):
            if error.retry_after_s is None:
                error.retry_after_s = DEFAULT_WAIT_S
            self.budget.pause(error.retry_after_s)
        raise error


def _spent(wait_s: float) -> ProviderUnavailableError:
    return ProviderUnavailableError(_SPENT, code=BUDGET_SPENT, retry_after_s=wait_s)


def read_fields(reply: Reply) -> Mapping[str, Any]:
    """Read the JSON object of a success; every answer of TechForge's is one.

    Raises:
        ProviderReplyError: It is none, or longer than we read.
    """
    if not reply.is_whole:
        raise unreadable(reply, "TechForge's answer is longer than we can take.")
    try:
        value = read_json(reply.body)
    except UnreadableError as error:
        raise unreadable(reply) from error
    if not isinstance(value, dict):
        raise unreadable(reply)
    return value
