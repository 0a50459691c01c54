"""Calls to Narakeet: the API with our key and counted, the storage without either."""

from collections.abc import AsyncIterable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.budget import Limits
from bot.core.errors import ProviderReplyError, ProviderUnavailableError
from bot.providers.base import BUDGET_SPENT, Delayed, NotSent, Uncertain
from bot.providers.budget import RequestBudget, credential_of
from bot.providers.http import Reply, ServiceClient, Timeouts, Verdict
from bot.providers.narakeet.errors import error_of, read_refusal, unreadable
from bot.providers.narakeet.settings import NarakeetSettings
from bot.providers.narakeet.words import BUDGET_SPENT_WORDS, LABEL, NAME
from bot.providers.reading import UnreadableError, read_json
from bot.providers.urls import UnsafeUrlError, check_url

DEFAULT_WAIT_S = 60.0
"""How long to wait after a 429 that does not say."""

NO_OTHERS: frozenset[int] = frozenset()


class NarakeetCalls:
    """Make calls; every answer but a success becomes an error.

    Limits are known from the documents alone, and nothing an answer says changes them. Calls of the
    storage go to addresses that the service hands out, which carry their own permission: our key
    must not be sent there (REST page, seen 2026-11-22), and they do not count.
    """

    def __init__(
        self, settings: NarakeetSettings, *, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._clock = clock
        self._base_url = base_url
        self._upload_timeout_s = settings.upload_timeout_s
        self._key = settings.api_key.encode()
        self.budget = RequestBudget(
            credential=credential_of(NAME, settings.api_key),
            clock=clock,
            day_limits={},
            assumed=Limits(per_minute=None, per_day=settings.per_day or None),
            is_certain=True,
        )
        timeouts = Timeouts(look_s=settings.look_timeout_s, submit_s=settings.submit_timeout_s)
        self._api = ServiceClient(
            label=LABEL,
            base_url=base_url,
            key=("x-api-key", settings.api_key),
            timeouts=timeouts,
            max_bytes=settings.max_bytes,
        )
        self._storage = ServiceClient(
            label=f"{LABEL}'s storage",
            base_url=base_url,
            key=None,
            timeouts=timeouts,
            max_bytes=settings.max_bytes,
        )

    async def look(self, url: str) -> Reply:
        """GET from the API.

        Raises:
            ProviderError: Any answer but a success, or none.
        """
        if not self.budget.may_ask():
            wait_s = self.budget.wait_s(for_people=True)
            raise ProviderUnavailableError(
                BUDGET_SPENT_WORDS, code=BUDGET_SPENT, retry_after_s=wait_s
            )
        self.budget.count()
        return self._taken(self._clean(await self._api.look(url)))

    async def submit(
        self, url: str, *, content: bytes, headers: Mapping[str, str]
    ) -> Reply | NotSent | Delayed | Uncertain:
        """Make the paid call; a reply may be of any status but 429."""
        if not self.budget.may_ask():
            return Delayed(text=BUDGET_SPENT_WORDS, wait_s=self.budget.wait_s(for_people=True))
        self.budget.count()
        reply = await self._api.submit(url, content=content, headers=headers)
        if isinstance(reply, NotSent):
            self.budget.uncount()
        if not isinstance(reply, Reply):
            return reply
        reply = self._clean(reply)
        if reply.verdict is not Verdict.DELAYED:
            return reply
        refusal = read_refusal(reply, now=self._clock())
        wait_s = DEFAULT_WAIT_S if refusal.wait_s is None else refusal.wait_s
        self.budget.pause(wait_s)
        return Delayed(text=refusal.text, wait_s=wait_s)

    async def look_at_storage(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET an address that the service gave us, without our key.

        Args:
            also: Statuses that the caller answers to itself.

        Raises:
            ProviderError: Any other answer but a success, or none, or an address not to follow.
        """
        reply = self._clean(await self._storage.look(self._admitted(url)))
        if reply.verdict is Verdict.DONE or reply.status in also:
            return reply
        raise error_of(reply, now=self._clock(), has_key=False)

    async def upload(
        self, url: str, *, content: AsyncIterable[bytes], size_bytes: int, content_type: str
    ) -> Reply:
        """PUT an archive where the service wants it, without our key; a reply of any status.

        Raises:
            ProviderError: No answer, or an address not to follow.
        """
        reply = await self._storage.upload(
            self._admitted(url),
            content=content,
            size_bytes=size_bytes,
            content_type=content_type,
            timeout_s=self._upload_timeout_s,
        )
        return self._clean(reply)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._api.aclose()
        await self._storage.aclose()

    def _clean(self, reply: Reply) -> Reply:
        """Take our key out of an answer: what keys look like is not documented."""
        return replace(reply, body=reply.body.replace(self._key, b"[removed]"))

    def _admitted(self, url: str) -> str:
        try:
            return check_url(url, base=self._base_url)
        except UnsafeUrlError as error:
            text = f"Narakeet names an address that cannot be used: {error}."
            raise ProviderReplyError(text, sample="", code="unsafe_link") from error

    def _taken(self, reply: Reply) -> Reply:
        if reply.verdict is Verdict.DONE:
            return reply
        error = error_of(reply, now=self._clock())
        if reply.verdict is Verdict.DELAYED and isinstance(error, ProviderUnavailableError):
            if error.retry_after_s is None:
                error.retry_after_s = DEFAULT_WAIT_S
            self.budget.pause(error.retry_after_s)
        raise error


def read_body(reply: Reply) -> Any:
    """Read the JSON of a success.

    Raises:
        ProviderReplyError: It is none, or longer than we read.
    """
    if not reply.is_whole:
        raise unreadable(reply, "Narakeet's answer is longer than we can take.")
    try:
        return read_json(reply.body)
    except UnreadableError as error:
        raise unreadable(reply) from error


def read_fields(reply: Reply) -> Mapping[str, Any]:
    """Read the JSON object of a success.

    Raises:
        ProviderReplyError: It is none, or longer than we read.
    """
    value = read_body(reply)
    if not isinstance(value, dict):
        raise unreadable(reply)
    return value
