"""The workspaces as scripts, tests and people look at it: plain JSON, safe to keep and change."""

from copy import deepcopy
from typing import Any

from twin.journal import Entry
from twin.slack.place.directory import Directory
from twin.slack.place.modals import Modals
from twin.slack.place.model import App, Installation, Json, Message, View
from twin.slack.place.states import form_state
from twin.slack.place.wire import channel_json, group_json, message_json, user_json, view_json
from twin.slack.place.workspace import Workspace
from twin.slack.text import buttons, visible_text


class Snapshots:
    """Write down what is there now."""

    def __init__(self, *, directory: Directory, modals: Modals) -> None:
        self._directory = directory
        self._modals = modals

    def messages(self, channel: str) -> list[Json]:
        """List a channel's messages and replies, oldest first, without ephemeral ones."""
        return [self._message(one) for one in self._host(channel).messages(channel)]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """List a message and its replies, oldest first."""
        found = self._host(channel).messages(channel)
        return [self._message(one) for one in found if ts in {one.ts, one.thread_ts}]

    def ephemerals(self, *, user: str | None = None, channel: str | None = None) -> list[Json]:
        """List what only one person sees, oldest first, each with `for`."""
        found = self._directory.ephemerals(user=user, channel=channel)
        return [
            {**self._message(one), "channel": one.channel, "for": one.only_for} for one in found
        ]

    def _message(self, message: Message) -> Json:
        """Write a message, with how it reads and how often it was edited beside Slack's fields."""
        found = message_json(message, workspace=self._host(message.channel), with_metadata=True)
        if message.only_for is not None and message.thread_ts is not None:
            found["thread_ts"] = message.thread_ts
        return deepcopy(
            {"blocks": [], "metadata": None}
            | found
            | {
                "edits": message.edits,
                "visible_text": visible_text(found),
                "buttons": buttons(found),
            }
        )

    def views(self, user: str) -> list[Json]:
        """List a person's open modals, the lowest first, with what has been entered."""
        return [self._view(view) for view in self._modals.stack(user)]

    def _host(self, channel: str) -> Workspace:
        return self._directory.workspace_of_channel(channel)

    def home(self, user: str, *, app_id: str) -> Json | None:
        """Give a person's Home tab of an app, or None."""
        view = self._modals.home(user, app_id=app_id)
        return None if view is None else self._view(view)

    def _view(self, view: View) -> Json:
        state = form_state(view.blocks, entered=view.state, channel=view.channel)
        return deepcopy(view_json(view, state=state))

    def channels(self, *, viewer: str) -> list[Json]:
        """List every workspace's conversations, each with its members.

        Args:
            viewer: The bot that `is_member` is about.
        """
        return [
            {
                **channel_json(channel, directory=self._directory, team_id=place.id, viewer=viewer),
                "members": sorted(channel.members),
            }
            for place in self._directory.workspaces.values()
            for channel in place.channels.values()
        ]

    def users(self) -> list[Json]:
        """List every workspace's people and bots."""
        return [
            user_json(user, include_locale=True)
            for place in self._directory.workspaces.values()
            for user in place.users.values()
        ]

    def groups(self) -> list[Json]:
        """List every workspace's user groups."""
        return [
            group_json(group, team_id=place.id, with_users=True, with_count=True)
            for place in self._directory.workspaces.values()
            for group in place.groups.values()
        ]


def installation_snapshot(installation: Installation, *, workspace: Workspace) -> Json:
    """Write how an app is set up in its workspace, without its secrets."""
    return {
        "request_url": installation.app.request_url,
        "scopes": sorted(installation.scopes),
        "bot_events": sorted(installation.app.bot_events),
        "token_state": installation.token_state,
        "edit_window_s": workspace.edit_window_s,
    }


def app_snapshot(app: App, *, installations: list[Installation], connections: int) -> Json:
    """Write an app's registration, where it is installed and how often it is connected."""
    return {
        "id": app.id,
        "name": app.name,
        "client_id": app.client_id,
        "redirect_urls": list(app.redirect_urls),
        "request_url": app.request_url,
        "is_socket_mode": app.is_socket_mode,
        "connections": connections,
        "scopes": sorted(app.scopes),
        "bot_events": sorted(app.bot_events),
        "commands": [
            {
                "command": one.name,
                "description": one.description,
                "usage_hint": one.usage_hint,
                "should_escape": one.should_escape,
            }
            for one in app.commands.values()
        ],
        "shortcuts": [
            {"callback_id": one.callback_id, "type": one.kind, "name": one.name}
            for one in app.shortcuts.values()
        ],
        "installations": [
            {
                "team_id": one.team_id,
                "bot_user_id": one.bot_user_id,
                "scopes": sorted(one.scopes),
                "token_state": one.token_state,
            }
            for one in installations
        ],
    }


def entry_snapshot(entry: Entry) -> dict[str, Any]:
    """Write a journal entry."""
    return {**vars(entry), "at": entry.at.isoformat()}
