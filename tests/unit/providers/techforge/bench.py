"""A provider for TechForge with a raw server, for what no local TechForge would answer."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from bot.providers.outside import Publishing
from bot.providers.techforge import TechForgeProvider
from tests.faults.raw_server import Behaviour
from tests.unit.providers.hands import Hands, Memory
from tests.unit.providers.raw_bench import Bench, raw_bench
from tests.unit.providers.techforge.samples import build_request, build_settings


def bench_of(
    behaviour: Behaviour, *, publishing: Publishing | None = None, **settings: Any
) -> AbstractAsyncContextManager[Bench[TechForgeProvider]]:
    """Start a server that behaves so, and a provider for it."""

    def make(url: str, time: Hands) -> TechForgeProvider:
        about = build_settings(**({"base_url": url} | settings))
        return TechForgeProvider(about, clock=time, remembered=Memory(time), publishing=publishing)

    return raw_bench(behaviour, make, fill=build_request, key="7K3MQ2-1")
