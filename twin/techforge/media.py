"""Files that a job names by address: fetched as a worker would, but only from this machine."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from twin.origin import is_loopback
from twin.techforge.catalogue import PROJECTS
from twin.techforge.model import Wish
from twin.techforge.reading import ASSET_NAMES, has_music
from twin.techforge.settings import Settings

WAIT_S = 5.0
"""Real seconds that all files of a job have together; the twin's clock stands still meanwhile."""
_OK = 200
_KINDS = {"image_url": "image", "audio_url": "audio"}


@dataclass(frozen=True, kw_only=True)
class Media:
    """A file that a worker needs.

    Attributes:
        field: Where the job names it.
        kind: `image` or `audio`: what its type must begin with.
    """

    field: str
    kind: str
    url: str


def media_of(wish: Wish) -> list[Media]:
    """List the files that a job names, background music included."""
    values = wish.values if isinstance(wish.values, Mapping) else {}
    found = [
        medium
        for name, value in values.items()
        if (medium := _medium(name, value, expected=_expected(wish, name))) is not None
    ]
    music = wish.body.get("background_music")
    if music and has_music(wish.job_type, wish.body.get("version")):
        found.append(Media(field="background_music", kind="audio", url=music))
    return found


def _expected(wish: Wish, name: str) -> str | None:
    """Say which kind of file a field takes; None for a field that takes none."""
    field = PROJECTS[wish.project_id].fields.get(name)
    kind = None if field is None else field.instruction_type
    return kind if kind in _KINDS.values() else None


def _medium(name: str, value: object, *, expected: str | None) -> Media | None:
    """Read a value; a plain text is an address where the field takes a file."""
    if isinstance(value, str):
        is_file = expected is not None and value != ""
        return Media(field=name, kind=expected or "", url=value) if is_file else None
    asset = value if isinstance(value, Mapping) else {}
    for spelled in ASSET_NAMES:
        if spelled in asset:
            return Media(field=name, kind=expected or _KINDS[spelled], url=asset[spelled])
    return None


async def trouble_with(media: Iterable[Media], *, settings: Settings) -> str | None:
    """Fetch files and say what is wrong with the first that is no good; None when all are fine.

    No address is named, because an address can be a file's key.
    """
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        checks = (_trouble(medium, session, settings) for medium in media)
        troubles = await asyncio.gather(*checks)
    return next((trouble for trouble in troubles if trouble is not None), None)


async def _trouble(medium: Media, session: aiohttp.ClientSession, settings: Settings) -> str | None:
    host = _host_of(medium.url)
    if host is None:
        return f"{medium.field:.60}: this is no http or https address."
    if not is_loopback(host):
        is_believed = settings.outside_media == "believe"
        return None if is_believed else f"{medium.field:.60}: the file cannot be reached."
    try:
        async with asyncio.timeout(WAIT_S), session.get(medium.url, allow_redirects=False) as got:
            return await _trouble_with_answer(medium, got, most=settings.media_most_bytes)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return f"{medium.field:.60}: the file could not be fetched."


async def _trouble_with_answer(
    medium: Media, answer: aiohttp.ClientResponse, *, most: int
) -> str | None:
    if answer.status != _OK:
        return f"{medium.field:.60}: the file's address answers {answer.status}."
    if answer.content_type.partition("/")[0] != medium.kind:
        return f"{medium.field:.60}: the file is {answer.content_type:.60}, not {medium.kind}."
    size = 0
    async for chunk in answer.content.iter_any():
        size += len(chunk)
        if size > most:
            return f"{medium.field:.60}: the file is larger than {most} bytes."
    return None if size else f"{medium.field:.60}: the file is empty."


def _host_of(url: str) -> str | None:
    """Give the host of a web address; None if it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None
