"""What JARAI said last of each job's files, kept in memory only.

A link is a secret and lives for an hour. Keeping it until then spares a request for every click,
scanner and preview; it is never stored and never logged. An answer without the link is kept for a
minute, since anybody who holds a download address may click as often as they like.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.errors import ProviderError
from bot.providers.base import Link
from bot.providers.jarai.reading import Listed

MARGIN = timedelta(minutes=2)
"""A link handed out must live long enough for the download to begin."""

RECENT = timedelta(seconds=60)
"""How long an answer of any kind stands before a click may ask again."""

MOST_JOBS = 1000


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What was said of one job.

    Attributes:
        links: By the file's key; empty where there are no files.
        failure: Why there was no answer, or None; `links` are then those of an earlier one.
    """

    at: datetime
    links: Mapping[str, Link] = field(default_factory=dict)
    failure: ProviderError | None = None


class Links:
    """Keep the newest answer for each job, and the links it gave.

    Args:
        life_s: Longest life in seconds, whatever the service says.
    """

    def __init__(self, *, clock: Callable[[], datetime], life_s: float) -> None:
        self._clock = clock
        self._life = timedelta(seconds=life_s)
        self._jobs: OrderedDict[str, _Said] = OrderedDict()

    def keep(self, job_id: str, listed: Iterable[Listed]) -> None:
        """Replace a job's links; the job asked about longest ago makes room."""
        now = self._clock()
        latest = now + self._life
        links = {
            one.deliverable.key: Link(url=one.url, expires_at=min(one.expires_at or latest, latest))
            for one in listed
        }
        self._keep(job_id, _Said(at=now, links=links))

    def keep_failure(self, job_id: str, failure: ProviderError) -> None:
        """Keep that there was no answer; links that are still good stay."""
        links = self._links(job_id)
        self._keep(job_id, _Said(at=self._clock(), links=links, failure=_bare(failure)))

    def _keep(self, job_id: str, said: _Said) -> None:
        self._jobs[job_id] = said
        self._jobs.move_to_end(job_id)
        while len(self._jobs) > MOST_JOBS:
            self._jobs.popitem(last=False)

    def _links(self, job_id: str) -> Mapping[str, Link]:
        said = self._jobs.get(job_id)
        return said.links if said is not None else {}

    def is_recent(self, job_id: str) -> bool:
        """Tell whether the answer for a job still stands, whatever it was."""
        said = self._jobs.get(job_id)
        return said is not None and self._clock() < said.at + RECENT

    def recall(self, job_id: str, key: str) -> Link | None:
        """Give the link as it was listed last, however soon it dies; None where there was none.

        Raises:
            ProviderError: There was no answer.
        """
        said = self._jobs.get(job_id)
        if said is not None and said.failure is not None:
            raise _bare(said.failure)
        return self._links(job_id).get(key)

    def find(self, job_id: str, key: str) -> Link | None:
        """Give a link that is good for a while yet, or None."""
        link = self._links(job_id).get(key)
        if link is None or link.expires_at is None:
            return None
        margin = min(MARGIN, self._life / 10)
        return link if self._clock() + margin < link.expires_at else None


def _bare(error: ProviderError) -> ProviderError:
    """Copy an error without its traceback, which would hold on to the whole answer."""
    bare = type(error).__new__(type(error), *error.args)
    vars(bare).update(vars(error))
    return bare
