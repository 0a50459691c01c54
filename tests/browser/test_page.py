"""The page itself: what it shows to whom, and what it does not let happen."""

from playwright.async_api import expect

from tests.browser.seats import NARROW
from tests.rig import ANA, BO, GIL, MARKETING, TOPIC
from tests.unit.twin.slack.support import client_of

HOSTILE = (
    "<javascript:document.title='taken'|a link> <img src=x onerror=\"document.title='taken'\">"
)


async def test_hostile_words_stay_words(seat, rig):
    """Whatever a bot or a person writes, nothing of it runs in the page."""
    async with client_of(rig.slack) as client:
        await client.chat_postMessage(channel=MARKETING, text=HOSTILE)
    await rig.slack.act.say(user=ANA, channel=MARKETING, text=HOSTILE)
    bo = await seat(BO)
    log = bo.page.get_by_role("log", name="Messages")
    await expect(log.get_by_role("article")).to_have_count(2)
    assert await bo.page.locator("a[href^='javascript']").count() == 0
    assert await log.locator("img").count() == 0
    assert await bo.page.title() != "taken"


async def test_a_private_answer_is_for_one_person(seat, rig):
    """A guest who may not decide is told so, and nobody else sees it."""
    await rig.request_and_finish()
    gil, bo = await seat(GIL), await seat(BO)
    await gil.click("Approve")
    mine = gil.page.get_by_role("article").filter(has_text="Only visible to you")
    await expect(mine).to_contain_text("guest", ignore_case=True)
    await expect(bo.page.get_by_text("Only visible to you")).to_have_count(0)


async def test_a_command_in_a_thread_is_refused(seat, rig):
    """As in Slack, commands do not work in threads, and the page says so."""
    await rig.request()
    ana = await seat(ANA, thread=rig.cards()[0]["ts"])
    reply = ana.thread().get_by_role("textbox", name="Reply")
    await reply.fill("/produce Another")
    await reply.press("Enter")
    await expect(ana.thread().get_by_role("alert")).to_contain_text("thread")
    assert len(rig.cards()) == 1


async def test_a_form_closes_with_escape(seat, rig):
    """Nothing is sent by closing a form, and the bot can be asked again."""
    ana = await seat(ANA)
    await ana.type(f"/produce {TOPIC}")
    await expect(ana.form("Make a video")).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await expect(ana.form("Make a video")).to_have_count(0)
    assert (rig.slack.views(ANA), rig.posts()) == ([], 0)


async def test_somebody_else_can_take_the_seat(seat, rig):
    """The switch of people changes whose channels, forms and private answers are shown."""
    await rig.open_form(user=BO)
    ana = await seat(ANA)
    await expect(ana.page.get_by_role("dialog")).to_have_count(0)
    await ana.page.get_by_role("combobox", name="You are").click()
    await ana.page.get_by_role("option", name="Bo Lind").click()
    await expect(ana.form("Make a video")).to_be_visible()


async def test_a_phone_shows_one_thing_at_a_time(seat, rig):
    """On a narrow screen the thread takes the channel's place, and Back leads out of it."""
    await rig.request_and_finish()
    bo = await seat(BO, viewport=NARROW)
    await bo.card().get_by_role("button", name="1 reply").click()
    await expect(bo.thread()).to_be_visible()
    await expect(bo.card()).not_to_be_visible()
    await bo.page.get_by_role("button", name="Back to channel").click()
    await expect(bo.card()).to_be_visible()
    scrolled = await bo.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not scrolled


async def test_the_page_fetches_nothing_from_elsewhere(seat, rig):
    """No request leaves the machine: fonts, pictures and code are the page's own."""
    ana = await seat(ANA)
    hosts = []
    ana.page.on("request", lambda request: hosts.append(request.url.split("/")[2]))
    await ana.page.reload()
    await rig.request()
    await expect(ana.card()).to_be_visible()
    assert {host.split(":")[0] for host in hosts} == {"127.0.0.1"}


async def test_a_permalink_leads_to_the_message(seat, rig):
    """The address that the Web API gives for a message opens the page at its thread."""
    card = await rig.request()
    async with client_of(rig.slack) as client:
        answer = await client.chat_getPermalink(channel=MARKETING, message_ts=card)
    ana = await seat(ANA)
    await ana.page.goto(answer["permalink"])
    await expect(ana.page.get_by_role("article").filter(has_text=TOPIC).first).to_be_visible()


async def test_the_newest_stays_in_sight(seat, rig):
    """Who reads the end of a channel goes on reading its end, however fast it grows."""
    ana = await seat(ANA)
    for topic in ("One", "Two", "Three"):
        await rig.request_and_finish(topic)
        end = ana.card(topic).get_by_text("1 reply")
        await expect(end).to_be_in_viewport()
