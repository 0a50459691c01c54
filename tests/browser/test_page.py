"""The page itself: what it shows to whom, and what it does not let happen."""

import re

from playwright.async_api import ViewportSize, expect

from tests.browser.seats import NARROW
from tests.rig import ANA, BO, GIL, MARKETING, SAM, TOPIC
from tests.unit.twin.slack.support import client_of

MEI = "U0MEI"
LAPTOP = ViewportSize(width=1280, height=800)
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


async def test_the_address_opens_the_studio(seat, rig):
    """A link can lead to the drawer's Studio, as "Open in Studio" of the demo does."""
    await rig.request()
    sam = await seat(SAM, drawer="studio")
    await expect(sam.page.get_by_role("tab", name="Studio")).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(sam.page.get_by_role("article", name=TOPIC)).to_be_visible()
    await sam.page.get_by_role("tab", name="Log", exact=True).click()
    await expect(sam.page).to_have_url(re.compile("drawer=log"))


async def test_messages_are_deleted_by_their_author_and_admins(seat, rig):
    """Others are not offered it; who is, is asked first, and replies keep a nameless place."""
    said = await rig.slack.act.say(user=ANA, channel=MARKETING, text="Never mind")
    await rig.slack.act.say(user=BO, channel=MARKETING, text="Why?", thread_ts=said["ts"])
    for user, count in ((BO, 0), (MEI, 1), (ANA, 1)):
        someone = await seat(user)
        message = someone.page.get_by_role("article").filter(has_text="Never mind")
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await expect(message.get_by_role("menuitem", name="Copy link")).to_be_visible()
        await expect(message.get_by_role("menuitem", name="Delete message")).to_have_count(count)
    await message.get_by_role("menuitem", name="Delete message").click()
    asked = someone.page.get_by_role("dialog", name="Delete message")
    await asked.get_by_role("button", name="Delete", exact=True).click()
    gone = someone.page.get_by_role("article").filter(has_text="This message was deleted.")
    await expect(gone).to_be_visible()
    await expect(gone).not_to_contain_text("USLACKBOT")


async def test_the_drawer_leaves_room_for_reading(seat, rig):
    """With the drawer open beside it, a thread stays wide enough to be read."""
    await rig.request_and_finish()
    bo = await seat(BO, viewport=LAPTOP, thread=rig.cards()[0]["ts"], drawer="1")
    await expect(bo.thread()).to_be_visible()
    for pane in await bo.page.locator(".panes > *").all():
        box = await pane.bounding_box()
        assert box is None or box["width"] >= 320


async def test_at_offers_people_apps_and_groups(seat, rig):
    """What is picked after an @ is sent as a mention, and the person meant sees it as theirs."""
    ana = await seat(ANA)
    composer = ana.page.get_by_role("textbox", name="Message #marketing")
    for typed, picked in (("@sa", "Sam"), ("and @on-c", "on-call"), ("and @gree", "Greenlight")):
        await composer.press_sequentially(typed)
        offers = ana.page.get_by_role("listbox", name="Suggestions")
        await expect(offers.get_by_role("option").first).to_contain_text(picked)
        await composer.press("Enter")
    await composer.press("Enter")
    await expect(ana.page.locator(".message .mention")).to_have_count(3)
    said = rig.slack.messages(MARKETING)[0]["text"]
    assert re.fullmatch(r"<@U0SAM> and <!subteam\^S0ONCALL> and <@U0\w+>", said)
    sam = await seat(SAM)
    await expect(sam.page.locator(".mention-me")).to_have_text([re.compile("@Sam"), "@on-call"])
    await expect(ana.page.locator(".mention-me")).to_have_count(0)


async def test_cards_stand_by_themselves(seat, rig):
    """Every card of the app has the app's name above it, however soon it follows another."""
    await rig.request("One")
    await rig.request("Two")
    ana = await seat(ANA)
    for topic in ("One", "Two"):
        await expect(ana.card(topic).locator(".message-author")).to_have_text("Greenlight")


async def test_a_running_rule_says_until_when(seat, rig):
    """A switch that goes off by itself tells the moment."""
    sam = await seat(SAM)
    await sam.open_drawer("Switches")
    await sam.page.get_by_role("switch", name="Slack answers 429 for 20 s").click()
    rules = sam.page.get_by_role("list", name="Running rules")
    await expect(rules).to_contain_text(re.compile(r"until \d\d:\d\d:\d\d"))


async def test_a_file_in_a_thread_can_be_opened_until_it_is_deleted(seat, rig):
    """People get its bytes; afterwards the thread says that there was one."""
    async with client_of(rig.slack) as client:
        card = (await client.chat_postMessage(channel=MARKETING, text="Card"))["ts"]
        sent = await client.files_upload_v2(
            content="WEBVTT", filename="a.vtt", title="Captions", channel=MARKETING, thread_ts=card
        )
        bo = await seat(BO, thread=card)
        link = bo.thread().get_by_role("link", name="Captions")
        url = f"{rig.slack.url}{await link.get_attribute('href')}"
        assert (await rig.fetch(url)).text == "WEBVTT"
        await client.files_delete(file=sent["file"]["id"])
    await expect(bo.thread().get_by_text("This file was deleted.")).to_be_visible()
    await expect(link).to_have_count(0)
