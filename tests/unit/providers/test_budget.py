"""The request budget: counting, tiers, pauses, and what is saved."""

from datetime import timedelta

import pytest

from bot.core.budget import Limits, Spent
from bot.providers.base import Unsaved
from bot.providers.budget import RateHeaders, RequestBudget, credential_of
from tests.unit.providers.hands import NOW, Hands

DAYS = {10: 100, 60: 2000, 300: None}


@pytest.fixture
def time() -> Hands:
    """A Saturday morning."""
    return Hands()


def build_budget(time: Hands, **overrides: int | None) -> RequestBudget:
    """Make a budget that knows nothing yet."""
    return RequestBudget(
        credential="c",
        clock=time,
        day_limits=DAYS,
        assumed=Limits(per_minute=10, per_day=100),
        **overrides,
    )


def learn(
    budget: RequestBudget, time: Hands, limit: int, remaining: int, reset_s: float = 60
) -> None:
    """Let an answer say how the minute stands."""
    reset_at = time() + timedelta(seconds=reset_s)
    budget.learn(RateHeaders(limit=limit, remaining=remaining, reset_at=reset_at))


def spend(budget: RequestBudget, count: int) -> None:
    """Send so many requests at once."""
    for _ in range(count):
        budget.count()


def test_the_smallest_tier_is_assumed_until_an_answer(time: Hands):
    """Nobody is over-asked before we know."""
    budget = build_budget(time)
    assert budget.limits == Limits(per_minute=10, per_day=100)
    spend(budget, 8)
    assert not budget.may_look()


@pytest.mark.parametrize(("limit", "per_day"), [(10, 100), (60, 2000), (300, None), (77, 100)])
def test_the_day_follows_from_the_minute(time: Hands, limit: int, per_day: int | None):
    """Headers show only the minute; a tier we do not know keeps the careful day."""
    budget = build_budget(time)
    learn(budget, time, limit, limit - 1)
    assert budget.limits == Limits(per_minute=limit, per_day=per_day)


def test_settings_override_what_answers_say(time: Hands):
    """Zero lifts a limit."""
    budget = build_budget(time, per_minute=30, per_day=0)
    learn(budget, time, 60, 59)
    assert budget.limits == Limits(per_minute=30, per_day=None)


def test_looks_that_are_no_requests_always_fit(time: Hands):
    """Neither a spent day nor a wait that the service asked for holds them; people are held."""
    budget = build_budget(time, counts_looks=False)
    learn(budget, time, 10, 9)
    spend(budget, 100)
    budget.pause(1000)
    assert budget.may_look()
    assert budget.wait_s() == 0.0
    assert budget.stretched_s(5.0, open_productions=500) == 5.0
    assert not budget.may_ask()
    assert budget.wait_s(for_people=True) >= 1000


def test_a_fifth_is_left_for_people(time: Hands):
    """Looks stop at four fifths of the minute, people at all of it."""
    budget = build_budget(time)
    learn(budget, time, 60, 60)
    spend(budget, 48)
    assert (budget.may_look(), budget.may_ask()) == (False, True)
    spend(budget, 12)
    assert not budget.may_ask()


def test_the_minute_rolls(time: Hands):
    """Each request leaves the window 60 s after it was made."""
    budget = build_budget(time)
    learn(budget, time, 10, 10, reset_s=0)
    spend(budget, 4)
    time.go(seconds=30)
    spend(budget, 4)
    assert not budget.may_look()
    assert budget.wait_s() == 30.0
    time.go(seconds=30)
    assert budget.may_look()
    assert budget.wait_s() == 0.0


@pytest.mark.parametrize("per_minute", [None, 0])
def test_looks_stop_when_the_service_says_two_are_left(time: Hands, per_minute: int | None):
    """Others use the same key, which only the service sees, whatever the settings say."""
    budget = build_budget(time, per_minute=per_minute)
    learn(budget, time, 300, 2, reset_s=20)
    assert (budget.may_look(), budget.may_ask()) == (False, True)
    assert budget.wait_s() == 20.0
    time.go(seconds=20)
    assert budget.may_look()


def test_people_stop_when_nothing_is_left(time: Hands):
    """A request that would be refused is not made."""
    budget = build_budget(time)
    learn(budget, time, 60, 0, reset_s=20)
    assert not budget.may_ask()
    assert budget.wait_s(for_people=True) == 20.0


def test_a_reset_far_away_is_not_believed(time: Hands):
    """Clocks differ; no minute lasts longer than a minute."""
    budget = build_budget(time)
    learn(budget, time, 60, 0, reset_s=90_000)
    assert budget.wait_s() == 60.0


def test_a_pause_stops_everybody_until_its_moment(time: Hands):
    """A 429 is never answered by asking again early."""
    budget = build_budget(time)
    budget.pause(37)
    assert not budget.may_look()
    assert not budget.may_ask()
    assert budget.wait_s() == 37.0
    time.go(seconds=37)
    assert budget.may_look()


def test_the_day_starts_at_midnight_utc(time: Hands):
    """What is used up today is there again tomorrow."""
    budget = build_budget(time)
    learn(budget, time, 10, 10, reset_s=0)
    budget.absorb(budget.take_unsaved(), Spent(minute=0, day=80))
    assert (budget.may_look(), budget.may_ask()) == (False, True)
    assert budget.wait_s() == 14 * 3600.0
    time.go(seconds=14 * 3600)
    assert budget.may_look()


def test_one_request_a_minute_finds_out_the_tier(time: Hands):
    """After a restart, a bigger tier's count must not lock out the smaller one assumed."""
    budget = build_budget(time)
    budget.absorb(budget.take_unsaved(), Spent(minute=0, day=1500))
    assert budget.may_look()
    assert budget.stretched_s(30.0, open_productions=1) == 30.0
    budget.count()
    assert not budget.may_look()
    assert budget.wait_s() == 5.0
    learn(budget, time, 60, 58)
    assert budget.may_look()


def test_a_pause_holds_before_the_tier_is_known_too(time: Hands):
    """The first answer may be a 429."""
    budget = build_budget(time)
    spend(budget, 1)
    budget.pause(600)
    assert budget.wait_s() == 600.0


def test_intervals_stretch_with_what_is_left(time: Hands):
    """Two hours before midnight, 80 looks for 2 productions are one in 3 minutes each."""
    time.go(seconds=12 * 3600)
    budget = build_budget(time)
    learn(budget, time, 10, 10)
    assert budget.stretched_s(30.0, open_productions=2) == 2 * 3600 * 2 / 80
    learn(budget, time, 300, 299)
    assert budget.stretched_s(30.0, open_productions=2) == 30.0


def click(budget: RequestBudget, time: Hands, *, minutes: int) -> int:
    """Click without end for so many minutes; gives the requests that were let through."""
    count = 0
    for _ in range(minutes):
        while budget.may_click():
            budget.count_click()
            count += 1
        time.go(minutes=1)
    return count


def test_clicks_have_a_share_of_their_own(time: Hands):
    """However many there are, every look is left, and so is what forms need."""
    budget = build_budget(time)
    learn(budget, time, 10, 10, reset_s=0)
    assert click(budget, time, minutes=60) == 10
    assert budget.stretched_s(30.0, open_productions=1) == 3 * 3600 / 80
    looks = 0
    for _ in range(60):
        while budget.may_look():
            budget.count()
            looks += 1
        time.go(minutes=1)
    assert looks == 80
    assert budget.may_ask()


def test_clicks_leave_forms_their_half(time: Hands):
    """After a restart nobody knows who spent what; the last tenth is for forms all the same."""
    budget = build_budget(time)
    learn(budget, time, 10, 10, reset_s=0)
    budget.absorb(budget.take_unsaved(), Spent(minute=0, day=90))
    assert (budget.may_click(), budget.may_ask()) == (False, True)


def test_clicks_are_few_before_the_tier_is_known(time: Hands):
    """One finds out, even after a bigger tier's count; what never shows its tier gets no more."""
    budget = build_budget(time)
    budget.absorb(budget.take_unsaved(), Spent(minute=0, day=1500))
    assert click(budget, time, minutes=60) == 10


def test_clicks_wait_out_a_pause(time: Hands):
    """A 429 stops them too."""
    budget = build_budget(time)
    budget.pause(60)
    assert not budget.may_click()
    time.go(seconds=60)
    assert budget.may_click()


def test_clicks_are_forgotten_at_midnight(time: Hands):
    """Their share starts anew with the day."""
    budget = build_budget(time)
    learn(budget, time, 10, 10, reset_s=0)
    click(budget, time, minutes=60)
    assert not budget.may_click()
    time.go(hours=13)
    assert budget.may_click()


def test_looks_do_not_wait_for_what_clicks_spent(time: Hands):
    """A full minute is over in a minute, though clicks and looks together passed four fifths."""
    budget = build_budget(time)
    learn(budget, time, 10, 10, reset_s=0)
    click(budget, time, minutes=10)
    budget.absorb(budget.take_unsaved(), Spent(minute=0, day=81))
    spend(budget, 8)
    assert not budget.may_look()
    assert budget.wait_s() == 60.0


def test_what_is_taken_is_given_again_until_it_is_saved(time: Hands):
    """A database that was away loses no count."""
    budget = build_budget(time)
    spend(budget, 3)
    assert budget.take_unsaved().count == 3
    spend(budget, 2)
    unsaved = budget.take_unsaved()
    assert unsaved == Unsaved(day=NOW.date(), minute_at=NOW, count=5)
    spend(budget, 1)
    budget.absorb(unsaved, Spent(minute=9, day=40))
    assert budget.take_unsaved().count == 1
    assert budget._spent(NOW).day == 41


def test_totals_of_yesterday_are_not_taken_over(time: Hands):
    """Saving may straddle midnight."""
    budget = build_budget(time)
    spend(budget, 3)
    unsaved = budget.take_unsaved()
    time.go(seconds=15 * 3600)
    budget.absorb(unsaved, Spent(minute=3, day=99))
    assert budget.take_unsaved().count == 0
    assert budget._spent(time()).day == 0


def test_a_credential_is_named_without_its_key():
    """The same key at two services is two credentials, and neither shows it."""
    name = credential_of("studio", "key-1")
    assert name == credential_of("studio", "key-1")
    assert len({name, credential_of("studio", "key-2"), credential_of("other", "key-1")}) == 3
    assert "key-1" not in name


def test_a_request_that_never_left_costs_nothing(time: Hands):
    """An outage on our side must not use up the service's day."""
    budget = build_budget(time)
    spend(budget, 3)
    budget.uncount()
    assert budget.take_unsaved().count == 2
    budget.uncount()
    assert budget.take_unsaved().count == 2


def test_a_shorter_pause_does_not_end_a_longer_one(time: Hands):
    """Two answers may ask for different waits; the longer one holds."""
    budget = build_budget(time)
    learn(budget, time, 60, 50)
    budget.pause(600)
    budget.pause(5)
    assert budget.wait_s() == 600
