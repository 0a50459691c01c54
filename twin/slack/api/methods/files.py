"""The Web API methods of the `files` family."""

import re
from dataclasses import replace
from typing import Any

from twin.slack.api.access import (
    Call,
    joined_channel,
    read_blocks,
    seen_channel,
    seen_user,
    thread_of,
)
from twin.slack.api.contents import TEXT_CUT_AT
from twin.slack.errors import SlackError, invalid_arguments, missing_argument
from twin.slack.files.sharing import FileSharing
from twin.slack.files.store import File
from twin.slack.files.types import is_listed_as
from twin.slack.files.wire import full_file_json
from twin.slack.place.model import Channel, Json, Message
from twin.slack.place.workspace import written_by

ALT_TEXT_MOST = 1000
SNIPPET_MOST_BYTES = 1024 * 1024
CHANNELS_MOST = 100
FILES_MOST = 10
TYPES = ("all", "spaces", "snippets", "images", "gdocs", "zips", "pdfs")
_CHANNEL_ID = re.compile(r"[CGDZ][A-Z0-9]+", re.ASCII)
_FILE_ID = re.compile(r"F[A-Z0-9]+", re.ASCII)
_MOMENT = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_AT_FILES = "[json-pointer:/files]"
_WORD = re.compile(r"[a-z0-9_+-]+", re.ASCII)


def get_upload_url(call: Call) -> Json:
    """Answer `files.getUploadURLExternal`.

    Source: docs.slack.dev/reference/methods/files.getUploadURLExternal, read in a copy,
        2026-11-22.
    """
    name, size_bytes = call.args.needed("filename"), _length(call)
    snippet_type = _snippet_type(call, size_bytes)
    alt_txt = call.args.text("alt_txt") or ""
    if len(alt_txt) > ALT_TEXT_MOST:
        raise SlackError("alt_txt_too_large")
    if not call.files.has_room(size_bytes):
        raise SlackError("storage_limit_reached")
    file = File(
        id=call.files.new_id(),
        team_id=call.installation.team_id,
        user=call.bot,
        app_id=call.installation.app.id,
        name=name,
        title=name,
        size_bytes=size_bytes,
        created_at=call.workspace.now(),
        alt_txt=alt_txt,
        snippet_type=snippet_type,
    )
    ticket = call.files.promise(file)
    return {
        "ok": True,
        "upload_url": f"{call.base_url}/upload/v1/{ticket}",
        "file_id": file.id,
    }


def _length(call: Call) -> int:
    text = call.args.needed("length")
    if not text.isascii() or not text.isdecimal():
        raise invalid_arguments("[ERROR] must be a valid integer [json-pointer:/length]")
    length = int(text[:15])
    if length == 0:
        raise SlackError("missing_argument")
    if length > call.files.most_bytes:
        raise SlackError("file_upload_size_restricted")
    return length


def _snippet_type(call: Call, size_bytes: int) -> str:
    word = call.args.text("snippet_type") or ""
    if word and not _WORD.fullmatch(word):
        raise SlackError("unknown_snippet_type")
    if word and size_bytes > SNIPPET_MOST_BYTES:
        raise SlackError("snippet_too_large")
    return word


def complete_upload(call: Call) -> Json:
    """Answer `files.completeUploadExternal`; the answer is written before anything is shared.

    Slack shares in the background, so the files it answers with name no place yet.

    Source: docs.slack.dev/reference/methods/files.completeUploadExternal and
        docs.slack.dev/messaging/working-with-files, read in copies, 2026-11-22.
    """
    files = _uploaded(call)
    channels = _destinations(call)
    thread_ts = _thread(call, channels)
    comment = call.args.text("initial_comment") or ""
    blocks = [] if comment else read_blocks(call.args) or []
    finished = [call.files.put(replace(file, stage="finished")) for file in files]
    answer = [
        full_file_json(file, base_url=call.base_url, directory=call.directory) for file in finished
    ]
    for channel in channels:
        message = _message(call, channel, text=comment, blocks=blocks, thread_ts=thread_ts)
        _sharing(call).show(message, finished, base_url=call.base_url)
    return {"ok": True, "files": answer}


def _sharing(call: Call) -> FileSharing:
    return FileSharing(call.files, call.directory)


def _uploaded(call: Call) -> list[File]:
    """Find the files that are to be finished, with their titles."""
    wanted = call.args.structure("files", error="invalid_arguments")
    if wanted is None:
        raise missing_argument("files")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= FILES_MOST:
        raise invalid_arguments(f"[ERROR] must be a list of 1 to {FILES_MOST} files {_AT_FILES}")
    ids = [one.get("id") if isinstance(one, dict) else None for one in wanted]
    if len(set(map(str, ids))) < len(ids):
        raise invalid_arguments(f"[ERROR] must not name a file twice {_AT_FILES}")
    return [_one_uploaded(call, one, index=index) for index, one in enumerate(wanted)]


def _one_uploaded(call: Call, wanted: Any, *, index: int) -> File:
    at = f"/files/{index}"
    if not isinstance(wanted, dict):
        raise invalid_arguments(f"[ERROR] must be an object [json-pointer:{at}]")
    file_id, title = wanted.get("id"), wanted.get("title")
    if not isinstance(file_id, str) or not _FILE_ID.fullmatch(file_id):
        raise invalid_arguments(f"[ERROR] must be a file id [json-pointer:{at}/id]")
    if title is not None and not isinstance(title, str):
        raise invalid_arguments(f"[ERROR] must be a string [json-pointer:{at}/title]")
    file = call.files.find(file_id)
    if file is None or file.stage != "received" or not _is_own(call, file):
        raise SlackError("file_not_found")
    return replace(file, title=title or file.name)


def _is_own(call: Call, file: File) -> bool:
    mine = call.installation
    return (file.app_id, file.team_id) == (mine.app.id, mine.team_id)


def _destinations(call: Call) -> list[Channel]:
    """Find where the files go: `channel_id` or `channels` (ids, of people too), or nowhere."""
    named = [one.strip() for one in (call.args.text("channels") or "").split(",") if one.strip()]
    channel_id = call.args.text("channel_id")
    if channel_id and not _CHANNEL_ID.fullmatch(channel_id):
        problem = "input must match regex pattern: ^[CGDZ][A-Z0-9]+$"
        raise invalid_arguments(f"[ERROR] {problem} [json-pointer:/channel_id]")
    if len(named) > CHANNELS_MOST:
        raise SlackError("channels_limit_exceeded")
    ids = list(dict.fromkeys([*([channel_id] if channel_id else []), *named]))
    return [_destination(call, one) for one in ids]


def _destination(call: Call, name: str) -> Channel:
    user = seen_user(call, name)
    if user is not None and (user.deleted or user.is_bot):
        raise SlackError("channel_not_found")
    if user is not None:
        return call.workspace.direct_channel(user.id, bot=call.bot)
    channel = joined_channel(call, name)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _thread(call: Call, channels: list[Channel]) -> str | None:
    if not call.args.text("thread_ts"):
        return None
    if len(channels) != 1:
        raise invalid_arguments("[ERROR] needs exactly one channel [json-pointer:/thread_ts]")
    return thread_of(call, channels[0])


def _message(
    call: Call, channel: Channel, *, text: str, blocks: list[Json], thread_ts: str | None
) -> Message:
    return Message(
        ts=call.workspace.new_ts(),
        channel=channel.id,
        **written_by(call.installation),
        text=text[:TEXT_CUT_AT],
        blocks=blocks,
        thread_ts=thread_ts,
    )


def info(call: Call) -> Json:
    """Answer `files.info`."""
    file = _visible(call, call.args.needed("file"))
    return {
        "ok": True,
        "file": full_file_json(file, base_url=call.base_url, directory=call.directory),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def _visible(call: Call, file_id: str) -> File:
    file = call.files.find(file_id)
    if file is None:
        raise SlackError("file_not_found")
    if file.stage == "deleted":
        raise SlackError("file_deleted")
    if not _sharing(call).can_see(file, call.installation):
        raise SlackError("file_not_found")
    return file


def list_files(call: Call) -> Json:
    """Answer `files.list`, newest first."""
    count = call.args.number("count", default=100, most=1000)
    page = call.args.number("page", default=1, most=1_000_000)
    since, until = _moment(call, "ts_from", 0.0), _moment(call, "ts_to", float("inf"))
    found = [one for one in _listable(call) if since <= one.created_at.timestamp() <= until]
    shown = found[(page - 1) * count : page * count]
    return {
        "ok": True,
        "files": [
            full_file_json(one, base_url=call.base_url, directory=call.directory) for one in shown
        ],
        "paging": {
            "count": count,
            "total": len(found),
            "page": page,
            "pages": -(-len(found) // count),
        },
    }


def _listable(call: Call) -> list[File]:
    """List what the app can see of what it asks for."""
    types = _types(call)
    user, channel = call.args.text("user"), call.args.text("channel")
    if user and seen_user(call, user) is None:
        raise SlackError("user_not_found")
    if channel:
        seen_channel(call, channel)
    return [
        one
        for one in call.files.finished(call.installation.team_id)
        if _sharing(call).can_see(one, call.installation)
        and is_listed_as(one, types)
        and user in {None, "", one.user}
        and (not channel or channel in {share.channel for share in one.shares})
    ]


def _types(call: Call) -> set[str]:
    types = set((call.args.text("types") or "all").split(","))
    if not types <= set(TYPES):
        raise SlackError("unknown_type")
    return types


def _moment(call: Call, name: str, default: float) -> float:
    text = call.args.text(name)
    if not text or text == "now":
        return default
    if not _MOMENT.fullmatch(text):
        raise invalid_arguments(f"[ERROR] must be epoch seconds [json-pointer:/{name}]")
    return float(text)


def delete(call: Call) -> Json:
    """Answer `files.delete`: an app can take away what it uploaded itself."""
    file = _visible(call, call.args.needed("file"))
    if not _is_own(call, file):
        raise SlackError("cant_delete_file")
    _sharing(call).remove(file)
    return {"ok": True}
