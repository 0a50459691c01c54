"""How many requests a service still lets us make, and how that stretches the looks."""

from dataclasses import dataclass

PEOPLE_SHARE = 0.2
"""A fifth of every limit is kept for forms, downloads and decisions."""

CLICKS_SHARE = PEOPLE_SHARE / 2
"""Downloads get half of that fifth: whoever holds a link may click, known to us or not.

They are counted apart, so that no number of clicks takes a look away, and the other half stays
with people who fill in forms and decide.
"""

HORIZON_S = 3 * 3600.0
"""The day's looks are spread over this long, or the rest of the day where that is less.

It is the longest a production usually takes (the first service's help, seen 2026-11-21).
"""


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
    """Tell whether one more request fits; looks leave a fifth for people.

    Args:
        spent: For looks, without what downloads spent.
    """
    return _fits(limits, spent, share=1.0 if for_people else 1.0 - PEOPLE_SHARE)


def may_click(limits: Limits, clicks: Spent) -> bool:
    """Tell whether one more request for a download fits into the share of its own.

    Args:
        clicks: Only what downloads spent.
    """
    return _fits(limits, clicks, share=CLICKS_SHARE)


def leaves_forms(limits: Limits, spent: Spent) -> bool:
    """Tell whether one more request for a download leaves forms their half of the fifth."""
    return _fits(limits, spent, share=1.0 - CLICKS_SHARE)


def _fits(limits: Limits, spent: Spent, *, share: float) -> bool:
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
        spent: Without what downloads spent.
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
        waits.append(_spread_over_s(looks_left, day_left_s) * open_productions / looks_left)
    return max(waits)


def _spread_over_s(looks_left: float, day_left_s: float) -> float:
    """Say over how long to spread the looks that are left today.

    Spreading what is left, time and again, makes looks rarer as they are spent. The last of them,
    one for each `HORIZON_S` left, are spread to midnight, so that they never run out before.
    """
    is_scarce = looks_left * HORIZON_S <= day_left_s
    return day_left_s if is_scarce else min(day_left_s, HORIZON_S)
