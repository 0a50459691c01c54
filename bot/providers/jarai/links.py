"""Download links that are still good, kept in memory only.

A link is a secret and lives for an hour. Keeping it until then spares a request for every click,
scanner and preview; it is never stored and never logged.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.providers.base import Link
from bot.providers.jarai.reading import Listed

MARGIN = timedelta(minutes=2)
"""A link handed out must live long enough for the download to begin."""

MOST_JOBS = 1000


class Links:
    """Keep the newest links of each job.

    Args:
        life_s: Longest life in seconds, whatever the service says.
    """

    def __init__(self, *, clock: Callable[[], datetime], life_s: float) -> None:
        self._clock = clock
        self._life = timedelta(seconds=life_s)
        self._jobs: OrderedDict[str, Mapping[str, Link]] = OrderedDict()

    def keep(self, job_id: str, listed: Iterable[Listed]) -> None:
        """Replace a job's links; the job unused for longest makes room."""
        latest = self._clock() + self._life
        self._jobs[job_id] = {
            one.deliverable.key: Link(url=one.url, expires_at=min(one.expires_at or latest, latest))
            for one in listed
        }
        self._jobs.move_to_end(job_id)
        while len(self._jobs) > MOST_JOBS:
            self._jobs.popitem(last=False)

    def find(self, job_id: str, key: str) -> Link | None:
        """Give a link that is good for a while yet, or None."""
        link = self._jobs.get(job_id, {}).get(key)
        if link is None or link.expires_at is None:
            return None
        margin = min(MARGIN, self._life / 10)
        return link if self._clock() + margin < link.expires_at else None
