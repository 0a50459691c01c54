"""Calls to services over HTTP, and the one table that says what a broken call means.

Looks go through aiohttp, which serves three to four times the requests per core. Paid calls must
not: httpx-aiohttp 0.2.0 reports a connection that dropped after the body was read as a failure to
connect, which would make "unknown" look like "not sent". They use httpx's own transport, on a new
connection each, so that a stale one cannot be confused with a lost answer either.
"""

import asyncio
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import aiohttp
import httpx

from bot.core.addresses import UnsafeUrlError, check_url, is_loopback, is_same_origin
from bot.core.errors import ProviderReplyError, ProviderUnavailableError
from bot.core.production import Failure
from bot.providers.base import NotSent, Uncertain
from bot.providers.guarded import GuardedLooks, GuardedPaid, GuardedResolver, all_but
from bot.providers.reading import LARGEST_COUNT, clean

UNSAFE_LINK = "unsafe_link"
"""Code of the error for an address from a service that must not be followed."""

LONGEST_WAIT_S = 26 * 3600.0
"""No limit known lasts longer than a day; what asks for more is a mistake."""


class Phase(StrEnum):
    """What kind of call it was."""

    LOOK = "look"
    SUBMIT = "submit"


class Outcome(StrEnum):
    """What a call that brought no answer means."""

    NOT_SENT = "not_sent"
    UNCERTAIN = "uncertain"
    UNAVAILABLE = "unavailable"


class Verdict(StrEnum):
    """What the status of an answer means, before its body is read."""

    DONE = "done"
    REFUSED = "refused"
    DELAYED = "delayed"
    FAULTY = "faulty"
    ODD = "odd"


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One row of the table of transport failures.

    Attributes:
        submit: What it means for a paid call; a look is always merely unavailable.
    """

    errors: tuple[type[Exception], ...]
    submit: Outcome
    code: str
    words: str


_NEVER_SENT = (
    httpx.ConnectError,  # Refused, no such name, TLS not agreed.
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,  # Raised while a tunnel is asked for, before the request.
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_TABLE = (
    _Row(
        errors=_NEVER_SENT,
        submit=Outcome.NOT_SENT,
        code="not_reached",
        words="could not be reached",
    ),
    _Row(
        errors=(TimeoutError, httpx.TimeoutException),
        submit=Outcome.UNCERTAIN,
        code="timed_out",
        words="did not answer in time",
    ),
    _Row(
        errors=(httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, OSError, UnicodeError),
        submit=Outcome.UNCERTAIN,
        code="connection_lost",
        words="broke off without a full answer",
    ),
)
TRANSPORT_ERRORS = tuple(error for row in _TABLE for error in row.errors)


def _row_of(error: Exception) -> _Row:
    return next(row for row in _TABLE if isinstance(error, row.errors))


def classify_error(error: Exception, *, phase: Phase) -> Outcome:
    """Say what one of the `TRANSPORT_ERRORS` means.

    Args:
        phase: For a submit, the error must come from httpx's own transport.
    """
    return Outcome.UNAVAILABLE if phase is Phase.LOOK else _row_of(error).submit


def classify_status(status: int) -> Verdict:
    """Say what a status means.

    408 counts as a fault: gateways answer it when the service behind them was too slow, and by
    then the service may have acted.
    """
    if 200 <= status < 300:  # noqa: PLR2004 - the ranges of RFC 9110.
        return Verdict.DONE
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Verdict.DELAYED
    if status == httpx.codes.REQUEST_TIMEOUT or 500 <= status < 600:  # noqa: PLR2004 - as above.
        return Verdict.FAULTY
    return Verdict.REFUSED if 400 <= status < 500 else Verdict.ODD  # noqa: PLR2004 - as above.


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long calls may take in all, in seconds, from the name look-up to the last byte.

    Attributes:
        submit_s: Of the paid call: at most `GREENLIGHT_SUBMIT_TIMEOUT_S`, on which its lease and a
            stop rely.
    """

    look_s: float = 15.0
    submit_s: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer.

    Attributes:
        headers: With lower-case names.
        body: At most as many bytes as were asked for; shows up neither in `repr` nor in logs.
        is_whole: False where the body was longer; it must then not be read.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    is_whole: bool = True

    @property
    def verdict(self) -> Verdict:
        """What the status means."""
        return classify_status(self.status)

    def header(self, name: str) -> str | None:
        """Give a header, cleaned and cut, or None."""
        value = self.headers.get(name)
        return clean(value, 128) if value else None


class ServiceClient:
    """Speak to one service with one key.

    The key goes to the configured origin only; any other address must be safe to follow, also where
    its name leads. Redirects are never followed, nothing is repeated, and no call outlives its total
    timeout.

    Args:
        label: How texts for people call the service.
        base_url: Its configured address; on this machine, no proxy is used.
        key: Header name and value; None where addresses carry their own permission.
        max_bytes: Longest body that is read.
    """

    def __init__(
        self,
        *,
        label: str,
        base_url: str,
        key: tuple[str, str] | None,
        timeouts: Timeouts,
        max_bytes: int = 2_000_000,
    ) -> None:
        self._label = label
        self._base_url = base_url
        self._key = key
        self._timeouts = timeouts
        self._max_bytes = max_bytes
        uses_proxy = not is_loopback(base_url)
        resolver = GuardedResolver(all_but(base_url))
        self._looks = GuardedLooks(
            resolver,
            timeout=_parts(timeouts.look_s),
            trust_env=uses_proxy,
            follow_redirects=False,
        )
        self._paid = GuardedPaid(
            resolver,
            timeout=_parts(timeouts.submit_s),
            trust_env=uses_proxy,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
        )

    async def look(self, url: str) -> Reply:
        """GET.

        Raises:
            ProviderUnavailableError: No answer.
            ProviderReplyError: The service named an address that must not be followed; code
                `UNSAFE_LINK`.
        """
        return await self._ask(self._looks, "GET", url)

    async def change(self, method: str, url: str, *, content: bytes | None = None) -> Reply:
        """Make a call that costs nothing and may be repeated by whoever asked for it.

        Raises:
            ProviderUnavailableError: No answer; it may have been done all the same.
            ProviderReplyError: As for `look`.
        """
        return await self._ask(self._paid, method, url, content=content)

    async def submit(
        self, url: str, *, content: bytes, headers: Mapping[str, str]
    ) -> Reply | NotSent | Uncertain:
        """POST what costs money, to the configured origin; once, whatever happens.

        Never raises for anything the network does.
        """
        try:
            request = self._request(self._paid, "POST", url, content=content, headers=headers)
            return await self._exchange(self._paid, request, timeout_s=self._timeouts.submit_s)
        except TRANSPORT_ERRORS as error:
            row = _row_of(error)
            if classify_error(error, phase=Phase.SUBMIT) is Outcome.NOT_SENT:
                return NotSent(text=f"{self._label} {row.words}; nothing was sent.")
            text = f"{self._label} {row.words}. The request may have arrived."
            return Uncertain(failure=Failure(code=row.code, text=text))
        except UnsafeUrlError as error:
            return NotSent(text=self._unsafe(error).text)

    async def upload(
        self,
        url: str,
        *,
        content: AsyncIterable[bytes],
        size_bytes: int,
        content_type: str,
        timeout_s: float,
    ) -> Reply:
        """PUT bytes with their exact length, never chunked; whoever asked may do it again.

        Args:
            content: Gives `size_bytes` in all; what it raises comes through.
            timeout_s: Longest upload in all, in seconds.

        Raises:
            ProviderUnavailableError: No answer; it may have arrived all the same.
            ProviderReplyError: As for `look`.
        """
        headers = {"Content-Type": content_type, "Content-Length": str(size_bytes)}
        try:
            request = self._request(self._paid, "PUT", url, content=content, headers=headers)
            return await self._exchange(self._paid, request, timeout_s=timeout_s)
        except TRANSPORT_ERRORS as error:
            raise self._unavailable(error) from error
        except UnsafeUrlError as error:
            raise self._unsafe(error) from error

    async def aclose(self) -> None:
        """Close every connection."""
        await self._looks.aclose()
        await self._paid.aclose()

    async def _ask(
        self, client: httpx.AsyncClient, method: str, url: str, *, content: bytes | None = None
    ) -> Reply:
        try:
            request = self._request(client, method, url, content=content)
            return await self._exchange(client, request, timeout_s=self._timeouts.look_s)
        except TRANSPORT_ERRORS as error:
            raise self._unavailable(error) from error
        except UnsafeUrlError as error:
            raise self._unsafe(error) from error

    def _unavailable(self, error: Exception) -> ProviderUnavailableError:
        row = _row_of(error)
        return ProviderUnavailableError(f"{self._label} {row.words}.", code=row.code)

    def _unsafe(self, error: UnsafeUrlError) -> ProviderReplyError:
        text = f"{self._label} has an address that cannot be used: {error}."
        return ProviderReplyError(text, sample="", code=UNSAFE_LINK)

    def _request(
        self,
        client: httpx.AsyncClient,
        method: str,
        url: str,
        *,
        content: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        is_ours = is_same_origin(url, self._base_url)
        if not is_ours:
            check_url(url, base=self._base_url)
        # Compressed answers could grow past the size cap while they are unpacked.
        out = {"Accept": "application/json", "Accept-Encoding": "identity"}
        out["User-Agent"] = "greenlight"
        if content is not None:
            out["Content-Type"] = "application/json"
        if self._key is not None and is_ours:
            out[self._key[0]] = self._key[1]
        return client.build_request(method, url, content=content, headers=out | dict(headers or {}))

    async def _exchange(
        self, client: httpx.AsyncClient, request: httpx.Request, *, timeout_s: float
    ) -> Reply:
        async with asyncio.timeout(timeout_s):
            response = await client.send(request, stream=True)
            try:
                return await self._read(response)
            finally:
                await response.aclose()

    async def _read(self, response: httpx.Response) -> Reply:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._max_bytes:
                break
        return Reply(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=bytes(body[: self._max_bytes]),
            is_whole=len(body) <= self._max_bytes,
        )


def _parts(total_s: float) -> httpx.Timeout:
    """Keep connecting well under the total, so that its failure is known as such.

    The name look-up with the connection is one step and TLS another; each gets a third.
    """
    return httpx.Timeout(total_s, connect=total_s / 3)


def read_wait_s(value: object) -> float | None:
    """Read a number of seconds to wait from JSON or a header; None where it is none.

    A number too large for any purpose is none either.
    """
    if isinstance(value, str) and value.isascii():
        digits = value.strip()
        value = int(digits[:20]) if digits.isdecimal() else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(min(value, LONGEST_WAIT_S)) if 0 <= value <= LARGEST_COUNT else None


def read_retry_after_s(reply: Reply, *, now: datetime) -> float | None:
    """Read the header `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3)."""
    value = reply.headers.get("retry-after", "")
    wait_s = read_wait_s(value)
    if wait_s is not None or not value:
        return wait_s
    try:
        moment = parsedate_to_datetime(value)
        until_s = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return read_wait_s(max(until_s, 0.0))
