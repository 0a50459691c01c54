"""The rig, ready made for most scenarios and made to measure for the others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from tests.rig import Rig, indiscretions, running_rig

MakeRig = Callable[..., Awaitable[Rig]]


@pytest.fixture
async def make_rig(tmp_path) -> AsyncIterator[MakeRig]:
    """Give a function that runs a rig with settings of its own until the test is over.

    Whatever the scenario, no message in a channel may then have held an id of the service, a
    secret or a signed link.
    """
    rigs: list[Rig] = []
    async with AsyncExitStack() as stack:

        async def make(**options) -> Rig:
            rigs.append(await stack.enter_async_context(running_rig(tmp_path, **options)))
            return rigs[-1]

        yield make
        assert [found for rig in rigs for found in indiscretions(rig)] == []


@pytest.fixture
async def rig(make_rig) -> Rig:
    """Run a rig with the usual settings."""
    return await make_rig()
