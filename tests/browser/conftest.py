"""A browser, a rig for it, and people in front of the page."""

from contextlib import AsyncExitStack

import pytest

from tests.browser.chromium import chromium_path, running_browser
from tests.browser.seats import seated
from tests.rig import running_rig


@pytest.fixture
async def browser():
    """Run Debian's Chromium, or say that the page was not tried."""
    if chromium_path() is None:
        pytest.skip("Chromium is not installed: the page was not tried in a browser")
    async with running_browser() as running:
        yield running


@pytest.fixture
async def rig(browser, tmp_path):
    """Run the bot and both twins, with the service on the page's desk."""
    async with running_rig(tmp_path) as running:
        running.slack.desk.attach(running.jarai)
        yield running


@pytest.fixture
async def seat(browser, rig):
    """Give a function that puts a person in front of the page."""
    async with AsyncExitStack() as stack:

        async def sit(user, **options):
            return await stack.enter_async_context(seated(browser, rig, user, **options))

        yield sit
