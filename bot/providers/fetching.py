"""Fetch a finished file by its link, piece by piece, whole or not at all.

Links are foreign input: only https to public hosts is followed (a service on this machine may point
at this machine), host names are checked where they are resolved, and no key is ever sent. A
connection that breaks is taken up where it broke, if the server can prove that it is still the same
file (RFC 9110, 13.1.5 and 14.2); else `BrokenFetchError` says that it must be begun anew.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Mapping
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from bot.core.addresses import UnsafeUrlError, check_url, is_loopback
from bot.core.errors import BotError
from bot.providers.guarded import GuardedResolver
from bot.providers.proxies import proxied

PIECE_BYTES = 256 * 1024
CONNECT_S = 10.0
STALL_S = 20.0
"""Longest silence within a body, in seconds."""
LEAST_BYTES_S = 16 * 1024
"""Slower than any line a file of minutes could be watched over: who is so slow never ends."""
SLOW_S = 60.0
"""Seconds of waiting over which the speed counts, so that a short standstill costs nothing."""
IDLE_RESUMES = 5
"""Breaks in a row, without a byte between them, after which it has to be begun anew."""
MOST_RESUMES = 100
"""Breaks in all; a server that hands out a few bytes at a time is not waited for for ever."""
REDIRECTS = 3
_TEXT = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_GONE = frozenset({404, 410})
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, UnicodeError)
_PAGES = frozenset(
    {
        "text/html",
        "application/xhtml+xml",
        "application/xml",
        "text/xml",
        "application/json",
        "application/problem+json",
    }
)
"""What servers write their apologies in, with a status of 200 too."""

_PICTURED = ("video/", "audio/", "image/")
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")


class FetchError(BotError):
    """The file was not fetched."""


class BrokenFetchError(FetchError):
    """Not this time; with a fresh link it may work."""


class RefusedFetchError(FetchError):
    """It cannot be had, or must not be; the text says why in words for people."""


@dataclass(frozen=True, kw_only=True)
class FetchRules:
    """What is taken.

    Attributes:
        max_bytes: Longest file.
        stall_s: Longest silence within a body, in seconds.
        slow_s: Seconds of waiting after which it must have come at `LEAST_BYTES_S`.
    """

    max_bytes: int
    stall_s: float = STALL_S
    slow_s: float = SLOW_S


@dataclass(kw_only=True)
class _Body:
    """What the first answer said of the file; later ones must agree.

    Attributes:
        total: Its length in bytes, or None where only its end will tell.
        validator: Strong ETag that proves it is the same file; None where it cannot be resumed.
    """

    total: int | None
    validator: str | None


class _Speed:
    """Give up a body that trickles; time that our own store takes is not the server's."""

    def __init__(self, *, over_s: float) -> None:
        self._over_s = over_s
        self._waited_s = 0.0
        self._size = 0

    async def timed(self, reading: Awaitable[bytes]) -> bytes:
        """Wait for the next piece.

        Raises:
            BrokenFetchError: Too little has come for too long.
        """
        began_s = monotonic()
        piece = await reading
        self._waited_s += monotonic() - began_s
        self._size += len(piece)
        if piece and self._waited_s >= self._over_s:
            self._check()
        return piece

    def _check(self) -> None:
        if self._size < self._waited_s * LEAST_BYTES_S:
            raise BrokenFetchError("came too slowly")
        self._waited_s, self._size = 0.0, 0


class Fetch:
    """One file being fetched: iterate over `pieces` once.

    Args:
        url: From the service, which has checked it against its own base.
        listed_bytes: The length that the service listed; None where it does not say.
        expected_type: What it should be, such as `video/mp4`; None where nobody knows.

    Attributes:
        content_type: What the server called it, or None; known once the first piece is there.
        resumed: How often a broken connection was taken up again.
    """

    def __init__(
        self,
        url: str,
        *,
        listed_bytes: int | None,
        rules: FetchRules,
        expected_type: str | None = None,
    ) -> None:
        self._url = url
        self._listed = listed_bytes
        self._expected = (expected_type or "").lower()
        self._rules = rules
        self._body: _Body | None = None
        self._received = 0
        self._speed = _Speed(over_s=rules.slow_s)
        self.content_type: str | None = None
        self.resumed = 0

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Give the file's bytes in order; a normal end means that all of them were there.

        Raises:
            BrokenFetchError: It broke off and cannot be taken up again, or makes no sense.
            RefusedFetchError: The server says no, or the file is too large.
        """
        # A name is guarded once a link has named it; a proxy's own is none of these.
        guarded: set[str] = set()
        resolver = GuardedResolver(guarded.__contains__)
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_S, sock_read=self._rules.stall_s
        )
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, limit=1, force_close=True),
            timeout=timeout,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            async for piece in self._resuming(session, guarded):
                yield piece
        self._check_end()

    async def _resuming(
        self, session: aiohttp.ClientSession, guarded: set[str]
    ) -> AsyncGenerator[bytes, None]:
        idle = 0
        while True:
            before = self._received
            try:
                async for piece in self._from_here(session, guarded):
                    yield piece
            except _BROKEN as error:
                idle = 0 if self._received > before else idle + 1
                if idle > IDLE_RESUMES or not self._is_resumable():
                    raise BrokenFetchError(f"broke off: {type(error).__name__}") from None
                self.resumed += 1
            else:
                return

    def _is_resumable(self) -> bool:
        has_proof = self._body is not None and self._body.validator is not None
        return has_proof and self.resumed < MOST_RESUMES

    async def _from_here(
        self, session: aiohttp.ClientSession, guarded: set[str]
    ) -> AsyncGenerator[bytes, None]:
        response = await self._asked(session, guarded)
        async with response:
            self._take(response)
            pieces = response.content.iter_chunked(PIECE_BYTES)
            while piece := await self._speed.timed(anext(pieces, b"")):
                self._received += len(piece)
                self._check_size(self._received)
                yield piece

    async def _asked(
        self, session: aiohttp.ClientSession, guarded: set[str]
    ) -> aiohttp.ClientResponse:
        """Ask for what is missing, following a few redirects with the same care."""
        url = self._url
        for _ in range(REDIRECTS + 1):
            try:
                self._admit(url, guarded)
                response = await self._get(session, url)
            except UnsafeUrlError as error:
                raise RefusedFetchError(f"The link cannot be followed: {error}.") from None
            if response.status not in _REDIRECT:
                return response
            response.close()
            url = _joined(url, response.headers.get("location", ""))
        raise RefusedFetchError("The link leads on and on.")

    async def _get(self, session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse:
        through = {} if is_loopback(self._url) else proxied(url)
        # Byte for byte: a signature may be over just these bytes.
        as_it_is = URL(url, encoded=True)
        return await session.get(
            as_it_is, headers=self._headers(), allow_redirects=False, **through
        )

    def _admit(self, url: str, guarded: set[str]) -> None:
        # The service checked the first address; where that is on this machine, so is its base.
        check_url(url, base=self._url)
        if not is_loopback(url):
            guarded.add((urlsplit(url).hostname or "").rstrip("."))

    def _headers(self) -> Mapping[str, str]:
        # Compressed answers could grow past the size cap, and their length says nothing.
        headers = {"Accept-Encoding": "identity", "User-Agent": "greenlight"}
        body = self._body
        if self._received and body is not None and body.validator is not None:
            headers |= {"Range": f"bytes={self._received}-", "If-Range": body.validator}
        return headers

    def _take(self, response: aiohttp.ClientResponse) -> None:
        """Check an answer's head before any of its body is believed."""
        status, headers = response.status, response.headers
        if status in _GONE:
            raise RefusedFetchError("The service no longer has the file.")
        if status not in {200, 206} or (status == 206) is not (self._received > 0):  # noqa: PLR2004
            raise BrokenFetchError(f"answered {status}")
        if headers.get("content-encoding", "identity") != "identity":
            raise BrokenFetchError("came compressed")
        if status == 206:  # noqa: PLR2004 - Partial Content.
            self._check_range(headers)
            return
        self.content_type = _content_type(headers)
        if _is_page(self.content_type, expected=self._expected):
            raise BrokenFetchError("is a page in place of the file")
        chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        total = response.content_length if not chunked else None
        if total is None and not chunked and self._listed is None:
            raise BrokenFetchError("does not say how long it is")
        self._check_size(total or 0)
        self._check_listed(total)
        self._body = _Body(total=total, validator=_validator(headers))

    def _check_range(self, headers: Mapping[str, str]) -> None:
        """Check that this is the rest of the same file; there are servers that ignore If-Range."""
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        total = self._body.total if self._body is not None else None
        validator = self._body.validator if self._body is not None else None
        if found is None or int(found[1]) != self._received:
            raise BrokenFetchError("resumed elsewhere")
        if headers.get("etag") != validator or total not in {None, int(found[3])}:
            raise BrokenFetchError("is another file now")

    def _check_size(self, size: int) -> None:
        if size > self._rules.max_bytes:
            largest = self._rules.max_bytes // 1_000_000
            raise RefusedFetchError(f"The file is larger than the {largest} MB we copy.")

    def _check_listed(self, total: int | None) -> None:
        if total is not None and self._listed is not None and total != self._listed:
            raise BrokenFetchError("has another length than the service listed")

    def _check_end(self) -> None:
        total = self._body.total if self._body is not None else None
        self._check_listed(self._received)
        if total is not None and self._received != total:
            raise BrokenFetchError("ended early")
        if self._received == 0 and self._expected.startswith(_PICTURED):
            raise BrokenFetchError("is empty")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # Such as a bracket that is not closed.
        raise RefusedFetchError("The link leads to something that is no address.") from None


def _validator(headers: Mapping[str, str]) -> str | None:
    """Give the strong ETag of a server that takes ranges; a weak one proves nothing."""
    etag = headers.get("etag", "")
    takes_ranges = headers.get("accept-ranges", "bytes").lower() != "none"
    is_strong = etag.startswith('"') and len(etag) <= 200 and etag.isascii()  # noqa: PLR2004
    return etag if takes_ranges and is_strong else None


def _content_type(headers: Mapping[str, str]) -> str | None:
    text = headers.get("content-type", "").split(";")[0].strip().lower()
    return text if _TEXT.fullmatch(text) else None


def _is_page(sent: str | None, *, expected: str) -> bool:
    """Tell whether an answer is somebody's words about a file, and not the file."""
    if sent is None or sent == expected:
        return False
    if expected.startswith(_PICTURED):
        return sent in _PAGES or sent.startswith("text/")
    return sent == "text/html" or (expected != "" and sent in _PAGES)
