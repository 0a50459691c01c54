"""How a claimed lane is worked off: what goes out together, and what has to wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.notices import Priority, Route
from storage.values import Lane, OutboxRow

LATE = timedelta(minutes=2)
"""A reply owed for longer says that it comes late, and takes the production's other late ones in."""
WINDOW = timedelta(minutes=1)
PICTURED_TRIES = 2
"""Outcomes that nobody knows after which a message goes without its picture."""
_RESTS_S = (10.0, 20.0, 40.0, 60.0)
"""Longer than a lane rests, so that the others go first."""
_BLIND_RESTS_S = (10.0, 600.0, 3600.0)
"""Each repeat may be one too many, but a reply that is given up in an outage is lost."""


@dataclass(frozen=True, kw_only=True)
class Pacing:
    """Slack's limits, kept below.

    Attributes:
        post_interval_s: Seconds between posts to one channel.
        edits_per_minute: For all cards of a workspace; progress may use half.
        progress_edit_s: Seconds between progress edits of one card.
    """

    post_interval_s: float
    edits_per_minute: int
    progress_edit_s: float


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one message pays, all of one production.

    Attributes:
        rows: In the order in which they were owed, at least one; several only where late.
        is_late: Whether the message has to say that it comes late.
    """

    rows: tuple[OutboxRow, ...]
    is_late: bool = False

    @property
    def first(self) -> OutboxRow:
        """The row that was owed first; route and production are the same in all."""
        return self.rows[0]

    @property
    def row_ids(self) -> tuple[int, ...]:
        """The numbers of all rows."""
        return tuple(row.id for row in self.rows)

    @property
    def unknowns(self) -> int:
        """How often nobody knew what had come of sending it; the most of all rows."""
        return max(row.unknowns for row in self.rows)


def rest_s(unknowns: int) -> float:
    """Say how long a message rests that is put back after an outcome nobody knows, in seconds.

    Args:
        unknowns: How often that had happened before.
    """
    return _RESTS_S[min(unknowns, len(_RESTS_S) - 1)]


def blind_rest_s(unknowns: int) -> float | None:
    """Say the same of a message that cannot be looked for; None where it is repeated no more."""
    return _BLIND_RESTS_S[unknowns] if unknowns < len(_BLIND_RESTS_S) else None


def batches(rows: Sequence[OutboxRow], *, now: datetime) -> list[Batch]:
    """Put the late replies of each production together; everything else stands alone.

    Args:
        rows: Of one lane, in the order to send them.
    """
    late = [row for row in rows if _is_late(row, now)]
    done: set[str] = set()
    found: list[Batch] = []
    for row in rows:
        if row not in late:
            found.append(Batch(rows=(row,)))
        elif row.production_id not in done:
            done.add(row.production_id)
            together = tuple(one for one in late if one.production_id == row.production_id)
            found.append(Batch(rows=together, is_late=True))
    return found


def _is_late(row: OutboxRow, now: datetime) -> bool:
    return row.route is Route.REPLY and now - row.owed_at > LATE


@dataclass(frozen=True, kw_only=True)
class Window:
    """The minute in which a workspace's edits are counted."""

    started_at: datetime
    count: int

    @classmethod
    def of(cls, lane: Lane, *, now: datetime) -> "Window":
        """Go on with the minute that the lane's last holder noted, or begin a new one."""
        started_at = lane.window_started_at
        if started_at is None or now - started_at >= WINDOW:
            return cls(started_at=now, count=0)
        return cls(started_at=started_at, count=lane.window_count)

    @property
    def ends_at(self) -> datetime:
        """When the count begins anew."""
        return self.started_at + WINDOW

    def takes(self, priority: Priority, *, edits_per_minute: int) -> bool:
        """Tell whether one more edit fits; progress leaves half of the minute to what matters."""
        is_progress = priority is Priority.PROGRESS
        return self.count < (edits_per_minute // 2 if is_progress else edits_per_minute)

    def with_one_more(self) -> "Window":
        """Count a call."""
        return replace(self, count=self.count + 1)
