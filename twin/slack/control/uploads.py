"""Read the multipart form with which a person uploads files."""

from aiohttp import BodyPartReader, web

from twin.slack.control.fields import text
from twin.slack.errors import ControlError
from twin.slack.files.routes import BAD_FORM, TooLongError, read_part
from twin.slack.files.uploads import FILES_MOST, Upload
from twin.slack.place.model import Json

FIELDS = ("user", "channel", "thread_ts", "text")
PARTS_MOST = len(FIELDS) + FILES_MOST
_FIELD_MOST_BYTES = 64 * 1024


async def read_upload(request: web.Request, *, most_bytes: int) -> tuple[Json, list[Upload]]:
    """Read a control request's form: fields by name, and every part that has a file name.

    Raises:
        ControlError: It is no form, has a field that is not known, or is too large.
    """
    if not request.content_type.startswith("multipart/"):
        raise ControlError("send a multipart form with user and file")
    fields: Json = {}
    uploads: list[Upload] = []
    room, parts = most_bytes, 0
    try:
        form = await request.multipart()
        while (part := await form.next()) is not None:
            parts += 1
            if parts > PARTS_MOST:
                raise ControlError("the form has too many parts")
            if not isinstance(part, BodyPartReader):
                raise ControlError("a part within a part makes no sense")
            if part.filename is not None:
                name = text("the file's name", part.filename)
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
