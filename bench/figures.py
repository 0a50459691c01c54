"""What a benchmark found, and how it reads a histogram."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured value beside what it is compared with.

    Attributes:
        baseline: Measured in the same run, or the limit that the value must keep; None for neither.
    """

    metric: str
    value: float
    unit: str
    baseline: float | None = None

    def as_line(self) -> str:
        """Write the JSON line that outside checks read."""
        return json.dumps(asdict(self))


Histogram = Mapping[float, float]
"""Upper bound to the count at or below it, as Prometheus writes `le`."""


def read_histogram(text: str, name: str) -> Histogram:
    """Read one histogram's cumulative buckets from Prometheus text."""
    prefix = f"{name}_bucket{{"
    lines = (line for line in text.splitlines() if line.startswith(prefix))
    return {_bound(line): float(line.rsplit(" ", 1)[1]) for line in lines}


def _bound(line: str) -> float:
    return float(line.split('le="', 1)[1].split('"', 1)[0])


def between(before: Histogram, after: Histogram) -> Histogram:
    """Give what was counted from one reading to the next."""
    return {bound: count - before.get(bound, 0.0) for bound, count in after.items()}


def quantile(histogram: Histogram, share: float) -> float:
    """Estimate a quantile by the upper bound of its bucket: never less than the true value."""
    total = max(histogram.values(), default=0.0)
    if total == 0:
        raise ValueError("nothing was measured")
    return min(bound for bound, count in histogram.items() if count >= share * total)
