"""Bad days, switched on in the page's drawer, end well in the page's channel."""

from playwright.async_api import expect

from tests.rig import ANA, BO, SAM, TOPIC

LIMITED = "Slack answers 429 for 20 s"


async def test_a_day_with_429_and_a_lost_webhook_ends_well(seat, rig):
    """Slack refuses everything for 20 s and news gets lost; the card catches up by itself."""
    await rig.subscribe()
    await rig.request()
    await rig.advance(60)
    ana, sam = await seat(ANA), await seat(SAM)
    await expect(ana.card()).to_contain_text("Producing")

    await sam.open_drawer("Switches")
    switch = sam.page.get_by_role("switch", name=LIMITED)
    await switch.click()
    await expect(switch).to_be_checked()
    loses = sam.page.get_by_role("button", name="Lose the next webhook")
    await loses.click()
    await expect(loses).to_have_attribute("aria-pressed", "true")
    rig.jarai.act.finish(rig.job_id())
    await rig.advance(15)
    await expect(ana.card()).to_contain_text("Producing")
    await expect(switch).to_be_checked()
    await rig.advance(10)
    await expect(switch).not_to_be_checked()
    await rig.advance(300)  # The look that does not wait for webhooks.
    await expect(ana.card()).to_contain_text("Awaiting approval")

    bo = await seat(BO)
    await bo.click("Approve")
    await bo.operate("Release")
    await rig.advance(200)
    await expect(ana.card()).to_contain_text("Completed")
    assert (rig.posts(), len(rig.cards())) == (1, 1)


async def test_a_failed_production_is_retried_in_its_thread(seat, rig):
    """Who is on call finds the reason, and Retry makes the next attempt in the same thread."""
    card = await rig.request()
    sam = await seat(SAM)
    await sam.operate("Fail")
    await rig.advance(60)
    await expect(sam.card()).to_contain_text("Failed")
    await sam.card().get_by_role("button", name="Retry", exact=True).click()
    asked = sam.page.get_by_role("alertdialog").or_(sam.page.get_by_role("dialog"))
    await expect(asked).to_be_visible()
    await sam.doing(asked.get_by_role("button", name="send", exact=False).last.click())
    await rig.advance(60)
    await expect(sam.card()).to_contain_text("v2")
    await sam.card().get_by_role("button", name="replies").click()
    await expect(sam.thread()).to_contain_text(TOPIC)
    assert [one["ts"] for one in rig.cards()] == [card]
