"""Serve a copy of ours, whole or in part: kept in no cache, run in no browser."""

from collections.abc import AsyncIterator, Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.handout import OurFile
from bot.web.naming import content_type, disposition, file_name
from bot.web.ranges import Part, UnsatisfiableRangeError, read_range

Read = Callable[[OurFile, int, int], AsyncIterator[bytes]]

_ROBOTS = "api.slack.com/robots"

PRIVATE: Mapping[str, str] = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
"""Headers of whatever has to do with somebody's file."""


class CopyResponse(StreamingResponse):
    """A copy on its way out.

    Attributes:
        on_end: Called once the last byte has left, or the reader has.
    """

    on_end: Callable[[], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.on_end is not None:
                self.on_end()


def serve_copy(request: Request, ours: OurFile, read: Read) -> Response:
    """Answer GET with 200, 206 or 416, and HEAD with what GET would say of the whole."""
    size, headers = ours.size_bytes, _headers(ours)
    try:
        part = _asked_part(request, ours)
    except UnsatisfiableRangeError:
        gone = {"content-range": f"bytes */{size}", "accept-ranges": "bytes", **PRIVATE}
        return PlainTextResponse("The file ends before that.", status_code=416, headers=gone)
    start, end = part or (0, size)
    headers["content-length"] = str(end - start)
    if request.method == "HEAD":
        return Response(headers=headers)
    if part is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    status = 200 if part is None else 206
    return CopyResponse(read(ours, start, end), status_code=status, headers=headers)


def begins_download(request: Request) -> bool:
    """Tell whether a person begins to fetch a file: what follows is the same download."""
    if _is_drawn(request):
        return False
    ranges = request.headers.getlist("range")
    is_beginning = not ranges or ranges[0].replace(" ", "").lower().startswith("bytes=0-")
    return request.method == "GET" and is_beginning


def _is_drawn(request: Request) -> bool:
    """Tell whether a picture is fetched to be shown and nobody asked for the file.

    Slack's servers say so by their name (api.slack.com/robots, as crawlers' lists give it, seen
    2026-11-22), browsers by the destination (Fetch Metadata, www.w3.org/TR/fetch-metadata, section
    2.1). Whoever says neither is counted.
    """
    is_slack = _ROBOTS in request.headers.get("user-agent", "")
    return is_slack or request.headers.get("sec-fetch-dest") == "image"


def _asked_part(request: Request, ours: OurFile) -> Part | None:
    if request.method != "GET":
        return None  # RFC 9110, 14.2: ranges are for GET alone.
    guard = request.headers.get("if-range")
    if guard is not None and guard.strip() != _etag(ours):
        return None  # Another file than the one it has begun with, or a date: we give none.
    return read_range(request.headers.getlist("range"), ours.size_bytes)


def _headers(ours: OurFile) -> dict[str, str]:
    kind = content_type(ours.name, listed=ours.listed_type, sent=ours.sent_type)
    name = file_name(ours.name, topic=ours.topic, kind=ours.kind, content_type=kind)
    return {
        "content-type": kind,
        "content-disposition": disposition(name),
        "content-security-policy": "sandbox; default-src 'none'",
        "accept-ranges": "bytes",
        "etag": _etag(ours),
        **PRIVATE,
    }


def _etag(ours: OurFile) -> str:
    return f'"{ours.sha256}"'
