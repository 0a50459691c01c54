"""Every service with its local server, for the suites that all of them must pass.

To add one, give it a bench like `provider_jarai.JaraiBench` and name it here.
"""

from bot.core.production import Job
from bot.providers.base import Accepted
from tests.contract.provider_jarai import JaraiBench, OldJaraiBench

BENCHES = {"jarai": JaraiBench, "jarai v1": OldJaraiBench}


async def submit(bench, **values: str) -> Job:
    """Submit a job and expect it to be taken."""
    outcome = await send(bench, bench.provider, **values)
    assert isinstance(outcome, Accepted)
    return outcome.job


async def send(bench, provider, **values: str):
    """Submit a job, whatever comes of it."""
    prepared = await provider.prepare(bench.request(**values))
    return await provider.submit(prepared, key="production-1.1")
