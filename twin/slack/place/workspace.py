"""One workspace's state: people, channels, messages. Knows nothing of HTTP or of bots' rights."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from twin.pulse import beats
from twin.slack.place.model import Channel, Installation, Json, Message, User, UserGroup


class Stamps:
    """Name moments as Slack does, each later than all before, in every workspace.

    Args:
        now: The twin's moment, aware UTC.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._last_us = 0

    def new_ts(self) -> str:
        """Give epoch seconds with six decimals, as text."""
        now_us = round(self.now().timestamp() * 1_000_000)
        self._last_us = max(now_us, self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"


class Workspace:
    """Hold what is there and change it; whoever asks has checked that it may be done.

    Args:
        changed: Called after every change.

    Attributes:
        users: Its own people and bots, by id; those of other workspaces live there.
        channels: The conversations it hosts, by id.
        edit_window_s: Age after which a message can no longer be edited; None for ever.
    """

    def __init__(
        self,
        stamps: Stamps,
        *,
        id: str,  # noqa: A002 - a model's field
        name: str,
        domain: str,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.changed = changed
        self.now = stamps.now
        self.new_ts = stamps.new_ts
        self.id = id
        self.name = name
        self.domain = domain
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.edit_window_s: float | None = None
        self._messages: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], list[str]] = {}
        self._ephemerals: list[Message] = []

    @beats
    def add(self, message: Message) -> Message:
        """Put a message into its channel, or before the one person who may see it."""
        if message.only_for is not None:
            self._ephemerals.append(message)
            return message
        self._messages.setdefault(message.channel, {})[message.ts] = message
        if message.thread_ts is not None:
            self._replies.setdefault((message.channel, message.thread_ts), []).append(message.ts)
        return message

    @beats
    def put(self, message: Message) -> None:
        """Replace a message by its newer self."""
        if message.only_for is None:
            self._messages[message.channel][message.ts] = message
            return
        self._ephemerals = [message if _is_same(old, message) else old for old in self._ephemerals]

    @beats
    def remove(self, message: Message) -> None:
        """Delete a message; the parent of replies leaves a tombstone."""
        if message.only_for is not None:
            self._ephemerals = [old for old in self._ephemerals if not _is_same(old, message)]
        elif self.replies(message.channel, message.ts):
            self.put(tombstone(message))
        else:
            del self._messages[message.channel][message.ts]

    def message(self, channel: str, ts: str) -> Message | None:
        """Find a message that everybody in the channel can see; a tombstone counts as gone."""
        found = self._messages.get(channel, {}).get(ts)
        return None if found is None or found.is_tombstone else found

    def parent(self, channel: str, ts: str) -> Message | None:
        """Find what replies can hang on: a message, or the tombstone of one with replies."""
        return self._messages.get(channel, {}).get(ts)

    def messages(self, channel: str) -> list[Message]:
        """List a channel's messages and replies, oldest first."""
        return list(self._messages.get(channel, {}).values())

    def replies(self, channel: str, ts: str) -> list[Message]:
        """List the replies to a message, oldest first."""
        known = self._messages.get(channel, {})
        return [known[reply] for reply in self._replies.get((channel, ts), []) if reply in known]

    def ephemerals(self, *, user: str | None = None, channel: str | None = None) -> list[Message]:
        """List what only one person sees, oldest first."""
        return [
            one
            for one in self._ephemerals
            if user in {None, one.only_for} and channel in {None, one.channel}
        ]

    def visible_to(self, user: str, *, channel: str, ts: str) -> Message | None:
        """Find a message as one person would, those for their eyes only included."""
        own = [one for one in self.ephemerals(user=user, channel=channel) if one.ts == ts]
        return own[-1] if own else self.message(channel, ts)

    @beats
    def direct_channel(self, user: str, *, bot: str) -> Channel:
        """Give the direct conversation of a bot with a person, opened on first use."""
        channel_id = f"D{user.removeprefix('U')}{bot.removeprefix('U0BOT')}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                id=channel_id,
                name="",
                team_id=self.id,
                created_at=self.now(),
                is_private=True,
                members=frozenset({user, bot}),
                dm_with=user,
            )
        return self.channels[channel_id]

    @beats
    def change_channel(self, channel: str, **changes: Any) -> Channel:
        """Change fields of a channel."""
        self.channels[channel] = replace(self.channels[channel], **changes)
        return self.channels[channel]


def written_by(installation: Installation) -> Json:
    """Give the fields of a message that say which app wrote it."""
    return {
        "user": installation.bot_user_id,
        "team_id": installation.team_id,
        "app_id": installation.app.id,
        "bot_id": installation.bot_id,
        "bot_name": installation.app.bot_name,
    }


def tombstone(message: Message) -> Message:
    """Make what stays of a deleted message that has replies."""
    return Message(
        ts=message.ts,
        channel=message.channel,
        user="USLACKBOT",
        team_id=message.team_id,
        text="This message was deleted.",
        thread_ts=message.ts,
        is_tombstone=True,
    )


def name_blocks(blocks: list[Json]) -> list[Json]:
    """Fill in the `block_id` and `action_id` that the bot left out, as Slack does.

    Args:
        blocks: Checked blocks.
    """
    return [_named(block) for block in blocks]


def _named(block: Json) -> Json:
    named = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
    if block["type"] in {"actions", "context_actions"}:
        named["elements"] = [_with_action_id(element) for element in block["elements"]]
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            named[key] = _with_action_id(block[key])
    return named


def _with_action_id(element: Json) -> Json:
    if element.get("action_id") or element["type"] == "image":
        return element
    return {**element, "action_id": secrets.token_urlsafe(4)}


def _is_same(one: Message, other: Message) -> bool:
    return (one.channel, one.ts, one.only_for) == (other.channel, other.ts, other.only_for)
