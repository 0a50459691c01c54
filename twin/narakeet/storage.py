"""The storage: takes uploads, tells how jobs stand and serves what they made.

Links carry their own permission, and a key sent along is refused, so that a leak is found. What
stands behind the real links is S3, so errors look like its own.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import aiohttp
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from twin.blobs import serve_blob, xml_error
from twin.jobs import JobShelf, UnknownJobError
from twin.links import TWO_KINDS, Links, LinkState
from twin.narakeet.addresses import STORAGE, Addresses
from twin.narakeet.archives import Archives
from twin.narakeet.catalogue import UPLOAD_TYPE
from twin.narakeet.deliverables import files_of
from twin.narakeet.gate import KEY_HEADER
from twin.narakeet.model import Job, State, status_body
from twin.narakeet.settings import Settings

Answer = Callable[[web.Request], Awaitable[web.Response]]


class Storage:
    """Answer whoever has a good link."""

    def __init__(
        self,
        *,
        jobs: JobShelf[Job],
        archives: Archives,
        links: Links,
        addresses: Addresses,
        now: Callable[[], datetime],
        settings: Callable[[], Settings],
    ) -> None:
        self._jobs = jobs
        self._archives = archives
        self._links = links
        self._addresses = addresses
        self._now = now
        self._settings = settings

    def add_routes(self, app: web.Application) -> None:
        """Serve uploads, statuses and results."""
        app.router.add_put(f"{STORAGE}uploads/{{name}}", self._linked(self.take, permits="w"))
        for path, answer in (
            ("status/{task_id}.json", self.show_status),
            ("results/{task_id}/{file_name}", self.serve),
        ):
            app.router.add_get(STORAGE + path, self._linked(answer), allow_head=False)

    async def take(self, request: web.Request) -> web.Response:
        """Take an upload, if it is sent as the token says; a token is good for one."""
        refusal = self._upload_refusal(request)
        if refusal is not None:
            return refusal
        upload = self._archives.upload(request.path.removeprefix(STORAGE))
        if upload is None or upload.content is not None:
            return xml_error(403, "AccessDenied", "The link was used.")
        try:
            upload.content = await request.read()
        except (aiohttp.ClientPayloadError, ConnectionError):
            return xml_error(400, "IncompleteBody", "There were fewer bytes than were announced.")
        return web.Response(status=200)

    async def show_status(self, request: web.Request) -> web.Response:
        """Tell how a job stands."""
        settings, job = self._settings(), self._job(request)
        if job is None or self._now() < job.created_at + timedelta(seconds=settings.status_late_s):
            if settings.status_missing == "403":
                return xml_error(403, "AccessDenied", "Access Denied")
            return xml_error(404, "NoSuchKey", "The specified key does not exist.")
        links = job.links or {}
        if settings.fresh_links and job.state is State.SUCCEEDED:
            links = self._addresses.results(job)
        body = status_body(
            job, links=links, omit_finished=settings.omit_finished, mute=settings.mute_failures
        )
        return web.json_response(body)

    async def serve(self, request: web.Request) -> web.Response:
        """Serve a file of a job."""
        job = self._job(request)
        found = {} if job is None else files_of(job, settings=self._settings())
        for blob in found.values():
            if blob.file_name == request.match_info["file_name"]:
                return serve_blob(request, blob)
        return xml_error(404, "NoSuchKey", "The specified key does not exist.")

    def _linked(self, answer: Answer, *, permits: str = "r") -> Handler:
        """Wrap a handler so that only a good link without a key reaches it."""

        async def let_in(request: web.Request) -> web.StreamResponse:
            if KEY_HEADER in request.headers:
                return xml_error(400, "InvalidRequest", "Keys are not sent to the storage.")
            if hdrs.AUTHORIZATION in request.headers:
                return xml_error(400, "InvalidArgument", TWO_KINDS)
            query = request.rel_url.raw_query_string
            state = self._links.state_of(request.path, query, permits=permits)
            if state is LinkState.ALTERED:
                return xml_error(403, "SignatureDoesNotMatch", "The link is not as it was given.")
            if state is LinkState.OVER:
                return xml_error(403, "AccessDenied", "Request has expired")
            return await answer(request)

        return let_in

    def _upload_refusal(self, request: web.Request) -> web.Response | None:
        """Say what is wrong with an upload's headers; None where nothing is."""
        if request.headers.get(hdrs.CONTENT_TYPE) != UPLOAD_TYPE:
            return xml_error(
                403, "SignatureDoesNotMatch", f"The link is for the content type {UPLOAD_TYPE}."
            )
        if hdrs.TRANSFER_ENCODING in request.headers:
            return xml_error(501, "NotImplemented", "Chunked uploads are not taken.")
        length = request.content_length
        if length is None:
            return xml_error(411, "MissingContentLength", "Content-Length is needed.")
        if length > self._settings().upload_bytes:
            return xml_error(400, "EntityTooLarge", "The upload is too large.")
        return None

    def _job(self, request: web.Request) -> Job | None:
        try:
            return self._jobs.get(request.match_info["task_id"])
        except UnknownJobError:
            return None
