"""Write down bodies for people to read: without secrets, and cut."""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from twin.foreign_json import read_json

BODY_MOST = 4000
VALUES_MOST = 64_000
NAMES_MOST = 20
_HIDDEN = "…"
_TOKENS = re.compile(r"\b(xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9.-]+")
_FIELDS = re.compile(
    r'("(?:access_token|refresh_token|token|client_secret|signing_?[sS]ecret|response_url|'
    r'upload_url|apiKey|api_key)"\s*:\s*")[^"\\]*(?:\\.[^"\\]*)*(")'
)
_PARAMETERS = re.compile(
    r"\b((?:ticket|sig|signature|token|client_secret)=)[^&\"'\s\\]+", re.IGNORECASE
)


def payload_shown(body: bytes, *, content_type: str = "application/json") -> Any:
    """Give a body as JSON where it is some and is not too long, else as `body_shown` does."""
    text = body_shown(body, content_type=content_type)
    try:
        return read_json(text)
    except ValueError:
        return text


def body_shown(body: object, *, content_type: str = "application/json") -> str:
    """Write a body as people may read it in the journal.

    Args:
        body: The bytes; anything else where they were streamed.

    Returns:
        At most BODY_MOST characters, tokens and signatures taken out; where it is no text, what
        it is.
    """
    if not isinstance(body, (bytes, bytearray)):
        return f"({content_type})"
    if not _is_text(content_type):
        return f"({content_type}, {len(body)} bytes)"
    return text_shown(body.decode(errors="replace"))


def values_shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write named values as the journal keeps them: without secrets, and whole unless huge.

    Returns:
        The same names. Where all together are huge the first of them, each large one as a text
        that is cut.
    """
    text = _without_secrets(json.dumps(values))
    if len(text) > VALUES_MOST:
        return _first_shown(values)
    shown: dict[str, Any] = json.loads(text)
    return shown


def _first_shown(values: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in islice(values.items(), NAMES_MOST):
        part = _without_secrets(json.dumps({name: value}))
        is_large = len(part) > BODY_MOST
        shown |= {text_shown(name): text_shown(part)} if is_large else json.loads(part)
    return shown


def text_shown(text: str) -> str:
    """Write a text as people may read it in the journal: without secrets, and cut."""
    text = _without_secrets(text)
    return text if len(text) <= BODY_MOST else text[: BODY_MOST - 1] + "…"


def _without_secrets(text: str) -> str:
    for pattern, kept in ((_TOKENS, r"\1-" + _HIDDEN), (_FIELDS, r"\1" + _HIDDEN + r"\2")):
        text = pattern.sub(kept, text)
    return _PARAMETERS.sub(r"\1" + _HIDDEN, text)


def _is_text(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type in {
        "application/json",
        "application/xml",
        "application/x-www-form-urlencoded",
    }
