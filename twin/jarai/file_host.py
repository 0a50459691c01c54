"""The file host: links that carry their own permission, with HEAD and ranges, and no keys.

Its errors look like those of a blob store rather than of the API, because that is what stands
behind such links.
"""

from aiohttp import hdrs, web

from twin.blobs import Blob, serve_blob, xml_error
from twin.jarai.deliverables import Item, find_item
from twin.jarai.gate import KEY_HEADER
from twin.jarai.model import WITH_DELIVERABLES, Jobs
from twin.jobs import UnknownJobError
from twin.links import TWO_KINDS, Links, LinkState


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
            return xml_error(400, "InvalidHeaderValue", "Keys are not sent to the file host.")
        if hdrs.AUTHORIZATION in request.headers:
            return xml_error(400, "InvalidAuthenticationInfo", TWO_KINDS)
        if (
            self._links.state_of(request.path, request.rel_url.raw_query_string)
            is not LinkState.GOOD
        ):
            return xml_error(403, "AuthenticationFailed", "The link is not valid or is over.")
        item = self._item(request)
        if item is None:
            return xml_error(404, "BlobNotFound", "There is no such file.")
        blob = Blob(file_name=item.file_name, content_type=item.content_type, content=item.content)
        return serve_blob(request, blob)

    def _item(self, request: web.Request) -> Item | None:
        try:
            job = self._jobs.get(request.match_info["production_id"])
        except UnknownJobError:
            return None
        if job.status not in WITH_DELIVERABLES:
            return None
        return find_item(job, request.match_info["file_name"])
