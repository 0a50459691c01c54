"""Calls that keep a request budget; every answer but a success becomes one of our errors.

What differs between services is how their refusals read, and what else an answer tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from bot.core.addresses import UnsafeUrlError, check_url
from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.production import Failure
from bot.providers.base import BUDGET_SPENT, Delayed, NotSent, Refused, Submission, Uncertain
from bot.providers.budget import RequestBudget
from bot.providers.http import Reply, ServiceClient, Verdict
from bot.providers.reading import UnreadableError, read_json

DEFAULT_WAIT_S = 60.0
"""How long to wait after a 429 that does not say."""

NO_OTHERS: frozenset[int] = frozenset()

NO_HEADERS: Mapping[str, str] = MappingProxyType({})

Posted = Reply | NotSent | Delayed | Uncertain
"""What came of a paid call."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What an answer that is no success says.

    Attributes:
        code: The service's, or ours in lower case where it has none.
        text: For people, cut and without secrets.
        wait_s: Seconds it asks to wait, or None.
    """

    code: str
    text: str
    wait_s: float | None
    correlation_id: str | None

    def as_failure(self) -> Failure:
        """Give it as the reason of a failed attempt."""
        return Failure(code=self.code, text=self.text, correlation_id=self.correlation_id)


class _ReadsRefusals(Protocol):
    def __call__(self, reply: Reply, *, now: datetime) -> Refusal: ...


class _MakesErrors(Protocol):
    def __call__(self, reply: Reply, *, now: datetime) -> ProviderError: ...


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How a service refuses.

    Attributes:
        label: What people call the service.
        spent: What people are told when our own budget holds a request back.
        maybe: Says that a job may or may not have been started, ending a sentence about why.
        read_refusal: Reads any answer that is no success, and never raises.
        error_of: Turns such an answer into the error to raise.
        pauses_most_s: Longest wait after which a refused paid call pauses looks too; None for any.
    """

    label: str
    spent: str
    maybe: str
    read_refusal: _ReadsRefusals
    error_of: _MakesErrors
    pauses_most_s: float | None = None


class CountedCalls:
    """Make calls with our key, counted.

    Looks are let through up to the full limit here: keeping a fifth for people is up to whoever
    schedules them.
    """

    def __init__(
        self,
        client: ServiceClient,
        *,
        budget: RequestBudget,
        manners: Manners,
        clock: Callable[[], datetime],
    ) -> None:
        self.budget = budget
        self._client = client
        self._manners = manners
        self._clock = clock

    async def look(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET.

        Args:
            also: Statuses that the caller answers to itself.

        Raises:
            ProviderError: Any other answer but a success, or none.
        """
        self._spend()
        return self._taken(await self._client.look(url), also)

    async def click(self, url: str, *, also: frozenset[int] = NO_OTHERS) -> Reply:
        """GET for a download, which anybody with a link may cause, from the share of downloads.

        Args:
            also: As for `look`.

        Raises:
            ProviderError: As for `look`.
        """
        if not self.budget.may_click():
            raise self._spent(max(self.budget.wait_s(for_people=True), DEFAULT_WAIT_S))
        self.budget.count_click()
        return self._taken(await self._client.look(url), also)

    async def change(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        also: frozenset[int] = NO_OTHERS,
    ) -> Reply:
        """Change something that costs nothing.

        Args:
            also: As for `look`.

        Raises:
            ProviderError: As for `look`.
        """
        self._spend()
        return self._taken(await self._client.change(method, url, content=content), also)

    async def submit(
        self, url: str, *, content: bytes, headers: Mapping[str, str] = NO_HEADERS
    ) -> Posted:
        """Make the paid call; a reply may be of any status but 429."""
        if not self.budget.may_ask():
            return Delayed(text=self._manners.spent, wait_s=self.budget.wait_s(for_people=True))
        self.budget.count()
        reply = await self._client.submit(url, content=content, headers=headers)
        if isinstance(reply, NotSent):
            self.budget.uncount()
        if not isinstance(reply, Reply):
            return reply
        reply = self._heard(reply)
        return self._delayed(reply) if reply.verdict is Verdict.DELAYED else reply

    async def order(
        self,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str] = NO_HEADERS,
        accepted: Callable[[Reply], Submission],
    ) -> Submission:
        """Make the paid call and say what came of it, whatever that is.

        Args:
            accepted: As for `settled`.
        """
        outcome = await self.submit(url, content=content, headers=headers)
        return self.settled(outcome, accepted) if isinstance(outcome, Reply) else outcome

    def settled(self, reply: Reply, accepted: Callable[[Reply], Submission]) -> Submission:
        """Say what the answer to a paid call means.

        Args:
            accepted: Reads an answer that is a success by its status; raises `ProviderReplyError`
                where it does not say which job was started.
        """
        if reply.verdict is Verdict.DONE:
            try:
                return accepted(reply)
            except ProviderReplyError as error:
                return self._uncertain(error.code, error.text, error.correlation_id)
        refusal = self._manners.read_refusal(reply, now=self._clock())
        if reply.verdict is Verdict.REFUSED:
            return Refused(failure=refusal.as_failure())
        why = f"{self._manners.label} answered with a fault."
        return self._uncertain(refusal.code, why, refusal.correlation_id)

    def _uncertain(self, code: str | None, why: str, correlation_id: str | None) -> Uncertain:
        text = f"{why} {self._manners.maybe}"
        return Uncertain(failure=Failure(code=code, text=text, correlation_id=correlation_id))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def _heard(self, reply: Reply) -> Reply:
        """Learn from an answer, or change it, before anything else looks at it."""
        return reply

    def _spend(self) -> None:
        """Count one request.

        Raises:
            ProviderUnavailableError: None is left; nothing was sent.
        """
        if not self.budget.may_ask():
            raise self._spent(self.budget.wait_s(for_people=True))
        self.budget.count()

    def _spent(self, wait_s: float) -> ProviderUnavailableError:
        return ProviderUnavailableError(
            self._manners.spent, code=BUDGET_SPENT, retry_after_s=wait_s
        )

    def _delayed(self, reply: Reply) -> Delayed:
        refusal = self._manners.read_refusal(reply, now=self._clock())
        wait_s = DEFAULT_WAIT_S if refusal.wait_s is None else refusal.wait_s
        longest_s = self._manners.pauses_most_s
        if longest_s is None or wait_s <= longest_s:
            self.budget.pause(wait_s)
        return Delayed(text=refusal.text, wait_s=wait_s)

    def _taken(self, reply: Reply, also: frozenset[int]) -> Reply:
        reply = self._heard(reply)
        if reply.verdict is Verdict.DONE or reply.status in also:
            return reply
        error = self._manners.error_of(reply, now=self._clock())
        if reply.verdict is Verdict.DELAYED and isinstance(error, ProviderUnavailableError):
            if error.retry_after_s is None:
                error.retry_after_s = DEFAULT_WAIT_S
            self.budget.pause(error.retry_after_s)
        raise error


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Read the bodies of a service's successes; every method raises `ProviderReplyError`.

    Attributes:
        unreadable: Makes the error for an answer that is not understood, with words or its usual
            ones.
    """

    label: str
    unreadable: Callable[..., ProviderError]

    def body(self, reply: Reply) -> Any:
        """Read JSON that is whole."""
        if not reply.is_whole:
            raise self.unreadable(reply, f"{self.label}'s answer is longer than we can take.")
        try:
            return read_json(reply.body)
        except UnreadableError as error:
            raise self.unreadable(reply) from error

    def fields(self, reply: Reply) -> Mapping[str, Any]:
        """Read a JSON object that is whole."""
        value = self.body(reply)
        if not isinstance(value, dict):
            raise self.unreadable(reply)
        return value

    def link(self, url: str, *, base: str) -> str:
        """Check the address of a file, as the service gave it.

        Args:
            base: The service's own address, as for `check_url`.
        """
        try:
            return check_url(url, base=base)
        except UnsafeUrlError as error:
            text = f"{self.label}'s link to the file cannot be used: {error}."
            raise ProviderReplyError(text, sample="", code="unsafe_link") from error


def error_for(
    reply: Reply,
    refusal: Refusal,
    *,
    odd: Callable[[], ProviderError],
    is_about_key: bool,
    is_for_all: bool = False,
) -> ProviderError:
    """Make the error to raise for an answer that is no success.

    Args:
        refusal: What the answer says.
        odd: Makes the error for an answer that is neither a refusal nor a fault.
        is_about_key: Whether a refusal is one of our key.
        is_for_all: Whether it is then one of every request made with the key.
    """
    text, code, correlation_id = refusal.text, refusal.code, refusal.correlation_id
    if reply.verdict in {Verdict.FAULTY, Verdict.DELAYED}:
        return ProviderUnavailableError(
            text, code=code, correlation_id=correlation_id, retry_after_s=refusal.wait_s
        )
    if reply.verdict is Verdict.ODD:
        return odd()
    if is_about_key:
        return ProviderAuthError(
            text, code=code, correlation_id=correlation_id, is_for_all=is_for_all
        )
    return ProviderRefusedError(text, code=code, correlation_id=correlation_id)


def without(reply: Reply, secret: bytes) -> Reply:
    """Take our key out of an answer that quotes it, where it is not documented how keys look."""
    return replace(reply, body=reply.body.replace(secret, b"[removed]"))
