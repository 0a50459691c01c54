"""Reading what clients send; a refusal is a sentence.

Of these texts the documents have only one, word for word in the vendor's tests: the one about
https. Which status they come with is not documented; 400 is our choice.
"""

import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from twin.narakeet.catalogue import (
    BY_GITHUB,
    BY_URL,
    SHORT_TEXT_BYTES,
    STREAMED,
    UPLOADED,
    find_voice,
)
from twin.narakeet.model import Source, Speech
from twin.narakeet.script import read_script, read_subtitles
from twin.narakeet.settings import Settings
from twin.origin import is_loopback

HTTPS_NEEDED = "zip-url repository must start with https://"
STREAM = "application/octet-stream"
_SUBTITLES = frozenset({"text/vtt", "application/x-subrip", "text/srt"})
_SLOWEST, _FASTEST = 0.1, 10.0  # No document has bounds.
_VOICE_MOST = 100


class InvalidRequestError(ValueError):
    """The request breaks a rule; the text is what the answer says."""


def read_source(raw: bytes, *, content_type: str) -> Source:
    """Read the body of a build (REST page, trigger the build, seen 2026-11-22).

    The address of a zip is checked before anything else; fields that are not known are ignored.

    Raises:
        InvalidRequestError: A field is missing or wrong.
    """
    body = _read_object(raw, content_type=content_type)
    kind, repository = body.get("repositoryType"), body.get("repository")
    if kind == BY_URL and not _is_taken_address(repository):
        raise InvalidRequestError(HTTPS_NEEDED)
    if kind not in (UPLOADED, BY_URL, BY_GITHUB):
        raise InvalidRequestError("repositoryType must be the upload token's, zip-url or github")
    if kind == BY_GITHUB:
        _text(body, "token")
    return Source(
        repository_type=kind,
        repository=_text(body, "repository"),
        script=_text(body, "source"),
    )


def _read_object(raw: bytes, *, content_type: str) -> Mapping[str, Any]:
    if content_type != "application/json":
        raise InvalidRequestError("Content-Type must be application/json")
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidRequestError("the body must be JSON in UTF-8") from None
    if not isinstance(body, dict):
        raise InvalidRequestError("the body must be a JSON object")
    return body


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequestError(f"{field} is missing")
    return value


def _is_taken_address(url: object) -> bool:
    """Take https anywhere, and plain http on this machine, which the real service would not."""
    if not isinstance(url, str):
        return False
    if url.startswith("https://"):
        return True
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and is_loopback(parts.hostname or "")
    except ValueError:
        return False


def read_speech(request: web.Request, raw: bytes, *, settings: Settings) -> Speech:
    """Read a text to speech call (text to speech page, seen 2026-11-22).

    Raises:
        InvalidRequestError: The text, the voice or the speed cannot be taken.
    """
    kind, accept = request.match_info["format"], request.headers.get("Accept", "")
    if is_streamed(request) and kind not in STREAMED:
        raise InvalidRequestError(f"{kind} is not streamed; use {' or '.join(sorted(STREAMED))}")
    text = _script_text(raw)
    read = read_subtitles if request.content_type in _SUBTITLES else read_script
    script = read(text, speed=_speed(request))
    if script.seconds == 0:
        raise InvalidRequestError("the script is empty")
    return Speech(
        format=kind,
        voice=_voice(request, settings=settings),
        seconds=script.seconds,
        scenes=script.scenes,
        accept=_accepted(accept),
    )


def is_streamed(request: web.Request) -> bool:
    """Say whether the sound itself is asked for rather than a job."""
    return STREAM in request.headers.get("Accept", "")


def text_limit(request: web.Request, *, settings: Settings) -> int:
    """Give the bytes that a text may have."""
    if is_streamed(request):
        return min(SHORT_TEXT_BYTES, settings.text_bytes)
    return settings.text_bytes


def _script_text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequestError("the script must be UTF-8") from None


def _speed(request: web.Request) -> float:
    try:
        speed = float(request.query.get("voice-speed", "1"))
    except ValueError:
        speed = math.nan
    if not _SLOWEST <= speed <= _FASTEST:
        raise InvalidRequestError("voice-speed must be a number such as 1.1")
    return speed


def _voice(request: web.Request, *, settings: Settings) -> str | None:
    name = request.query.get("voice")
    if name is None:
        return None
    is_checked = is_streamed(request) or settings.unknown_voice == "refused"
    if (is_checked and find_voice(name) is None) or len(name) > _VOICE_MOST:
        raise InvalidRequestError("voice is not known")
    return name


def _accepted(accept: str) -> str:
    if "application/zip" in accept:
        return "zip"
    return "json+vtt" if "application/json+vtt" in accept else "json"
