import aiohttp
import httpx
import pytest

from tests.unit.twin.slack.oauth_support import Browser, exchange, register
from tests.unit.twin.slack.support import START, client_of, running_twin, stand_in_bot
from twin.clock import Clock
from twin.jarai.app import JaraiTwin


@pytest.fixture
async def twin():
    """A running local Slack, on a clock that stands still until moved."""
    async with running_twin() as twin:
        yield twin


@pytest.fixture
async def bot(twin):
    """A stand-in for the seeded app."""
    async with stand_in_bot(twin) as bot:
        yield bot


@pytest.fixture
async def client(twin):
    """The official client with the seeded app's token."""
    async with client_of(twin) as client:
        yield client


@pytest.fixture
async def session():
    """A client of anything on the wire."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def http(twin):
    """A browser without JavaScript."""
    async with httpx.AsyncClient(base_url=twin.url) as client:
        yield client


@pytest.fixture
async def beside(twin):
    """A local JARAI that the page knows."""
    jarai = JaraiTwin(Clock(start=START, speed=0))
    await jarai.start()
    twin.desk.attach(jarai)
    yield jarai
    await jarai.stop()


@pytest.fixture
def browser(twin, session):
    """A person who opens install links."""
    return Browser(session, twin_url=twin.url)


@pytest.fixture
async def app(twin, bot):
    """A small app with redirect URLs, registered and nowhere installed."""
    return await register(twin, request_url=bot.url)


@pytest.fixture
def installed(twin, app, browser):
    """Install that app all the way and give Slack's answer."""

    async def installed(**options):
        shown = await browser.install(app, **options)
        return await exchange(twin, app, shown.sent_back["code"])

    return installed
