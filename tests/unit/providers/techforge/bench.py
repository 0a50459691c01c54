"""A provider for TechForge with a raw server, for what no local TechForge would answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.providers.outside import Publishing
from bot.providers.techforge import TechForgeProvider
from tests.faults.raw_server import Behaviour, RawServer
from tests.unit.providers.hands import Hands
from tests.unit.providers.jarai.samples import Memory
from tests.unit.providers.techforge.samples import build_request, build_settings


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A provider with the server it speaks to."""

    server: RawServer
    provider: TechForgeProvider
    time: Hands

    async def submit(self, **values: str):
        """Send a form."""
        prepared = await self.provider.prepare(build_request(**values))
        return await self.provider.submit(prepared, key="7K3MQ2-1")


@asynccontextmanager
async def bench_of(
    behaviour: Behaviour, *, publishing: Publishing | None = None, **settings: Any
) -> AsyncIterator[Bench]:
    """Start a server that behaves so, and a provider for it."""
    time = Hands()
    async with RawServer(behaviour) as server:
        about = build_settings(**({"base_url": server.url()} | settings))
        provider = TechForgeProvider(
            about, clock=time, remembered=Memory(time), publishing=publishing
        )
        try:
            yield Bench(server=server, provider=provider, time=time)
        finally:
            await provider.aclose()
