"""The file host: links that carry their own permission, with HEAD and ranges, and no keys.

Its errors look like those of a blob store rather than of the API, because that is what stands
behind such links.
"""

from aiohttp import web

from twin.files import sha256_hex
from twin.jarai.deliverables import Item, Links, find_item
from twin.jarai.gate import KEY_HEADER
from twin.jarai.model import WITH_DELIVERABLES, Jobs, UnknownProductionError


class FileHost:
    """Serve deliverables to whoever has a good link."""

    def __init__(self, *, jobs: Jobs, links: Links) -> None:
        self._jobs = jobs
        self._links = links

    def add_routes(self, app: web.Application) -> None:
        """Serve GET and HEAD."""
        app.router.add_get("/files/{production_id}/{file_name}", self.serve)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a link."""
        if KEY_HEADER in request.headers:
            return _error(400, "InvalidHeaderValue", "Keys are not sent to the file host.")
        if not self._links.is_good(request.path, request.query):
            return _error(403, "AuthenticationFailed", "The link is not valid or is over.")
        item = self._item(request)
        if item is None:
            return _error(404, "BlobNotFound", "There is no such file.")
        return _ranged(request, item)

    def _item(self, request: web.Request) -> Item | None:
        try:
            job = self._jobs.get(request.match_info["production_id"])
        except UnknownProductionError:
            return None
        if job.status not in WITH_DELIVERABLES:
            return None
        return find_item(job, request.match_info["file_name"])


def _ranged(request: web.Request, item: Item) -> web.Response:
    """Answer with all of a file or the one range asked for; a range we cannot read is ignored."""
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256_hex(item.content)[:32]}"',
        "Content-Disposition": f'attachment; filename="{item.file_name}"',
    }
    size = len(item.content)
    part = _asked_part(request, size)
    if part is None:
        return _response(item, item.content, headers, status=200)
    if part.start >= size:
        response = _error(416, "InvalidRange", "The file is shorter than that.")
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return _response(item, item.content[part.start : part.stop], headers, status=206)


def _asked_part(request: web.Request, size: int) -> range | None:
    try:
        asked = request.http_range
    except ValueError:
        return None
    if asked.start is None and asked.stop is None:
        return None
    start, stop, _ = asked.indices(size)
    return range(start, max(stop, start))


def _response(item: Item, content: bytes, headers: dict[str, str], *, status: int) -> web.Response:
    return web.Response(
        body=content, status=status, headers=headers, content_type=item.content_type
    )


def _error(status: int, code: str, message: str) -> web.Response:
    text = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
    return web.Response(
        status=status, text=text, content_type="application/xml", headers={"x-ms-error-code": code}
    )
