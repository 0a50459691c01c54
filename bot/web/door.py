"""What every public link has in common: how often it may be asked for, and how it is refused."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.handout import OurFile
from bot.web.clicks import Clicks
from bot.web.copies import CopyResponse, Read, serve_copy
from bot.web.readers import Readers

PER_MINUTE = 60
"""Clicks a minute on one link: scanners and previews fit, a flood does not."""
UNKNOWN_PER_MINUTE = 300
"""Clicks a minute on links that do not exist, all of them together."""
TOKEN_LIMIT = 128
HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
LATER = {"retry-after": "60"}

_CROWDED = "Too many people are fetching this file just now. Try again in a minute."
_FULL = "Too many files are being fetched just now. Try again in a minute."
_BUSY = "Too many clicks on this link. Try again in a minute."


class Door:
    """Count the clicks on links, and turn away what is too much.

    Args:
        never: What is said of a link that was never given.
        readers: Of every door, because connections are shared.
        per_minute: Clicks a minute on one link.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        never: str,
        readers: Readers,
        per_minute: int = PER_MINUTE,
    ) -> None:
        self._never = never
        self._readers = readers
        self.clicks = Clicks(clock, per_minute=per_minute)
        self._misses = Clicks(clock, per_minute=UNKNOWN_PER_MINUTE)

    def refuse(self, token: str) -> Response | None:
        """Give the answer for a link that need not be looked up; None where it has to be."""
        if len(token) > TOKEN_LIMIT:
            return build_sentence(self._never, 404)
        return _busy() if self.clicks.is_full(token) else None

    def count(self, token: str) -> None:
        """Note a click on a link that exists."""
        self.clicks.count(token)

    def miss(self) -> Response:
        """Answer a guess; guesses are counted together, so that they fill no table."""
        if self._misses.is_full("unknown"):
            return _busy()
        self._misses.count("unknown")
        return build_sentence(self._never, 404)

    def serve(self, request: Request, token: str, ours: OurFile, read: Read) -> Response:
        """Serve a file, unless so many read already that Slack would find no connection left."""
        if self._readers.is_full_for(token):
            return build_sentence(_CROWDED, 429, **LATER)
        if self._readers.is_full():
            return build_sentence(_FULL, 503, **LATER)
        response = serve_copy(request, ours, read)
        if isinstance(response, CopyResponse):
            self._readers.enter(token)
            response.on_end = partial(self._readers.leave, token)
        return response


def build_sentence(text: str, status: int, **headers: str) -> Response:
    """Answer in words, to be kept in no cache."""
    return PlainTextResponse(text, status_code=status, headers=HEADERS | headers)


def _busy() -> Response:
    return build_sentence(_BUSY, 429, **LATER)
