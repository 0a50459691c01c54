"""Block Kit in small pieces: escaped, cut to Slack's limits, the same everywhere.

Source of the limits: Block Kit reference (docs.slack.dev/reference/block-kit, read in copies,
2026-11-21).
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypedDict
from urllib.parse import urlencode, urlsplit

Json = dict[str, Any]

TEXT_LIMIT = 4000
SECTION_LIMIT = 3000
HEADER_LIMIT = 150
BUTTON_LIMIT = 75
ALT_LIMIT = 300
URL_LIMIT = 3000
MENTIONS_SHOWN = 10
SHORT = "{date_short_pretty} at {time}"
DATE = "{date_short_pretty}"
AGO = "{ago}"
TIME = "{time}"

_PERSON = re.compile(r"[UW][A-Z0-9]{1,40}")
_GROUP = re.compile(r"S[A-Z0-9]{1,40}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{1,40}")
_MARK = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])")
_LOOK_ALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "'"}


class Message(TypedDict):
    """What `chat.postMessage` and `chat.update` take.

    Keys:
        text: A whole sentence; all that notifications and screen readers get.
    """

    text: str
    blocks: list[Json]


def escape(text: str) -> str:
    """Take the meaning out of `&`, `<` and `>`, so that nobody can mention or link through us."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def foreign(text: str) -> str:
    """Escape what others wrote, and take the meaning out of its marks: `*stars*` stay stars.

    mrkdwn knows no escape for `*`, `_`, `~` and backticks, so where they could begin or end a
    format signs that look alike stand for them; within a word they mean nothing and stay.
    """
    return _MARK.sub(lambda found: _LOOK_ALIKES[found[0]], escape(text))


def cut(text: str, limit: int) -> str:
    """Shorten to `limit` characters on one line, at the end of a word where there is one."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    words = head.rsplit(" ", 1)[0]
    return (words if len(words) > limit // 2 else head) + "…"


def quoted(text: str, limit: int = 150) -> str:
    """Quote what a person or a service wrote, escaped and cut."""
    return f"“{foreign(cut(text, limit)) or '(nothing)'}”"


def sentence(text: str, limit: int = 256) -> str:
    """Make foreign words a sentence that others can follow; empty stays empty."""
    words = foreign(cut(text, limit))
    return ended(words) if words else ""


def ended(words: str) -> str:
    """End a sentence with a full stop, unless what it quotes last has ended it."""
    return words if words.removesuffix("”").endswith((".", "!", "?", "…")) else words + "."


def mention(user_id: str) -> str:
    """Mention a person or a user group; anybody else is someone."""
    if _PERSON.fullmatch(user_id):
        return f"<@{user_id}>"
    return f"<!subteam^{user_id}>" if _GROUP.fullmatch(user_id) else "someone"


def mentions(ids: Iterable[str], *, last: str = "and") -> str:
    """Mention several, each once: `A, B and C`; empty for nobody."""
    named = [mention(one) for one in dict.fromkeys(ids)]
    if len(named) > MENTIONS_SHOWN:
        named = [*named[:MENTIONS_SHOWN], f"{len(named) - MENTIONS_SHOWN} more"]
    return f" {last} ".join(part for part in (", ".join(named[:-1]), *named[-1:]) if part)


def channel_name(channel_id: str) -> str:
    """Name a channel, so that only those who may know of it can read it."""
    return f"<#{channel_id}>" if _CHANNEL.fullmatch(channel_id) else "that channel"


def when(at: datetime, form: str = SHORT) -> str:
    """Write a moment in the reader's own zone; programs that cannot see UTC."""
    fallback = at.astimezone(UTC).strftime("%d %b %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{form}|{fallback}>"


def message_url(team_id: str, channel_id: str, ts: str) -> str:
    """Give the address of a message without asking Slack for its permalink.

    Source: app_redirect opens a channel in the right workspace
        (docs.slack.dev/interactivity/deep-linking, read in a copy, 2026-11-21).
    """
    query = urlencode({"team": team_id, "channel": channel_id, "message_ts": ts})
    return f"https://slack.com/app_redirect?{query}"


def link(url: str, words: str) -> str:
    """Write a link in mrkdwn."""
    return f"<{escape(url).replace('|', '%7C')}|{words}>"


def is_usable_url(url: str | None) -> bool:
    """Tell whether Slack would take an address for a button."""
    if not url or len(url) > URL_LIMIT or any(sign.isspace() for sign in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def is_picture_url(url: str | None) -> bool:
    """Tell whether Slack may be asked to fetch a picture: over https, or from the local Slack.

    A Slack that people use reaches nothing on our loopback; the local one reaches nothing else.
    """
    if url is None or not is_usable_url(url):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "::1", "localhost"}


def picture(url: str, *, aloud: str) -> Json:
    """Put a picture beside a paragraph.

    Args:
        aloud: What it shows, for those who cannot see it; no markup.
    """
    return {"type": "image", "image_url": url, "alt_text": cut(aloud, ALT_LIMIT)}


def has_pictures(message: Message) -> bool:
    """Tell whether Slack would fetch anything for a message."""
    return any(_is_pictured(block) for block in message["blocks"])


def without_pictures(message: Message) -> Message:
    """Give the same message without what Slack would fetch."""
    blocks = [
        {name: part for name, part in block.items() if name != "accessory"}
        if _is_pictured(block)
        else block
        for block in message["blocks"]
    ]
    return {"text": message["text"], "blocks": blocks}


def _is_pictured(block: Json) -> bool:
    return bool(block.get("accessory", {}).get("type") == "image")


def plain(text: str, limit: int) -> Json:
    """Write text exactly as it is; `:words:` stay words."""
    return {"type": "plain_text", "text": cut(text, limit) or "(empty)", "emoji": False}


def mrkdwn(text: str) -> Json:
    """Write formatted text of our own making; `verbatim` keeps Slack from linking bare names."""
    return {"type": "mrkdwn", "text": text[:SECTION_LIMIT] or "(empty)", "verbatim": True}


def header(text: str, *, block_id: str) -> Json:
    """Write a title."""
    return {"type": "header", "block_id": block_id, "text": plain(text, HEADER_LIMIT)}


def section(text: str, *, block_id: str, accessory: Json | None = None) -> Json:
    """Write a paragraph, with a button or a picture beside it where one is given."""
    block = {"type": "section", "block_id": block_id, "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def context(text: str, *, block_id: str) -> Json:
    """Write small print."""
    return {"type": "context", "block_id": block_id, "elements": [mrkdwn(text)]}


def actions(elements: list[Json], *, block_id: str) -> list[Json]:
    """Put buttons in a row; no block at all where there are none."""
    return [{"type": "actions", "block_id": block_id, "elements": elements}] if elements else []


def button(
    words: str,
    *,
    action_id: str,
    value: str | None = None,
    url: str | None = None,
    style: str | None = None,
    asks: Json | None = None,
    aloud: str | None = None,
) -> Json:
    """Build a button.

    Args:
        style: `primary` or `danger`.
        asks: What `confirm` built.
        aloud: What a screen reader says where the words alone would not tell.
    """
    optional = {
        "value": value,
        "url": url,
        "style": style,
        "confirm": asks,
        "accessibility_label": cut(aloud, BUTTON_LIMIT) if aloud else None,
    }
    chosen = {key: given for key, given in optional.items() if given is not None}
    return {
        "type": "button",
        "action_id": action_id,
        "text": plain(words, BUTTON_LIMIT),
        **chosen,
    }


def confirm(title: str, text: str, *, yes: str, no: str = "No, go back") -> Json:
    """Ask before something that costs or cannot be undone."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
        "style": "danger",
    }
