"""The rig, ready made for most scenarios and made to measure for the others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

import pytest

from tests.rig import Rig, indiscretions, running_rig
from twin.slack.app import SlackTwin

MakeRig = Callable[..., Awaitable[Rig]]
PATIENT_S = 20.0


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Slack and forms wait as long as a busy machine needs; their limits are real seconds."""
    monkeypatch.setattr("tests.rig.SlackTwin", partial(SlackTwin, ack_deadline_s=PATIENT_S))
    for limit in ("opening.WARM_S", "opening.SEARCH_S", "opening.NAMED_S", "requests.SEARCH_S"):
        monkeypatch.setattr(f"bot.slack.listeners.{limit}", PATIENT_S)


@pytest.fixture
async def make_rig(tmp_path, patience) -> AsyncIterator[MakeRig]:
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
