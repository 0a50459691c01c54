import pytest

from tests.unit.sockets.switchboard import Bench, Switchboard


@pytest.fixture
async def slack():
    switchboard = Switchboard()
    await switchboard.start()
    yield switchboard
    await switchboard.stop()


@pytest.fixture
def bench(slack):
    return Bench(slack)
