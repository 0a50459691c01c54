"""A provider for JARAI with a raw server, for what no local JARAI would answer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.core.production import Job
from bot.providers.jarai import JaraiProvider
from tests.faults.raw_server import Behaviour, RawServer
from tests.unit.providers.hands import Hands
from tests.unit.providers.jarai.samples import (
    ACCOUNT,
    PRODUCTION,
    Memory,
    build_request,
    build_settings,
)

CORRELATED = "X-Correlation-Id: corr-7"
PATH = f"/v1/partner/accounts/{ACCOUNT}/productions/{PRODUCTION}"


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A provider with the server it speaks to."""

    server: RawServer
    provider: JaraiProvider
    time: Hands

    async def submit(self, **values: Any):
        """Send a form."""
        prepared = await self.provider.prepare(build_request(**values))
        return await self.provider.submit(prepared, key="key-1")


@asynccontextmanager
async def bench_of(behaviour: Behaviour, **settings: Any) -> AsyncIterator[Bench]:
    """Start a server that behaves so, and a provider for it."""
    time = Hands()
    async with RawServer(behaviour) as server:
        about = build_settings(**({"base_url": server.url()} | settings))
        provider = JaraiProvider(about, clock=time, remembered=Memory(time))
        try:
            yield Bench(server=server, provider=provider, time=time)
        finally:
            await provider.aclose()


def job(**handle: Any) -> Job:
    """Give the sample job."""
    return Job(job_id=PRODUCTION, handle={"account_id": ACCOUNT, "status_url": None} | handle)


def error(code: str, wait: int | None = None) -> bytes:
    """Write an error body."""
    return json.dumps({"error": code, "message": "Words.", "retryAfterSeconds": wait}).encode()
