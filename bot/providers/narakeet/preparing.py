"""Everything before the paid call: texts are read, archives packed and uploaded."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError
from bot.core.production import FileReference
from bot.providers.base import Uploads
from bot.providers.http import Reply, Verdict
from bot.providers.narakeet.calls import READ, NarakeetCalls
from bot.providers.narakeet.errors import correlation_of, error_of, unreadable
from bot.providers.narakeet.packing import Part, packed, read_text
from bot.providers.narakeet.reading import UploadToken, read_upload_token
from bot.providers.narakeet.script import with_properties
from bot.providers.narakeet.settings import NarakeetSettings, Paths
from bot.providers.narakeet.wish import (
    SCRIPT_BYTES,
    SOURCE,
    ArchiveWish,
    AudioWish,
    VideoWish,
    Wish,
    build_body,
    content_type_of,
)
from bot.providers.reading import UnreadableError

BY_ADDRESS = "zip-url"
_STORAGE_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
_TRIED_ANEW = frozenset({"AccessDenied", "ExpiredToken", "RequestTimeout", "IncompleteBody"})
"""Codes of the storage for what a fresh upload token mends (S3's error responses)."""


@dataclass(frozen=True, kw_only=True)
class PaidCall:
    """The one call that is left to make."""

    url: str
    content: bytes = field(repr=False)
    headers: Mapping[str, str]


class Preparer:
    """Turn a wish into the paid call; all of it may be done again."""

    def __init__(
        self,
        *,
        settings: NarakeetSettings,
        paths: Paths,
        calls: NarakeetCalls,
        uploads: Uploads,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._paths = paths
        self._calls = calls
        self._uploads = uploads
        self._clock = clock

    async def prepare(self, wish: Wish) -> PaidCall:
        """Prepare.

        Raises:
            ProviderError: It cannot be prepared, ever or now.
        """
        match wish:
            case VideoWish():
                return await self._video(wish)
            case ArchiveWish():
                return self._build(BY_ADDRESS, wish.address, wish.source)
            case AudioWish():
                return await self._audio(wish)

    async def _video(self, wish: VideoWish) -> PaidCall:
        script = await self._text(wish.script, longest_bytes=SCRIPT_BYTES)
        content = with_properties(script, {"size": wish.size, "voice": wish.voice})
        parts = [Part(name=SOURCE, content=content.encode())]
        parts += [Part(name=one.name, content=one) for one in wish.assets]
        async with packed(parts, uploads=self._uploads) as archive:
            # Asked for last, because nobody says how long a token lives.
            token = await self._token()
            reply = await self._calls.upload(
                token.url,
                content=archive.pieces(),
                size_bytes=archive.size_bytes,
                content_type=token.content_type,
            )
        if reply.verdict is not Verdict.DONE:
            raise _upload_error(reply, now=self._clock())
        return self._build(token.repository_type, token.repository, SOURCE)

    async def _token(self) -> UploadToken:
        reply = await self._calls.look(self._paths.upload_token())
        try:
            return read_upload_token(READ.fields(reply))
        except UnreadableError as error:
            raise unreadable(reply) from error

    def _build(self, repository_type: str, repository: str, source: str) -> PaidCall:
        return PaidCall(
            url=self._paths.build(),
            content=build_body(
                repository_type=repository_type, repository=repository, source=source
            ),
            headers={"Content-Type": "application/json"},
        )

    async def _audio(self, wish: AudioWish) -> PaidCall:
        text = await self._text(wish.text, longest_bytes=self._settings.text_bytes)
        accept = "application/json+vtt" if wish.has_subtitles else "application/json"
        return PaidCall(
            url=self._paths.speech(wish.format, voice=wish.voice, voice_speed=wish.speed),
            content=text.encode(),
            headers={"Content-Type": content_type_of(wish.text), "Accept": accept},
        )

    async def _text(self, text: str | FileReference, *, longest_bytes: int) -> str:
        if isinstance(text, str):
            return text
        return await read_text(text, uploads=self._uploads, longest_bytes=longest_bytes)


def _upload_error(reply: Reply, *, now: datetime) -> ProviderError:
    """Say what an upload that was not taken means; the storage speaks XML, as S3 does."""
    if reply.verdict is not Verdict.REFUSED:
        return error_of(reply, now=now, has_key=False)
    found = _STORAGE_CODE.search(reply.body)
    code = found[1].decode() if found else ""
    correlation_id = correlation_of(reply)
    if code in _TRIED_ANEW:
        text = "Narakeet's storage did not take the upload this time; it is tried again."
        return ProviderUnavailableError(text, code="not_uploaded", correlation_id=correlation_id)
    said = f" ({code})" if code else ""
    text = f"Narakeet's storage refused the files{said}. Waiting does not help. Nothing was made."
    return ProviderRefusedError(text, code="upload_refused", correlation_id=correlation_id)
