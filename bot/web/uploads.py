"""`GET /u/{token}/{name}`: an uploaded file, for the service that was given its address."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot import instruments
from bot.core.errors import StorageError
from bot.handout import OurFile
from bot.publishing import Ended, PublishedFiles
from bot.web.copies import CopyResponse, begins_download
from bot.web.door import LATER, Door, build_sentence
from bot.web.readers import Readers
from storage.values import PublishedFile

log = structlog.get_logger(__name__)

UPLOADS_PER_MINUTE = 3000
"""Requests a minute for one file: a service may read it in small parts, each a request."""

_NEVER = "There never was a file at this address."
_OVER = (
    "This file was uploaded for a video and is no longer handed out{since}: uploads are kept for a "
    "limited time. Asking for the video again gives it a new address."
)
_MISSING = "This file is not where it was put. Whoever runs Greenlight can see more in its log."
_NOT_READ = "The file cannot be read just now. It is not lost; try again in a few minutes."


class UploadEndpoint:
    """Serve what was published, to whoever has its address."""

    def __init__(
        self, files: PublishedFiles, *, clock: Callable[[], datetime], readers: Readers
    ) -> None:
        self._files = files
        self._door = Door(clock, never=_NEVER, readers=readers, per_minute=UPLOADS_PER_MINUTE)

    async def answer(self, request: Request) -> Response:
        """Answer with the file, or 404, 410, 416, 429 or 503, always with a sentence.

        The name at the end of the address is for services that go by the ending; it finds nothing.
        """
        token = request.path_params["token"]
        refusal = self._door.refuse(token)
        if refusal is not None:
            return refusal
        try:
            found = await self._files.find(token)
        except StorageError as error:
            log.warning("upload_not_served", reason=type(error).__name__)
            return build_sentence(_NOT_READ, 503, **LATER)
        if found is None:
            return self._door.miss()
        self._door.count(token)
        if isinstance(found, Ended):
            return build_sentence(_ended_words(found), 410)
        response = self._door.serve(request, token, _ours(found), self._reader(found))
        if isinstance(response, CopyResponse) and begins_download(request):
            instruments.DOWNLOADS.labels(source="upload").inc()
        return response

    def _reader(self, found: PublishedFile) -> Callable[[OurFile, int, int], AsyncIterator[bytes]]:
        return lambda _ours, start, end: self._files.read(found, start, end)


def _ended_words(ended: Ended) -> str:
    if ended.since_at is None:
        return _MISSING
    return _OVER.format(since=f" since {ended.since_at:%d %B %Y}")


def _ours(found: PublishedFile) -> OurFile:
    return OurFile(
        file=found.folder,
        name=found.public_name,
        kind="file",
        size_bytes=found.size_bytes,
        sha256=found.sha256 or "",
        listed_type=found.content_type,
        sent_type=None,
    )
