"""Slack heard over Socket Mode: the whole story, with connections that come and go in the middle."""

import asyncio

import pytest

from tests.rig import ANA, BO, CHOICES, MARKETING, TOPIC
from tests.scenario.test_story import SERVICE_FILES, WAY, told_states
from tests.serving import SOCKETS, STUCK_S, disturb


@pytest.fixture
async def socket_rig(make_rig):
    """Run a rig whose bot is heard over Socket Mode."""
    return await make_rig(by_socket=True)


def lines(rig):
    """List the numbers of the connections that stand."""
    return rig.slack.sockets.numbers(rig.slack.app.id)


@pytest.mark.parametrize("do", ["disconnect", "drop"])
async def test_story_passes_over_connections_that_come_and_go(socket_rig, do):
    """From `/produce` to the files, with every connection renewed or cut at each step."""
    rig = socket_rig
    assert len(lines(rig)) == SOCKETS
    view = await rig.open_form()
    await disturb(rig.slack, do)
    sent = await rig.send_form(view)
    assert (sent["error"], sent["errors"]) == (None, {})
    await rig.advance(2)
    (card,) = [message["ts"] for message in rig.cards()]
    await disturb(rig.slack, do)
    await rig.advance(420)
    await rig.click("Approve", card)
    await disturb(rig.slack, do)
    rig.jarai.act.release(rig.job_id())
    await rig.advance(300)
    assert [state for state in told_states(rig, card) if state in WAY][-1] == "Completed"
    assert len(rig.links(card)) == SERVICE_FILES
    assert rig.posts() == 1
    assert [message["ts"] for message in rig.cards()] == [card]
    assert sum("approved" in text.lower() for text in rig.reply_texts(card)) == 1


async def test_form_whose_ack_got_lost_is_recorded_once(socket_rig, monkeypatch):
    """The connections die while the form is being recorded; sent again, it is the same video."""
    rig = socket_rig
    view = await rig.open_form()
    recording, go_on = asyncio.Event(), asyncio.Event()
    record = rig.app.parts.store.record

    async def slowly(*args, **more):
        recorded = await record(*args, **more)
        recording.set()
        await go_on.wait()
        return recorded

    monkeypatch.setattr(rig.app.parts.store, "record", slowly)
    sending = asyncio.create_task(
        rig.slack.act.submit(user=ANA, view_id=view["id"], values=CHOICES)
    )
    await recording.wait()
    await rig.slack.sockets.disturb(rig.slack.app, do="drop")
    go_on.set()
    assert (await sending)["error"] is not None
    monkeypatch.undo()
    await disturb(rig.slack, "disconnect")
    again = await rig.send_form(view)
    assert (again["error"], again["errors"]) == (None, {})
    await rig.advance(10)
    assert len(rig.cards()) == 1
    assert rig.posts() == 1


async def test_form_is_told_its_errors_over_the_socket(socket_rig):
    """What stands under a field rides along with the ack."""
    rig = socket_rig
    view = await rig.open_form(channel="C0RANDOM")
    sent = await rig.send_form(view, values={"Channel": "C0RANDOM"})
    assert "channel" in sent["errors"]
    assert "not in that channel" in str(sent["errors"])


async def test_http_endpoint_is_closed(socket_rig):
    """What comes to the address that is not used is refused in words, and the rest is served."""
    rig = socket_rig
    answer = await rig.fetch(f"{rig.bot_url}/slack/events", method="POST")
    assert answer.status_code == 404
    assert "Socket Mode" in answer.text
    assert (await rig.fetch(f"{rig.bot_url}/healthz")).status_code == 200


async def test_readiness_follows_the_connections(socket_rig):
    """Whoever asks is told that Slack cannot reach us, and when it can again."""
    rig = socket_rig
    ready = f"{rig.bot_url}/readyz"
    assert (await rig.fetch(ready)).status_code == 200
    await rig.slack.sockets.disable(rig.slack.app)
    async with asyncio.timeout(STUCK_S):
        while (answer := await rig.fetch(ready)).status_code == 200:
            pass  # The bot looks at its connections once a second.
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["socket mode"]


async def test_home_tab_is_drawn_over_the_socket(socket_rig):
    """Events come over it too: whoever may decide sees what waits for them."""
    rig = socket_rig
    await rig.request_and_finish()
    await disturb(rig.slack, "disconnect", number=lines(rig)[0])
    shown = await rig.open_home(BO)
    assert TOPIC in shown
    assert "ready for review" in shown
    assert "You have no video under way." in shown


async def test_stop_closes_every_connection(socket_rig):
    """Slack is told that we go, and sends what comes next to somebody else."""
    rig = socket_rig
    await rig.app.sockets.close()
    await rig.slack.journal.wait_for(lambda: lines(rig) == [], timeout_s=5)
    typed = await rig.slack.act.command(user=ANA, channel=MARKETING, text=TOPIC)
    assert typed["error"] is not None
