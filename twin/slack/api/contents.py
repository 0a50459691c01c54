"""What an app may put into a message: text, blocks, attachments, metadata, a name of its own."""

import json
import re
from dataclasses import dataclass
from typing import Any

from twin.slack.api.access import Call, need_scope, read_blocks, refuse_blocks
from twin.slack.api.arguments import Arguments
from twin.slack.checks import block_problems
from twin.slack.errors import SlackError
from twin.slack.place.model import Channel, Json, Message
from twin.slack.place.workspace import name_blocks, written_by
from twin.slack.text import visible_text

TEXT_CUT_AT = 40_000
MARKDOWN_MOST = 12_000
ATTACHMENTS_MOST = 100
METADATA_MOST_BYTES = 8000
# An attachment with none of these, such as one that only has a colour, is nothing to show.
_SHOWN_BY_ATTACHMENTS = (
    *("actions", "author_name", "blocks", "fallback", "fields", "footer", "image_url"),
    *("pretext", "text", "thumb_url", "title"),
)
_EMOJI = re.compile(r":[^\s:]+:(:skin-tone-[2-6]:)?")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a message shows; `has_text` tells text that was sent from text drawn from blocks."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    has_text: bool


def read_message(call: Call, channel: Channel, *, thread_ts: str | None) -> Message:
    """Read the message that a call wants to post.

    Raises:
        SlackError: There is nothing to show, or something in it is refused.
    """
    content = read_content(call)
    return Message(
        ts=call.directory.new_ts(),
        channel=channel.id,
        **written_by(call.installation),
        **_customized(call),
        text=content.text[:TEXT_CUT_AT],
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=read_metadata(call.args),
        thread_ts=thread_ts,
        is_broadcast=thread_ts is not None and call.args.flag("reply_broadcast"),
    )


def read_content(call: Call) -> Content:
    """Read what a message is to show.

    Raises:
        SlackError: There is nothing to show, or something in it is refused.
    """
    args = call.args
    text, blocks = args.text("text") or "", read_blocks(args) or []
    attachments = _read_attachments(args)
    refuse_blocks(call.unfetched)
    markdown = args.text("markdown_text") or ""
    if markdown:
        blocks = _markdown_blocks(markdown, is_alone=not (args.has("text") or args.has("blocks")))
        text = markdown
    if not (text.strip() or blocks or any(map(_shows_something, attachments))):
        raise SlackError("no_text")
    return Content(
        text=text or visible_text({"blocks": blocks}),
        blocks=blocks,
        attachments=attachments,
        has_text=bool(text),
    )


def _markdown_blocks(markdown: str, *, is_alone: bool) -> list[Json]:
    """Show markdown as one block; Slack turns it into several of its own.

    Source: docs.slack.dev/reference/methods/chat.postMessage, read in a copy, 2026-11-22.
    """
    if not is_alone:
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_MOST:
        raise SlackError("msg_too_long")
    return name_blocks([{"type": "markdown", "text": markdown}]) if markdown.strip() else []


def _read_attachments(args: Arguments) -> list[Json]:
    attachments = args.structure("attachments", error="invalid_attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS_MOST:
        raise SlackError("too_many_attachments")
    for index, one in enumerate(attachments):
        problems = block_problems(one.get("blocks", []), at=f"/attachments/{index}/blocks")
        refuse_blocks(problems)
    return attachments


def _shows_something(attachment: Json) -> bool:
    return any(attachment.get(name) for name in _SHOWN_BY_ATTACHMENTS)


def read_metadata(args: Arguments) -> Json | None:
    """Read `metadata`; None if left out.

    Raises:
        SlackError: `invalid_metadata_format`, `invalid_metadata_schema` or `metadata_too_large`.
    """
    metadata: Any = args.structure("metadata", error="invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    has_type = isinstance(metadata.get("event_type"), str) and metadata["event_type"]
    if not has_type or not _is_flat(metadata.get("event_payload")):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA_MOST_BYTES:
        raise SlackError("metadata_too_large")
    return {key: metadata[key] for key in ("event_type", "event_payload")}


def _is_flat(payload: Any) -> bool:
    """Say whether metadata goes no deeper than plain values, objects of them, and lists of either.

    Source: `MessageMetadata` of npm's `@slack/types` 3.2.0.
    """
    return isinstance(payload, dict) and all(
        _is_plain(value)
        or _is_plain_object(value)
        or (isinstance(value, list) and all(_is_plain(x) or _is_plain_object(x) for x in value))
        for value in payload.values()
    )


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))


def _is_plain_object(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_plain(one) for one in value.values())


def _customized(call: Call) -> Json:
    """Read a name and picture for this message alone; both need a scope of their own."""
    args = call.args
    username, emoji, url = (args.text(name) for name in ("username", "icon_emoji", "icon_url"))
    if not (username or emoji or url):
        return {}
    need_scope(call, "chat:write.customize")
    if emoji and not _EMOJI.fullmatch(emoji):
        emoji = None
    icons = {"emoji": emoji} if emoji else {"image_48": url} if url else None
    return {"username": username or call.installation.app.bot_name, "icons": icons}
