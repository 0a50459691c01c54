"""The addresses the service gives out: each carries its own permission for a while."""

from collections.abc import Callable
from datetime import timedelta

from twin.links import Links
from twin.narakeet.deliverables import files_of
from twin.narakeet.model import Job
from twin.narakeet.settings import Settings

STORAGE = "/storage/"
"""Where paths of the storage begin, on the same origin as the API; no key may be sent there."""


class Addresses:
    """Write addresses on the storage.

    Args:
        origin: Gives scheme, host and port of this server.
    """

    def __init__(
        self, links: Links, *, origin: Callable[[], str], settings: Callable[[], Settings]
    ) -> None:
        self._links = links
        self._origin = origin
        self._settings = settings

    def upload(self, repository: str) -> str:
        """Write where an archive may be put, once."""
        return self._signed(STORAGE + repository, self._settings().upload_s, permits="w")

    def status(self, job: Job) -> str:
        """Write where a job's status is; there is no other way to ask."""
        return self._signed(f"{STORAGE}status/{job.task_id}.json", self._settings().status_s)

    def results(self, job: Job) -> dict[str, str]:
        """Write where each of a job's files is, by label."""
        settings = self._settings()
        return {
            label: self._signed(
                f"{STORAGE}results/{job.task_id}/{blob.file_name}", settings.result_s
            )
            for label, blob in files_of(job, settings=settings).items()
        }

    def _signed(self, path: str, life_s: float, *, permits: str = "r") -> str:
        link, _ = self._links.mint(path, life=timedelta(seconds=life_s), permits=permits)
        return self._origin() + link
