"""How Slack writes people, channels, messages and views as JSON."""

from twin.slack.place.directory import Directory
from twin.slack.place.model import Channel, Json, Message, User, UserGroup, View
from twin.slack.place.workspace import Workspace

PROFILE_ICON = "https://a.slack-edge.com/80588/img/plugins/app/bot_48.png"


def user_json(user: User, *, include_locale: bool = False, include_email: bool = False) -> Json:
    """Write a person as `users.info` does."""
    profile: Json = {
        "title": user.title,
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
        "is_restricted": user.is_guest,
        "is_ultra_restricted": user.is_ultra_restricted,
    }
    if user.is_stranger:
        found["is_stranger"] = True
    return found | ({"locale": user.locale} if include_locale else {})


def channel_json(
    channel: Channel, *, directory: Directory, team_id: str, viewer: str | None
) -> Json:
    """Write a conversation as `conversations.info` does.

    Args:
        channel: What to write.
        directory: Where it is looked up which workspaces share it.
        team_id: The workspace it is seen from.
        viewer: The bot that looks, for `is_member`.
    """
    if channel.dm_with is not None:
        return _direct_json(channel, team_id=team_id)
    teams = directory.teams_in(channel)
    is_shared = len(teams) > 1
    found: Json = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": int(channel.created_at.timestamp()),
        "creator": "U0MEI",
        "context_team_id": team_id,
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
        "is_member": viewer in channel.members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "shared_team_ids": sorted(teams),
    }
    if is_shared:
        found |= {
            "conversation_host_id": channel.team_id,
            "connected_team_ids": sorted(teams - {team_id}),
        }
    return found


def _direct_json(channel: Channel, *, team_id: str) -> Json:
    return {
        "id": channel.id,
        "created": int(channel.created_at.timestamp()),
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "user": channel.dm_with,
        "context_team_id": team_id,
    }


def group_json(group: UserGroup, *, team_id: str, with_users: bool, with_count: bool) -> Json:
    """Write a user group as `usergroups.list` does."""
    found: Json = {
        "id": group.id,
        "team_id": team_id,
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
    message: Message,
    *,
    workspace: Workspace,
    with_metadata: bool,
    in_history: bool = True,
    viewer: str | None = None,
) -> Json:
    """Write a message.

    Args:
        message: What to write.
        workspace: That of its conversation, where its replies are counted.
        with_metadata: Whether the reader asked for metadata.
        in_history: Whether to tell of its thread, as reading back does and posting does not.
        viewer: The bot that looks, for `subscribed`.
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
        found |= _thread_fields(message, workspace=workspace, viewer=viewer)
    return found


def _plain_message(message: Message) -> Json:
    found: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": message.team_id,
    }
    if message.bot_id is not None:
        found |= {
            "bot_id": message.bot_id,
            "app_id": message.app_id,
            "bot_profile": _bot_profile(message),
        }
    if message.blocks:
        found["blocks"] = message.blocks
    if message.username is not None:
        del found["user"]
        found |= {"subtype": "bot_message", "username": message.username}
        found |= {"icons": message.icons} if message.icons else {}
    if message.reactions:
        found["reactions"] = [
            {"name": one.name, "users": list(one.users), "count": len(one.users)}
            for one in message.reactions
        ]
    if message.attachments:
        found["attachments"] = message.attachments
    if message.files:
        found |= {"files": message.files, "upload": True, "display_as_bot": False}
    if message.edited_ts is not None:
        found["edited"] = {"user": message.user, "ts": message.edited_ts}
    return found


def _bot_profile(message: Message) -> Json:
    return {
        "id": message.bot_id,
        "app_id": message.app_id,
        "name": message.bot_name,
        "icons": {"image_48": PROFILE_ICON},
        "deleted": False,
        "updated": 0,
        "team_id": message.team_id,
    }


def _reply_fields(message: Message, *, workspace: Workspace) -> Json:
    parent = workspace.parent(message.channel, message.thread_ts or "")
    found: Json = {"thread_ts": message.thread_ts}
    if parent is not None:
        found["parent_user_id"] = parent.user
    return found | ({"subtype": "thread_broadcast"} if message.is_broadcast else {})


def _thread_fields(message: Message, *, workspace: Workspace, viewer: str | None) -> Json:
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
        "subscribed": message.user == viewer,
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
        "team_id": view.team_id,
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
        "app_id": view.app_id,
        "app_installed_team_id": view.team_id,
        "bot_id": view.bot_id,
    }


def team_json(workspace: Workspace) -> Json:
    """Write the workspace as `team.info` does."""
    return {
        "id": workspace.id,
        "name": workspace.name,
        "domain": workspace.domain,
        "email_domain": "",
        "icon": {"image_default": True},
    }
