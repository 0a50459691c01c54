"""The Web API methods of the `reactions` family, for the bot's own reactions."""

import re
from collections.abc import Callable
from dataclasses import replace

from twin.slack.api.access import Call, joined_channel
from twin.slack.api.methods.chat import permalink
from twin.slack.errors import SlackError
from twin.slack.place.model import Json, Message, Reaction
from twin.slack.place.wire import message_json

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_TS = re.compile(r"\d{1,12}\.\d{6}")


def add(call: Call) -> Json:
    """Answer `reactions.add`."""
    message, name = _item(call), _name(call)
    if any(one.name == name and call.bot in one.users for one in message.reactions):
        raise SlackError("already_reacted")
    if all(one.name != name for one in message.reactions):
        message = replace(message, reactions=(*message.reactions, Reaction(name=name)))
    _put(call, message, name, lambda users: (*users, call.bot))
    _tell(call, "reaction_added", message, name)
    return {"ok": True}


def remove(call: Call) -> Json:
    """Answer `reactions.remove`."""
    message, name = _item(call), _name(call)
    if not any(one.name == name and call.bot in one.users for one in message.reactions):
        raise SlackError("no_reaction")
    _put(call, message, name, lambda users: tuple(one for one in users if one != call.bot))
    _tell(call, "reaction_removed", message, name)
    return {"ok": True}


def get(call: Call) -> Json:
    """Answer `reactions.get` for a message."""
    message = _item(call)
    host = call.directory.workspace_of_channel(message.channel)
    written = message_json(message, workspace=host, with_metadata=False, viewer=call.bot)
    link = permalink(message, base_url=call.base_url)
    return {
        "ok": True,
        "type": "message",
        "channel": message.channel,
        "message": written | {"permalink": link},
    }


def _item(call: Call) -> Message:
    if not call.args.has("channel") or not call.args.has("timestamp"):
        raise SlackError("no_item_specified")
    channel = joined_channel(call, call.args.text("channel"))
    ts = call.args.text("timestamp") or ""
    if not _TS.fullmatch(ts):
        raise SlackError("bad_timestamp")
    message = call.host(channel).message(channel.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    return message


def _name(call: Call) -> str:
    """Read which emoji; the twin keeps no list of them and takes any well-formed name."""
    name = (call.args.text("name") or "").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def _put(
    call: Call,
    message: Message,
    name: str,
    change: Callable[[tuple[str, ...]], tuple[str, ...]],
) -> None:
    changed = (
        replace(one, users=change(one.users)) if one.name == name else one
        for one in message.reactions
    )
    kept = tuple(one for one in changed if one.users)
    host = call.directory.workspace_of_channel(message.channel)
    host.put(replace(message, reactions=kept))


def _tell(call: Call, kind: str, message: Message, name: str) -> None:
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event: Json = {"type": kind, "user": call.bot, "reaction": name, "item": item}
    channel = call.directory.workspace_of_channel(message.channel).channels[message.channel]
    call.events.spread_soon(event | {"item_user": message.user}, members=channel.members)
