"""What a local service keeps of the jobs it was given, whatever each service calls them."""

from collections.abc import Callable
from typing import Generic, TypeVar

JobT = TypeVar("JobT")


class UnknownJobError(LookupError):
    """No job has this id; the text is a sentence."""


class WrongStatusError(Exception):
    """The job cannot do that where it stands; the text is a sentence."""


class JobShelf(Generic[JobT]):
    """Hold jobs by id, in the order they were submitted.

    Args:
        id_of: Gives a job's id.
        called: The service's word for a job, for sentences.
        changed: Called whenever one was put in or has moved.
    """

    def __init__(
        self,
        *,
        id_of: Callable[[JobT], str],
        called: str = "job",
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._id_of = id_of
        self._called = called
        self._changed = changed
        self._jobs: dict[str, JobT] = {}

    def put(self, job: JobT) -> None:
        """Keep the newest form of a job."""
        self._jobs[self._id_of(job)] = job
        self._changed()

    def get(self, job_id: str) -> JobT:
        """Give a job.

        Raises:
            UnknownJobError: There is none with this id.
        """
        try:
            return self._jobs[job_id]
        except KeyError:
            raise UnknownJobError(f"There is no {self._called} with this id.") from None

    def all(self) -> list[JobT]:
        """List the jobs, oldest first."""
        return list(self._jobs.values())
