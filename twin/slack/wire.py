"""How Slack writes people, channels, messages and views as JSON."""

from twin.slack import model
from twin.slack.model import (
    APP_ID,
    BOT_ID,
    BOT_NAME,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Json,
    Message,
    User,
    UserGroup,
    View,
)
from twin.slack.workspace import Workspace

_PROFILE_ICON = "https://a.slack-edge.com/80588/img/plugins/app/bot_48.png"


def user_json(user: User, *, include_locale: bool = False, include_email: bool = False) -> Json:
    """Write a person as `users.info` does."""
    profile: Json = {
        "real_name": user.real_name,
        "display_name": user.name,
        "real_name_normalized": user.real_name,
        "team": user.team_id,
    }
    if include_email and not user.is_bot:
        profile["email"] = f"{user.name}@example.com"
    found: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if user.deleted:
        return found
    found |= {
        "real_name": user.real_name,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
    }
    if user.is_stranger:
        found["is_stranger"] = True
    return found | ({"locale": user.locale} if include_locale else {})


def channel_json(channel: Channel, *, workspace: Workspace) -> Json:
    """Write a conversation as `conversations.info` does."""
    created = int(channel.created_at.timestamp())
    if channel.dm_with is not None:
        return {
            "id": channel.id,
            "created": created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "user": channel.dm_with,
            "context_team_id": TEAM_ID,
        }
    is_shared = any(
        workspace.users[one].team_id != TEAM_ID for one in channel.members if one in workspace.users
    )
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": created,
        "creator": "U0MEI",
        "context_team_id": TEAM_ID,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": is_shared,
        "is_ext_shared": is_shared,
        "is_org_shared": False,
        "is_member": BOT_USER_ID in channel.members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def group_json(group: UserGroup, *, with_users: bool, with_count: bool) -> Json:
    """Write a user group as `usergroups.list` does."""
    found: Json = {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_delete": 0,
    }
    if with_users:
        found["users"] = list(group.users)
    return found | ({"user_count": len(group.users)} if with_count else {})


def message_json(
    message: Message, *, workspace: Workspace, with_metadata: bool, in_history: bool = True
) -> Json:
    """Write a message.

    Args:
        message: What to write.
        workspace: Where its replies are counted.
        with_metadata: Whether the reader asked for metadata.
        in_history: Whether to tell of its thread, as reading back does and posting does not.
    """
    if message.is_tombstone:
        found: Json = {
            "type": "message",
            "subtype": "tombstone",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "hidden": True,
        }
    else:
        found = _plain_message(message)
    if with_metadata and message.metadata is not None:
        found["metadata"] = message.metadata
    if message.thread_ts is not None and message.thread_ts != message.ts:
        found |= _reply_fields(message, workspace=workspace)
    elif in_history:
        found |= _thread_fields(message, workspace=workspace)
    return found


def _plain_message(message: Message) -> Json:
    found: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": TEAM_ID,
    }
    if message.bot_id is not None:
        found |= {"bot_id": message.bot_id, "app_id": APP_ID, "bot_profile": _bot_profile()}
    if message.blocks:
        found["blocks"] = message.blocks
    if message.attachments:
        found["attachments"] = message.attachments
    if message.edited_ts is not None:
        found["edited"] = {"user": message.user, "ts": message.edited_ts}
    return found


def _bot_profile() -> Json:
    return {
        "id": BOT_ID,
        "app_id": APP_ID,
        "name": BOT_NAME,
        "icons": {"image_48": _PROFILE_ICON},
        "deleted": False,
        "updated": 0,
        "team_id": TEAM_ID,
    }


def _reply_fields(message: Message, *, workspace: Workspace) -> Json:
    parent = workspace.parent(message.channel, message.thread_ts or "")
    found: Json = {"thread_ts": message.thread_ts}
    if parent is not None:
        found["parent_user_id"] = parent.user
    return found | ({"subtype": "thread_broadcast"} if message.is_broadcast else {})


def _thread_fields(message: Message, *, workspace: Workspace) -> Json:
    replies = workspace.replies(message.channel, message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
        "subscribed": message.user == BOT_USER_ID,
    }


def view_json(view: View, *, state: Json | None = None) -> Json:
    """Write a view as answers and payloads carry it.

    Args:
        view: What to write.
        state: What has been entered, for payloads; in answers it is empty.
    """
    content = view.content
    return {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "external_id": content.get("external_id", ""),
        "state": {"values": state or {}},
        "hash": view.hash,
        "title": content.get("title"),
        "submit": content.get("submit"),
        "close": content.get("close"),
        "clear_on_close": content.get("clear_on_close", False),
        "notify_on_close": content.get("notify_on_close", False),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }


def team_json() -> Json:
    """Write the workspace as `team.info` does."""
    return {
        "id": TEAM_ID,
        "name": model.TEAM_NAME,
        "domain": model.TEAM_DOMAIN,
        "email_domain": "",
        "icon": {"image_default": True},
    }
