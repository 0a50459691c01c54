"""The bodies Slack sends to an app: commands, clicks, forms, option requests, events."""

import base64
import json
from dataclasses import dataclass

from twin.slack.place.model import Channel, Installation, Json, Message, User, View
from twin.slack.place.wire import message_json, view_json
from twin.slack.place.workspace import Workspace

# The deprecated verification token; real payloads still carry one and nobody should look at it.
VERIFICATION_TOKEN = "twin-verification-token"  # noqa: S105 - known to everybody on purpose


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Whom something is sent to: an app, as installed in a workspace."""

    installation: Installation
    workspace: Workspace


def command_fields(
    to: Receiver,
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
        "team_id": to.workspace.id,
        "team_domain": to.workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": to.installation.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def channel_name(channel: Channel) -> str:
    """Name a conversation the way payloads do, which give private ones no name."""
    if channel.dm_with is not None:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _common(to: Receiver, kind: str, *, user: User) -> Json:
    return {
        "type": kind,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": to.installation.app.id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": to.workspace.id, "domain": to.workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _container(target: Message | View) -> Json:
    """Say where something stands that was clicked or typed into."""
    if isinstance(target, View):
        return {"type": "view", "view_id": target.id}
    return {
        "type": "message",
        "message_ts": target.ts,
        "channel_id": target.channel,
        "is_ephemeral": target.only_for is not None,
    }


def message_click(
    to: Receiver,
    *,
    user: User,
    channel: Channel,
    message: Message,
    host: Workspace,
    action: Json,
    state: Json,
    trigger_id: str,
    response_url: str,
) -> Json:
    """Write a click in a message; an ephemeral message itself is not sent along.

    `host` is the workspace that the message's conversation belongs to.
    """
    container = _container(message)
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    payload = _common(to, "block_actions", user=user) | {
        "container": container,
        "trigger_id": trigger_id,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": state},
        "response_url": response_url,
        "actions": [action],
    }
    if message.only_for is None:
        payload["message"] = message_json(message, workspace=host, with_metadata=False)
    return payload


def view_click(
    to: Receiver, *, user: User, view: View, action: Json, state: Json, trigger_id: str
) -> Json:
    """Write a click in a modal or Home tab."""
    return _common(to, "block_actions", user=user) | {
        "container": _container(view),
        "trigger_id": trigger_id,
        "view": view_json(view, state=state),
        "actions": [action],
    }


def submission(
    to: Receiver,
    *,
    user: User,
    view: View,
    state: Json,
    trigger_id: str,
    response_urls: list[Json],
) -> Json:
    """Write a form that was sent."""
    return _common(to, "view_submission", user=user) | {
        "trigger_id": trigger_id,
        "view": view_json(view, state=state),
        "response_urls": response_urls,
    }


def closed(to: Receiver, *, user: User, view: View, state: Json, is_cleared: bool) -> Json:
    """Write the news that a person closed a modal."""
    return _common(to, "view_closed", user=user) | {
        "view": view_json(view, state=state),
        "is_cleared": is_cleared,
    }


def suggestion(
    to: Receiver,
    *,
    user: User,
    target: Message | View,
    block_id: str,
    action_id: str,
    value: str,
) -> Json:
    """Write a request for the options of an external select.

    Args:
        to: The app that is asked.
        user: Who types.
        target: Where the select stands.
        block_id: Its block.
        action_id: Its own id.
        value: What was typed so far.
    """
    payload = _common(to, "block_suggestion", user=user) | {
        "action_id": action_id,
        "block_id": block_id,
        "value": value,
        "container": _container(target),
    }
    if isinstance(target, View):
        return payload | {"view": view_json(target, state=target.state)}
    return payload | {"channel": {"id": target.channel}}


def event_envelope(
    to: Receiver, event: Json, *, event_id: str, event_time: int, is_shared: bool
) -> Json:
    """Wrap an event; `is_shared` tells of a channel of several workspaces."""
    team_id, app_id = to.workspace.id, to.installation.app.id
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team_id,
        "context_team_id": team_id,
        "context_enterprise_id": None,
        "api_app_id": app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team_id,
                "user_id": to.installation.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": is_shared,
        "event_context": _event_context(event, team_id=team_id, app_id=app_id),
    }


def _event_context(event: Json, *, team_id: str, app_id: str) -> str:
    """Name where an event took place, in a form that an app can only hand back."""
    place = {"et": event["type"], "tid": team_id, "aid": app_id, "cid": event.get("channel")}
    return "4-" + base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
