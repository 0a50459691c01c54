"""The names that Slack keeps for itself, and the scopes that its events ask for."""

BUILT_IN_COMMANDS = frozenset(
    {
        *("active", "apps", "archive", "away", "call", "close", "collapse", "dm", "dnd", "expand"),
        *("feed", "feedback", "invite", "invite_people", "join", "kick", "leave", "list", "me"),
        *("msg", "mute", "open", "part", "prefs", "pro", "remind", "remove", "rename", "search"),
        *("shortcuts", "shrug", "star", "status", "topic", "unarchive", "who"),
    }
)
"""Commands of Slack itself, which no app can have.

Source: Slack's help article 201259356 on built-in commands, and reports of refused manifests
    (github.com/NousResearch/hermes-agent/pull/18456), read in copies, 2026-11-22. `/help` is free:
    the validator takes it.
"""

NOT_FOR_BOTS = frozenset({"file_comment_added", "file_comment_deleted", "file_comment_edited"})
"""Events that exist and no bot can subscribe to (as reported by those who were refused)."""

_CHANNELS = frozenset({"channels:read"})
_GROUPS = frozenset({"groups:read"})
_EITHER = _CHANNELS | _GROUPS
_HISTORY = frozenset({"channels:history", "groups:history", "im:history", "mpim:history"})
_FILES = frozenset({"files:read"})
_GROUPS_OF_USERS = frozenset({"usergroups:read"})
_TEAM = frozenset({"team:read"})
_USERS = frozenset({"users:read"})

EVENT_SCOPES: dict[str, frozenset[str]] = {
    "app_mention": frozenset({"app_mentions:read"}),
    "app_requested": frozenset({"admin.apps:read"}),
    "assistant_thread_context_changed": frozenset({"assistant:write"}),
    "assistant_thread_started": frozenset({"assistant:write"}),
    "call_rejected": frozenset({"calls:read"}),
    "channel_archive": _CHANNELS,
    "channel_created": _CHANNELS,
    "channel_deleted": _CHANNELS,
    "channel_history_changed": _HISTORY - {"im:history"},
    "channel_id_changed": _CHANNELS,
    "channel_left": _CHANNELS,
    "channel_rename": _CHANNELS,
    "channel_shared": _EITHER,
    "channel_unarchive": _CHANNELS,
    "channel_unshared": _EITHER,
    "dnd_updated": frozenset({"dnd:read"}),
    "dnd_updated_user": frozenset({"dnd:read"}),
    "email_domain_changed": _TEAM,
    "emoji_changed": frozenset({"emoji:read"}),
    "file_change": _FILES,
    "file_comment_added": _FILES,
    "file_comment_deleted": _FILES,
    "file_comment_edited": _FILES,
    "file_created": _FILES,
    "file_deleted": _FILES,
    "file_public": _FILES,
    "file_shared": _FILES,
    "file_unshared": _FILES,
    "group_archive": _GROUPS,
    "group_close": _GROUPS,
    "group_deleted": _GROUPS,
    "group_history_changed": frozenset({"groups:history"}),
    "group_left": _GROUPS,
    "group_open": _GROUPS,
    "group_rename": _GROUPS,
    "group_unarchive": _GROUPS,
    "im_close": frozenset({"im:read"}),
    "im_created": frozenset({"im:read"}),
    "im_history_changed": frozenset({"im:history"}),
    "im_open": frozenset({"im:read"}),
    "invite_requested": frozenset({"admin.invites:read"}),
    "link_shared": frozenset({"links:read"}),
    "member_joined_channel": _EITHER,
    "member_left_channel": _EITHER,
    "message": _HISTORY,
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "message.mpim": frozenset({"mpim:history"}),
    "message_metadata_deleted": frozenset({"metadata.message:read"}),
    "message_metadata_posted": frozenset({"metadata.message:read"}),
    "message_metadata_updated": frozenset({"metadata.message:read"}),
    "pin_added": frozenset({"pins:read"}),
    "pin_removed": frozenset({"pins:read"}),
    "reaction_added": frozenset({"reactions:read"}),
    "reaction_removed": frozenset({"reactions:read"}),
    "star_added": frozenset({"stars:read"}),
    "star_removed": frozenset({"stars:read"}),
    "subteam_created": _GROUPS_OF_USERS,
    "subteam_members_changed": _GROUPS_OF_USERS,
    "subteam_self_added": _GROUPS_OF_USERS,
    "subteam_self_removed": _GROUPS_OF_USERS,
    "subteam_updated": _GROUPS_OF_USERS,
    "team_domain_change": _TEAM,
    "team_join": _USERS,
    "team_rename": _TEAM,
    "user_change": _USERS,
    "user_huddle_changed": _USERS,
    "user_profile_changed": _USERS,
    "user_status_changed": _USERS,
}
"""Event to the scopes of which one is needed; an event that is not here needs none.

Sources: docs.slack.dev/reference/events, each event's page; for the older ones the event list of
    github.com/slackapi/slack-api-specs; both read in copies, 2026-11-22.
"""
