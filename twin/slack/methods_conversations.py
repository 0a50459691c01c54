"""The Web API methods of the `conversations` family."""

import base64
import binascii
import re
from typing import TypeVar

from twin.slack.access import (
    Call,
    joined_channel,
    need_channel_scope,
    need_scope,
    seen_channel,
)
from twin.slack.arguments import Arguments
from twin.slack.errors import SlackError
from twin.slack.model import Channel, Json, Message
from twin.slack.wire import channel_json, message_json

Item = TypeVar("Item")
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")


def info(call: Call) -> Json:
    """Answer `conversations.info`."""
    channel = seen_channel(call, call.args.needed("channel"))
    need_channel_scope(call, channel, "read")
    found = channel_json(channel, workspace=call.workspace)
    if call.args.flag("include_num_members"):
        found["num_members"] = len(channel.members)
    return {"ok": True, "channel": found}


def members(call: Call) -> Json:
    """Answer `conversations.members`."""
    channel = seen_channel(call, call.args.needed("channel"))
    need_channel_scope(call, channel, "read")
    page, cursor = _page(sorted(channel.members), call.args, default=100)
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


def history(call: Call) -> Json:
    """Answer `conversations.history`: newest first, replies only if broadcast."""
    channel = _read_channel(call)
    shown = [
        one
        for one in call.workspace.messages(channel.id)
        if one.thread_ts in {None, one.ts} or one.is_broadcast
    ]
    wanted = [one for one in reversed(shown) if _is_within(one, call.args)]
    page, cursor = _page(wanted, call.args, default=100)
    return _written(call, page, cursor)


def replies(call: Call) -> Json:
    """Answer `conversations.replies`: the parent, then replies, oldest first."""
    channel = _read_channel(call)
    found = call.workspace.parent(channel.id, call.args.needed("ts"))
    if found is None:
        raise SlackError("thread_not_found")
    parent_ts = found.thread_ts or found.ts
    parent = call.workspace.parent(channel.id, parent_ts)
    later = call.workspace.replies(channel.id, parent_ts)
    page, cursor = _page(
        [one for one in later if _is_within(one, call.args)], call.args, default=1000
    )
    return _written(call, [*([parent] if parent else []), *page], cursor)


def open_conversation(call: Call) -> Json:
    """Answer `conversations.open` for a direct conversation with one person."""
    if call.args.has("channel"):
        channel = seen_channel(call, call.args.text("channel"))
        if channel.dm_with is None:
            raise SlackError("method_not_supported_for_channel_type")
        return _opened(call, channel, was_open=True)
    names = [one.strip() for one in (call.args.text("users") or "").split(",") if one.strip()]
    if not names:
        raise SlackError("users_list_not_supplied")
    if len(names) > 1:
        need_scope(call, "mpim:write")
        raise SlackError("method_not_supported_for_channel_type")
    user = call.workspace.users.get(names[0])
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    was_open = any(one.dm_with == user.id for one in call.workspace.channels.values())
    return _opened(call, call.workspace.direct_channel(user.id), was_open=was_open)


def _opened(call: Call, channel: Channel, *, was_open: bool) -> Json:
    answer: Json = {"ok": True, "channel": {"id": channel.id}}
    if call.args.flag("return_im"):
        answer["channel"] = channel_json(channel, workspace=call.workspace)
    return answer | ({"no_op": True, "already_open": True} if was_open else {})


def _read_channel(call: Call) -> Channel:
    channel = joined_channel(call, call.args.needed("channel"))
    need_channel_scope(call, channel, "history")
    return channel


def _written(call: Call, messages: list[Message], cursor: str) -> Json:
    with_metadata = call.args.flag("include_all_metadata")
    answer: Json = {
        "ok": True,
        "messages": [
            message_json(one, workspace=call.workspace, with_metadata=with_metadata)
            for one in messages
        ],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _is_within(message: Message, args: Arguments) -> bool:
    """Say whether a message lies between `oldest` and `latest`, ends counted if `inclusive`."""
    ts = float(message.ts)
    oldest, latest = _moment(args, "oldest"), _moment(args, "latest")
    if args.flag("inclusive"):
        return (oldest is None or ts >= oldest) and (latest is None or ts <= latest)
    return (oldest is None or ts > oldest) and (latest is None or ts < latest)


def _moment(args: Arguments, name: str) -> float | None:
    text = args.text(name)
    if not text or text == "now":
        return None
    if not _TS.fullmatch(text):
        raise SlackError(f"invalid_ts_{name}")
    return float(text)


def _page(items: list[Item], args: Arguments, *, default: int) -> tuple[list[Item], str]:
    """Cut one page out of a list; the cursor of the next is empty at the end."""
    start = _read_cursor(args.text("cursor"))
    end = start + args.number("limit", default=default, most=1000)
    if end >= len(items):
        return items[start:], ""
    return items[start:end], base64.b64encode(f"next:{end}".encode()).decode()


def _read_cursor(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        word, _, start = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise SlackError("invalid_cursor") from error
    if word != "next" or not start.isascii() or not start.isdecimal():
        raise SlackError("invalid_cursor")
    return int(start[:9])
