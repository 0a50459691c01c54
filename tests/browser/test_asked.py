"""What the page fetches while one looks and types: pictures, and the options of each select."""

import contextlib

from aiohttp import web
from playwright.async_api import expect

from tests.rig import ANA, MARKETING
from tests.unit.twin.slack.form_support import chooser, field_of, form
from tests.unit.twin.slack.support import client_of, stand_in_bot
from twin import files
from twin.server import start_server


@contextlib.asynccontextmanager
async def picture():
    """Serve one picture the way a bot on this machine does; gives its address."""

    async def show(_):
        headers = {"content-disposition": "attachment; filename=poster.jpg"}
        return web.Response(body=files.jpg("x"), content_type="image/jpeg", headers=headers)

    app = web.Application()
    app.router.add_get("/d/poster", show)
    server = await start_server(app)
    try:
        yield f"{server.url}/d/poster"
    finally:
        await server.stop()


async def test_a_picture_of_a_bot_on_this_machine_is_drawn(seat, rig):
    """Also one that is to be saved when it is clicked, as download links have it."""
    words = {"type": "mrkdwn", "text": "Ready"}
    async with picture() as url, client_of(rig.slack) as client:
        beside = {"type": "image", "image_url": url, "alt_text": "Poster of the teaser"}
        blocks = [{"type": "section", "text": words, "accessory": beside}]
        await client.chat_postMessage(channel=MARKETING, text="Ready", blocks=blocks)
        ana = await seat(ANA)
        drawn = ana.page.get_by_role("img", name="Poster of the teaser")
        await expect(drawn).to_have_js_property("naturalWidth", 640)


async def test_each_search_asks_for_its_own_options(seat, rig):
    """Two fields of a form that share an action id are told apart by their blocks."""
    shared = [
        {**field_of(label, chooser("external_select", min_query_length=0)), "block_id": label}
        for label in ("Voice", "Font")
    ]
    for block in shared:
        block["element"]["action_id"] = "entered"

    def offer(delivery):
        name = f"A {delivery.payload['block_id'].lower()}"
        text = {"type": "plain_text", "text": name}
        return web.json_response({"options": [{"text": text, "value": name}]})

    async with stand_in_bot(rig.slack) as bot:
        bot.answer = offer
        await form(rig.slack, *shared)
        ana = await seat(ANA)
        for label in ("Voice", "Font"):
            await ana.page.get_by_role("combobox", name=label).click()
            await ana.page.get_by_role("option", name=f"A {label.lower()}", exact=True).click()
        chosen = ana.page.get_by_role("combobox", name="Font")
        await expect(chosen).to_have_value("A font")


async def test_a_file_field_says_no_more_that_none_is_chosen(seat, rig):
    """The browser's own words would contradict the list of files above them."""
    field = field_of("Images", {"type": "file_input", "action_id": "entered", "max_files": 3})
    await form(rig.slack, field)
    ana = await seat(ANA)
    images = ana.page.get_by_label("Images")
    await images.set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": b"1"}])
    await expect(ana.page.get_by_text("a.png")).to_be_visible()
    await expect(ana.page.get_by_text("Add a file")).to_be_visible()
    await expect(images).to_have_css("opacity", "0")
    more = [{"name": f"{one}.png", "mimeType": "image/png", "buffer": b"1"} for one in "bc"]
    await images.set_input_files(more)
    await expect(ana.page.get_by_text("c.png")).to_be_visible()
    await expect(images).to_have_count(0)
