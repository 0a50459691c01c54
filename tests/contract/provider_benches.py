"""Every service with its local server, for the suites that all of them must pass.

To add one, give it a bench like `provider_jarai.JaraiBench` and name it here. What a service lacks
it leaves out of the bench's `offers`, and the tests that want it run without it.
"""

import pytest

from bot.core.production import Job
from bot.providers.base import Accepted
from tests.contract.provider_jarai import JaraiBench
from tests.contract.provider_narakeet import NarakeetBench

BENCHES = {"jarai": JaraiBench, "narakeet": NarakeetBench}


def offering(*offers: str) -> pytest.MarkDecorator:
    """Run a test with the services that have all of these."""
    names = [name for name, bench in BENCHES.items() if set(offers) <= bench.offers]
    return pytest.mark.parametrize("bench", names, indirect=True)


async def submit(bench, **values: str) -> Job:
    """Submit a job and expect it to be taken."""
    outcome = await send(bench, bench.provider, **values)
    assert isinstance(outcome, Accepted)
    return outcome.job


async def send(bench, provider, **values: str):
    """Submit a job, whatever comes of it."""
    prepared = await provider.prepare(bench.request(**values))
    return await provider.submit(prepared, key="production-1.1")
