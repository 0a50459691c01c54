"""Shortcuts: what a person starts from the composer, or from a message's menu."""

from twin.slack.errors import ClientError
from twin.slack.outbound.payloads import VERIFICATION_TOKEN, Receiver, channel_name
from twin.slack.people.stage import Stage
from twin.slack.place.directory import Directory
from twin.slack.place.model import Installation, Json, Message, Shortcut, User
from twin.slack.place.wire import message_json


def find_shortcut(
    directory: Directory, *, team_id: str, callback_id: str, app_id: str | None
) -> tuple[Installation, Shortcut]:
    """Find a shortcut that an app of the person's workspace registers; it needs `commands`.

    Args:
        directory: Where apps are installed.
        team_id: The person's own workspace.
        callback_id: The shortcut.
        app_id: The app, where several have a shortcut of that name.

    Raises:
        ClientError: There is none, or several apps have one.
    """
    offered = [
        (one, shortcut)
        for one in directory.installations(team_id=team_id, app_id=app_id)
        if "commands" in one.scopes
        for shortcut in one.app.shortcuts.values()
    ]
    found = [(one, shortcut) for one, shortcut in offered if shortcut.callback_id == callback_id]
    if len(found) == 1:
        return found[0]
    if found:
        raise ClientError(f"several apps have a shortcut {callback_id!r}; say app too")
    known = ", ".join(repr(shortcut.callback_id) for _, shortcut in offered)
    raise ClientError(f"no shortcut {callback_id!r}; there are: {known or 'none'}")


def refuse_wrong_place(shortcut: Shortcut, message: Message | None) -> None:
    """Refuse a shortcut that is not in the menu the person has open.

    Raises:
        ClientError: It needs a message, takes none, or the message has no such menu.
    """
    if shortcut.kind == "global" and message is not None:
        raise ClientError(f"{shortcut.callback_id!r} is a global shortcut; it takes no message")
    if shortcut.kind == "message" and message is None:
        raise ClientError(f"{shortcut.callback_id!r} needs a message: say channel and ts")
    if message is not None and message.only_for is not None:
        raise ClientError("a private message has no shortcuts")


def build_shortcut(
    stage: Stage,
    actor: User,
    *,
    callback_id: str,
    app_id: str | None,
    message: Message | None,
) -> tuple[Receiver, Json]:
    """Write what a person's shortcut sends, and find out to whom.

    Args:
        stage: Where it is used.
        actor: Who uses it.
        callback_id: The shortcut.
        app_id: The app, where several have a shortcut of that name.
        message: The message whose menu it was in; None for one from the composer.

    Raises:
        ClientError: The person's client offers no such shortcut there.
    """
    owner, shortcut = find_shortcut(
        stage.directory, team_id=actor.team_id, callback_id=callback_id, app_id=app_id
    )
    refuse_wrong_place(shortcut, message)
    to = stage.receiver_of(owner)
    payload = _common(to, shortcut, action_ts=stage.directory.new_ts())
    payload["trigger_id"] = stage.modals.issue_trigger(
        actor.id, installation=owner, channel=message.channel if message else None
    )
    if message is None:
        who = {"id": actor.id, "username": actor.name, "team_id": actor.team_id}
        return to, payload | {"user": who}
    return to, payload | _of_message(stage, actor, owner, message)


def _common(to: Receiver, shortcut: Shortcut, *, action_ts: str) -> Json:
    """Write what both kinds tell; a global one tells no more, so it has nowhere to answer.

    Source: docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload,
        read in a copy, 2026-11-22.
    """
    return {
        "type": "shortcut" if shortcut.kind == "global" else "message_action",
        "token": VERIFICATION_TOKEN,
        "action_ts": action_ts,
        "team": {"id": to.workspace.id, "domain": to.workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "callback_id": shortcut.callback_id,
    }


def _of_message(stage: Stage, actor: User, owner: Installation, message: Message) -> Json:
    host = stage.directory.workspace_of_channel(message.channel)
    channel = host.channels[message.channel]
    response_url, _ = stage.response_urls.issue(
        owner, kind="app", user=actor.id, channel=channel.id
    )
    return {
        "user": {"id": actor.id, "name": actor.name, "team_id": actor.team_id},
        "response_url": response_url,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message_json(message, workspace=host, with_metadata=False),
    }
