"""The Web API methods of the `conversations` family."""

import base64
import binascii
import re
from typing import TypeVar

from twin.slack.api.access import (
    Call,
    joined_channel,
    need_channel_scope,
    need_scope,
    seen_channel,
    seen_user,
)
from twin.slack.api.arguments import Arguments
from twin.slack.errors import SlackError
from twin.slack.place.model import Channel, Json, Message
from twin.slack.place.wire import channel_json, message_json

Item = TypeVar("Item")
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")


def info(call: Call) -> Json:
    """Answer `conversations.info`."""
    channel = seen_channel(call, call.args.needed("channel"))
    need_channel_scope(call, channel, "read")
    found = channel_of(call, channel)
    if call.args.flag("include_num_members"):
        found["num_members"] = len(channel.members)
    return {"ok": True, "channel": found}


def members(call: Call) -> Json:
    """Answer `conversations.members`."""
    channel = seen_channel(call, call.args.needed("channel"))
    need_channel_scope(call, channel, "read")
    page, cursor = page_of(sorted(channel.members), call.args, default=100)
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


def history(call: Call) -> Json:
    """Answer `conversations.history`: newest first, replies only if broadcast."""
    channel = _read_channel(call)
    shown = [
        one
        for one in call.host(channel).messages(channel.id)
        if one.thread_ts in {None, one.ts} or one.is_broadcast
    ]
    wanted = [one for one in reversed(shown) if _is_within(one, call.args)]
    page, cursor = page_of(wanted, call.args, default=100)
    return _written(call, channel, page, cursor)


def replies(call: Call) -> Json:
    """Answer `conversations.replies`: the parent, then replies, oldest first."""
    channel = _read_channel(call)
    host = call.host(channel)
    found = host.parent(channel.id, call.args.needed("ts"))
    if found is None:
        raise SlackError("thread_not_found")
    parent_ts = found.thread_ts or found.ts
    parent = host.parent(channel.id, parent_ts)
    later = host.replies(channel.id, parent_ts)
    page, cursor = page_of(
        [one for one in later if _is_within(one, call.args)], call.args, default=1000
    )
    return _written(call, channel, [*([parent] if parent else []), *page], cursor)


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
    user = seen_user(call, names[0])
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    known = set(call.workspace.channels)
    direct = call.workspace.direct_channel(user.id, bot=call.bot)
    return _opened(call, direct, was_open=direct.id in known)


def _opened(call: Call, channel: Channel, *, was_open: bool) -> Json:
    answer: Json = {"ok": True, "channel": {"id": channel.id}}
    if call.args.flag("return_im"):
        answer["channel"] = channel_of(call, channel)
    return answer | ({"no_op": True, "already_open": True} if was_open else {})


def channel_of(call: Call, channel: Channel) -> Json:
    """Write a conversation as the calling bot sees it."""
    return channel_json(
        channel, directory=call.directory, team_id=call.workspace.id, viewer=call.bot
    )


def _read_channel(call: Call) -> Channel:
    channel = joined_channel(call, call.args.needed("channel"))
    need_channel_scope(call, channel, "history")
    return channel


def _written(call: Call, channel: Channel, messages: list[Message], cursor: str) -> Json:
    host, with_metadata = call.host(channel), call.args.flag("include_all_metadata")
    answer: Json = {
        "ok": True,
        "messages": [
            message_json(one, workspace=host, with_metadata=with_metadata, viewer=call.bot)
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


def page_of(
    items: list[Item], args: Arguments, *, default: int, most: int = 1000
) -> tuple[list[Item], str]:
    """Cut one page out of a list; the cursor of the next is empty at the end."""
    start = _read_cursor(args.text("cursor"))
    end = start + args.number("limit", default=default, most=most)
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
