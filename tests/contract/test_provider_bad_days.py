"""Each call of every service, on every kind of bad day: one row each, for all services alike.

Answers are spoilt by a door before each local server (`front`). What a service has no call for is
said in its bench, under `lacks`.
"""

import re
from typing import Any

import pytest

from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.providers.base import BUDGET_SPENT, Accepted, Delayed, Refused, Uncertain
from bot.providers.counted import DEFAULT_WAIT_S
from bot.providers.http import LONGEST_WAIT_S
from tests.contract import front as door
from tests.contract.front import Spoil, says
from tests.contract.provider_benches import BENCHES, NONSENSE_BYTES
from tests.contract.provider_days import (
    CALLS,
    HELPS,
    PAID,
    PAYING,
    READING,
    Day,
    day_of,
    outcome_of,
    row,
)
from tests.contract.storable import is_storable

HURRIED = 0.25


@pytest.mark.parametrize("name", BENCHES)
async def test_every_call_is_tried_or_said_to_be_lacking(name: str):
    """A bench that leaves one out leaves a hole, so it has to say why."""
    async with BENCHES[name]() as bench:
        assert sorted([*bench.matches, *bench.lacks]) == sorted(CALLS)
        can = bench.provider.capabilities
        assert (can.has_cancel, can.retries_in_place) == (
            "CANCEL" in bench.matches, "RETRY" in bench.matches,
        )  # fmt: skip
        assert can.has_cancel == getattr(bench, "has_cancel", False)
        assert can.retries_in_place == getattr(bench, "retries_in_place", False)


# What the documents name.


@pytest.mark.parametrize(
    ("name", "case", "call"),
    [
        pytest.param(name, case, call, id=f"{name}: {case}: {call.lower()}")
        for name, bench in BENCHES.items()
        for case, said in bench.documented.items()
        for call in said.at
    ],
)
async def test_a_documented_error_means_what_it_says(name: str, case: str, call: str):
    """Word for word as documented: the right error, the right code, words, and no second try."""
    said = BENCHES[name].documented[case]
    async with day_of(name, call) as day:
        asked = day.count(call)
        answer = says(said.status, said.body.encode(), **said.headers)
        with day.spoiling(call, answer):
            if call in PAID:
                check_paid(await CALLS[call](day), said)
            elif said.means == "no files":
                assert await CALLS[call](day) == ()
            else:
                with pytest.raises(KINDS[said.means]) as caught:
                    await CALLS[call](day)
                check_error(caught.value, said)
        assert day.count(call) == asked + 1


KINDS: dict[str, type[ProviderError]] = {
    "auth": ProviderAuthError,
    "refused": ProviderRefusedError,
    "missing": ProviderRefusedError,
    "wait": ProviderUnavailableError,
    "fault": ProviderUnavailableError,
}


def check_paid(outcome: Any, said: Any) -> None:
    """Hold the outcome of a paid call against what was said."""
    kinds = {"wait": Delayed, "fault": Uncertain}
    assert isinstance(outcome, kinds.get(said.means, Refused))
    if isinstance(outcome, Delayed):
        assert outcome.wait_s == (DEFAULT_WAIT_S if said.wait_s is None else said.wait_s)
        assert outcome.text.endswith(".")
    else:
        assert outcome.failure.code == said.code
        assert outcome.failure.text.startswith(("The ", "Our ", "This ", *LABELS))


LABELS = tuple(bench.label for bench in BENCHES.values())


def check_error(error: ProviderError, said: Any) -> None:
    """Hold the error of any other call against what was said."""
    assert error.code == said.code
    assert error.text.endswith(".")
    if said.means == "wait" and said.wait_s is not None:
        assert error.retry_after_s == said.wait_s


# 429.

WAITS = {
    "none": {},
    "seconds": {"Retry_After": "37"},
    "empty": {"Retry_After": ""},
    "words": {"Retry_After": "soon"},
    "negative": {"Retry_After": "-5"},
    "a fraction": {"Retry_After": "1.5"},
    "for ever": {"Retry_After": "9" * 400},
    "a year": {"Retry_After": "31536000"},
    "a moment that is over": {"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"},
    "a moment too far": {"Retry_After": "Wed, 21 Oct 9999 07:28:00 GMT"},
    "half a moment": {"Retry_After": "Wed, 21 Oct"},
}


@pytest.mark.parametrize(("name", "call"), READING + PAYING)
async def test_whatever_a_429_asks_for_is_a_wait_of_a_day_at_most(name: str, call: str):
    """Nothing is asked twice, nothing is paid, and no wait is negative, endless or no number."""
    async with day_of(name, call) as start:
        for which, headers in WAITS.items():
            day = start.anew()
            asked, jobs = day.count(call), day.bench.submitted
            with row(which), day.spoiling(call, says(429, b"{}", **headers)):
                wait_s = await wait_of(day, call)
                assert wait_s is None or 0 <= wait_s <= LONGEST_WAIT_S
                if which == "seconds" and call not in HELPS:
                    assert wait_s == 37
                assert (day.count(call), day.bench.submitted) == (asked + 1, jobs)
            if which == "seconds":
                await day.bench.pass_time(61)
                assert not isinstance(await CALLS[call](day), Delayed | Uncertain)


async def wait_of(day: Day, call: str) -> float | None:
    """Cause a call that is delayed, and give for how long."""
    if call in PAID:
        outcome = await CALLS[call](day)
        assert isinstance(outcome, Delayed)
        return outcome.wait_s
    if call in HELPS:
        await CALLS[call](day)
        return None
    with pytest.raises(ProviderUnavailableError) as caught:
        await CALLS[call](day)
    return caught.value.retry_after_s


# Faults, and what comes after them.


@pytest.mark.parametrize("status", [408, 500, 503])
@pytest.mark.parametrize(("name", "call"), READING)
async def test_a_fault_passes_wherever_it_comes(name: str, call: str, status: int):
    """The call says that waiting helps; the next one is as good as if nothing had been."""
    async with day_of(name, call) as day:
        with day.spoiling(call, says(status, b"<html>Oops</html>")):
            await expect_unavailable(day, call)
        await day.bench.pass_time(61)
        await CALLS[call](day)


BROKEN: dict[str, Spoil] = {
    "drop before": door.drop_before,
    "drop after": door.drop_after,
    "half an answer": door.half(200),
    "silence": door.hang,
    "trickle": door.trickle(200),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize(("name", "call"), READING)
async def test_a_connection_that_breaks_passes_wherever_it_comes(name: str, call: str, how: str):
    """Slow answers end with the time we give them, whatever comes meanwhile."""
    hurried = PATIENCE.get(name, {}) | {"look_timeout_s": HURRIED, "submit_timeout_s": HURRIED}
    settings = hurried if how in {"silence", "trickle"} else {}
    async with day_of(name, call, **settings) as day:
        with day.spoiling(call, BROKEN[how]):
            await expect_unavailable(day, call)
        was_done = how in {"drop after", "half an answer"}
        if call != "CANCEL" or not was_done:  # Else it is too late now.
            await CALLS[call](day.anew())


PATIENCE = {"narakeet": {"upload_timeout_s": HURRIED}}


async def expect_unavailable(day: Day, call: str) -> None:
    """Cause a call that fails for now, once."""
    asked = day.count(call)
    if call in HELPS:
        await CALLS[call](day)
    else:
        with pytest.raises(ProviderUnavailableError) as caught:
            await CALLS[call](day)
        assert caught.value.text.endswith(".")
    # A connection that was kept may have been closed meanwhile, so that one more try is fair.
    assert 1 <= day.count(call) - asked <= 1 + (call in LATER)


LATER = ("CREDITS", "FIELDS", "OPEN")
"""Calls that come after another one on the same connection."""

ODD = (300, 302, 304, 307, 400, 401, 402, 403, 404, 405, 406, 409, 410, 413, 418, 422)


@pytest.mark.parametrize(("name", "call"), READING)
async def test_any_other_status_is_an_error_of_ours(name: str, call: str):
    """Or an answer, where it says that there is nothing; never anything else, and asked once."""
    async with day_of(name, call) as start:
        for status in ODD:
            day = start.anew()
            asked = day.count(call)
            answer = says(status, b'{"message": ["a", {"b": 1}]}', Location="/x")
            with row(status), day.spoiling(call, answer):
                assert is_storable(await outcome_of(day, call))
            assert day.count(call) == asked + 1


# The paid calls.


UNKNOWN: dict[str, Spoil] = {
    **BROKEN,
    **{f"{status}": says(status, Location="/x") for status in (300, 302, 304, 408, 500, 504)},
    **{f"{status} when it was done": door.after(status) for status in (302, 408, 500, 502)},
}


@pytest.mark.parametrize("how", UNKNOWN)
@pytest.mark.parametrize(("name", "call"), PAYING)
async def test_a_paid_call_whose_end_is_unknown_is_uncertain(name: str, call: str, how: str):
    """From here nobody knows, so it is made once and never again."""
    hurried = {"submit_timeout_s": HURRIED} if how in {"silence", "trickle"} else {}
    async with day_of(name, call, **hurried) as day:
        asked = day.count(call)
        with day.spoiling(call, UNKNOWN[how]):
            outcome = await CALLS[call](day)
        assert isinstance(outcome, Uncertain)
        assert "may" in outcome.failure.text
        assert day.count(call) == asked + 1


@pytest.mark.parametrize(("name", "call"), PAYING)
async def test_a_paid_call_whose_answer_is_nonsense_is_uncertain(name: str, call: str):
    """It was taken by its status, and does not say what was begun."""
    async with day_of(name, call) as start:
        for which, body in NONSENSE_BYTES.items():
            for status in (200, 201, 202, 299):
                day = start.anew()
                asked = day.count(call)
                with row((which, status)), day.spoiling(call, says(status, body)):
                    assert isinstance(await CALLS[call](day), Uncertain)
                assert day.count(call) == asked + 1


@pytest.mark.parametrize("length", [10**10, None], ids=["announced", "in chunks"])
@pytest.mark.parametrize(("name", "call"), READING + PAYING)
async def test_an_answer_without_end_is_cut_and_not_read(name: str, call: str, length: int | None):
    """What was cut is never taken for the whole."""
    async with day_of(name, call) as day:
        with day.spoiling(call, door.flood(length=length)):
            if call in PAID:
                assert isinstance(await CALLS[call](day), Uncertain)
            elif needs_no_answer(name, call):
                await CALLS[call](day)
            else:
                with pytest.raises(ProviderReplyError):
                    await CALLS[call](day)


def needs_no_answer(name: str, call: str) -> bool:
    """Tell whether a call is a success by its status alone, or is only a help."""
    return call in {*HELPS, "CANCEL"} or (name, call) == ("narakeet", "UPLOAD")


# Nonsense.


@pytest.mark.parametrize(("name", "call"), READING)
async def test_nonsense_is_an_error_of_ours_wherever_it_comes(name: str, call: str):
    """Its sample is short and can be stored; a call that needs no answer needs none."""
    async with day_of(name, call) as start:
        for which, body in NONSENSE_BYTES.items():
            day = start.anew()
            with row(which), day.spoiling(call, says(200, body)):
                if needs_no_answer(name, call):
                    await CALLS[call](day)
                    continue
                with pytest.raises(ProviderReplyError) as caught:
                    await CALLS[call](day)
                assert len(caught.value.sample) <= 1000
                assert is_storable(vars(caught.value))


async def test_requests_beyond_what_we_allow_ourselves_are_not_made():
    """Whatever is asked for, and paid calls included, until the day is over."""
    for name in ("jarai", "jarai v1", "narakeet", "techforge"):
        async with day_of(name, "LOOK", per_day=3) as day:
            before, spent = len(counted(day)), 0
            for call in ("FORM", "LOOK", "FILES", "OPEN", "FIND", "SUBMIT") * 3:
                if call in day.bench.matches:
                    await day.bench.pass_time(61)
                    spent += await is_held_back(day, call)
            assert len(counted(day)) - before <= 3
            assert spent
            await day.bench.pass_time(86_400)
            assert isinstance(await CALLS["SUBMIT"](day), Accepted)


def counted(day: Day) -> list[str]:
    """List the requests that the service counts; those of a storage are none."""
    return [call for call in day.front.calls if not re.search("/storage/(status|uploads)", call)]


async def is_held_back(day: Day, call: str) -> bool:
    """Cause a call, and tell whether our own budget stopped it."""
    try:
        return isinstance(await CALLS[call](day), Delayed)
    except ProviderUnavailableError as error:
        return error.code == BUDGET_SPENT
    except ProviderRefusedError as error:
        return error.code != "deliverable_missing"
