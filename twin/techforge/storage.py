"""What finished jobs consist of, under which keys, and the host that serves it to good links.

The host's errors look like those of a store rather than of the API, because that is what stands
behind such links.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web

from twin import files
from twin.blobs import Blob, serve_blob, xml_error
from twin.jobs import JobShelf, UnknownJobError
from twin.links import TWO_KINDS, Links, LinkState
from twin.techforge.model import Job
from twin.techforge.settings import Settings

PATH = "/cdn/"
FOREIGN_ORIGIN = "https://elsewhere.example"


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """The files of a job type.

    Attributes:
        folder: First part of their keys; the talking video's is documented, the others are ours.
    """

    folder: str
    suffix: str
    content_type: str
    make: Callable[[str], bytes]


def _report(seed: str) -> bytes:
    return f'{{"photo": "{seed}", "passed": true, "remarks": []}}\n'.encode()


def _document(seed: str) -> bytes:
    return files.pdf(seed, title="Brochure")


_KINDS: Mapping[str, _Kind] = {
    "ai_talking_video": _Kind(
        folder="ai-talking-videos", suffix="mp4", content_type="video/mp4", make=files.mp4
    ),
    "video": _Kind(folder="videos", suffix="mp4", content_type="video/mp4", make=files.mp4),
    "tts": _Kind(folder="tts", suffix="mp3", content_type="audio/mpeg", make=files.mp3),
    "image": _Kind(folder="images", suffix="jpg", content_type="image/jpeg", make=files.jpg),
    "photo_qc": _Kind(
        folder="photo-qc", suffix="json", content_type="application/json", make=_report
    ),
    "pdf": _Kind(folder="pdfs", suffix="pdf", content_type="application/pdf", make=_document),
    "ai_image_generation": _Kind(
        folder="ai-images", suffix="jpg", content_type="image/jpeg", make=files.jpg
    ),
}
_CAPTIONS = _Kind(folder="captions", suffix="vtt", content_type="text/vtt", make=files.vtt)
_WITH_CAPTIONS = frozenset({"ai_talking_video", "video"})


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """A file of a job.

    Attributes:
        label: What a nested output calls it.
        key: Its place in the store.
    """

    label: str
    key: str
    blob: Blob


def files_of(job: Job) -> list[StoredFile]:
    """List what the newest successful run made, the main file first; nothing before one."""
    if not job.successes:
        return []
    job_type = job.wish.job_type
    kinds = {"result": _KINDS[job_type]}
    if job_type in _WITH_CAPTIONS:
        kinds["captions"] = _CAPTIONS
    return [_stored(job, kind, label=label) for label, kind in kinds.items()]


def _stored(job: Job, kind: _Kind, *, label: str) -> StoredFile:
    name = f"{job.uuid}.{kind.suffix}"
    blob = Blob(
        file_name=name,
        content_type=kind.content_type,
        content=kind.make(f"{job.uuid}/{job.successes}"),
    )
    return StoredFile(
        label=label, key=f"{kind.folder}/{job.wish.source_id}/outputs/{name}", blob=blob
    )


class Storage:
    """Sign keys and serve files to whoever has a good link.

    Args:
        origin: Gives scheme, host and port of this server.
        now: The twin's moment, aware UTC.
    """

    def __init__(
        self, *, jobs: JobShelf[Job], origin: Callable[[], str], now: Callable[[], datetime]
    ) -> None:
        self._jobs = jobs
        self._origin = origin
        self._links = Links(now)

    def sign(self, key: str, *, settings: Settings) -> tuple[str, datetime]:
        """Make a link to a key, whether there is such a file or not, and say when it ends."""
        path = PATH + key
        link, ends_at = self._links.mint(path, life=timedelta(seconds=settings.link_s))
        origin = self._origin() if settings.links == "own" else FOREIGN_ORIGIN
        return origin + quote(path, errors="replace") + link[len(path) :], ends_at

    def find(self, key: str) -> tuple[Job, StoredFile] | None:
        """Give the file under a key and the job it belongs to."""
        uuid = key.rpartition("/")[2].partition(".")[0]
        try:
            job = self._jobs.get(uuid)
        except UnknownJobError:
            return None
        return next(((job, each) for each in files_of(job) if each.key == key), None)

    def output_of(self, job: Job, *, settings: Settings) -> dict[str, Any]:
        """Write what a worker writes of a job that has just succeeded.

        Only `{"output": key}` is documented, and only for talking videos.
        """
        made, shape = files_of(job), settings.output
        if shape == "none":
            return {}
        if shape == "nested":
            return {"result": {"files": {each.label: {"path": each.key} for each in made}}}
        key = made[0].key
        return {"output": key if shape == "key" else self.sign(key, settings=settings)[0]}

    def add_routes(self, app: web.Application) -> None:
        """Serve GET and HEAD."""
        app.router.add_get(PATH + "{key:.+}", self.serve)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a link."""
        if "x-api-key" in request.headers:
            return xml_error(400, "InvalidHeaderValue", "Keys are not sent to the file host.")
        if hdrs.AUTHORIZATION in request.headers:
            return xml_error(400, "InvalidArgument", TWO_KINDS)
        if (
            self._links.state_of(request.path, request.rel_url.raw_query_string)
            is not LinkState.GOOD
        ):
            return xml_error(403, "AuthenticationFailed", "The link is not valid or is over.")
        found = self.find(request.match_info["key"])
        if found is None:
            return xml_error(404, "NoSuchKey", "There is no such file.")
        return serve_blob(request, found[1].blob)
