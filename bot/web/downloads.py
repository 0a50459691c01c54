"""`GET /d/{token}`: a link that outlives the service's own: our copy, or a fresh link each click."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.core.errors import (
    FilesUnavailableError,
    ProviderError,
    ProviderRefusedError,
    StorageError,
)
from bot.handout import Gone, Handout, OurFile, Why
from bot.web.copies import CopyResponse, begins_download
from bot.web.door import HEADERS, LATER, Door, build_sentence
from bot.web.readers import Readers

log = structlog.get_logger(__name__)

_NEVER = "This link was taken back or never existed. Open the production's thread for the files."
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

    def __init__(
        self, handout: Handout, *, clock: Callable[[], datetime], readers: Readers
    ) -> None:
        self._handout = handout
        self._door = Door(clock, never=_NEVER, readers=readers)

    async def answer(self, request: Request) -> Response:
        """Answer with the file, or 302, 404, 410, 416, 429 or 503, always with a sentence."""
        token = request.path_params["token"]
        refusal = self._door.refuse(token)
        if refusal is not None:
            return refusal
        try:
            found = await self._handout.find(token)
        except StorageError as error:
            return _not_now(error)  # Nobody knows whether there is such a link: not counted.
        except ProviderError as error:
            self._door.count(token)
            is_gone = isinstance(error, ProviderRefusedError)
            return build_sentence(_REMOVED, 410) if is_gone else _not_now(error)
        if found is None:
            return self._door.miss()
        self._door.count(token)
        if isinstance(found, Gone):
            return build_sentence(_gone_words(found), 410)
        if isinstance(found, OurFile):
            return await self._serve(request, token, found)
        await self._count(request, token, source="service")
        return RedirectResponse(found.url, status_code=302, headers=HEADERS)

    async def _serve(self, request: Request, token: str, ours: OurFile) -> Response:
        response = self._door.serve(request, token, ours, self._handout.read)
        if isinstance(response, CopyResponse):
            await self._count(request, token, source="copy")
        return response

    async def _count(self, request: Request, token: str, *, source: str) -> None:
        if begins_download(request):
            await self._handout.count(token, source=source)


def _gone_words(gone: Gone) -> str:
    since = f" on {gone.since_at:%d %B %Y}" if gone.since_at is not None else ""
    why = _WHY[gone.why].format(since=since)
    return f"{why} {_ASK.format(production_id=gone.production_id)}"


def _not_now(error: Exception) -> Response:
    log.warning("download_failed", reason=type(error).__name__)
    words = _NOT_READ if isinstance(error, FilesUnavailableError) else _NOT_NOW
    return build_sentence(words, 503, **LATER)
