"""People in front of the twin's page, each in a browser window of their own."""

import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from tests.rig import MARKETING, TOPIC, Rig

WIDE, NARROW = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
PATIENCE_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One person, one window."""

    page: Page
    rig: Rig

    async def doing(self, act: Awaitable[Any]) -> None:
        """Do something in the page that reaches the bot, and let everything happen."""
        before = self._deliveries()
        await act
        await self.rig.slack.journal.wait_for(
            lambda: self._deliveries() > before, timeout_s=PATIENCE_S
        )
        await self.rig.settle()

    def _deliveries(self) -> int:
        return len([one for one in self.rig.slack.journal.entries() if one.direction == "out"])

    async def type(self, line: str) -> None:
        """Type a line into the channel's composer and send it."""
        composer = self.page.get_by_role("textbox", name="Message #marketing")
        await composer.fill(line)
        await self.doing(composer.press("Enter"))

    def form(self, title: str) -> Locator:
        """Find a form by its title."""
        return self.page.get_by_role("dialog", name=title)

    async def choose(self, label: str, option: str) -> None:
        """Choose an option of a select in the form on top."""
        await self.page.get_by_role("combobox", name=label).click()
        await self.page.get_by_role("option", name=option, exact=True).click()

    def card(self, topic: str = TOPIC) -> Locator:
        """Find the newest card of a topic in the channel."""
        log = self.page.get_by_role("log", name="Messages")
        named = log.get_by_role("article").filter(has_text=topic)
        return named.filter(has_not_text="replied to a thread").last

    def thread(self) -> Locator:
        """Find the open thread."""
        return self.page.get_by_role("complementary", name="Thread")

    async def click(self, button: str, *, within: Locator | None = None) -> None:
        """Click a button that reaches the bot, by default in the newest card."""
        place = within or self.card()
        await self.doing(place.get_by_role("button", name=button, exact=True).click())

    async def operate(self, action: str, topic: str = TOPIC) -> None:
        """Do in the drawer what the service's operator does in the Studio."""
        await self.open_drawer("Studio")
        job = self.page.get_by_role("article", name=topic).first
        await job.get_by_role("button", name=action, exact=True).click()
        await expect(job.get_by_role("button", name=action, exact=True)).to_have_count(0)

    async def open_drawer(self, tab: str) -> None:
        """Open a tab of the drawer."""
        chosen = self.page.get_by_role("tab", name=tab, exact=True)
        if not await chosen.is_visible():
            await self.page.get_by_role("button", name="Bad days", exact=True).click()
        await chosen.click()


@contextlib.asynccontextmanager
async def seated(
    browser: Browser,
    rig: Rig,
    user: str,
    *,
    viewport: ViewportSize = WIDE,
    theme: str = "light",
    **place: str,
) -> AsyncIterator[Seat]:
    """Open the page for a person; an error in the page's own code ends the test."""
    context = await browser.new_context(viewport=viewport, accept_downloads=True)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    query = urlencode({"user": user, "channel": MARKETING, "theme": theme, **place})
    await page.goto(f"{rig.slack.url}/?{query}")
    try:
        yield Seat(page=page, rig=rig)
        assert errors == []
    finally:
        await context.close()
