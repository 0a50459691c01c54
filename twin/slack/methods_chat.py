"""The Web API methods of the `chat` family."""

import json
from dataclasses import replace
from typing import Any

from twin.slack.access import (
    Call,
    destination,
    joined_channel,
    own_message,
    read_blocks,
    refuse_blocks,
    seen_channel,
    thread_of,
)
from twin.slack.arguments import Arguments
from twin.slack.checks import block_problems
from twin.slack.errors import SlackError
from twin.slack.model import BOT_ID, BOT_USER_ID, Json, Message
from twin.slack.text import visible_text
from twin.slack.wire import message_json

TEXT_CUT_AT = 40_000
UPDATE_TEXT_MOST = 4000
ATTACHMENTS_MOST = 100
METADATA_MOST_BYTES = 8000


def post_message(call: Call) -> Json:
    """Answer `chat.postMessage`."""
    channel = destination(call)
    wait_s = call.limits.channel_wait_s(channel.id)
    if wait_s is not None:
        raise SlackError("ratelimited", retry_after=wait_s)
    thread_ts = thread_of(call, channel)
    message = _read_message(call, channel.id, thread_ts=thread_ts)
    call.workspace.add(message)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(
            message, workspace=call.workspace, with_metadata=False, in_history=False
        ),
    }


def post_ephemeral(call: Call) -> Json:
    """Answer `chat.postEphemeral`."""
    channel = destination(call)
    user = call.args.needed("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _read_message(call, channel.id, thread_ts=thread_of(call, channel))
    call.workspace.add(replace(message, only_for=user, metadata=None, is_broadcast=False))
    return {"ok": True, "message_ts": message.ts}


def _read_message(call: Call, channel: str, *, thread_ts: str | None) -> Message:
    args = call.args
    blocks = read_blocks(args) or []
    attachments = _read_attachments(args)
    text = args.text("text") or ""
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    return Message(
        ts=call.workspace.new_ts(),
        channel=channel,
        user=BOT_USER_ID,
        bot_id=BOT_ID,
        text=(text or visible_text({"blocks": blocks}))[:TEXT_CUT_AT],
        blocks=blocks,
        attachments=attachments,
        metadata=_read_metadata(args),
        thread_ts=thread_ts,
        is_broadcast=thread_ts is not None and args.flag("reply_broadcast"),
    )


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


def _read_metadata(args: Arguments) -> Json | None:
    metadata: Any = args.structure("metadata", error="invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    has_type = isinstance(metadata.get("event_type"), str) and metadata["event_type"]
    if not has_type or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA_MOST_BYTES:
        raise SlackError("metadata_too_large")
    return {key: metadata[key] for key in ("event_type", "event_payload")}


def update(call: Call) -> Json:
    """Answer `chat.update`."""
    channel = joined_channel(call, call.args.text("channel"))
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = own_message(call, channel, error="cant_update_message")
    _refuse_late_edit(call, message)
    newer = _updated(call, message)
    call.workspace.put(newer)
    written = message_json(newer, workspace=call.workspace, with_metadata=False, in_history=False)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": newer.ts,
        "text": newer.text,
        "message": written,
    }


def _refuse_late_edit(call: Call, message: Message) -> None:
    window_s = call.workspace.app.edit_window_s
    age_s = call.workspace.now().timestamp() - float(message.ts)
    if window_s is not None and age_s > window_s:
        raise SlackError("edit_window_closed")


def _updated(call: Call, message: Message) -> Message:
    """Apply an edit: text without blocks takes the blocks away; metadata left out stays."""
    args = call.args
    blocks = read_blocks(args)
    text = args.text("text") or ""
    if len(text) > UPDATE_TEXT_MOST:
        raise SlackError("msg_too_long")
    attachments = _read_attachments(args)
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    return replace(
        message,
        text=text or visible_text({"blocks": blocks or []}),
        blocks=blocks or [],
        attachments=attachments,
        metadata=_read_metadata(args) or message.metadata,
        is_broadcast=message.is_broadcast or _is_broadcast_now(args, message),
        edits=message.edits + 1,
        edited_ts=message.edited_ts if blocks else call.workspace.new_ts(),
    )


def _is_broadcast_now(args: Arguments, message: Message) -> bool:
    return message.thread_ts is not None and args.flag("reply_broadcast")


def delete(call: Call) -> Json:
    """Answer `chat.delete`."""
    channel = joined_channel(call, call.args.text("channel"))
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = own_message(call, channel, error="cant_delete_message")
    call.workspace.remove(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """Answer `chat.getPermalink`."""
    channel = seen_channel(call, call.args.text("channel"))
    message = call.workspace.message(channel.id, call.args.needed("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = permalink(message, base_url=call.base_url)
    return {"ok": True, "channel": channel.id, "permalink": link}


def permalink(message: Message, *, base_url: str) -> str:
    """Give the address of a message."""
    address = f"{base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.thread_ts in {None, message.ts}:
        return address
    return f"{address}?thread_ts={message.thread_ts}&cid={message.channel}"
