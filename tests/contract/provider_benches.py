"""Every service with its local server, for the suites that all of them must pass.

To add one, give it a bench from `provider_bench.ProviderBench` and name it here.
"""

from bot.core.production import Job
from bot.providers.base import Accepted
from tests.contract.provider_jarai import JaraiBench, OldJaraiBench
from tests.contract.provider_narakeet import NarakeetBench
from tests.contract.provider_techforge import TechForgeBench
from tests.contract.provider_titlecard import TitlecardBench

BENCHES = {
    "jarai": JaraiBench,
    "jarai v1": OldJaraiBench,
    "narakeet": NarakeetBench,
    "techforge": TechForgeBench,
    "titlecard": TitlecardBench,
}

NONSENSE = {
    "empty": "",
    "html": "<html>maintenance</html>",
    "null": "null",
    "number": "7",
    "text": '"hello"',
    "list of numbers": "[1, 2]",
    "cut": '{"status": "Prod',
    "deep": "[" * 20_000,
    "not a number": '{"status": NaN}',
    "wrong types": '{"status": {"a": 1}, "accounts": 3, "deliverables": {"a": 1}}',
    "too long": " " * 60_000,
}
"""Bodies that no reader may take for an answer, by name."""

NONSENSE_BYTES = {name: body.encode() for name, body in NONSENSE.items()} | {
    "no UTF-8": b'{"status": "\xff\xfe"}',
    "another UTF": '{"status": "Queued"}'.encode("utf-16"),
    "NUL": b"\0" * 50,
    "two values": b"{} {}",
    "digits without end": b'{"status": ' + b"9" * 10_000 + b"}",
    "beyond any number": b"1e999",
    "deep objects": b'{"a":' * 20_000,
    "nothing in it": b"{}",
    "lists in lists": b"[[[]]]",
    "the same twice": b'{"status": 1, "status": 2, "finished": 1, "finished": 2}',
}
"""The same, and some that only bytes can say."""


def having(trait: str) -> list[str]:
    """Name the services whose bench says that they have a trait."""
    return [name for name, bench in BENCHES.items() if getattr(bench, trait, False)]


async def submit(bench, **values: str) -> Job:
    """Submit a job and expect it to be taken."""
    outcome = await send(bench, bench.provider, **values)
    assert isinstance(outcome, Accepted)
    return outcome.job


async def send(bench, provider, **values: str):
    """Submit a job, whatever comes of it."""
    prepared = await provider.prepare(bench.request(**values))
    return await provider.submit(prepared, key="production-1.1")
