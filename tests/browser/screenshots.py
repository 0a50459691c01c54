"""Take the pictures of the documents: `make screenshots`."""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.chromium import running_browser
from tests.browser.seats import NARROW, Seat, seated
from tests.rig import ANA, BO, MARKETING, MEI, SAM, Rig, running_rig

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LAUNCH, TEASER, RECAP = "Winter boots launch", "Autumn range teaser", "Trade fair recap"


async def play(rig: Rig) -> None:
    """Bring a channel to life: one video released, one to review, one that failed."""
    await rig.subscribe()
    await rig.slack.act.say(user=MEI, channel=MARKETING, text="Morning! What is going out today?")
    released = await rig.request_and_finish(LAUNCH)
    await rig.click("Approve", released)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(120)
    await rig.slack.act.say(
        user=BO, channel=MARKETING, text="The *boots* are out :tada: Thanks <@U0ANA>!"
    )
    await rig.request(RECAP, user=SAM)
    rig.jarai.act.fail(
        rig.job_id(), error_code="VISUALS_FAILED", error_message="Scene 4 has no picture"
    )
    await rig.advance(60)
    await rig.request_and_finish(TEASER)
    await rig.advance(60)


async def channel(seat: Seat) -> None:
    """Show the channel with a card to review."""
    await expect(seat.card(TEASER)).to_contain_text("Awaiting approval")


async def thread(seat: Seat) -> None:
    """Show the thread of the card to review."""
    await channel(seat)
    await seat.card(TEASER).get_by_role("button", name="1 reply").click()
    await expect(seat.thread()).to_contain_text("review")


async def form(seat: Seat) -> None:
    """Show the form with what is missing in it."""
    await seat.type("/produce Spring lookbook")
    dialog = seat.form("Make a video")
    await seat.choose("Avatar", "Mia")
    await dialog.get_by_role("textbox", name="Topic").fill("")
    await dialog.get_by_role("button", name="Make the video").click()
    await expect(dialog.get_by_role("alert")).not_to_have_count(0)


async def home(seat: Seat) -> None:
    """Show the app's Home tab."""
    apps = seat.page.get_by_role("navigation", name="Apps")
    await seat.doing(apps.get_by_role("link", name="Greenlight").click())
    await expect(seat.page.get_by_role("region", name="Home tab")).to_contain_text(TEASER)


async def drawer(seat: Seat) -> None:
    """Show a bad day."""
    await seat.open_drawer("Switches")
    await seat.page.get_by_role("switch", name="Slack answers 429 for 20 s").click()
    await seat.page.get_by_role("button", name="Lose the next webhook").click()


async def log(seat: Seat) -> None:
    """Show the calls both ways, one of them open."""
    await seat.open_drawer("Log")
    calls = seat.page.get_by_role("list", name="Calls")
    await calls.get_by_text("chat.update").first.click()


Scene = Callable[[Seat], Awaitable[None]]
SCENES: dict[str, tuple[str, Scene, dict[str, object]]] = {
    "channel": (BO, channel, {}),
    "thread": (BO, thread, {}),
    "form": (ANA, form, {}),
    "home": (ANA, home, {}),
    "log": (SAM, log, {}),
    "phone": (BO, thread, {"viewport": NARROW, "theme": "dark"}),
    "drawer": (SAM, drawer, {"theme": "dark"}),
}


async def take(browser: Browser, rig: Rig, name: str) -> None:
    """Take one picture."""
    user, scene, options = SCENES[name]
    async with seated(browser, rig, user, **options) as seat:
        await scene(seat)
        await seat.page.wait_for_load_state("load")
        await seat.page.mouse.move(0, 0)
        await seat.page.screenshot(path=IMAGES / f"page-{name}.png", animations="disabled")
    rig.slack.modals.clear(user)
    rig.slack.faults.clear()


async def main(names: list[str]) -> None:
    """Take the named pictures, or all."""
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        browser = await stack.enter_async_context(running_browser())
        rig = await stack.enter_async_context(running_rig(Path(folder)))
        rig.slack.desk.attach(rig.jarai)
        await play(rig)
        for name in names or SCENES:
            await take(browser, rig, name)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
