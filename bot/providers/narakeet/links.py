"""The links that Narakeet gave, kept in memory until they die.

A link lives ten minutes from when it was made, and a later look may give the very same one again
(REST page, seen 2026-11-22; whether it does is not said). So a link counts as dying from when it
was first seen, however often it is seen again.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.providers.base import Link
from bot.providers.narakeet.reading import Listed

MOST_JOBS = 1000
RECENT = timedelta(seconds=60)
"""How long an answer stands before a click may ask again."""


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What was listed of one job.

    Attributes:
        at: When it was asked last.
        links: By the file's key, with the end of each.
    """

    at: datetime
    links: Mapping[str, Link] = field(default_factory=dict)


class Links:
    """Keep the newest links of each job.

    Args:
        life_s: Life of a link, in seconds.
    """

    def __init__(self, *, clock: Callable[[], datetime], life_s: float) -> None:
        self._clock = clock
        self._life = timedelta(seconds=life_s)
        self._jobs: OrderedDict[str, _Seen] = OrderedDict()

    def keep(self, job_id: str, listed: Iterable[Listed]) -> None:
        """Take over what was listed; the job asked about longest ago makes room."""
        now, known = self._clock(), self._links(job_id)
        links = {}
        for one in listed:
            old = known.get(one.deliverable.key)
            is_same = old is not None and old.url == one.url
            ends_at = old.expires_at if old is not None and is_same else now + self._life
            links[one.deliverable.key] = Link(url=one.url, expires_at=ends_at)
        self._jobs[job_id] = _Seen(at=now, links=links)
        self._jobs.move_to_end(job_id)
        while len(self._jobs) > MOST_JOBS:
            self._jobs.popitem(last=False)

    def _links(self, job_id: str) -> Mapping[str, Link]:
        seen = self._jobs.get(job_id)
        return seen.links if seen is not None else {}

    def is_recent(self, job_id: str) -> bool:
        """Tell whether the job was asked about a moment ago."""
        seen = self._jobs.get(job_id)
        return seen is not None and self._clock() < seen.at + RECENT

    def find(self, job_id: str, key: str) -> Link | None:
        """Give a link that lives long enough for a download to begin, or None."""
        link = self._links(job_id).get(key)
        margin = self._life / 20
        if link is None or link.expires_at is None or self._clock() + margin >= link.expires_at:
            return None
        return link
