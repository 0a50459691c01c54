"""Where each job's files lie, and the links that were signed just now; kept in memory only.

A link is a secret. It is handed out again for a short while only, since nobody says how long it
lives, and so that a row of clicks, scanners and previews does not cost a request each.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.providers.base import Link
from bot.providers.techforge.files import Found

RECENT = timedelta(seconds=60)
"""How long a list of files stands before a click may ask for it again."""

MARGIN = timedelta(seconds=30)
"""A link handed out must live long enough for the download to begin."""

MOST_JOBS = 1000


@dataclass(frozen=True, kw_only=True)
class _Listed:
    """What was listed of one job, and the links made since, with the moment each is dropped."""

    at: datetime
    files: Mapping[str, Found]
    links: dict[str, tuple[Link, datetime]] = field(default_factory=dict)


class Links:
    """Keep the newest list of each job's files.

    Args:
        life_s: How long a link is handed out again, in seconds.
    """

    def __init__(self, *, clock: Callable[[], datetime], life_s: float) -> None:
        self._clock = clock
        self._life = timedelta(seconds=life_s)
        self._jobs: OrderedDict[str, _Listed] = OrderedDict()

    def keep(self, job_id: str, files: Iterable[Found]) -> None:
        """Replace what is known of a job; the job asked about longest ago makes room."""
        by_key = {one.deliverable.key: one for one in files}
        self._jobs[job_id] = _Listed(at=self._clock(), files=by_key)
        self._jobs.move_to_end(job_id)
        while len(self._jobs) > MOST_JOBS:
            self._jobs.popitem(last=False)

    def file(self, job_id: str, key: str) -> Found | None:
        """Give a file that can be relied on without asking again, or None.

        A key of the store stays; an address may have been signed, and dies.
        """
        listed = self._jobs.get(job_id)
        found = listed.files.get(key) if listed is not None else None
        return found if found is not None and (not found.is_url or self.is_recent(job_id)) else None

    def is_recent(self, job_id: str) -> bool:
        """Tell whether the list of a job still stands, whatever is in it."""
        listed = self._jobs.get(job_id)
        return listed is not None and self._clock() < listed.at + RECENT

    def keep_link(self, job_id: str, key: str, link: Link) -> None:
        """Keep a link for the clicks that follow at once."""
        listed = self._jobs.get(job_id)
        if listed is None:
            return
        until_at = self._clock() + self._life
        if link.expires_at is not None:
            until_at = min(until_at, link.expires_at - MARGIN)
        listed.links[key] = (link, until_at)

    def link(self, job_id: str, key: str) -> Link | None:
        """Give a link that was made just now, or None."""
        listed = self._jobs.get(job_id)
        link, until_at = (listed.links if listed else {}).get(key, (None, self._clock()))
        return link if self._clock() < until_at else None
