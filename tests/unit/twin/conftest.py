from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from twin.clock import Clock
from twin.service import ServiceTwin


@pytest.fixture
def clock(start_at: datetime) -> Clock:
    """A clock moved by hand; each service's tests say where it stands."""
    return Clock(start=start_at, speed=0)


@pytest.fixture
async def twin(service: type[ServiceTwin[Any]], clock: Clock) -> AsyncIterator[ServiceTwin[Any]]:
    """The service whose tests these are, running."""
    twin = service(clock)
    await twin.start()
    yield twin
    await twin.stop()


@pytest.fixture
async def http(twin: ServiceTwin[Any]) -> AsyncIterator[httpx.AsyncClient]:
    """A customer's client with the standard key."""
    async with httpx.AsyncClient(base_url=twin.url, headers={"X-API-Key": twin.api_key}) as client:
        yield client


@pytest.fixture
async def plain(twin: ServiceTwin[Any]) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key, for storage, links and control."""
    async with httpx.AsyncClient(base_url=twin.control_url) as client:
        yield client
