"""A service is switched off while it has productions, and on again."""

import contextlib

import pytest

from bot.switching import note_services
from tests.rig import ANA, BO, MARKETING, TOPIC
from tests.scenario.on_techforge import FILLED, job
from tests.scenario.titlecard import choose, held
from twin.slack.text import visible_text
from twin.techforge.app import TechForgeTwin

OFF = "TechForge is switched off here"
TELL = "Nothing was changed; tell whoever looks after this bot."


@pytest.fixture
async def rig(make_rig, monkeypatch):
    async def start(clock):
        twin = TechForgeTwin(clock)
        twin.configure(queued_s=100_000, reason="output.error")
        await twin.start()
        monkeypatch.setenv("TECHFORGE_API_KEY", twin.api_key)
        monkeypatch.setenv("TECHFORGE_BASE_URL", twin.url)
        return twin

    return await make_rig(beside=start)


async def order(rig):
    """Ask TechForge for a teaser; gives its card."""
    await rig.open_form(TOPIC)
    await choose(rig, "Service", "TechForge")
    view = await choose(rig, "Project", "Autumn teaser")
    sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=FILLED)
    assert not sent["errors"], sent
    await rig.advance(2)
    return rig.cards(MARKETING)[-1]["ts"]


@contextlib.asynccontextmanager
async def switched_off(rig):
    """Run without TechForge for a while, as after a restart without its key."""
    parts = rig.app.parts
    await note_services(parts.store, names(parts), at=rig.clock.now())
    gone = parts.providers._on.pop("techforge")
    await note_services(parts.store, names(parts), at=rig.clock.now())
    try:
        yield
    finally:
        parts.providers._on["techforge"] = gone
        await note_services(parts.store, names(parts), at=rig.clock.now())


def names(parts):
    """Name the services that are on."""
    return [one.name for one in parts.providers.on()]


def production_id(rig, card):
    """Read the short id in the small print."""
    return rig.text(card).split("ID ")[1][:6]


async def test_card_says_it_and_goes_on_when_the_service_is_on_again(rig):
    """Nothing fails meanwhile, and no button is drawn that would need the service."""
    card = await order(rig)
    async with switched_off(rig):
        rig.besides.act.finish(job(rig).uuid)
        await rig.advance(120)
        assert OFF in rig.text(card)
        assert rig.state(card) == "Queued"
        assert rig.buttons(card) == []
    await rig.advance(40)
    assert rig.state(card) == "Awaiting approval"
    assert OFF not in rig.text(card)
    assert "Approve" in rig.buttons(card)


async def test_what_is_owed_is_still_told(rig):
    """The reply goes out and the card is drawn; files say at the click why they cannot be had."""
    card = await order(rig)
    rig.besides.act.finish(job(rig).uuid)
    await rig.clock.advance(30)
    await rig.app.tracker.drain()
    async with switched_off(rig):
        await rig.advance(10)
        assert rig.state(card) == "Awaiting approval"
        assert OFF in rig.text(card)
        assert rig.buttons(card) == ["Download"]
        assert await rig.app.parts.store.count_owed() == 0
        (link,) = rig.links(card)
        assert (await rig.fetch(link, hops=0)).status_code == 410


async def test_lists_home_and_commands_go_on_beside_it(rig):
    """One production of a service that is off takes nothing from the others."""
    card = await order(rig)
    theirs = production_id(rig, card)
    async with switched_off(rig):
        ours = await rig.request("A JARAI one")
        assert rig.state(ours) == "Queued"
        home = await rig.open_home(ANA)
        assert TOPIC in home
        assert "A JARAI one" in home
        said = []
        for text in ("list", f"status {theirs}", f"cancel {theirs}", "failed"):
            before = len(rig.private(ANA))
            await rig.slack.act.command(user=ANA, channel=MARKETING, text=text)
            await rig.settle()
            said.append(rig.private(ANA)[before:][-1])
    listed, status, cancelled, _failed = said
    assert TOPIC in listed
    assert OFF in status
    assert OFF in cancelled


async def test_an_open_form_says_that_its_service_is_off(rig):
    """It is not called outdated, what was typed stays, and another service is a choice away."""
    await rig.open_form(TOPIC)
    await choose(rig, "Service", "TechForge")
    view = await choose(rig, "Project", "Autumn teaser", values={"Topic": "Winter"})
    async with switched_off(rig):
        sent = await rig.slack.act.submit(user=ANA, view_id=view["id"], values=FILLED)
        assert sent["errors"] == {"field.topic": f"{OFF}. {TELL}"}
        view = await choose(rig, "Project", "Autumn teaser")
        assert f"{OFF}. {TELL}" in visible_text(view)
        assert held(view)["Topic"] == "Winter"
    assert rig.besides.jobs() == []


async def test_old_buttons_answer_that_it_is_off(rig):
    """A card that still shows them does no harm."""
    card = await order(rig)
    rig.besides.act.finish(job(rig).uuid)
    await rig.advance(40)
    await rig.click("Approve", card, user=BO)
    approve = rig.delivered("block_actions")
    await rig.advance(5)
    await rig.click("Again", card, user=ANA)
    again = rig.delivered("block_actions")
    other = await order(rig)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    await rig.click("Retry", other, user=ANA)
    retry = rig.delivered("block_actions")
    await rig.advance(5)
    rig.besides.act.fail(job(rig).uuid)
    await rig.advance(40)
    async with switched_off(rig):
        opened = len(rig.slack.views(ANA))
        for clicked in (approve, again, retry):
            await rig.replay(clicked)
        assert len(rig.slack.views(ANA)) == opened
        assert OFF in rig.private(ANA)[-2]
        assert OFF in rig.private(BO)[-1]
    assert rig.state(other) == "Failed"
