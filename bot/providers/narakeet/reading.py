"""From Narakeet's JSON to our values; pure, and tolerant where the documents are silent.

Raises only `UnreadableError`. Sources: REST page and text to speech page, and the vendor's clients
for what those leave out, seen 2026-11-22.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.core.production import Deliverable
from bot.providers.reading import LARGEST_COUNT, UnreadableError, read_items, read_text

NAME_LIMIT = 75
"""A voice's name is the value of an option, for which Slack allows no more."""
MOST_VOICES = 5000
MESSAGE_LIMIT = 120

_TASK_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_FILE_NAME = re.compile(r"[\w-][\w .-]{0,99}")
_STATUS_FIELDS = ("finished", "percent")
"""One of them is always there."""

_TYPES: Mapping[str, str] = {
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "jpg": "image/jpeg",
    "png": "image/png",
}


@dataclass(frozen=True, kw_only=True)
class Voice:
    """Somebody who reads."""

    name: str
    language: str


@dataclass(frozen=True, kw_only=True)
class UploadToken:
    """A place to put an archive, once.

    Attributes:
        url: Secret while it lives.
        repository: What the build is told; opaque, as is `repository_type`.
    """

    url: str = field(repr=False)
    content_type: str
    repository: str
    repository_type: str


@dataclass(frozen=True, kw_only=True)
class Task:
    """A job that was taken.

    Attributes:
        status_url: The only way to ask about it, and a secret.
    """

    task_id: str
    status_url: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A finished file with its link, which must never be stored."""

    deliverable: Deliverable
    url: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Status:
    """One look at a job.

    Attributes:
        percent: 0 to 100; None where it is not said, or not believable.
        message: What is being done, or what went wrong.
        seconds: Length of what was made, rounded up; None where it is not said.
    """

    is_finished: bool
    has_succeeded: bool
    percent: int | None
    message: str | None
    files: tuple[Listed, ...]
    seconds: int | None = None


def read_voices(value: Any) -> tuple[Voice, ...]:
    """Read the voices; those without a usable name are left out."""
    voices = []
    for item in read_items(value, "voices", "items", "data")[:MOST_VOICES]:
        name = item.get("name")
        if isinstance(name, str) and 0 < len(name) <= NAME_LIMIT and name.isprintable():
            language = read_text(item, "language", "languageCode", limit=NAME_LIMIT)
            voices.append(Voice(name=name, language=language or "language not said"))
    return tuple(voices)


def read_credit_seconds(body: Mapping[str, Any]) -> int:
    """Read how many seconds of video or audio are left (account credits page)."""
    value = body.get("creditSeconds")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableError("no credits")
    if not -LARGEST_COUNT <= value <= LARGEST_COUNT:
        raise UnreadableError("credits that nobody can have")
    return max(math.floor(value), 0)


def read_upload_token(body: Mapping[str, Any]) -> UploadToken:
    """Read where an archive may be put."""
    return UploadToken(
        url=_exact(body, "url"),
        content_type=_exact(body, "contentType"),
        repository=_exact(body, "repository"),
        repository_type=_exact(body, "repositoryType"),
    )


def _exact(body: Mapping[str, Any], name: str) -> str:
    """Read a text that goes back as it came, so that nothing of it may be cut."""
    value = body.get(name)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise UnreadableError(f"no {name}")
    return value


def read_task(body: Mapping[str, Any]) -> Task:
    """Read what a paid call answers; an id that is missing is made from the status address."""
    status_url, task_id = _exact(body, "statusUrl"), body.get("taskId")
    if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
        task_id = f"status-{hashlib.sha256(status_url.encode()).hexdigest()[:20]}"
    return Task(task_id=task_id, status_url=status_url)


def read_status(body: Mapping[str, Any]) -> Status:
    """Read a status; a missing `finished` means that it is not (the vendor's client, 2023).

    A missing `succeeded` means that it has not; one of a wrong type means nothing, and must not
    end as a failure what may have succeeded.
    """
    finished, succeeded = body.get("finished", False), body.get("succeeded", False)
    is_one = type(finished) is bool and type(succeeded) is bool
    if not is_one or not any(name in body for name in _STATUS_FIELDS):
        raise UnreadableError("no status")
    has_succeeded = finished and succeeded
    files = _files(body) if has_succeeded else ()
    if has_succeeded and not files:
        raise UnreadableError("a success without a result")
    return Status(
        is_finished=finished,
        has_succeeded=has_succeeded,
        percent=_percent(body.get("percent")),
        message=read_text(body, "message"),
        files=files,
        seconds=_seconds(body.get("durationInSeconds")) if has_succeeded else None,
    )


def _seconds(value: object) -> int | None:
    """Read a length, which the vendor's example for long texts expects once it is made."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return math.ceil(value) if 0 < value <= LARGEST_COUNT else None


def _percent(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return math.floor(value) if 0 <= value <= 100 else None  # noqa: PLR2004 - a percentage.


def _files(body: Mapping[str, Any]) -> tuple[Listed, ...]:
    """List the result first; without it nothing counts."""
    subtitles = body.get("subtitles")
    named = {"result": body.get("result")}
    for kind in ("srt", "vtt"):
        named[kind] = subtitles.get(kind) if isinstance(subtitles, dict) else None
    named["poster"] = body.get("poster")
    if not isinstance(named["result"], str) or not named["result"]:
        return ()
    return tuple(_listed(key, url) for key, url in named.items() if isinstance(url, str) and url)


def _listed(key: str, url: str) -> Listed:
    name = _file_name(url) or key
    ending = name.rpartition(".")[2].lower()
    deliverable = Deliverable(
        key=key, kind=_kind(key, ending), name=name, content_type=_TYPES.get(ending)
    )
    return Listed(deliverable=deliverable, url=url)


def _kind(key: str, ending: str) -> str:
    """Name what a file is; the two kinds of captions must be told apart where they are listed."""
    if key == "result":
        return "Audio" if ending in {"mp3", "m4a", "wav"} else "video"
    return "Poster" if key == "poster" else f"Captions ({key.upper()})"


def _file_name(url: str) -> str | None:
    """Take the name out of an address: its path ends in a real one (the vendor's client)."""
    try:
        name = unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:
        return None
    return name if _FILE_NAME.fullmatch(name) else None
