"""What workspaces consist of, and the apps that are installed there."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class User:
    """One person or bot.

    Attributes:
        team_id: Their own workspace.
        is_restricted: A guest of several channels.
        is_ultra_restricted: A guest of one channel.
        is_stranger: Shown as a stranger to every other workspace, whatever is shared with it.
        title: What they do, as their profile says; may be empty.
    """

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    is_bot: bool = False
    deleted: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    locale: str = "en-GB"

    @property
    def is_guest(self) -> bool:
        """Say whether they are a guest, of however many channels."""
        return self.is_restricted or self.is_ultra_restricted


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One conversation; for a direct message `dm_with` names the person and `name` is empty.

    Attributes:
        team_id: The workspace that hosts it; people of others come through Slack Connect.
    """

    id: str
    name: str
    team_id: str
    created_at: datetime
    is_private: bool = False
    is_archived: bool = False
    members: frozenset[str] = frozenset()
    dm_with: str | None = None

    def is_open_to(self, user: User) -> bool:
        """Say whether somebody can look into it: from inside, or as it is public where they live.

        A guest sees only what they are in.
        """
        if user.id in self.members:
            return True
        return not (self.is_private or user.is_guest) and user.team_id == self.team_id


@dataclass(frozen=True, kw_only=True)
class UserGroup:
    """People who can be mentioned together."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """An emoji below a message, by its name without colons, and who put it there."""

    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it stands now.

    Attributes:
        ts: Its name within the channel: epoch seconds with six decimals, as text.
        team_id: The workspace of whoever wrote it.
        app_id: The app that wrote it, or None; clicks in it go there.
        bot_id: That app's bot in its workspace, or None.
        bot_name: How the app called itself when it wrote.
        username: A name that the app took for this message alone, or None.
        icons: The picture to go with that name, or None.
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
    team_id: str
    app_id: str | None = None
    bot_id: str | None = None
    bot_name: str = ""
    username: str | None = None
    icons: Json | None = None
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    is_broadcast: bool = False
    edits: int = 0
    edited_ts: str | None = None
    is_tombstone: bool = False
    reactions: tuple[Reaction, ...] = ()
    only_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class View:
    """A modal or Home tab as one person sees it.

    Attributes:
        app_id: The app it belongs to, as installed in `team_id` with the bot `bot_id`.
        content: What the bot sent: `type`, `title`, `blocks` and so on, defaults filled in.
        hash: Changes with every update.
        state: `{block_id: {action_id: element state}}`, what has been entered so far.
        channel: Where the interaction behind it took place, if anywhere.
    """

    id: str
    user: str
    app_id: str
    team_id: str
    bot_id: str
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


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command that an app registers.

    Attributes:
        name: With its slash, such as `/produce`.
        should_escape: Whether people and channels in the text are sent as their ids.
    """

    name: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A shortcut that an app registers; `kind` is `global` or `message`."""

    callback_id: str
    kind: str
    name: str


@dataclass(kw_only=True, eq=False)
class App:
    """An app's registration: what its manifest says, and its credentials.

    Attributes:
        bot_name: What its bot is called; the bot's handle is this in lower case.
        app_token: For `apps.connections.open`.
        request_url: Where commands, interactions, options and events go over HTTP.
        scopes: What it asks for when it is installed.
        bot_events: Event types it subscribes to.
        commands: By name.
        shortcuts: By callback id.
        has_home_tab: Whether its App Home has a Home tab.
        has_messages_tab: Whether its App Home shows what it writes to a person directly.
    """

    id: str
    name: str
    bot_name: str
    client_id: str
    client_secret: str
    signing_secret: str
    app_token: str
    request_url: str
    redirect_urls: tuple[str, ...] = ()
    scopes: set[str] = field(default_factory=set)
    bot_events: set[str] = field(default_factory=set)
    commands: dict[str, Command] = field(default_factory=dict)
    shortcuts: dict[str, Shortcut] = field(default_factory=dict)
    has_home_tab: bool = True
    has_messages_tab: bool = True
    is_socket_mode: bool = False


@dataclass(kw_only=True, eq=False)
class Installation:
    """An app in a workspace.

    Attributes:
        scopes: What was granted.
        token_state: `ok`, `revoked`, `inactive` or `invalid`.
    """

    app: App
    team_id: str
    bot_token: str
    bot_user_id: str
    bot_id: str
    scopes: set[str]
    token_state: str = "ok"  # noqa: S105 - a state, not a token
