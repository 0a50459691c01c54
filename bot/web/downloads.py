"""`GET /d/{token}`: a link that outlives the service's own, because each click asks for a new one."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.core.errors import (
    ProviderError,
    ProviderRefusedError,
    StorageError,
)
from bot.productions import Productions

log = structlog.get_logger(__name__)

PER_MINUTE = 60
"""Clicks a minute on one link: scanners and previews fit, a flood does not."""
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
        self._clock = clock
        self._clicks: dict[str, deque[datetime]] = {}

    async def answer(self, request: Request) -> Response:
        """Answer 302, 404, 410, 429 or 503, always with a sentence."""
        token = request.path_params["token"]
        if len(token) > TOKEN_LIMIT:
            return _sentence(_GONE, 404)
        if not self._may_click(token):
            return _sentence(_BUSY, 429, **{"retry-after": "60"})
        try:
            link = await self._productions.open_token(token)
        except ProviderRefusedError:
            return _sentence(_REMOVED, 410)
        except (ProviderError, StorageError) as error:
            log.warning("download_failed", reason=type(error).__name__)
            return _sentence(_NOT_NOW, 503, **{"retry-after": "60"})
        if link is None:
            return _sentence(_GONE, 404)
        return RedirectResponse(link.url, status_code=302, headers=_HEADERS)

    def _may_click(self, token: str) -> bool:
        now = self._clock()
        self._forget_before(now - timedelta(minutes=1))
        clicks = self._clicks.setdefault(token, deque())
        if len(clicks) >= PER_MINUTE:
            return False
        clicks.append(now)
        return True

    def _forget_before(self, moment: datetime) -> None:
        for token in list(self._clicks):
            clicks = self._clicks[token]
            while clicks and clicks[0] < moment:
                clicks.popleft()
            if not clicks:
                del self._clicks[token]


def _sentence(text: str, status: int, **headers: str) -> Response:
    return PlainTextResponse(text, status_code=status, headers=_HEADERS | headers)
