"""A provider with a raw server, for what no local service would answer."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.core.production import ProductionRequest
from bot.providers.base import Provider
from tests.faults.raw_server import Behaviour, RawServer
from tests.unit.providers.hands import Hands

ProviderT = TypeVar("ProviderT", bound=Provider)


@dataclass(frozen=True, kw_only=True)
class Bench(Generic[ProviderT]):
    """A provider with the server it speaks to.

    Attributes:
        fill: Fills a form in.
        key: What a submit is known by.
    """

    server: RawServer
    provider: ProviderT
    time: Hands
    fill: Callable[..., ProductionRequest]
    key: str

    async def submit(self, **values: Any):
        """Send a form."""
        prepared = await self.provider.prepare(self.fill(**values))
        return await self.provider.submit(prepared, key=self.key)


@asynccontextmanager
async def raw_bench(
    behaviour: Behaviour,
    make: Callable[[str, Hands], ProviderT],
    *,
    fill: Callable[..., ProductionRequest],
    key: str,
) -> AsyncIterator[Bench[ProviderT]]:
    """Start a server that behaves so, and a provider for it.

    Args:
        make: Makes the provider for the server's address.
    """
    time = Hands()
    async with RawServer(behaviour) as server:
        provider = make(server.url(), time)
        try:
            yield Bench(server=server, provider=provider, time=time, fill=fill, key=key)
        finally:
            await provider.aclose()
