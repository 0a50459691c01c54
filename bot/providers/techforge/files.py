"""Finding finished files in what a worker wrote.

Only `{"output": KEY}` is documented, for talking videos (jobs-get, seen 2026-11-21). Whatever else
a worker writes is searched for texts that look like keys of the store or like addresses, but for
what it may echo of the order: a word of a script must not become a file.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.core.addresses import LONGEST_URL
from bot.core.production import Deliverable
from bot.providers.reading import clean
from bot.providers.techforge.words import CONTENT_TYPES, KINDS

MOST_FILES = 100
DEEPEST = 8
LONGEST_KEY = 2048
NAME_LIMIT = 120

_KEY = re.compile(r"[^\s?#\\\x00-\x1f\x7f]+\.[A-Za-z][A-Za-z0-9]{1,4}")
_NAMES_NOTHING = frozenset(
    {"output", "outputs", "result", "results", "file", "files", "path", "key", "url", "data"}
)
_ECHOES = frozenset(
    {"fields", "input", "inputs", "payload", "prompt", "prompts", "request", "script", "text"}
    | {"texts", "topic", "values", "error", "message", "description", "title"}
)
"""Names of what was ordered or said, not made."""

_MADE_UP = re.compile(r"[0-9a-f-]{16,}", re.IGNORECASE)
"""A name that tells people nothing: a UUID, or a digest."""

_POSTERS = ("poster", "thumbnail", "cover")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A finished file with its place.

    Attributes:
        path: Its key in TechForge's store, or its address; no secret, unless it is an address.
        is_url: Whether it needs no signing.
    """

    deliverable: Deliverable
    path: str
    is_url: bool


def find_files(output: Any) -> tuple[Found, ...]:
    """List the files that an output names, the main one first; empty where it names none."""
    found: dict[str, Found] = {}
    names, places = Counter[str](), Counter[str]()
    for label, text in _texts(output, label="", depth=0):
        if text not in found and len(found) < MOST_FILES:
            place = _place(text)
            key = _key_of(place, number=places[place])
            places[place] += 1
            found[text] = _found(text, key=key, label=label, names=names)
    return tuple(found.values())


def _texts(value: Any, *, label: str, depth: int) -> Iterator[tuple[str, str]]:
    """Give every text that looks like a file, with the nearest name that says what it is."""
    if isinstance(value, str):
        if _is_url(value) or _is_key(value):
            yield label, value
    elif isinstance(value, dict) and depth < DEEPEST:
        made = {name: inner for name, inner in value.items() if name.lower() not in _ECHOES}
        for name, inner in made.items():
            is_telling = name.lower() not in _NAMES_NOTHING
            yield from _texts(inner, label=name if is_telling else label, depth=depth + 1)
    elif isinstance(value, list) and depth < DEEPEST:
        for inner in value:
            yield from _texts(inner, label=label, depth=depth + 1)


def _is_url(text: str) -> bool:
    is_one = len(text) <= LONGEST_URL and not re.search(r"\s", text)
    return is_one and text.lower().startswith(("https://", "http://"))


def _is_key(text: str) -> bool:
    """Tell whether a text can be a key: a path without blanks, with an ending."""
    if len(text) > LONGEST_KEY or not _KEY.fullmatch(text) or clean(text, LONGEST_KEY) != text:
        return False
    return "/" in text or _ending(text) in KINDS


def _key_of(place: str, *, number: int) -> str:
    """Name a file so that it is known again, though the signature of its address changes.

    Args:
        number: How many others before it differ from it by their query alone.
    """
    named = f"{place}?{number}" if number else place
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:16]


def _place(text: str) -> str:
    if not _is_url(text):
        return text
    return text.partition("?")[0].partition("#")[0]


def _found(text: str, *, key: str, label: str, names: Counter[str]) -> Found:
    ending = _ending(text)
    kind = _kind(ending, label)
    return Found(
        deliverable=Deliverable(
            key=key,
            kind=kind,
            name=_name(text, kind=kind, ending=ending, names=names),
            content_type=CONTENT_TYPES.get(ending),
        ),
        path=text,
        is_url=_is_url(text),
    )


def _ending(text: str) -> str:
    last = _last(text)
    return last.rpartition(".")[2].lower() if "." in last else ""


def _last(text: str) -> str:
    """Give the last part of a path or of an address."""
    place = _place(text)
    try:
        path = unquote(urlsplit(place).path) if _is_url(text) else place
    except ValueError:
        path = ""
    return re.split(r"[/\\]", path)[-1]


def _kind(ending: str, label: str) -> str:
    if any(word in label.lower() for word in _POSTERS) and KINDS.get(ending) == "Image":
        return "Poster"
    words = clean(label.replace("_", " "), 40)
    return KINDS.get(ending) or words.capitalize() or "File"


def _name(text: str, *, kind: str, ending: str, names: Counter[str]) -> str:
    """Call a file as TechForge does, or by its kind where that is a row of digits."""
    own = clean(_last(text), NAME_LIMIT)
    stem = own.rpartition(".")[0] or own
    if stem and not _MADE_UP.fullmatch(stem):
        return own
    stem = kind.lower().replace(" ", "-")
    names[f"{stem}.{ending}"] += 1
    number = names[f"{stem}.{ending}"]
    stem = stem if number == 1 else f"{stem}-{number}"
    return f"{stem}.{ending}" if ending else stem
