"""Debian's Chromium, driven by Playwright."""

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """Find the browser; None where it is not installed."""
    return shutil.which("chromium")


@contextlib.asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Run the browser.

    Raises:
        FileNotFoundError: It is not installed.
    """
    path = chromium_path()
    if path is None:
        raise FileNotFoundError("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
