"""Serving a file's bytes as storage hosts do: HEAD, ranges, a digest; errors in XML."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from aiohttp import web

from twin.files import sha256_hex


@dataclass(frozen=True, kw_only=True)
class Blob:
    """A file as it is served.

    Attributes:
        file_name: What a browser saves it under.
    """

    file_name: str
    content_type: str
    content: bytes


def serve_blob(request: web.Request, blob: Blob) -> web.Response:
    """Answer with all of a file or the one range asked for; a range we cannot read is ignored."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256_hex(blob.content)[:32]}"',
        "Content-Disposition": f'attachment; filename="{blob.file_name}"',
    }
    size = len(blob.content)
    part = _asked_part(request, size)
    if part is None:
        return _response(blob, blob.content, headers, status=200)
    if part.start >= size:
        response = xml_error(416, "InvalidRange", "The file is shorter than that.")
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return _response(blob, blob.content[part.start : part.stop], headers, status=206)


def _asked_part(request: web.Request, size: int) -> range | None:
    try:
        asked = request.http_range
    except ValueError:
        return None
    if asked.start is None and asked.stop is None:
        return None
    start, stop, _ = asked.indices(size)
    return range(start, max(stop, start))


def _response(blob: Blob, content: bytes, headers: dict[str, str], *, status: int) -> web.Response:
    return web.Response(
        body=content, status=status, headers=headers, content_type=blob.content_type
    )


def xml_error(status: int, code: str, message: str) -> web.Response:
    """Refuse as a storage host does."""
    text = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    )
    return web.Response(status=status, text=text, content_type="application/xml")
