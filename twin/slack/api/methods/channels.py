"""The Web API methods that list conversations and let bots in and out of them."""

from dataclasses import dataclass

from twin.slack.api.access import (
    Call,
    can_see,
    missing_scope,
    need_scope,
    seen_channel,
    seen_user,
)
from twin.slack.api.methods.conversations import channel_of, page_of
from twin.slack.errors import SlackError
from twin.slack.place.model import Channel, Json

LIST_MOST = 999
INVITED_MOST = 1000
_SCOPE_OF_TYPE = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which conversations a list is to hold."""

    types: set[str]
    with_archived: bool


def list_channels(call: Call) -> Json:
    """Answer `conversations.list`: all that the bot can know of, by kind."""
    asked = _read_asked(call)
    known = [one for one in call.directory.channels_of(call.workspace.id) if can_see(call, one)]
    return _listed(call, [one for one in known if _is_wanted(one, asked)])


def list_joined(call: Call) -> Json:
    """Answer `users.conversations`: those a person, or the bot itself, is in."""
    asked = _read_asked(call)
    user = call.args.text("user") or call.bot
    if seen_user(call, user) is None:
        raise SlackError("user_not_found")
    known = call.directory.channels_of(call.workspace.id)
    found = [one for one in known if user in one.members and can_see(call, one)]
    return _listed(call, [one for one in found if _is_wanted(one, asked)])


def _read_asked(call: Call) -> Asked:
    named = call.args.text("types") or "public_channel"
    types = {one.strip() for one in named.split(",")}
    if not types <= set(_SCOPE_OF_TYPE):
        raise SlackError("invalid_types")
    for one in sorted(types):
        need_scope(call, _SCOPE_OF_TYPE[one])
    return Asked(types=types, with_archived=not call.args.flag("exclude_archived"))


def _is_wanted(channel: Channel, asked: Asked) -> bool:
    if channel.dm_with is not None:
        return "im" in asked.types
    kind = "private_channel" if channel.is_private else "public_channel"
    return kind in asked.types and (asked.with_archived or not channel.is_archived)


def _listed(call: Call, channels: list[Channel]) -> Json:
    page, cursor = page_of(channels, call.args, default=100, most=LIST_MOST)
    return {
        "ok": True,
        "channels": [
            channel_of(call, one) | ({} if one.dm_with else {"num_members": len(one.members)})
            for one in page
        ],
        "response_metadata": {"next_cursor": cursor},
    }


def join(call: Call) -> Json:
    """Answer `conversations.join`: a bot may walk into public channels only."""
    channel = seen_channel(call, call.args.needed("channel"))
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot in channel.members:
        word = "already_in_channel"
        metadata = {"warnings": [word]}
        answer: Json = {"ok": True, "channel": channel_of(call, channel), "warning": word}
        return answer | {"response_metadata": metadata}
    joined = _change_members(call, channel, channel.members | {call.bot})
    return {"ok": True, "channel": channel_of(call, joined)}


def leave(call: Call) -> Json:
    """Answer `conversations.leave`."""
    channel = seen_channel(call, call.args.needed("channel"))
    _need_any(call, channel, public=("channels:manage",), private=("groups:write",))
    if channel.dm_with is not None:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        return {"ok": False, "not_in_channel": True}
    _change_members(call, channel, channel.members - {call.bot})
    return {"ok": True}


def invite(call: Call) -> Json:
    """Answer `conversations.invite`: all are let in, or nobody is."""
    channel = seen_channel(call, call.args.needed("channel"))
    _need_any(
        call,
        channel,
        public=("channels:manage", "channels:write.invites"),
        private=("groups:write", "groups:write.invites"),
    )
    if channel.dm_with is not None:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    users = [one.strip() for one in (call.args.text("users") or "").split(",") if one.strip()]
    _refuse_invited(call, channel, users)
    newer = _change_members(call, channel, channel.members | set(users))
    return {"ok": True, "channel": channel_of(call, newer)}


def _refuse_invited(call: Call, channel: Channel, users: list[str]) -> None:
    """Refuse the whole invitation for one person who cannot be let in, naming each."""
    if not users:
        raise SlackError("no_user")
    if len(users) > INVITED_MOST:
        raise SlackError("too_many_users")
    words = [(user, _why_not(call, channel, user)) for user in users]
    errors = [{"user": user, "ok": False, "error": word} for user, word in words if word]
    if errors:
        raise SlackError(str(errors[0]["error"]), errors=errors)


def _why_not(call: Call, channel: Channel, user_id: str) -> str | None:
    if user_id == call.bot:
        return "cant_invite_self"
    user = seen_user(call, user_id)
    if user is None or user.deleted:
        return "user_not_found"
    if user_id in channel.members:
        return "already_in_channel"
    return "user_is_ultra_restricted" if user.is_ultra_restricted else None


def _need_any(
    call: Call, channel: Channel, *, public: tuple[str, ...], private: tuple[str, ...]
) -> None:
    wanted = private if channel.is_private else public
    if not call.installation.scopes & set(wanted):
        raise missing_scope(",".join(wanted), call.installation.scopes)


def _change_members(call: Call, channel: Channel, members: frozenset[str]) -> Channel:
    newer = call.host(channel).change_channel(channel.id, members=members)
    call.events.channel_changed_soon(channel, newer, by=call.bot)
    return newer
