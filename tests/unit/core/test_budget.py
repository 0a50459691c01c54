"""How the request budget holds looks back."""

import pytest

from bot.core.budget import (
    HORIZON_S,
    Limits,
    Spent,
    leaves_forms,
    may_click,
    may_spend,
    stretched_s,
)

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
    much = Spent(minute=10**6, day=10**9)
    assert may_spend(UNLIMITED, much, for_people=False)
    assert may_click(UNLIMITED, much)
    assert leaves_forms(UNLIMITED, much)


@pytest.mark.parametrize(
    ("clicks", "fits"),
    [
        (Spent(minute=0, day=0), True),
        (Spent(minute=0, day=9), True),
        (Spent(minute=0, day=10), False),
        (Spent(minute=1, day=1), False),
    ],
)
def test_downloads_get_half_of_the_fifth(clicks, fits):
    """A tenth of each limit; of ten requests a minute that is one."""
    assert may_click(FREE, clicks) is fits


@pytest.mark.parametrize(
    ("spent", "leaves"),
    [
        (Spent(minute=8, day=89), True),
        (Spent(minute=9, day=0), False),
        (Spent(minute=0, day=90), False),
    ],
)
def test_downloads_leave_forms_the_last_tenth(spent, leaves):
    """Whoever it was that spent the rest."""
    assert leaves_forms(FREE, spent) is leaves


NOTHING = Spent(minute=0, day=0)


def stretch(limits, *, spent=NOTHING, count=1, left_s=86_400.0):
    """Stretch a 30 s interval."""
    return stretched_s(30.0, limits=limits, spent=spent, open_productions=count, day_left_s=left_s)


def test_without_limits_the_interval_stays():
    """Nothing to stretch for."""
    assert stretch(UNLIMITED, count=10_000) == 30


def test_three_hours_are_shared_by_all_that_is_open():
    """80 looks for the time of a long production: one is looked at every 135 s, two every 270."""
    assert stretch(FREE) == 3 * 3600 / 80
    assert stretch(FREE, count=2) == 2 * 3 * 3600 / 80


def test_intervals_grow_as_looks_are_spent():
    """Half of the looks last as long as all of them would have."""
    assert stretch(FREE, spent=Spent(minute=0, day=40)) == 3 * 3600 / 40


def test_a_bigger_tier_is_not_stretched_for_a_single_production():
    """1,600 looks are one in 7 s for three hours, so the pace of the state holds."""
    assert stretch(Limits(per_minute=60, per_day=2000)) == 30


def test_late_in_the_day_looks_may_be_frequent_again():
    """What is left is used up by midnight."""
    assert stretch(FREE, left_s=600.0) == 30


def test_the_last_looks_are_spread_to_midnight():
    """Four looks for fifteen hours are one in nearly four hours, not one in 45 minutes."""
    assert stretch(FREE, spent=Spent(minute=0, day=76), left_s=15 * 3600.0) == 15 * 3600 / 4


def follow(spent, *, for_s, day_left_s):
    """Look at one production by polling alone; gives requests spent and the waits in between."""
    waits = []
    while sum(waits) < for_s:
        now = Spent(minute=0, day=spent)
        assert may_spend(FREE, now, for_people=False)
        waits.append(stretch(FREE, spent=now, left_s=day_left_s - sum(waits)))
        spent += 1
    return spent, waits


def test_three_productions_fit_into_the_smallest_day():
    """Half an hour each, one after the other: 40 requests, and a look every 5 minutes or sooner."""
    spent, left_s = 0, 15 * 3600.0
    for _ in range(3):
        form_and_submit, files = 2, 1
        spent, waits = follow(spent + form_and_submit, for_s=1800.0, day_left_s=left_s)
        spent, left_s = spent + files, left_s - sum(waits)
        assert max(waits) < 5 * 60
        assert len(waits) >= 8
    assert spent == 40


def test_looks_never_run_out_before_midnight():
    """A production open from midnight to midnight is looked at to the end, each 3.2 h or sooner."""
    spent, waits = follow(0, for_s=86_399.0, day_left_s=86_400.0)
    assert spent == 80
    assert max(waits) < 1.1 * HORIZON_S


def test_the_minute_is_shared_too():
    """48 looks a minute for 100 productions: each every 125 s."""
    assert stretch(Limits(per_minute=60, per_day=None), count=100) == 125
