"""Calls to Narakeet: the API with our key and counted, the storage without either."""

from collections.abc import AsyncIterable, Callable
from datetime import datetime

from bot.core.budget import Limits
from bot.providers.budget import RequestBudget, credential_of
from bot.providers.counted import NO_OTHERS, CountedCalls, Manners, Reader, without
from bot.providers.http import Reply, ServiceClient, Timeouts, Verdict
from bot.providers.narakeet.errors import error_of, read_refusal, unreadable
from bot.providers.narakeet.settings import NarakeetSettings
from bot.providers.narakeet.words import BUDGET_SPENT_WORDS, LABEL, MAYBE, NAME

READ = Reader(label=LABEL, unreadable=unreadable)

MANNERS = Manners(
    label=LABEL,
    spent=BUDGET_SPENT_WORDS,
    maybe=MAYBE,
    read_refusal=read_refusal,
    error_of=error_of,
)


class NarakeetCalls(CountedCalls):
    """Make calls with our key and counted, and those of the storage with neither.

    Limits are known from the documents alone, and nothing an answer says changes them. Calls of the
    storage go to addresses that the service hands out, which carry their own permission: our key
    must not be sent there (REST page, seen 2026-11-22), and they do not count.
    """

    def __init__(
        self, settings: NarakeetSettings, *, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._upload_timeout_s = settings.upload_timeout_s
        self._secret = settings.api_key.encode()
        timeouts = Timeouts(look_s=settings.look_timeout_s, submit_s=settings.submit_timeout_s)
        super().__init__(
            ServiceClient(
                label=LABEL,
                base_url=base_url,
                key=("x-api-key", settings.api_key),
                timeouts=timeouts,
                max_bytes=settings.max_bytes,
            ),
            budget=RequestBudget(
                credential=credential_of(NAME, settings.api_key),
                clock=clock,
                day_limits={},
                assumed=Limits(per_minute=None, per_day=settings.per_day or None),
                is_certain=True,
                counts_looks=False,  # The storage answers them.
            ),
            manners=MANNERS,
            clock=clock,
        )
        self._storage = ServiceClient(
            label=f"{LABEL}'s storage",
            base_url=base_url,
            key=None,
            timeouts=timeouts,
            max_bytes=settings.max_bytes,
        )

    async def look_at_storage(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET an address that the service gave us, without our key.

        Args:
            also: Statuses that the caller answers to itself.

        Raises:
            ProviderError: Any other answer but a success, or none, or an address not to follow.
        """
        reply = self._heard(await self._storage.look(url))
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
            url,
            content=content,
            size_bytes=size_bytes,
            content_type=content_type,
            timeout_s=self._upload_timeout_s,
        )
        return self._heard(reply)

    async def aclose(self) -> None:
        """Close every connection."""
        await super().aclose()
        await self._storage.aclose()

    def _heard(self, reply: Reply) -> Reply:
        return without(reply, self._secret)
