"""Whoever waits for the same answer shares it, and its failure too."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.core.errors import ProviderUnavailableError
from bot.core.production import Job
from bot.providers.registry import NarakeetSettings, TechForgeSettings, build_providers
from bot.providers.sharing import Shared
from tests.faults.raw_server import RawServer
from tests.unit.providers.hands import Memory

JOB_ID = "8f6d0a6e-1111-4222-8333-000000000abc"


def now():
    """Stand still."""
    return datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("narakeet", NarakeetSettings), ("techforge", TechForgeSettings)],
)
async def test_a_silent_service_is_waited_for_once(name, settings):
    """Twelve who ask for a link at the same time make one call, and all hear of its failure."""

    async def hang(exchange):
        await exchange.read_request()
        await exchange.hang()

    async with RawServer(hang) as server:
        made = settings(api_key="k" * 20, base_url=server.url(), look_timeout_s=0.3)
        provider = build_providers({name: made}, clock=now, remembered=Memory(now)).of(name)
        job = Job(job_id=JOB_ID, handle={"status_url": server.url(), "submitted_at": ""})
        answers = await asyncio.gather(
            *(provider.open(job, "x") for _ in range(12)), return_exceptions=True
        )
        await provider.aclose()
    assert [type(answer) for answer in answers] == [ProviderUnavailableError] * 12
    assert server.connections == 1


async def test_who_leaves_spoils_it_for_nobody():
    """The question goes on for the others, and the next one is asked anew."""
    asked, answered, shared = [], asyncio.Event(), Shared()

    async def question():
        asked.append(len(asked))
        await answered.wait()
        return len(asked)

    leaving = asyncio.create_task(shared.ask("a", question))
    staying = asyncio.create_task(shared.ask("a", question))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    answered.set()
    assert await staying == 1
    assert await shared.ask("a", question) == 2


async def test_a_failure_that_nobody_waits_for_is_quiet():
    """Everybody may have left by the time it comes."""
    failing, shared = asyncio.Event(), Shared()

    async def question():
        await failing.wait()
        raise ProviderUnavailableError("away")

    leaving = asyncio.create_task(shared.ask("a", question))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    failing.set()
    with pytest.raises(ProviderUnavailableError):
        await shared.ask("a", question)
