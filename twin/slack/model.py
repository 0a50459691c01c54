"""What a workspace consists of, as values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

TEAM_ID = "T0GREEN"
TEAM_NAME = "Greenlight"
TEAM_DOMAIN = "greenlight"
BOT_USER_ID = "U0BOT"
BOT_ID = "B0BOT"
APP_ID = "A0GREEN"
BOT_NAME = "greenlight"


@dataclass(frozen=True, kw_only=True)
class User:
    """One person or bot.

    Attributes:
        team_id: Another team than ours for people who come through Slack Connect.
        is_restricted: A guest of several channels.
        is_ultra_restricted: A guest of one channel.
        is_stranger: Someone of another workspace with whom a channel is shared.
    """

    id: str
    name: str
    real_name: str
    team_id: str = TEAM_ID
    is_bot: bool = False
    deleted: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    locale: str = "en-GB"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One conversation; for a direct message `dm_with` names the person and `name` is empty."""

    id: str
    name: str
    created_at: datetime
    is_private: bool = False
    is_archived: bool = False
    members: frozenset[str] = frozenset()
    dm_with: str | None = None


@dataclass(frozen=True, kw_only=True)
class UserGroup:
    """People who can be mentioned together."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it stands now.

    Attributes:
        ts: Its name within the channel: epoch seconds with six decimals, as text.
        blocks: Checked, each with a `block_id`; empty for text alone.
        metadata: `event_type` and `event_payload`, or None.
        is_broadcast: A reply that also shows in the channel.
        edits: How often it was edited.
        edited_ts: When Slack would mark it "(edited)", which it does for text alone.
        is_tombstone: Deleted, kept because replies hang on it.
        only_for: The one person who sees it, for an ephemeral message.
    """

    ts: str
    channel: str
    user: str
    bot_id: str | None = None
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    is_broadcast: bool = False
    edits: int = 0
    edited_ts: str | None = None
    is_tombstone: bool = False
    only_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class View:
    """A modal or Home tab as one person sees it.

    Attributes:
        content: What the bot sent: `type`, `title`, `blocks` and so on, defaults filled in.
        hash: Changes with every update.
        state: `{block_id: {action_id: element state}}`, what has been entered so far.
        channel: Where the interaction behind it took place, if anywhere.
    """

    id: str
    user: str
    content: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    state: Json = field(default_factory=dict)
    channel: str | None = None

    @property
    def type(self) -> str:
        """Say `modal` or `home`."""
        return str(self.content["type"])

    @property
    def blocks(self) -> list[Json]:
        """Give its blocks."""
        blocks: list[Json] = self.content["blocks"]
        return blocks


@dataclass(kw_only=True)
class App:
    """How the app is set up in the workspace; control calls change it.

    Attributes:
        token_state: `ok`, `revoked`, `inactive` or `invalid`.
        bot_events: Event types the app subscribes to.
        edit_window_s: Age after which a message can no longer be edited; None for ever.
    """

    bot_token: str
    signing_secret: str
    request_url: str
    scopes: set[str]
    token_state: str = "ok"  # noqa: S105 - a state, not a token
    bot_events: set[str] = field(default_factory=set)
    edit_window_s: float | None = None
