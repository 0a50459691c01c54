"""What a file is called and what it is, said so that no browser can be talked into more; pure."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

LONGEST_NAME = 150
LONGEST_TOPIC = 70
OCTETS = "application/octet-stream"

_TYPES: Mapping[str, str] = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "txt": "text/plain",
    "md": "text/markdown",
    "json": "application/json",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
}
_ENDINGS = {kind: ending for ending, kind in reversed(list(_TYPES.items()))}
_VAGUE = frozenset({OCTETS, "binary/octet-stream"})
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_SAYS_NOTHING = re.compile(r"result|output|video|audio|file|[0-9a-f-]{32,}", re.IGNORECASE)
"""Names that services give to whatever they make, and ids."""

_FORBIDDEN = re.compile(r'[/\\:*?"<>|%]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def content_type(name: str, *, listed: str | None, sent: str | None) -> str:
    """Say what a file is: as listed, as its name ends, as it was sent, or merely bytes."""
    ending = name.rpartition(".")[2].lower()
    for kind in (listed, _TYPES.get(ending), sent):
        plain = (kind or "").split(";")[0].strip().lower()
        if _TYPE.fullmatch(plain) and plain not in _VAGUE:
            return plain
    return OCTETS


def file_name(name: str, *, topic: str, kind: str, content_type: str) -> str:
    """Make a foreign name safe to save under, with its topic before it and an ending that fits.

    Args:
        topic: Of the production, as somebody wrote it; may be empty.
        kind: Kind of file, in place of a name of which nothing is left.
    """
    safe = _cleaned(name) or _cleaned(kind) or "file"
    stem, ending = _parted(safe)
    ending = ending or _ENDINGS.get(content_type, "")
    safe = _joined(_titled(stem, _short(_cleaned(topic)), is_told_apart=bool(ending)), ending)
    return f"_{safe}" if _DEVICES.fullmatch(safe) else safe


def _parted(name: str) -> tuple[str, str]:
    """Part a name from its ending; an empty one where it has none."""
    found = re.search(r"\.([A-Za-z0-9]{1,8})$", name)
    return (name[: found.start()], found[1]) if found else (name, "")


def _joined(stem: str, ending: str) -> str:
    if not ending:
        return stem[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1].strip('. ')}.{ending}"


def _titled(stem: str, topic: str, *, is_told_apart: bool) -> str:
    """Put the topic before a name that does not have it yet, or in place of one that says nothing.

    Args:
        is_told_apart: Whether an ending follows, so that the topic may stand alone.
    """
    if not topic or topic.casefold() in stem.casefold():
        return stem
    return topic if is_told_apart and _SAYS_NOTHING.fullmatch(stem) else f"{topic} - {stem}"


def _short(topic: str) -> str:
    """Cut a topic at the end of a word, where there is one."""
    if len(topic) <= LONGEST_TOPIC:
        return topic
    head = topic[: LONGEST_TOPIC + 1].rpartition(" ")[0]
    return (head if len(head) > LONGEST_TOPIC // 2 else topic[:LONGEST_TOPIC]).strip(". ")


def disposition(name: str) -> str:
    """Write `Content-Disposition` for a safe name (RFC 6266, appendix D; RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    # Taking signs apart can bring out a quote or a slash that was none before.
    stem, ending = _parted(_FORBIDDEN.sub("", plain).strip())
    plain = _joined(stem.strip(" .-") or "file", ending)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _cleaned(name: str) -> str:
    """Drop what is invisible, turns the writing round, or means something to a file system."""
    name = unicodedata.normalize("NFKC", name)
    visible = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    words = " ".join(_FORBIDDEN.sub(" ", visible).split()).strip(". ")
    if len(words) <= LONGEST_NAME:
        return words
    stem, dot, ending = words.rpartition(".")
    if not dot or len(ending) > 8:  # noqa: PLR2004 - No ending is longer.
        return words[:LONGEST_NAME].strip(". ")
    return f"{stem[: LONGEST_NAME - len(ending) - 1].strip('. ')}.{ending}"
