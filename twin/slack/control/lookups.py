"""Find what a control request names, or say in a sentence that there is no such thing."""

from twin.slack.errors import ControlError
from twin.slack.place.directory import Directory
from twin.slack.place.model import App, Channel, Installation, UserGroup
from twin.slack.place.workspace import Workspace


def app_of(directory: Directory, app_id: str) -> App:
    """Find an app.

    Raises:
        ControlError: There is none.
    """
    found = directory.apps.get(app_id)
    if found is None:
        raise ControlError(f"there is no app {app_id!r}")
    return found


def installation_of(directory: Directory, *, app_id: str, team_id: str) -> Installation:
    """Find an app in a workspace.

    Raises:
        ControlError: It is not installed there.
    """
    found = directory.installation(team_id=team_id, app_id=app_id)
    if found is None:
        raise ControlError(f"{app_id!r} is not installed in {team_id!r}")
    return found


def channel_of(directory: Directory, channel_id: str) -> Channel:
    """Find a conversation.

    Raises:
        ControlError: There is none.
    """
    found = directory.channel(channel_id)
    if found is None:
        raise ControlError(f"there is no channel {channel_id!r}")
    return found


def group_of(directory: Directory, group_id: str) -> tuple[UserGroup, Workspace]:
    """Find a user group and the workspace it belongs to.

    Raises:
        ControlError: There is none.
    """
    for place in directory.workspaces.values():
        if group_id in place.groups:
            return place.groups[group_id], place
    raise ControlError(f"there is no user group {group_id!r}")


def known_user(directory: Directory, user_id: str) -> str:
    """Give back the id of somebody who is there.

    Raises:
        ControlError: There is nobody.
    """
    if directory.user(user_id) is None:
        raise ControlError(f"there is no user {user_id!r}")
    return user_id


def known_workspace(directory: Directory, team_id: str) -> str:
    """Give back the id of a workspace that is there.

    Raises:
        ControlError: There is none.
    """
    if team_id not in directory.workspaces:
        raise ControlError(f"there is no workspace {team_id!r}")
    return team_id
