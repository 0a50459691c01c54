"""The workspaces, people, channels and the app of a fresh local Slack; their ids never change."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from twin.slack.place.directory import Directory
from twin.slack.place.model import App, Channel, Command, Installation, Shortcut, User, UserGroup

TEAM_ID = "T0GREEN"
OTHER_TEAM_ID = "T0OTHER"
APP_ID = "A0GREEN"
BOT_USER_ID = "U0BOT"
BOT_ID = "B0BOT"
BOT_TOKEN = "xoxb-twin-bot-token"  # noqa: S105 - known to everybody on purpose
SIGNING_SECRET = "twin-signing-secret"  # noqa: S105 - as above
APP_TOKEN = "xapp-twin-app-token"  # noqa: S105 - as above
CLIENT_ID = "111.222"
CLIENT_SECRET = "twin-client-secret"  # noqa: S105 - as above
SCOPES = frozenset(
    {
        "commands",
        "chat:write",
        "channels:read",
        "groups:read",
        "im:write",
        "users:read",
        "usergroups:read",
        "channels:history",
        "groups:history",
        "files:read",
        "files:write",
    }
)
COMMAND = Command(
    name="/produce",
    description="Make a video, or see how one stands",
    usage_hint="[topic, list, failed, status ID, retry ID, cancel ID, help]",
)
SHORTCUT = Shortcut(callback_id="make_video", kind="global", name="Make a video")


def directory(
    now: Callable[[], datetime], *, request_url: str, changed: Callable[[], None] = lambda: None
) -> Directory:
    """Make the two workspaces, and install the app in the first.

    Args:
        now: The twin's moment, aware UTC.
        request_url: Where the app takes what is sent to it over HTTP.
        changed: Called after every change.
    """
    found = Directory(now, changed=changed)
    green = found.add_workspace(TEAM_ID, name="Greenlight", domain="greenlight")
    other = found.add_workspace(OTHER_TEAM_ID, name="Other", domain="other")
    for user in (*users(), *_other_users()):
        found.workspaces[user.team_id].users[user.id] = user
    green.channels = {one.id: one for one in _channels(now())}
    other.channels = {one.id: one for one in _other_channels(now())}
    green.groups = {group.id: group for group in _groups()}
    found.add_installation(_installation(found.register(_app(request_url))))
    return found


def _app(request_url: str) -> App:
    return App(
        id=APP_ID,
        name="Greenlight",
        bot_name="Greenlight",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        signing_secret=SIGNING_SECRET,
        app_token=APP_TOKEN,
        request_url=request_url,
        scopes=set(SCOPES),
        bot_events={"app_home_opened"},
        commands={COMMAND.name: COMMAND},
        shortcuts={SHORTCUT.callback_id: SHORTCUT},
    )


def _installation(app: App) -> Installation:
    return Installation(
        app=app,
        team_id=TEAM_ID,
        bot_token=BOT_TOKEN,
        bot_user_id=BOT_USER_ID,
        bot_id=BOT_ID,
        scopes=set(SCOPES),
    )


def users() -> list[User]:
    """Make the people of the first workspace: four members, a guest, and one who left."""
    return [
        _user("U0ANA", "ana", "Ana Ruiz", title="Asks for videos"),
        _user("U0BO", "bo", "Bo Lind", title="Approves them"),
        _user("U0SAM", "sam", "Sam Osei", title="On call"),
        _user("U0MEI", "mei", "Mei Tan", title="Runs the workspace", is_admin=True),
        _user("U0GIL", "gil", "Gil Guest", title="Works for a client", is_restricted=True),
        _user("U0DEL", "del", "Del Gone", deleted=True),
    ]


def _other_users() -> list[User]:
    team_id = OTHER_TEAM_ID
    return [
        _user("U0ZOE", "zoe", "Zoe Stranger", team_id=team_id, title="Partner"),
        _user("U0YAN", "yan", "Yan Other", team_id=team_id, title="Runs it", is_admin=True),
    ]


def _user(user_id: str, name: str, real_name: str, *, team_id: str = TEAM_ID, **more: Any) -> User:
    return User(id=user_id, name=name, real_name=real_name, team_id=team_id, **more)


def _channels(created_at: datetime) -> list[Channel]:
    """Make the channels; the bot is in #marketing and #on-call, and was in #old."""
    everybody = frozenset({"U0ANA", "U0BO", "U0SAM", "U0MEI"})
    with_bot = everybody | {BOT_USER_ID}
    return [
        _channel(created_at, "C0MARKETING", "marketing", with_bot | {"U0GIL", "U0ZOE"}),
        _channel(created_at, "C0ONCALL", "on-call", with_bot),
        _channel(created_at, "C0RANDOM", "random", everybody),
        _channel(created_at, "C0SECRET", "secret", everybody, is_private=True),
        _channel(created_at, "C0OLD", "old", with_bot, is_archived=True),
    ]


def _other_channels(created_at: datetime) -> list[Channel]:
    people = frozenset({"U0ZOE", "U0YAN"})
    return [_channel(created_at, "C0HARBOUR", "harbour", people, team_id=OTHER_TEAM_ID)]


def _channel(
    created_at: datetime,
    channel_id: str,
    name: str,
    members: frozenset[str],
    *,
    team_id: str = TEAM_ID,
    is_private: bool = False,
    is_archived: bool = False,
) -> Channel:
    return Channel(
        id=channel_id,
        name=name,
        team_id=team_id,
        created_at=created_at,
        is_private=is_private,
        is_archived=is_archived,
        members=members,
    )


def _groups() -> list[UserGroup]:
    """Make the user groups."""
    return [
        UserGroup(id="S0PRODUCERS", handle="producers", name="Producers", users=("U0ANA", "U0BO")),
        UserGroup(id="S0ONCALL", handle="on-call", name="On call", users=("U0SAM",)),
    ]
