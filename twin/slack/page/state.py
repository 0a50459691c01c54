"""What the page draws: everything one person sees where they look, in one answer."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from zlib import crc32

from twin.slack.control.snapshots import app_snapshot
from twin.slack.errors import ControlError
from twin.slack.place.directory import Directory
from twin.slack.place.model import Channel, Json, User

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin

COLORS = ("#2f6f4f", "#8a4b2d", "#35618f", "#7a3e6e", "#5d6b1f", "#9a3b3b", "#3f5fae", "#2b7a7a")


def page_state(twin: "SlackTwin", query: Mapping[str, str]) -> Json:
    """Write what a person sees.

    Args:
        query: `user`, the first person without it; `channel` and `thread`, what is open.

    Raises:
        ControlError: There is no such person.
    """
    number = twin.pulse.number
    me = _person(twin.directory, query.get("user"))
    home = twin.directory.home_of(me.id)
    installed = twin.directory.installations(team_id=home.id)
    return {
        "number": number,
        "me": _user_json(me, team_id=home.id),
        "workspace": {"id": home.id, "name": home.name, "domain": home.domain},
        "people": [_user_json(one, team_id=home.id) for one in twin.directory.people_of(home.id)],
        "groups": [
            {"id": one.id, "handle": one.handle, "name": one.name, "users": list(one.users)}
            for one in home.groups.values()
        ],
        "channels": [_channel_json(one, twin=twin, me=me) for one in _seen_by(twin.directory, me)],
        "apps": [_app_json(twin, one.app.id) for one in installed],
        **_open(twin, me, channel=query.get("channel"), thread=query.get("thread")),
        "views": twin.snapshots.views(me.id),
        "homes": {one.app.id: twin.snapshots.home(me.id, app_id=one.app.id) for one in installed},
        "clock": {"now": twin.clock.now().isoformat(), "speed": twin.clock.speed},
        "faults": twin.faults.as_json(),
        "services": twin.desk.as_json(),
    }


def _person(directory: Directory, user_id: str | None) -> User:
    if not user_id:
        return next(_people(directory))
    found = directory.user(user_id)
    if found is None:
        raise ControlError(f"there is no user {user_id!r}")
    return found


def _people(directory: Directory) -> Iterator[User]:
    for place in directory.workspaces.values():
        for user in place.users.values():
            if not (user.is_bot or user.deleted):
                yield user


def _user_json(user: User, *, team_id: str) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "role": _role(user, team_id=team_id),
        "team_id": user.team_id,
        "color": COLORS[crc32(user.id.encode()) % len(COLORS)],
    }


def _role(user: User, *, team_id: str) -> str:
    """Say in one word what a person is, seen from a workspace."""
    is_so = {
        "deactivated": user.deleted,
        "bot": user.is_bot,
        "stranger": user.is_stranger or user.team_id != team_id,
        "guest": user.is_guest,
        "admin": user.is_admin,
    }
    return next((word for word, holds in is_so.items() if holds), "member")


def _seen_by(directory: Directory, me: User) -> list[Channel]:
    """List the conversations a person can open."""
    return [one for one in directory.channels_of(me.team_id) if one.is_open_to(me)]


def _channel_json(channel: Channel, *, twin: "SlackTwin", me: User) -> Json:
    messages = twin.directory.workspaces[channel.team_id].messages(channel.id)
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": me.id in channel.members,
        "dm_with": _partner(channel, me),
        "latest_ts": messages[-1].ts if messages else None,
    }


def _partner(channel: Channel, me: User) -> str | None:
    """Give whom a direct conversation is with, as this person sees it."""
    if channel.dm_with is None:
        return None
    return next(iter(channel.members - {me.id}), channel.dm_with)


def _app_json(twin: "SlackTwin", app_id: str) -> Json:
    return app_snapshot(
        twin.directory.apps[app_id],
        installations=twin.directory.installations(app_id=app_id),
        connections=len(twin.sockets.numbers(app_id)),
    )


def _open(twin: "SlackTwin", me: User, *, channel: str | None, thread: str | None) -> Json:
    """Write the channel and the thread that are open; null for what this person cannot see."""
    if channel not in {one.id for one in _seen_by(twin.directory, me)} or channel is None:
        return {"channel": None, "thread": None}
    messages = twin.snapshots.messages(channel)
    private = twin.snapshots.ephemerals(user=me.id, channel=channel)
    shown = {
        "id": channel,
        "messages": [one for one in messages if _is_in_channel(one)],
        "ephemerals": [one for one in private if "thread_ts" not in one],
    }
    if not thread:
        return {"channel": shown, "thread": None}
    replies = [one for one in messages if thread in {one["ts"], one.get("thread_ts")}]
    beside = [one for one in private if one.get("thread_ts") == thread]
    return {
        "channel": shown,
        "thread": {"ts": thread, "messages": replies, "ephemerals": beside},
    }


def _is_in_channel(message: Json) -> bool:
    """Say whether a message stands in the channel itself and not only in a thread."""
    is_reply = message.get("thread_ts") not in {None, message["ts"]}
    return not is_reply or message.get("subtype") == "thread_broadcast"
