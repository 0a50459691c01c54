"""The Web API methods about the token, people, groups and the workspace."""

from dataclasses import replace

from twin.slack.api.access import Call, can_see, seen_user
from twin.slack.api.methods.conversations import page_of
from twin.slack.api.open_methods import OpenCall
from twin.slack.errors import SlackError
from twin.slack.place.model import Json, User
from twin.slack.place.wire import PROFILE_ICON, group_json, team_json, user_json


def api_test(call: OpenCall) -> Json:
    """Answer `api.test`: give back what was sent, or the `error` that was asked for."""
    sent = {"args": call.args.values} if call.args.values else {}
    word = call.args.text("error")
    if word:
        raise SlackError(word, **sent)
    return {"ok": True, **sent}


def auth_test(call: Call) -> Json:
    """Answer `auth.test`."""
    workspace, installation = call.workspace, call.installation
    return {
        "ok": True,
        "url": f"{call.base_url}/",
        "team": workspace.name,
        "user": workspace.users[call.bot].name,
        "team_id": workspace.id,
        "user_id": call.bot,
        "bot_id": installation.bot_id,
        "is_enterprise_install": False,
    }


def users_info(call: Call) -> Json:
    """Answer `users.info`."""
    user = seen_user(call, call.args.text("user") or "")
    if user is None:
        raise SlackError("user_not_found")
    return {"ok": True, "user": _person(call, user)}


def _person(call: Call, user: User) -> Json:
    return user_json(
        replace(user, is_stranger=_is_stranger(call, user)),
        include_locale=call.args.flag("include_locale"),
        include_email="users:read.email" in call.installation.scopes,
    )


def _is_stranger(call: Call, user: User) -> bool:
    """Say whether somebody of another workspace is in no channel that the app can see.

    Source: docs.slack.dev/reference/objects/user-object, `is_stranger`, read in a copy,
        2026-11-22.
    """
    if user.team_id == call.workspace.id:
        return user.is_stranger
    met = [one for one in call.directory.channels_of(call.workspace.id) if user.id in one.members]
    return user.is_stranger or not any(can_see(call, one) for one in met)


def users_list(call: Call) -> Json:
    """Answer `users.list`: the workspace's own people and bots, those who left included."""
    every = sorted(call.workspace.users.values(), key=lambda user: user.id)
    page, cursor = page_of(every, call.args, default=len(every) or 1)
    return {
        "ok": True,
        "members": [_person(call, user) for user in page],
        "cache_ts": int(call.directory.now().timestamp()),
        "response_metadata": {"next_cursor": cursor},
    }


def bots_info(call: Call) -> Json:
    """Answer `bots.info`."""
    found = call.directory.by_bot(call.args.needed("bot"))
    if found is None or found.team_id != call.workspace.id:
        raise SlackError("bot_not_found")
    bot = {
        "id": found.bot_id,
        "deleted": False,
        "name": found.app.bot_name,
        "updated": 0,
        "app_id": found.app.id,
        "user_id": found.bot_user_id,
        "icons": {"image_48": PROFILE_ICON},
        "team_id": found.team_id,
    }
    return {"ok": True, "bot": bot}


def groups_list(call: Call) -> Json:
    """Answer `usergroups.list`."""
    found = [
        group_json(
            group,
            team_id=call.workspace.id,
            with_users=call.args.flag("include_users"),
            with_count=call.args.flag("include_count"),
        )
        for group in call.workspace.groups.values()
    ]
    return {"ok": True, "usergroups": found}


def group_users(call: Call) -> Json:
    """Answer `usergroups.users.list`."""
    group = call.workspace.groups.get(call.args.needed("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"ok": True, "users": list(group.users)}


def team_info(call: Call) -> Json:
    """Answer `team.info`."""
    if call.args.text("team") not in {None, "", call.workspace.id}:
        raise SlackError("team_not_found")
    return {"ok": True, "team": team_json(call.workspace)}
