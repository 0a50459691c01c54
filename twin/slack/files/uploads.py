"""What people upload themselves: into a conversation, or for a form's file input."""

from collections.abc import Callable

from aiohttp import BodyPartReader, web

from twin.slack.control import fields as control_fields
from twin.slack.errors import ClientError, ControlError
from twin.slack.files.routes import BAD_FORM, TooLongError, read_part
from twin.slack.files.sharing import FileSharing
from twin.slack.files.store import File, Files
from twin.slack.files.wire import file_json
from twin.slack.place.directory import Directory
from twin.slack.place.model import Json, Message, User

FIELDS = ("user", "channel", "thread_ts", "text")
FILES_MOST = 10
_FIELD_MOST_BYTES = 64 * 1024

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


async def read_form(request: web.Request, *, most_bytes: int) -> tuple[Json, list[Upload]]:
    """Read a control request's form: fields by name, and every part that has a file name.

    Raises:
        ControlError: It is no form, has a field that is not known, or is too large.
    """
    if not request.content_type.startswith("multipart/"):
        raise ControlError("send a multipart form with user and file")
    fields: Json = {}
    uploads: list[Upload] = []
    room = most_bytes
    try:
        form = await request.multipart()
        while (part := await form.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise ControlError("a part within a part makes no sense")
            if part.filename is not None:
                name = control_fields.text("the file's name", part.filename)
                uploads.append((name, await read_part(part, most=room)))
                room -= len(uploads[-1][1])
            else:
                fields[_known(part.name)] = await _text_of(part)
    except TooLongError as error:
        raise ControlError("that is more than can be kept") from error
    except BAD_FORM as error:
        raise ControlError("the form cannot be read") from error
    if "user" not in fields:
        raise ControlError("user is missing")
    return fields, uploads


def _known(name: str | None) -> str:
    if name not in FIELDS:
        raise ControlError(f"{name} is not known here; there are: {', '.join(FIELDS)}, file")
    return name


async def _text_of(part: BodyPartReader) -> str:
    return (await read_part(part, most=_FIELD_MOST_BYTES)).decode()
