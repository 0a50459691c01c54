"""The workspace as scripts, tests and people look at it: plain JSON, safe to keep and change."""

from copy import deepcopy
from typing import Any

from twin.journal import Entry
from twin.slack.modals import Modals
from twin.slack.model import App, Json, Message, View
from twin.slack.states import form_state
from twin.slack.text import buttons, visible_text
from twin.slack.wire import channel_json, message_json, user_json, view_json
from twin.slack.workspace import Workspace


class Snapshots:
    """Write down what is there now."""

    def __init__(self, *, workspace: Workspace, modals: Modals) -> None:
        self._workspace = workspace
        self._modals = modals

    def messages(self, channel: str) -> list[Json]:
        """List a channel's messages and replies, oldest first, without ephemeral ones."""
        return [self._message(one) for one in self._workspace.messages(channel)]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """List a message and its replies, oldest first."""
        found = self._workspace.messages(channel)
        return [self._message(one) for one in found if ts in {one.ts, one.thread_ts}]

    def ephemerals(self, *, user: str | None = None, channel: str | None = None) -> list[Json]:
        """List what only one person sees, oldest first, each with `for`."""
        found = self._workspace.ephemerals(user=user, channel=channel)
        return [
            {**self._message(one), "channel": one.channel, "for": one.only_for} for one in found
        ]

    def _message(self, message: Message) -> Json:
        """Write a message, with how it reads and how often it was edited beside Slack's fields."""
        found = message_json(message, workspace=self._workspace, with_metadata=True)
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

    def home(self, user: str) -> Json | None:
        """Give a person's Home tab, or None."""
        view = self._modals.home(user)
        return None if view is None else self._view(view)

    def _view(self, view: View) -> Json:
        state = form_state(view.blocks, entered=view.state, channel=view.channel)
        return deepcopy(view_json(view, state=state))

    def channels(self) -> list[Json]:
        """List the conversations, each with its members."""
        return [
            {
                **channel_json(channel, workspace=self._workspace),
                "members": sorted(channel.members),
            }
            for channel in self._workspace.channels.values()
        ]

    def users(self) -> list[Json]:
        """List the people."""
        return [user_json(user, include_locale=True) for user in self._workspace.users.values()]


def app_snapshot(app: App) -> Json:
    """Write how the app is set up, without its secrets."""
    return {
        "request_url": app.request_url,
        "scopes": sorted(app.scopes),
        "bot_events": sorted(app.bot_events),
        "token_state": app.token_state,
        "edit_window_s": app.edit_window_s,
    }


def entry_snapshot(entry: Entry) -> dict[str, Any]:
    """Write a journal entry."""
    return {**vars(entry), "at": entry.at.isoformat()}
