"""Change channels as people do, and tell the bot of it where it subscribes."""

from dataclasses import replace

from twin.slack.events import Events
from twin.slack.model import BOT_USER_ID, TEAM_ID, Channel, Json
from twin.slack.workspace import Workspace


async def change_channel(
    channel: Channel,
    *,
    workspace: Workspace,
    events: Events,
    archived: bool | None = None,
    add: list[str] | None = None,
    remove: list[str] | None = None,
) -> list[Json]:
    """Archive or revive a channel, and let people in or out.

    Returns:
        What became of each event, as `Events.send` tells it; the bot hears only of channels it
        was or is in.
    """
    newer = replace(
        channel,
        is_archived=channel.is_archived if archived is None else archived,
        members=(channel.members | set(add or ())) - set(remove or ()),
    )
    workspace.channels[channel.id] = newer
    if BOT_USER_ID not in channel.members | newer.members:
        return []
    return [await events.send(event) for event in _events(channel, newer)]


def _events(older: Channel, newer: Channel) -> list[Json]:
    found = [
        *_member_events("member_left_channel", newer, older.members - newer.members),
        *_member_events("member_joined_channel", newer, newer.members - older.members),
    ]
    if older.is_archived != newer.is_archived:
        kind = "group" if newer.is_private else "channel"
        verb = "archive" if newer.is_archived else "unarchive"
        found.append({"type": f"{kind}_{verb}", "channel": newer.id, "user": "U0MEI"})
    return found


def _member_events(kind: str, channel: Channel, users: frozenset[str]) -> list[Json]:
    return [
        {
            "type": kind,
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": TEAM_ID,
        }
        for user in sorted(users)
    ]
