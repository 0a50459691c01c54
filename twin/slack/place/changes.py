"""Change channels and apps as people do, and tell the apps that subscribe to it."""

from dataclasses import replace
from typing import Any

from twin.slack.api.wire import user_json
from twin.slack.outbound.events import Events
from twin.slack.place.directory import Directory
from twin.slack.place.modals import Modals
from twin.slack.place.model import Channel, Installation, Json, UserGroup
from twin.slack.place.workspace import Workspace

_SOMEBODY = "U0MEI"


async def change_channel(
    channel: Channel,
    *,
    directory: Directory,
    events: Events,
    archived: bool | None = None,
    add: list[str] | None = None,
    remove: list[str] | None = None,
) -> list[Json]:
    """Archive or revive a channel, and let people in or out.

    Returns:
        What became of each event, as `Events.send` tells it; an app hears only of channels its
        bot was or is in.
    """
    newer = replace(
        channel,
        is_archived=channel.is_archived if archived is None else archived,
        members=(channel.members | set(add or ())) - set(remove or ()),
    )
    directory.workspaces[channel.team_id].channels[channel.id] = newer
    members = channel.members | newer.members
    return [
        told
        for event in events.channel_events(channel, newer, by=_SOMEBODY)
        for told in await events.spread(event, members=members)
    ]


async def change_user(
    user_id: str, *, directory: Directory, events: Events, **changes: Any
) -> list[Json]:
    """Change fields of a person, or move them to the workspace of another `team_id`.

    Returns:
        What became of each `user_change`, as `Events.send` tells it.
    """
    newer = directory.change_user(user_id, **changes)
    written = user_json(newer, include_locale=True)
    event = {"type": "user_change", "user": written, "cache_ts": int(float(directory.new_ts()))}
    return await events.spread(event, team_id=newer.team_id)


async def change_group(
    group: UserGroup, users: list[str], *, workspace: Workspace, events: Events
) -> list[Json]:
    """Put other people into a user group.

    Returns:
        What became of each `subteam_members_changed`, as `Events.send` tells it.
    """
    workspace.groups[group.id] = replace(group, users=tuple(users))
    added = [one for one in users if one not in group.users]
    removed = [one for one in group.users if one not in users]
    now = int(float(workspace.new_ts()))
    event: Json = {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": workspace.id,
        "date_previous_update": now,
        "date_update": now,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    }
    return await events.spread(event, team_id=workspace.id)


async def uninstall(
    installation: Installation, *, directory: Directory, modals: Modals, events: Events
) -> list[Json]:
    """Take an app out of a workspace and tell it so, if it subscribes.

    Returns:
        What became of each event, as `Events.send` tells it.
    """
    take_out(installation, directory=directory, modals=modals)
    return await tell_of_the_end(installation, events=events)


def take_out(installation: Installation, *, directory: Directory, modals: Modals) -> None:
    """Take an app out of a workspace, and its forms and Home tabs from people's screens."""
    directory.uninstall(installation)
    modals.forget(installation)


async def tell_of_the_end(installation: Installation, *, events: Events) -> list[Json]:
    """Tell an app that it was taken out, if it subscribes.

    Returns:
        What became of each event, as `Events.send` tells it.
    """
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [installation.bot_user_id]}}
    return [
        await events.send(event, to=installation)
        for event in (revoked, {"type": "app_uninstalled"})
    ]
