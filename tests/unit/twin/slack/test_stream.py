"""Open pages are told of every change, and of bursts only once."""

import asyncio
from typing import Any

import aiohttp
import httpx
import pytest

from tests.unit.twin.slack.page_support import Listener, listening
from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    modal,
    running_twin,
    stand_in_bot,
)
from twin.faults import Fault
from twin.jarai.webhooks import Mishap
from twin.pulse import Pulse
from twin.server import start_server
from twin.slack.page.stream import Stream
from twin.slack.place.model import Message


async def a_post(twin) -> None:
    """The bot posts."""
    async with client_of(twin) as bot:
        await bot.chat_postMessage(channel=MARKETING, text="news")


async def a_user(twin) -> None:
    """A person changes."""
    twin.directory.change_user("U0ANA", real_name="Ana")


async def a_channel(twin) -> None:
    """A channel changes under a test's hand."""
    twin.workspace.change_channel(MARKETING, name="sales")


async def a_deletion(twin) -> None:
    """A message goes away under a test's hand."""
    message = Message(ts="1.000001", channel=MARKETING, user="U0ANA", team_id="T0GREEN")
    twin.workspace.add(message)
    twin.workspace.remove(message)


async def a_rule(twin) -> None:
    """A bad day begins."""
    async with httpx.AsyncClient(base_url=twin.url) as http:
        await http.post("/__twin/faults", json={"match": "x", "kind": "status"})


async def a_clock(twin) -> None:
    """Time goes faster."""
    async with httpx.AsyncClient(base_url=twin.url) as http:
        await http.post("/__twin/clock", json={"speed": 0})


async def a_form(twin) -> None:
    """A form opens."""
    trigger_id = twin.modals.issue_trigger(
        "U0ANA", installation=twin.installation, channel=MARKETING
    )
    async with client_of(twin) as bot:
        await bot.views_open(trigger_id=trigger_id, view=modal())


@pytest.mark.parametrize("happen", [a_post, a_user, a_channel, a_deletion, a_rule, a_clock, a_form])
async def test_page_is_told_of(twin, happen):
    """Whatever the page shows, a change of it comes over the stream."""
    async with listening(twin) as page:
        before = twin.pulse.number
        await happen(twin)
        assert await page.number() > before


async def test_page_is_told_of_what_an_act_did_after_its_delivery(twin):
    """A form that closes once the bot has acked is told of as well, without control."""
    async with stand_in_bot(twin):
        await a_form(twin)
        told: list[list[Any]] = []
        twin.pulse.follow(lambda: told.append(twin.views("U0ANA")))
        (view,) = twin.views("U0ANA")
        await twin.act.submit(user="U0ANA", view_id=view["id"], values={"Topic": "Cats"})
    assert told[-1] == twin.views("U0ANA") == []


@pytest.mark.parametrize(
    "change",
    [
        lambda jarai: jarai.configure(queued_s=5),
        lambda jarai: jarai.faults.clear() or jarai.faults.add(a_fault()),
        lambda jarai: jarai.webhooks.add_mishap(a_mishap()),
    ],
    ids=["settings", "faults", "mishap"],
)
async def test_page_is_told_of_a_services_changes(twin, beside, change):
    """What happens at a service reaches the page's stream."""
    async with listening(twin) as page:
        before = twin.pulse.number
        change(beside)
        assert await page.number() > before


def a_fault():
    """Make a rule."""
    return Fault(match="x", kind="status")


def a_mishap():
    """Make a mishap."""
    return Mishap(kind="drop")


async def test_many_changes_make_few_events(twin):
    """Changes that follow each other closely are told together, the last of them included."""
    async with listening(twin) as page, httpx.AsyncClient(base_url=twin.url) as http:
        for _ in range(30):
            await http.post("/__twin/clock", json={"speed": 0})
        numbers = [await page.number()]
        while numbers[-1] < twin.pulse.number:
            numbers.append(await page.number())
    assert len(numbers) < 15


async def test_silence_is_broken_by_comments():
    """A stream on which nothing happens still carries something, so that nobody cuts it."""
    stream = Stream(Pulse(), alive_every_s=0.01)
    app = aiohttp.web.Application()
    app.router.add_get("/", stream.handle)
    app.on_shutdown.append(stream.close)
    server = await start_server(app)
    async with aiohttp.ClientSession() as session, session.get(server.url) as response:
        page = Listener(response)
        assert await page.number() == 0
        assert (await page.next()).startswith(":")
    await server.stop()


async def test_stream_ends_with_the_twin():
    """An open page does not hold up the end."""
    async with running_twin() as twin, aiohttp.ClientSession() as session:
        response = await session.get(f"{twin.url}/__twin/page/stream")
        await twin.stop()
        async with asyncio.timeout(10):
            rest = await response.content.read()
    assert rest.startswith(b"event: changed")
