"""What people upload themselves: into a conversation, or for a form's file input."""

from collections.abc import Callable

from twin.slack.errors import ClientError
from twin.slack.files.sharing import FileSharing
from twin.slack.files.store import File, Files
from twin.slack.files.wire import file_json
from twin.slack.place.directory import Directory
from twin.slack.place.model import Json, Message, User

FILES_MOST = 10

Upload = tuple[str, bytes]  # A file's name and content.


class Uploads:
    """Take people's files.

    Args:
        files: Where they are kept.
        directory: Where the messages are that show them.
        base_url: Gives the twin's own address, known once it listens.
    """

    def __init__(self, files: Files, *, directory: Directory, base_url: Callable[[], str]) -> None:
        self._files = files
        self._sharing = FileSharing(files, directory)
        self._base_url = base_url

    def keep(self, user: User, uploads: list[Upload]) -> list[File]:
        """Keep files that a person chose.

        Raises:
            ClientError: None, an empty one, too many, or no room for them.
        """
        if not 1 <= len(uploads) <= FILES_MOST:
            raise ClientError(f"choose 1 to {FILES_MOST} files")
        if any(not name or not content for name, content in uploads):
            raise ClientError("a file needs a name and at least one byte")
        if not self._files.has_room(sum(len(content) for _, content in uploads)):
            most_mb = self._files.most_bytes // (1024 * 1024)
            raise ClientError(f"the local Slack keeps {most_mb} MB of files in all; it is full")
        return [self._keep_one(user, name, content) for name, content in uploads]

    def _keep_one(self, user: User, name: str, content: bytes) -> File:
        return self._files.put(
            File(
                id=self._files.new_id(),
                team_id=user.team_id,
                user=user.id,
                name=name,
                title=name,
                size_bytes=len(content),
                created_at=self._files.now(),
                stage="finished",
                content=content,
            )
        )

    def as_json(self, user: User, uploads: list[Upload]) -> list[Json]:
        """Keep files and write them as JSON; see `keep`."""
        kept = self.keep(user, uploads)
        return [file_json(file, base_url=self._base_url()) for file in kept]

    def post(
        self, user: User, uploads: list[Upload], *, message: Message
    ) -> tuple[Message, list[File]]:
        """Keep files and post them with a message; see `keep`."""
        kept = self.keep(user, uploads)
        return self._sharing.show(message, kept, base_url=self._base_url()), kept


def shared_event(file: File, message: Message) -> Json:
    """Write the event that tells apps of a file in a conversation.

    Source: docs.slack.dev/reference/events/file_shared, read in a copy, 2026-11-22.
    """
    return {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": file.user,
        "file": {"id": file.id},
        "channel_id": message.channel,
        "event_ts": message.ts,
    }
