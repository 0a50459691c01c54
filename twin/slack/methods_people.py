"""The Web API methods about the token, people, groups and the workspace."""

from twin.slack.access import Call
from twin.slack.errors import SlackError
from twin.slack.model import BOT_ID, BOT_NAME, BOT_USER_ID, TEAM_ID, TEAM_NAME, Json
from twin.slack.wire import group_json, team_json, user_json


def auth_test(call: Call) -> Json:
    """Answer `auth.test`."""
    return {
        "ok": True,
        "url": f"{call.base_url}/",
        "team": TEAM_NAME,
        "user": BOT_NAME,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def users_info(call: Call) -> Json:
    """Answer `users.info`."""
    user = call.workspace.users.get(call.args.needed("user"))
    if user is None:
        raise SlackError("user_not_found")
    found = user_json(
        user,
        include_locale=call.args.flag("include_locale"),
        include_email="users:read.email" in call.workspace.app.scopes,
    )
    return {"ok": True, "user": found}


def groups_list(call: Call) -> Json:
    """Answer `usergroups.list`."""
    found = [
        group_json(
            group,
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
    if call.args.text("team") not in {None, "", TEAM_ID}:
        raise SlackError("team_not_found")
    return {"ok": True, "team": team_json()}
