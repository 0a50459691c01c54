"""Write down bodies for people to read: without secrets, and cut."""

import re
from typing import Any

from twin.foreign_json import read_json

BODY_MOST = 4000
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


def text_shown(text: str) -> str:
    """Write a text as people may read it in the journal: without secrets, and cut."""
    for pattern, kept in ((_TOKENS, r"\1-" + _HIDDEN), (_FIELDS, r"\1" + _HIDDEN + r"\2")):
        text = pattern.sub(kept, text)
    text = _PARAMETERS.sub(r"\1" + _HIDDEN, text)
    return text if len(text) <= BODY_MOST else text[: BODY_MOST - 1] + "…"


def _is_text(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type in {
        "application/json",
        "application/xml",
        "application/x-www-form-urlencoded",
    }
