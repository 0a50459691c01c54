"""How many requests a service still lets us make, and how that stretches the looks."""

from dataclasses import dataclass

PEOPLE_SHARE = 0.2
"""A fifth of every limit is kept for forms, downloads and decisions."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """A credential's limits; None means none."""

    per_minute: int | None
    per_day: int | None


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Requests made in the running minute and the running UTC day."""

    minute: int
    day: int


def may_spend(limits: Limits, spent: Spent, *, for_people: bool) -> bool:
    """Tell whether one more request fits; looks leave a fifth for people."""
    share = 1.0 if for_people else 1.0 - PEOPLE_SHARE
    fits_minute = limits.per_minute is None or spent.minute < limits.per_minute * share
    fits_day = limits.per_day is None or spent.day < limits.per_day * share
    return fits_minute and fits_day


def stretched_s(
    interval_s: float,
    *,
    limits: Limits,
    spent: Spent,
    open_productions: int,
    day_left_s: float,
) -> float:
    """Stretch a look interval so that what is left lasts for all that is open.

    Args:
        open_productions: How many share the credential, 1 or more.
        day_left_s: Seconds until the daily counter starts again.

    Returns:
        Seconds, never less than `interval_s`.
    """
    waits = [interval_s]
    if limits.per_minute is not None:
        looks_a_minute = max(limits.per_minute * (1.0 - PEOPLE_SHARE), 1.0)
        waits.append(60.0 * open_productions / looks_a_minute)
    if limits.per_day is not None:
        looks_left = max(limits.per_day * (1.0 - PEOPLE_SHARE) - spent.day, 1.0)
        waits.append(day_left_s * open_productions / looks_left)
    return max(waits)
