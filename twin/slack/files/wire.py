"""How Slack writes files as JSON: in messages and form payloads, and in full for `files.info`."""

from urllib.parse import quote

from twin.slack.files.store import File, Share
from twin.slack.files.types import kind_of
from twin.slack.place.directory import Directory
from twin.slack.place.model import Channel, Json
from twin.slack.place.workspace import Workspace


def file_json(file: File, *, base_url: str) -> Json:
    """Write a file as messages and forms carry it.

    Source: docs.slack.dev/reference/objects/file-object, read in a copy, 2026-11-22.
    """
    kind = kind_of(file)
    name = quote(file.name, safe="")
    private = f"{base_url}/files-pri/{file.team_id}-{file.id}"
    created = int(file.created_at.timestamp())
    media = kind.mimetype.partition("/")[0]
    found: Json = {
        "id": file.id,
        "created": created,
        "timestamp": created,
        "name": file.name,
        "title": file.title,
        "mimetype": kind.mimetype,
        "filetype": kind.filetype,
        "pretty_type": kind.pretty,
        "user": file.user,
        "user_team": file.team_id,
        "editable": bool(file.snippet_type),
        "size": file.size_bytes,
        "mode": "snippet" if file.snippet_type else "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{name}",
        "url_private_download": f"{private}/download/{name}",
        "media_display_type": media if media in {"audio", "video"} else "unknown",
        "permalink": f"{base_url}/files/{file.user}/{file.id}/{name}",
        "has_rich_preview": False,
        "file_access": "visible",
    }
    return found | ({"alt_txt": file.alt_txt} if file.alt_txt else {})


def full_file_json(file: File, *, base_url: str, directory: Directory) -> Json:
    """Write a file with the places that show it, as `files.info` and `files.list` do."""
    places = [(share, directory.workspace_of_channel(share.channel)) for share in file.shares]
    shares: dict[str, dict[str, list[Json]]] = {}
    listed: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for share, workspace in places:
        channel = workspace.channels[share.channel]
        side = "private" if channel.is_private else "public"
        found = shares.setdefault(side, {}).setdefault(channel.id, [])
        found.append(_share_json(file, share, workspace=workspace))
        where = listed[_list_of(channel)]
        where.extend([channel.id] if channel.id not in where else [])
    return file_json(file, base_url=base_url) | {
        "is_public": bool(listed["channels"]),
        **listed,
        "shares": shares,
        "comments_count": 0,
    }


def _list_of(channel: Channel) -> str:
    if channel.dm_with is not None:
        return "ims"
    return "groups" if channel.is_private else "channels"


def _share_json(file: File, share: Share, *, workspace: Workspace) -> Json:
    replies = workspace.replies(share.channel, share.ts)
    people = list(dict.fromkeys(reply.user for reply in replies))
    found: Json = {
        "reply_users": people,
        "reply_users_count": len(people),
        "reply_count": len(replies),
        "ts": share.ts,
        "channel_name": workspace.channels[share.channel].name,
        "team_id": workspace.id,
        "share_user_id": file.user,
        "source": "UNKNOWN",
        "is_silent_share": False,
    }
    if share.thread_ts is not None:
        found["thread_ts"] = share.thread_ts
    return found | ({"latest_reply": replies[-1].ts} if replies else {})


def tombstone_json(file: File) -> Json:
    """Write what a message shows in place of a deleted file."""
    return {"id": file.id, "mode": "tombstone"}
