"""One service on one day: its calls, how each is caused, and a door that can spoil the answers."""

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.core.errors import ProviderError
from bot.core.events import News
from bot.core.production import Job
from bot.providers.base import Accepted, Provider
from tests.contract.front import Front, Spoil
from tests.contract.provider_benches import BENCHES, send


@dataclass(frozen=True, kw_only=True)
class Day:
    """One service behind its door, with a job that is as far as a call needs it."""

    bench: Any
    front: Front
    provider: Provider
    job: Job
    key: str

    def anew(self, **settings: Any) -> "Day":
        """Give the same day with a provider that remembers nothing."""
        provider = self.bench.build(base_url=self.front.url, **settings)
        return replace(self, provider=provider)

    def count(self, call: str) -> int:
        """Count the requests that a call has made."""
        return self.front.count(self.bench.matches[call])

    def spoiling(self, call: str, spoil: Spoil) -> Any:
        """Spoil a call's answers within the block."""
        return self.front.spoiling(self.bench.matches[call], spoil)


async def _retry(day: Day) -> Any:
    return await day.provider.retry(day.job)


CALLS: dict[str, Callable[[Day], Awaitable[Any]]] = {
    "LOOK": lambda day: day.provider.observe(day.job),
    "FILES": lambda day: day.provider.deliverables(day.job),
    "OPEN": lambda day: day.provider.open(day.job, day.key),
    "FIND": lambda day: day.provider.find(day.bench.request(), job_id=day.job.job_id),
    "FORM": lambda day: day.provider.form(day.bench.chosen),
    "FIELDS": lambda day: day.provider.form(day.bench.chosen),
    "CREDITS": lambda day: day.provider.form(day.bench.chosen),
    "SEARCH": lambda day: day.provider.search("font", "grotesk"),
    "TOKEN": lambda day: day.provider.prepare(day.bench.with_files()),
    "UPLOAD": lambda day: day.provider.prepare(day.bench.with_files()),
    "CANCEL": lambda day: day.provider.cancel(day.job),
    "SUBMIT": lambda day: send(day.bench, day.provider),
    "RETRY": _retry,
}
"""How each call is caused."""

PAID = ("SUBMIT", "RETRY")
HELPS = ("CREDITS", "SEARCH")
"""Whatever becomes of these, people go on without."""

EARLY = {"CANCEL": None, "RETRY": News.FAILED}
"""How far a job may be for a call; for all others it is done."""


def rows(*, paid: bool) -> list[Any]:
    """Name every call that a service has."""
    return [
        pytest.param(name, call, id=f"{name}: {call.lower()}")
        for name, bench in BENCHES.items()
        for call in bench.matches
        if (call in PAID) == paid
    ]


READING, PAYING = rows(paid=False), rows(paid=True)


@asynccontextmanager
async def day_of(name: str, call: str, *, news: News | None = None, **settings: Any):
    """Give a service whose job is where the call needs it; nothing was asked of its files yet.

    Args:
        news: Where the job is instead.
    """
    async with BENCHES[name]() as bench, Front(bench.twin.url) as front:
        patient = bench.build(base_url=front.url)
        outcome = await send(bench, patient)
        assert isinstance(outcome, Accepted)
        news = news or EARLY.get(call, News.COMPLETED)
        if news is not None:
            await bench.bring(outcome.job, news)
        files = await patient.deliverables(outcome.job)
        provider = bench.build(base_url=front.url, **settings)
        yield Day(
            bench=bench,
            front=front,
            provider=provider,
            job=outcome.job,
            key=files[0].key if files else "none",
        )


@contextmanager
def row(name: object):
    """Name the row in what goes wrong within the block."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the row {name!r}")
        raise


async def outcome_of(day: Day, call: str) -> Any:
    """Cause a call, and give what came of it or what its error says."""
    try:
        return await CALLS[call](day)
    except ProviderError as error:
        return {**vars(error), "text": error.text}
