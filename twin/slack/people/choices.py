"""What a person can choose from besides options: people, conversations, their own uploads."""

from collections.abc import Callable
from typing import Any

from twin.slack.errors import ClientError
from twin.slack.files.store import File, Files
from twin.slack.files.types import extension_of, kind_of
from twin.slack.files.wire import file_json
from twin.slack.place.directory import Directory
from twin.slack.place.model import Channel, Json, User

Reader = Callable[[Any], Any]


class Choices:
    """Look up what one person picks, and refuse what their client would not offer.

    Args:
        user: Who picks.
        directory: Where people and conversations are.
        files: Where uploads are.
        base_url: The twin's own address, for the files' links.
    """

    def __init__(self, user: User, *, directory: Directory, files: Files, base_url: str) -> None:
        self._user = user
        self._directory = directory
        self._files = files
        self._base_url = base_url

    def id_reader(self, element: Json, *, force: bool) -> Reader:
        """Make the reader of ids for a select of people, channels or conversations."""

        def read(chosen: Any) -> str:
            if not isinstance(chosen, str):
                raise ClientError(f"a {element['type']} takes ids")
            if not force and not self._is_offered(element, chosen):
                raise ClientError(f"{chosen!r} cannot be chosen here")
            return chosen

        return read

    def _is_offered(self, element: Json, chosen: str) -> bool:
        kind = element["type"].removeprefix("multi_")
        if kind == "users_select":
            return self._is_known_person(chosen)
        channel = self._directory.channel(chosen)
        if channel is None or not channel.is_open_to(self._user):
            return False
        if kind == "channels_select":
            return not channel.is_private and not channel.is_archived and channel.dm_with is None
        return not channel.is_archived and self._fits(element.get("filter", {}), channel)

    def _is_known_person(self, user_id: str) -> bool:
        known = {one.id for one in self._directory.people_of(self._user.team_id)}
        found = self._directory.user(user_id)
        return found is not None and user_id in known and not found.deleted

    def _fits(self, wanted: Json, channel: Channel) -> bool:
        """Apply the filter of a conversations select."""
        kinds = wanted.get("include")
        if kinds is not None and _kind(channel) not in kinds:
            return False
        is_shared = len(self._directory.teams_in(channel)) > 1
        if wanted.get("exclude_external_shared_channels") and is_shared:
            return False
        return not (wanted.get("exclude_bot_users") and self._is_with_a_bot(channel))

    def _is_with_a_bot(self, channel: Channel) -> bool:
        if channel.dm_with is None:
            return False
        members = (self._directory.user(one) for one in channel.members)
        return any(one is not None and one.is_bot for one in members)

    def file_reader(self, element: Json, *, force: bool) -> Reader:
        """Make the reader of file ids for a file input; it gives each file as JSON."""
        allowed = {one.lower().removeprefix(".") for one in element.get("filetypes", [])}

        def read(chosen: Any) -> Json:
            file = self._files.find(str(chosen))
            if file is None or file.stage != "finished" or file.user != self._user.id:
                raise ClientError(f"no upload {str(chosen)!r} of {self._user.id}")
            if allowed and not force and not allowed & _types_of(file):
                raise ClientError(f"{file.name!r} is none of: {', '.join(sorted(allowed))}")
            return file_json(file, base_url=self._base_url)

        return read


def _types_of(file: File) -> set[str]:
    return {extension_of(file.name), kind_of(file).filetype}


def _kind(channel: Channel) -> str:
    if channel.dm_with is not None:
        return "im"
    return "private" if channel.is_private else "public"
