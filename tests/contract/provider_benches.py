"""Every service with its local server, for the suites that all of them must pass.

To add one, give it a bench like `provider_jarai.JaraiBench` and name it here.
"""

import pytest

from bot.core.production import Job
from bot.providers.base import Accepted
from tests.contract.provider_jarai import JaraiBench, OldJaraiBench
from tests.contract.provider_titlecard import TitlecardBench

BENCHES = {"jarai": JaraiBench, "jarai v1": OldJaraiBench, "titlecard": TitlecardBench}


def needs(bench, feature: str) -> None:
    """Skip a claim about something that this service does not have."""
    if feature in bench.lacks:
        pytest.skip(f"{bench.label} has no {feature}")


async def submit(bench, **values: str) -> Job:
    """Submit a job and expect it to be taken."""
    outcome = await send(bench, bench.provider, **values)
    assert isinstance(outcome, Accepted)
    return outcome.job


async def send(bench, provider, **values: str):
    """Submit a job, whatever comes of it."""
    prepared = await provider.prepare(bench.request(**values))
    return await provider.submit(prepared, key="production-1.1")
