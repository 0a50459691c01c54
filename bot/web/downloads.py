"""`GET /d/{token}`: a link that outlives the service's own: our copy, or a fresh link each click."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.core.errors import (
    FilesUnavailableError,
    ProviderError,
    ProviderRefusedError,
    StorageError,
)
from bot.handout import Gone, Handout, OurFile, Why
from bot.web.clicks import Clicks
from bot.web.copies import CopyResponse, begins_download, serve_copy
from bot.web.readers import Readers

log = structlog.get_logger(__name__)

PER_MINUTE = 60
"""Clicks a minute on one link: scanners and previews fit, a flood does not."""
UNKNOWN_PER_MINUTE = 300
"""Clicks a minute on links that do not exist, all of them together."""
TOKEN_LIMIT = 128
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
_LATER = {"retry-after": "60"}

_NEVER = "This link was taken back or never existed. Open the production's thread for the files."
_CROWDED = "Too many people are fetching this file just now. Try again in a minute."
_FULL = "Too many files are being fetched just now. Try again in a minute."
_BUSY = "Too many clicks on this link. Try again in a minute."
_NOT_NOW = "The video service cannot be reached. The file is not lost; try again in a few minutes."
_NOT_READ = "The file cannot be read just now. It is not lost; try again in a few minutes."
_REMOVED = "The video service no longer has this file. Ask whoever made the video."

_WHY: Mapping[Why, str] = {
    Why.REVOKED: "This link was taken back: the video was rejected, so its files are no longer "
    "handed out.",
    Why.DELETED: "This file was deleted{since}: files are kept for a limited time after a "
    "production has ended.",
    Why.LOST: "This file could not be copied before the video service's own link died.",
    Why.MISSING: "Our copy of this file is not where it was put. Whoever runs Greenlight can see "
    "more in its log.",
    Why.SWITCHED_OFF: "The video service that has this file is switched off here.",
}
_ASK = "Ask whoever asked for the video, in its thread in Slack; its ID is {production_id}."


class DownloadEndpoint:
    """Serve our copy, or redirect to where the file can be fetched now."""

    def __init__(self, handout: Handout, *, clock: Callable[[], datetime]) -> None:
        self._handout = handout
        self._clicks = Clicks(clock, per_minute=PER_MINUTE)
        self._misses = Clicks(clock, per_minute=UNKNOWN_PER_MINUTE)
        self._readers = Readers()

    async def answer(self, request: Request) -> Response:
        """Answer with the file, or 302, 404, 410, 416, 429 or 503, always with a sentence."""
        token = request.path_params["token"]
        if len(token) > TOKEN_LIMIT:
            return _sentence(_NEVER, 404)
        if self._clicks.is_full(token):
            return _busy()
        try:
            found = await self._handout.find(token)
        except StorageError as error:
            return _not_now(error)  # Nobody knows whether there is such a link: not counted.
        except ProviderError as error:
            self._clicks.count(token)
            is_gone = isinstance(error, ProviderRefusedError)
            return _sentence(_REMOVED, 410) if is_gone else _not_now(error)
        if found is None:
            return self._missed()
        self._clicks.count(token)
        if isinstance(found, Gone):
            return _sentence(_gone_words(found), 410)
        if isinstance(found, OurFile):
            return await self._serve(request, token, found)
        await self._count(request, token, source="service")
        return RedirectResponse(found.url, status_code=302, headers=_HEADERS)

    async def _serve(self, request: Request, token: str, ours: OurFile) -> Response:
        """Serve our copy, unless so many read already that Slack would find no connection left."""
        if self._readers.is_full_for(token):
            return _sentence(_CROWDED, 429, **_LATER)
        if self._readers.is_full():
            return _sentence(_FULL, 503, **_LATER)
        response = serve_copy(request, ours, self._handout.read)
        if not isinstance(response, CopyResponse):
            return response
        self._readers.enter(token)
        response.on_end = partial(self._readers.leave, token)
        await self._count(request, token, source="copy")
        return response

    async def _count(self, request: Request, token: str, *, source: str) -> None:
        if begins_download(request):
            await self._handout.count(token, source=source)

    def _missed(self) -> Response:
        """Answer a guess; guesses are counted together, so that they fill no table."""
        if self._misses.is_full("unknown"):
            return _busy()
        self._misses.count("unknown")
        return _sentence(_NEVER, 404)


def _gone_words(gone: Gone) -> str:
    since = f" on {gone.since_at:%d %B %Y}" if gone.since_at is not None else ""
    why = _WHY[gone.why].format(since=since)
    return f"{why} {_ASK.format(production_id=gone.production_id)}"


def _busy() -> Response:
    return _sentence(_BUSY, 429, **_LATER)


def _not_now(error: Exception) -> Response:
    log.warning("download_failed", reason=type(error).__name__)
    words = _NOT_READ if isinstance(error, FilesUnavailableError) else _NOT_NOW
    return _sentence(words, 503, **_LATER)


def _sentence(text: str, status: int, **headers: str) -> Response:
    return PlainTextResponse(text, status_code=status, headers=_HEADERS | headers)
