"""The people, channels and groups a fresh local Slack starts with; their ids never change."""

from datetime import datetime

from twin.slack.model import BOT_NAME, BOT_USER_ID, Channel, User, UserGroup

BOT_TOKEN = "xoxb-twin-bot-token"  # noqa: S105 - known to everybody on purpose
SIGNING_SECRET = "twin-signing-secret"  # noqa: S105 - as above
OTHER_TEAM_ID = "T0OTHER"
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
    }
)


def users() -> list[User]:
    """Make the people: four members, a guest, a stranger, one who left, and the bot."""
    return [
        User(id=BOT_USER_ID, name=BOT_NAME, real_name="Greenlight", is_bot=True),
        User(id="U0ANA", name="ana", real_name="Ana Ruiz"),
        User(id="U0BO", name="bo", real_name="Bo Lind"),
        User(id="U0SAM", name="sam", real_name="Sam Osei"),
        User(id="U0MEI", name="mei", real_name="Mei Tan", is_admin=True),
        User(id="U0GIL", name="gil", real_name="Gil Guest", is_restricted=True),
        User(
            id="U0ZOE",
            name="zoe",
            real_name="Zoe Stranger",
            team_id=OTHER_TEAM_ID,
        ),
        User(id="U0DEL", name="del", real_name="Del Gone", deleted=True),
    ]


def channels(created_at: datetime) -> list[Channel]:
    """Make the channels; the bot is in #marketing and #on-call, and was in #old."""
    everybody = frozenset({"U0ANA", "U0BO", "U0SAM", "U0MEI"})
    return [
        Channel(
            id="C0MARKETING",
            name="marketing",
            created_at=created_at,
            members=everybody | {"U0GIL", "U0ZOE", BOT_USER_ID},
        ),
        Channel(
            id="C0ONCALL",
            name="on-call",
            created_at=created_at,
            members=everybody | {BOT_USER_ID},
        ),
        Channel(id="C0RANDOM", name="random", created_at=created_at, members=everybody),
        Channel(
            id="C0SECRET",
            name="secret",
            created_at=created_at,
            is_private=True,
            members=everybody,
        ),
        Channel(
            id="C0OLD",
            name="old",
            created_at=created_at,
            is_archived=True,
            members=everybody | {BOT_USER_ID},
        ),
    ]


def groups() -> list[UserGroup]:
    """Make the user groups."""
    return [
        UserGroup(id="S0PRODUCERS", handle="producers", name="Producers", users=("U0ANA", "U0BO")),
        UserGroup(id="S0ONCALL", handle="on-call", name="On call", users=("U0SAM",)),
    ]
