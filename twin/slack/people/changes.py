"""Change channels, people, groups and apps as people do, and tell the apps that subscribe to it."""

from dataclasses import replace
from typing import Any

from twin.slack.outbound.events import Events
from twin.slack.place.directory import Directory
from twin.slack.place.modals import Modals
from twin.slack.place.model import Channel, Installation, Json, UserGroup
from twin.slack.place.wire import user_json
from twin.slack.place.workspace import Workspace

_SOMEBODY = "U0MEI"


class Changes:
    """Change what is in workspaces.

    Each method gives what became of each event it sent, as `Events.send` tells it.
    """

    def __init__(self, *, directory: Directory, modals: Modals, events: Events) -> None:
        self._directory = directory
        self._modals = modals
        self._events = events

    async def channel(
        self,
        channel: Channel,
        *,
        archived: bool | None = None,
        add: list[str] | None = None,
        remove: list[str] | None = None,
    ) -> list[Json]:
        """Archive or revive a channel, and let people in or out.

        An app hears only of channels its bot was or is in.
        """
        newer = replace(
            channel,
            is_archived=channel.is_archived if archived is None else archived,
            members=(channel.members | set(add or ())) - set(remove or ()),
        )
        self._directory.workspaces[channel.team_id].channels[channel.id] = newer
        members = channel.members | newer.members
        return [
            told
            for event in self._events.channel_events(channel, newer, by=_SOMEBODY)
            for told in await self._events.spread(event, members=members)
        ]

    async def user(self, user_id: str, **changes: Any) -> list[Json]:
        """Change fields of a person, or move them to the workspace of another `team_id`."""
        newer = self._directory.change_user(user_id, **changes)
        written = user_json(newer, include_locale=True)
        now = int(float(self._directory.new_ts()))
        event = {"type": "user_change", "user": written, "cache_ts": now}
        return await self._events.spread(event, team_id=newer.team_id)

    async def group(
        self, group: UserGroup, users: list[str], *, workspace: Workspace
    ) -> list[Json]:
        """Put other people into a user group."""
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
        return await self._events.spread(event, team_id=workspace.id)

    async def uninstall(self, installation: Installation) -> list[Json]:
        """Take an app out of a workspace and tell it so, if it subscribes."""
        self._take_out(installation)
        return await self._tell_of_the_end(installation)

    def uninstall_soon(self, installation: Installation) -> None:
        """Take an app out of a workspace at once, and tell it so after the present call."""
        self._take_out(installation)
        self._events.soon(self._tell_of_the_end(installation))

    def _take_out(self, installation: Installation) -> None:
        """Take an app out, and its forms and Home tabs from people's screens."""
        self._directory.uninstall(installation)
        self._modals.forget(installation)

    async def _tell_of_the_end(self, installation: Installation) -> list[Json]:
        tokens = {"oauth": [], "bot": [installation.bot_user_id]}
        return [
            await self._events.send(event, to=installation)
            for event in ({"type": "tokens_revoked", "tokens": tokens}, {"type": "app_uninstalled"})
        ]
