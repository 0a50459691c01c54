"""`GET /d/{token}`: a link that outlives the service's own, because each click asks for a new one."""

from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.core.errors import (
    ProviderError,
    ProviderRefusedError,
    StorageError,
)
from bot.productions import Productions
from bot.web.clicks import Clicks

log = structlog.get_logger(__name__)

PER_MINUTE = 60
"""Clicks a minute on one link: scanners and previews fit, a flood does not."""
UNKNOWN_PER_MINUTE = 300
"""Clicks a minute on links that do not exist, all of them together."""
TOKEN_LIMIT = 128
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}

_GONE = "This link was taken back or never existed. Open the production's thread for the files."
_BUSY = "Too many clicks on this link. Try again in a minute."
_NOT_NOW = "The video service cannot be reached. The file is not lost; try again in a few minutes."
_REMOVED = "The video service no longer has this file. Ask whoever made the video."


class DownloadEndpoint:
    """Redirect to where the file can be fetched now."""

    def __init__(self, productions: Productions, *, clock: Callable[[], datetime]) -> None:
        self._productions = productions
        self._clicks = Clicks(clock, per_minute=PER_MINUTE)
        self._misses = Clicks(clock, per_minute=UNKNOWN_PER_MINUTE)

    async def answer(self, request: Request) -> Response:
        """Answer 302, 404, 410, 429 or 503, always with a sentence."""
        token = request.path_params["token"]
        if len(token) > TOKEN_LIMIT:
            return _sentence(_GONE, 404)
        if self._clicks.is_full(token):
            return _busy()
        try:
            link = await self._productions.open_token(token)
        except StorageError as error:
            return _not_now(error)  # Nobody knows whether there is such a link: not counted.
        except ProviderError as error:
            self._clicks.count(token)
            is_gone = isinstance(error, ProviderRefusedError)
            return _sentence(_REMOVED, 410) if is_gone else _not_now(error)
        if link is None:
            return self._missed()
        self._clicks.count(token)
        return RedirectResponse(link.url, status_code=302, headers=_HEADERS)

    def _missed(self) -> Response:
        """Answer a guess; guesses are counted together, so that they fill no table."""
        if self._misses.is_full("unknown"):
            return _busy()
        self._misses.count("unknown")
        return _sentence(_GONE, 404)


def _busy() -> Response:
    return _sentence(_BUSY, 429, **{"retry-after": "60"})


def _not_now(error: Exception) -> Response:
    log.warning("download_failed", reason=type(error).__name__)
    return _sentence(_NOT_NOW, 503, **{"retry-after": "60"})


def _sentence(text: str, status: int, **headers: str) -> Response:
    return PlainTextResponse(text, status_code=status, headers=_HEADERS | headers)
