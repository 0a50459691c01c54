"""The Web API methods of the `chat` family."""

from dataclasses import replace

from twin.slack.api.access import (
    Call,
    destination,
    joined_channel,
    own_message,
    seen_channel,
    thread_of,
)
from twin.slack.api.arguments import Arguments
from twin.slack.api.contents import read_content, read_message, read_metadata
from twin.slack.errors import SlackError
from twin.slack.outbound.events import message_event
from twin.slack.place.model import Json, Message
from twin.slack.place.wire import message_json
from twin.slack.place.workspace import Workspace

UPDATE_TEXT_MOST = 4000


def post_message(call: Call) -> Json:
    """Answer `chat.postMessage`."""
    channel = destination(call)
    wait_s = call.limits.channel_wait_s(channel.id, app_id=call.installation.app.id)
    if wait_s is not None:
        raise SlackError("ratelimited", retry_after=wait_s)
    thread_ts = thread_of(call, channel)
    message = read_message(call, channel, thread_ts=thread_ts)
    call.host(channel).add(message)
    call.events.spread_soon(message_event(message, channel), members=channel.members)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(
            message, workspace=call.host(channel), with_metadata=False, in_history=False
        ),
    }


def post_ephemeral(call: Call) -> Json:
    """Answer `chat.postEphemeral`.

    Source: where the bot is not, slackapi/node-slack-sdk#977.
    """
    channel = destination(call)
    if call.bot not in channel.members:  # `chat:write.public` is of no help here.
        raise SlackError("not_in_channel")
    user = call.args.needed("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    message = read_message(call, channel, thread_ts=thread_of(call, channel))
    call.host(channel).add(replace(message, only_for=user, metadata=None, is_broadcast=False))
    return {"ok": True, "message_ts": message.ts}


def update(call: Call) -> Json:
    """Answer `chat.update`."""
    channel = joined_channel(call, call.args.text("channel"))
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = own_message(call, channel, error="cant_update_message")
    host = call.host(channel)
    _refuse_late_edit(message, host=host)
    newer = _updated(call, message)
    host.put(newer)
    call.events.changed_soon(message, newer, channel=channel)
    written = message_json(newer, workspace=host, with_metadata=False, in_history=False)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": newer.ts,
        "text": newer.text,
        "message": written,
    }


def _refuse_late_edit(message: Message, *, host: Workspace) -> None:
    window_s = host.edit_window_s
    age_s = host.now().timestamp() - float(message.ts)
    if window_s is not None and age_s > window_s:
        raise SlackError("edit_window_closed")


def _updated(call: Call, message: Message) -> Message:
    """Apply an edit: text without blocks takes the blocks away; metadata left out stays."""
    args = call.args
    content = read_content(call)
    if content.has_text and len(content.text) > UPDATE_TEXT_MOST:
        raise SlackError("msg_too_long")
    return replace(
        message,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=read_metadata(args) or message.metadata,
        is_broadcast=message.is_broadcast or _is_broadcast_now(args, message),
        edits=message.edits + 1,
        edited_ts=message.edited_ts if content.blocks else call.directory.new_ts(),
    )


def _is_broadcast_now(args: Arguments, message: Message) -> bool:
    return message.thread_ts is not None and args.flag("reply_broadcast")


def delete(call: Call) -> Json:
    """Answer `chat.delete`."""
    channel = joined_channel(call, call.args.text("channel"))
    if channel.is_archived:
        raise SlackError("is_inactive")
    message = own_message(call, channel, error="cant_delete_message")
    call.host(channel).remove(message)
    call.events.changed_soon(message, None, channel=channel)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """Answer `chat.getPermalink`."""
    channel = seen_channel(call, call.args.text("channel"))
    message = call.host(channel).message(channel.id, call.args.needed("message_ts"))
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
