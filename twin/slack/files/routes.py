"""The addresses that files are sent to and fetched from.

Bytes go to an upload URL, raw or as a form's part, and come from a private URL with a bot token.
"""

import html
from urllib.parse import quote

from aiohttp import BodyPartReader, ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

from twin.slack.files.sharing import FileSharing
from twin.slack.files.store import File, Files
from twin.slack.files.types import kind_of
from twin.slack.place.directory import Directory
from twin.slack.place.model import Installation

UPLOAD_PATH = "/upload/v1/"
_CHUNK_BYTES = 64 * 1024
# What a browser may show on the twin's own origin; anything else is only ever saved.
_SHOWN_TYPES = (
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/",
    "video/",
    "text/plain",
)


def carries_file(path: str) -> bool:
    """Say whether a request to this path, or its answer, has a file for a body."""
    return path.startswith((UPLOAD_PATH, "/files-pri/", "/files/"))


class TooLongError(Exception):
    """More bytes came than were promised or can be kept."""


# All that aiohttp raises for a form, or a part of one, that is broken.
BAD_FORM = (
    ValueError,
    AssertionError,
    LookupError,
    RuntimeError,
    HttpProcessingError,
    ClientPayloadError,
)


class FileRoutes:
    """Take uploads and hand files out.

    Args:
        files: Where they are kept.
        directory: Says whose a token is.
    """

    def __init__(self, files: Files, *, directory: Directory) -> None:
        self._files = files
        self._sharing = FileSharing(files, directory)
        self._directory = directory

    def routes(self) -> list[web.RouteDef]:
        """List the endpoints."""
        return [
            web.post(UPLOAD_PATH + "{ticket}", self._upload),
            web.get("/files-pri/{team_and_file}/{name}", self._private),
            web.get("/files-pri/{team_and_file}/download/{name}", self._download),
            web.get("/files/{user}/{file_id}/{name}", self._permalink),
            web.get("/signin", _sign_in),
            web.get("/__twin/files/{file_id}", self._shown_to_people),
        ]

    async def _upload(self, request: web.Request) -> web.Response:
        """Take the bytes that were promised: exactly so many, and once."""
        ticket = request.match_info["ticket"]
        file = self._files.awaited(ticket)
        if file is None:
            return web.Response(status=404, text="upload URL unknown, used or expired")
        try:
            content = await read_upload(request, most=file.size_bytes)
        except (TooLongError, *BAD_FORM):
            content = b""
        if len(content) != file.size_bytes:
            return web.Response(status=400, text=f"expected {file.size_bytes} bytes of one file")
        if self._files.awaited(ticket) is None:
            return web.Response(status=404, text="upload URL unknown, used or expired")
        self._files.receive(ticket, content)
        return web.Response(text=f"OK - {len(content)}")

    async def _private(self, request: web.Request) -> web.Response:
        _, _, file_id = request.match_info["team_and_file"].partition("-")
        return self._to_app(request, file_id, is_download=False)

    async def _download(self, request: web.Request) -> web.Response:
        _, _, file_id = request.match_info["team_and_file"].partition("-")
        return self._to_app(request, file_id, is_download=True)

    async def _permalink(self, request: web.Request) -> web.Response:
        return self._to_app(request, request.match_info["file_id"], is_download=False)

    def _to_app(self, request: web.Request, file_id: str, *, is_download: bool) -> web.Response:
        """Answer an app; without a good token and `files:read` it lands on a page to sign in.

        Source: as callers reported it, such as vercel/eve#1531 and bolt-js#2585 (a page with
            status 200 in place of the file) and slackdeletron#48 (the redirect to it).
        """
        file = self._files.find(file_id)
        installation = self._reader(request)
        if installation is None or self._is_elsewhere(file, installation):
            where = f"/signin?redir={quote(request.path, safe='')}"
            return web.Response(status=302, headers={"Location": where})
        if file is None or not self._sharing.can_see(file, installation):
            return web.Response(status=404, text="file not found")
        return _bytes_of(file, is_download=is_download)

    def _reader(self, request: web.Request) -> Installation | None:
        """Find the app that asks, if it may read files."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        found = self._directory.by_token(token.strip()) if scheme.lower() == "bearer" else None
        if found is None or found.token_state != "ok" or "files:read" not in found.scopes:  # noqa: S105 - a state
            return None
        return found

    def _is_elsewhere(self, file: File | None, installation: Installation) -> bool:
        """Say whether a file belongs to a workspace that the token has nothing to do with."""
        if file is None or file.team_id == installation.team_id:
            return False
        return not self._sharing.can_see(file, installation)

    async def _shown_to_people(self, request: web.Request) -> web.Response:
        """Hand a file to the page or a script, which stand for people who are signed in."""
        file = self._files.find(request.match_info["file_id"])
        if file is None or file.content is None:
            return web.json_response({"error": "there is no such file"}, status=404)
        kind = kind_of(file).mimetype
        is_shown = kind.startswith(_SHOWN_TYPES)
        answer = _bytes_of(file, is_download=not is_shown)
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return answer


async def read_upload(request: web.Request, *, most: int) -> bytes:
    """Read one file from a request: the first part of a form, or else the whole body.

    Raises:
        TooLongError: There is more than `most` bytes.
        Exception: One of `BAD_FORM`: it claims to be a form and is none.
    """
    if not request.content_type.startswith("multipart/"):
        return await read_part(request.content, most=most)
    form = await request.multipart()
    while (part := await form.next()) is not None:
        if isinstance(part, BodyPartReader):
            return await read_part(part, most=most)
    return b""


async def read_part(source: StreamReader | BodyPartReader, *, most: int) -> bytes:
    """Read a body, or a part of one, to its end.

    Raises:
        TooLongError: There is more than `most` bytes.
    """
    content = bytearray()
    while chunk := await _next_chunk(source):
        content += chunk
        if len(content) > most:
            raise TooLongError
    return bytes(content)


async def _next_chunk(source: StreamReader | BodyPartReader) -> bytes:
    if isinstance(source, BodyPartReader):
        return await source.read_chunk(_CHUNK_BYTES)
    return await source.read(_CHUNK_BYTES)


def _bytes_of(file: File, *, is_download: bool) -> web.Response:
    way = "attachment" if is_download else "inline"
    return web.Response(
        body=file.content,
        headers={
            "Content-Type": kind_of(file).mimetype,
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(file.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


async def _sign_in(request: web.Request) -> web.Response:
    """Show the page that whoever asks for a file without the right token ends up on."""
    wanted = html.escape(request.query.get("redir", ""))
    return web.Response(
        content_type="text/html",
        headers={"Content-Security-Policy": "default-src 'none'"},
        text=(
            '<!DOCTYPE html><html lang="en"><head><title>Sign in | Local Slack</title></head>'
            f"<body><h1>Sign in to see this file</h1><p>{wanted}</p>"
            "<p>Apps need a bot token with files:read.</p></body></html>"
        ),
    )
