"""Every workspace, every app, and which app is installed where."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from twin.pulse import beats
from twin.slack.place.model import App, Channel, Installation, Message, User
from twin.slack.place.workspace import Stamps, Workspace


class Directory:
    """Find things whichever workspace they live in; install and uninstall apps.

    Args:
        now: The twin's moment, aware UTC.
        changed: Called after every change, those within a workspace included.
    """

    def __init__(
        self, now: Callable[[], datetime], *, changed: Callable[[], None] = lambda: None
    ) -> None:
        self.now = now
        self.changed = changed
        self.workspaces: dict[str, Workspace] = {}
        self.apps: dict[str, App] = {}
        self._stamps = Stamps(now)
        self._installations: list[Installation] = []
        self._former: list[Installation] = []
        self._numbers = itertools.count(2)

    def add_workspace(self, team_id: str, *, name: str, domain: str) -> Workspace:
        """Found a workspace with nobody in it."""
        made = Workspace(self._stamps, id=team_id, name=name, domain=domain, changed=self.changed)
        self.workspaces[team_id] = made
        return made

    def new_ts(self) -> str:
        """Name this moment, later than all before."""
        return self._stamps.new_ts()

    def user(self, user_id: str) -> User | None:
        """Find a person or bot of any workspace."""
        found = (place.users.get(user_id) for place in self.workspaces.values())
        return next((user for user in found if user is not None), None)

    def home_of(self, user_id: str) -> Workspace:
        """Give the workspace a person belongs to.

        Raises:
            KeyError: Nobody has this id.
        """
        user = self.user(user_id)
        if user is None:
            raise KeyError(user_id)
        return self.workspaces[user.team_id]

    @beats
    def change_user(self, user_id: str, **changes: Any) -> User:
        """Change fields of a person; another `team_id` moves them there.

        Raises:
            KeyError: There is no such person or workspace.
        """
        home = self.home_of(user_id)
        newer = replace(home.users[user_id], **changes)
        there = self.workspaces[newer.team_id]
        if there is not home:
            del home.users[user_id]
        there.users[user_id] = newer
        return newer

    def channel(self, channel_id: str) -> Channel | None:
        """Find a conversation of any workspace."""
        found = (place.channels.get(channel_id) for place in self.workspaces.values())
        return next((channel for channel in found if channel is not None), None)

    def workspace_of_channel(self, channel_id: str) -> Workspace:
        """Give the workspace that hosts a conversation, where its messages are.

        Raises:
            KeyError: There is no such conversation.
        """
        for place in self.workspaces.values():
            if channel_id in place.channels:
                return place
        raise KeyError(channel_id)

    def teams_in(self, channel: Channel) -> set[str]:
        """Say whose conversation it is: its host's, and through Slack Connect its members'."""
        users = (self.user(member) for member in channel.members)
        return {channel.team_id} | {user.team_id for user in users if user is not None}

    def channels_of(self, team_id: str) -> list[Channel]:
        """List the conversations a workspace hosts, then those it shares with others."""
        every = [one for place in self.workspaces.values() for one in place.channels.values()]
        hosted = [one for one in every if one.team_id == team_id]
        shared = [one for one in every if one.team_id != team_id and team_id in self.teams_in(one)]
        return hosted + shared

    def people_of(self, team_id: str) -> list[User]:
        """List a workspace's people and bots, then those of others who share a channel with it."""
        own = list(self.workspaces[team_id].users.values())
        known = {member for one in self.channels_of(team_id) for member in one.members}
        met = (self.user(member) for member in sorted(known))
        return own + [user for user in met if user is not None and user.team_id != team_id]

    def ephemerals(self, *, user: str | None = None, channel: str | None = None) -> list[Message]:
        """List what only one person sees, in every workspace, oldest first."""
        found = [
            one
            for place in self.workspaces.values()
            for one in place.ephemerals(user=user, channel=channel)
        ]
        return sorted(found, key=lambda one: float(one.ts))

    def installations(
        self, *, team_id: str | None = None, app_id: str | None = None
    ) -> list[Installation]:
        """List who is installed where, oldest first."""
        return [
            one
            for one in self._installations
            if team_id in {None, one.team_id} and app_id in {None, one.app.id}
        ]

    def installation(self, *, team_id: str, app_id: str) -> Installation | None:
        """Find an app in a workspace."""
        return next(iter(self.installations(team_id=team_id, app_id=app_id)), None)

    def by_token(self, token: str) -> Installation | None:
        """Find whose bot token it is, that of an app which is gone included."""
        every = [*self._installations, *self._former]
        return next((one for one in every if one.bot_token == token), None)

    def by_bot(self, bot_id: str | None) -> Installation | None:
        """Find the installation that a bot belongs to, as long as it is there."""
        return next((one for one in self._installations if one.bot_id == bot_id), None)

    def app_by_token(self, token: str) -> App | None:
        """Find whose app-level token it is."""
        return next((app for app in self.apps.values() if app.app_token == token), None)

    def command_owner(self, team_id: str, command: str) -> Installation | None:
        """Find who takes a slash command in a workspace: of several apps, the one installed last.

        Source: docs.slack.dev/interactivity/implementing-slash-commands, read in a copy,
            2026-11-22.
        """
        takers = [
            one
            for one in self.installations(team_id=team_id)
            if command in one.app.commands and "commands" in one.scopes
        ]
        return takers[-1] if takers else None

    @beats
    def register(self, app: App) -> App:
        """Make an app known."""
        self.apps[app.id] = app
        return app

    @beats
    def install(self, app: App, team_id: str, scopes: set[str]) -> Installation:
        """Install an app, or install it again: scopes add up, and its commands count as newest."""
        found = self.installation(team_id=team_id, app_id=app.id)
        if found is None:
            found = self._new_installation(app, team_id)
        else:
            self._installations.remove(found)
        found.scopes |= scopes
        found.token_state = "ok"  # noqa: S105 - a state, not a token
        return self.add_installation(found)

    @beats
    def add_installation(self, installation: Installation) -> Installation:
        """Take in an installation and its bot."""
        self._installations.append(installation)
        users = self.workspaces[installation.team_id].users
        if installation.bot_user_id not in users:
            users[installation.bot_user_id] = _bot_user(installation)
        elif users[installation.bot_user_id].deleted:
            users[installation.bot_user_id] = replace(
                users[installation.bot_user_id], deleted=False
            )
        return installation

    @beats
    def uninstall(self, installation: Installation) -> None:
        """Take an app out of a workspace; its token is dead and its bot leaves every channel."""
        self._installations.remove(installation)
        self._former.append(installation)
        installation.token_state = "inactive"  # noqa: S105 - a state, not a token
        bot = installation.bot_user_id
        place = self.workspaces[installation.team_id]
        place.users[bot] = replace(place.users[bot], deleted=True)
        for channel in self.channels_of(installation.team_id):
            if bot in channel.members and channel.dm_with is None:
                host = self.workspaces[channel.team_id]
                host.change_channel(channel.id, members=channel.members - {bot})

    def _new_installation(self, app: App, team_id: str) -> Installation:
        """Make an installation; one that was here before gets its bot back, not its token."""
        former = [one for one in self._former if one.app is app and one.team_id == team_id]
        number = next(self._numbers)
        return Installation(
            app=app,
            team_id=team_id,
            bot_token=f"xoxb-{number}-{secrets.token_hex(12)}",
            bot_user_id=former[-1].bot_user_id if former else f"U0BOT{number}",
            bot_id=former[-1].bot_id if former else f"B0BOT{number}",
            scopes=set(),
        )


def _bot_user(installation: Installation) -> User:
    name = installation.app.bot_name
    return User(
        id=installation.bot_user_id,
        name=name.lower().replace(" ", ""),
        real_name=name,
        team_id=installation.team_id,
        is_bot=True,
    )
