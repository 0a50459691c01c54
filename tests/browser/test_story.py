"""The whole story as two people live it, in the page and nowhere else."""

import hashlib

from playwright.async_api import expect

from tests.rig import ANA, BO, CHOICES, TOPIC


async def ask(ana):
    """Let Ana ask for a video, with an error first."""
    await ana.type(f"/produce {TOPIC}")
    form = ana.form("Make a video")
    await expect(form.get_by_role("textbox", name="Topic")).to_have_value(TOPIC)
    for label, option in CHOICES.items():
        await ana.choose(label, option.split(" / ")[-1])
    # No ink at all, which only the bot finds out.
    await form.get_by_role("textbox", name="Topic").fill("\u200b")
    await ana.click("Make the video", within=form)
    await expect(form.get_by_role("alert")).to_contain_text("Topic")
    await form.get_by_role("textbox", name="Topic").fill(TOPIC)
    await ana.click("Make the video", within=form)
    await expect(form).to_have_count(0)


async def test_two_people_make_a_video(seat, rig):
    """Command, form with an error, live card, reject with reason, again, approve, download."""
    ana, bo = await seat(ANA), await seat(BO)
    await ask(ana)
    await expect(bo.card()).to_contain_text("Queued")
    await rig.advance(60)
    await expect(ana.card()).to_contain_text("Producing")
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(40)
    await expect(bo.card()).to_contain_text("Awaiting approval")

    await bo.click("Reject")
    reasons = bo.form("Reject this video")
    await reasons.get_by_role("textbox").fill("The logo is the old one.")
    await bo.click("Reject", within=reasons)
    await rig.advance(5)
    await expect(ana.card()).to_contain_text("The logo is the old one.")
    await bo.operate("Reject")
    await rig.advance(200)
    await expect(ana.card()).to_contain_text("Rejected")
    rejected = await ana.card().get_attribute("data-ts")

    await ana.click("Again")
    form = ana.form("Make a video")
    await expect(form.get_by_role("textbox", name="Topic")).to_have_value(TOPIC)
    await ana.click("Make the video", within=form)
    await rig.advance(60)
    assert await ana.card().get_attribute("data-ts") != rejected
    await bo.operate("Finish")
    await rig.advance(40)
    await bo.click("Approve")
    await rig.advance(5)
    await expect(ana.card()).to_contain_text("not yet released")
    await bo.operate("Release")
    await rig.advance(200)
    await expect(ana.card()).to_contain_text("Completed")
    await check_downloads(ana, rig)


async def check_downloads(ana, rig):
    """Click every Download of the card, and compare the bytes with those that were made."""
    links = ana.card().get_by_role("link", name="Download")
    await expect(links).not_to_have_count(0)
    got = set()
    for index in range(await links.count()):
        async with ana.page.context.expect_event("download") as downloading:
            await links.nth(index).click()
        download = await downloading.value
        got.add(hashlib.sha256((await download.path()).read_bytes()).hexdigest())
    shown = await rig.fetch(f"{rig.jarai.control_url}productions/{rig.job_id()}")
    assert got == {one["sha256"] for one in shown.json()["deliverables"]}
