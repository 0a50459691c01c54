"""Every field of every answer that a service gives, with everything in it that it may not hold."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.core.events import News
from bot.providers.base import Accepted, Observation, Refused, Uncertain
from tests.contract.front import says
from tests.contract.provider_benches import BENCHES
from tests.contract.provider_days import CALLS, PAYING, READING, day_of, outcome_of, row
from tests.contract.storable import is_storable

GONE = object()
"""Stands for a field that is left out."""

WRONG: tuple[Any, ...] = (
    GONE, None, True, False, 7, -1, 0.5, 2**70, 1e308, "", " ", "x" * 20_000, "\ud800", "a\0b",
    "\u202egpj.exe", "https://10.0.0.1/x", "javascript:alert(1)", "2026-13-45", "0001-01-01T00:00Z",
    "9999-12-31T23:59:59-23:59", [], {}, [1], [[]], [{}], {"a": 1},
)  # fmt: skip
MOST_DEEP = 6
ENDS = {News.FAILED, News.CANCELLED, News.COMPLETED, News.DISTRIBUTING}


def places(value: Any, *, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List where something stands in an answer; of a list the first item stands for all."""
    if path:
        yield path
    if len(path) >= MOST_DEEP:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, path=(*path, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], path=(*path, 0))


def spoilt(body: bytes, path: tuple[Any, ...], wrong: Any) -> bytes:
    """Put something else where a path leads."""
    value = json.loads(body)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    if wrong is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = wrong
    return json.dumps(value).encode()


def rows_of(body: bytes) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """List every place with everything that may stand there wrongly."""
    for path in places(json.loads(body)):
        for wrong in WRONG:
            yield path, wrong


JSON = [one for one in READING if one.values != ("narakeet", "UPLOAD")]


@pytest.mark.parametrize(("name", "call"), JSON)
async def test_no_field_of_an_answer_breaks_its_reader(name: str, call: str):
    """It is understood without the field, or an error of ours; what is kept can be stored."""
    async with day_of(name, call) as start:
        await CALLS[call](start)
        body = start.front.body(start.bench.matches[call])
        if not body:  # A cancel is a success by its status.
            return
        for path, wrong in rows_of(body):
            day = start.anew()
            with (
                row((path, str(wrong)[:40])),
                day.spoiling(call, says(200, spoilt(body, path, wrong))),
            ):
                assert is_storable(await outcome_of(day, call))


@pytest.mark.parametrize("name", BENCHES)
async def test_no_field_of_a_status_ends_a_job_by_mistake(name: str):
    """What is no word for an end is none, whatever else stands there."""
    async with day_of(name, "LOOK", news=News.PRODUCING) as start:
        await CALLS["LOOK"](start)
        body = start.front.body(start.bench.matches["LOOK"])
        for path, wrong in rows_of(body):
            if path == ("finished",) and wrong is True:
                continue  # That is how it says so.
            day = start.anew()
            with (
                row((path, str(wrong)[:40])),
                day.spoiling("LOOK", says(200, spoilt(body, path, wrong))),
            ):
                seen = await outcome_of(day, "LOOK")
                assert not isinstance(seen, Observation) or seen.news not in ENDS


@pytest.mark.parametrize(("name", "call"), PAYING)
async def test_no_field_of_a_paid_answer_loses_the_job(name: str, call: str):
    """It was taken by its status: it is followed by its id, or nobody knows; never refused."""
    async with day_of(name, call) as start:
        await CALLS[call](start)
        body = start.front.body(start.bench.matches[call])
        kinds = (Accepted, Uncertain)
        for path, wrong in rows_of(body):
            day = start.anew()
            status = start.bench.accepted
            with (
                row((path, str(wrong)[:40])),
                day.spoiling(call, says(status, spoilt(body, path, wrong))),
            ):
                outcome = await CALLS[call](day)
                assert isinstance(outcome, kinds)
                assert not isinstance(outcome, Refused)
                assert is_storable(outcome)
