"""The bodies Slack sends to an app: commands, clicks, forms, option requests, events."""

from twin.slack.model import (
    APP_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    Channel,
    Json,
    Message,
    User,
    View,
)
from twin.slack.wire import message_json, view_json
from twin.slack.workspace import Workspace

# The deprecated verification token; real payloads still carry one and nobody should look at it.
VERIFICATION_TOKEN = "twin-verification-token"  # noqa: S105 - known to everybody on purpose


def command_fields(
    *,
    user: User,
    channel: Channel,
    command: str,
    text: str,
    trigger_id: str,
    response_url: str,
) -> Json:
    """Write a slash command's form fields."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def _channel_name(channel: Channel) -> str:
    if channel.dm_with is not None:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _common(kind: str, *, user: User) -> Json:
    return {
        "type": kind,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_click(
    *,
    user: User,
    channel: Channel,
    message: Message,
    workspace: Workspace,
    action: Json,
    state: Json,
    trigger_id: str,
    response_url: str,
) -> Json:
    """Write a click in a message; an ephemeral message itself is not sent along."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    payload = _common("block_actions", user=user) | {
        "container": container,
        "trigger_id": trigger_id,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "state": {"values": state},
        "response_url": response_url,
        "actions": [action],
    }
    if message.only_for is None:
        payload["message"] = message_json(message, workspace=workspace, with_metadata=False)
    return payload


def view_click(*, user: User, view: View, action: Json, state: Json, trigger_id: str) -> Json:
    """Write a click in a modal or Home tab."""
    return _common("block_actions", user=user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view_json(view, state=state),
        "actions": [action],
    }


def submission(
    *, user: User, view: View, state: Json, trigger_id: str, response_urls: list[Json]
) -> Json:
    """Write a form that was sent."""
    return _common("view_submission", user=user) | {
        "trigger_id": trigger_id,
        "view": view_json(view, state=state),
        "response_urls": response_urls,
    }


def closed(*, user: User, view: View, state: Json, is_cleared: bool) -> Json:
    """Write the news that a person closed a modal."""
    return _common("view_closed", user=user) | {
        "view": view_json(view, state=state),
        "is_cleared": is_cleared,
    }


def suggestion(*, user: User, container: Json, block_id: str, action_id: str, value: str) -> Json:
    """Write a request for the options of an external select.

    Args:
        user: Who types.
        container: The fields that say where the select stands.
        block_id: Its block.
        action_id: Its own id.
        value: What was typed so far.
    """
    return (
        _common("block_suggestion", user=user)
        | {"action_id": action_id, "block_id": block_id, "value": value}
        | container
    )


def event_envelope(event: Json, *, event_id: str, event_time: int) -> Json:
    """Wrap an event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
