"""How the request budget holds looks back."""

import pytest

from bot.core.budget import Limits, Spent, may_spend, stretched_s

FREE = Limits(per_minute=10, per_day=100)
UNLIMITED = Limits(per_minute=None, per_day=None)


@pytest.mark.parametrize(
    ("spent", "looks", "people"),
    [
        (Spent(minute=0, day=0), True, True),
        (Spent(minute=7, day=7), True, True),
        (Spent(minute=8, day=8), False, True),
        (Spent(minute=10, day=10), False, False),
        (Spent(minute=0, day=80), False, True),
        (Spent(minute=0, day=100), False, False),
    ],
)
def test_a_fifth_is_kept_for_people(spent, looks, people):
    """Looks stop at four fifths, people at the limit."""
    assert may_spend(FREE, spent, for_people=False) is looks
    assert may_spend(FREE, spent, for_people=True) is people


def test_no_limit_never_stops():
    """Enterprise keys have no daily limit."""
    assert may_spend(UNLIMITED, Spent(minute=10**6, day=10**9), for_people=False)


NOTHING = Spent(minute=0, day=0)


def stretch(limits, *, spent=NOTHING, count=1, left_s=86_400.0):
    """Stretch a 30 s interval."""
    return stretched_s(30.0, limits=limits, spent=spent, open_productions=count, day_left_s=left_s)


def test_without_limits_the_interval_stays():
    """Nothing to stretch for."""
    assert stretch(UNLIMITED, count=10_000) == 30


def test_a_day_is_shared_by_all_that_is_open():
    """80 looks for a whole day: one production every 18 minutes, two every 36."""
    assert stretch(FREE) == 86_400 / 80
    assert stretch(FREE, count=2) == 2 * 86_400 / 80


def test_late_in_the_day_looks_may_be_frequent_again():
    """What is left is used up by midnight."""
    assert stretch(FREE, left_s=600.0) == 30


def test_the_minute_is_shared_too():
    """48 looks a minute for 100 productions: each every 125 s."""
    assert stretch(Limits(per_minute=60, per_day=None), count=100) == 125
