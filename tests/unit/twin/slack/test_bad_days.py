"""Bad days at the local Slack: the page goes on, deliveries come late, twice, spoiled or not."""

import asyncio

import httpx
import pytest

from tests.unit.twin.slack.page_support import listening
from tests.unit.twin.slack.support import (
    MARKETING,
    button,
    client_of,
    running_twin,
    stand_in_bot,
)
from twin.slack.outbound.posts import sign


async def test_page_works_while_everything_else_fails(twin, http):
    """A rule for every call spares the page, and the log does not show what the page asks."""
    await http.post("/__twin/faults", json={"match": "/", "kind": "status", "times": None})
    answers = [await http.get(path) for path in ("/__twin/page/state", "/__page/none", "/")]
    assert [one.status_code for one in answers][:2] == [200, 404]
    assert answers[2].status_code in {200, 503}
    assert answers[2].text != ""
    assert (await http.get("/__twin/journal")).json()["entries"] == []


async def test_refusing_port_keeps_the_pages_stream(twin):
    """While Slack refuses connections, an open page is still told when it is over."""
    async with listening(twin) as page, httpx.AsyncClient(base_url=twin.url) as http:
        await http.post("/__twin/faults", json={"kind": "refuse", "seconds": 10})
        await twin._server.door.settled()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", twin._server.port)
        assert (await http.get("/__twin/page/state")).json()["faults"][0]["kind"] == "refuse"
        before = await page.number()
        await twin.clock.advance(10)
        assert await page.number() > before
        await twin._server.door.settled()
        async with client_of(twin) as bot:
            assert (await bot.auth_test())["ok"]


async def test_chance_decides_with_the_numbers_given():
    """The twin's own rules draw from what it was built with."""
    drawn = iter([0.9, 0.1])
    rule = {"match": "auth.test", "kind": "status", "status": 503, "probability": 0.5}
    async with (
        running_twin(draw=lambda: next(drawn)) as twin,
        httpx.AsyncClient(base_url=twin.url) as http,
    ):
        await http.post("/__twin/faults", json=rule)
        answers = [(await http.post("/api/auth.test")).status_code for _ in range(2)]
    assert answers == [200, 503]


BUTTONS = [{"type": "actions", "block_id": "b", "elements": [button("Go")]}]


@pytest.mark.parametrize("kind", ["command", "block_actions"])
async def test_rules_for_deliveries_pick_what_they_name(twin, http, kind):
    """`out:` and a word hits that delivery and lets others pass."""
    await http.post("/__twin/faults", json={"match": f"out:{kind}", "kind": "drop_before"})
    async with stand_in_bot(twin) as bot, client_of(twin) as client:
        posted = await client.chat_postMessage(channel=MARKETING, text="x", blocks=BUTTONS)
        typed = await twin.act.command(user="U0ANA", channel=MARKETING, text="Cats")
        clicked = await twin.act.click(
            user="U0ANA", channel=MARKETING, ts=posted["ts"], button="Go"
        )
    lost = {"command": typed, "block_actions": clicked}
    assert lost.pop(kind)["error"] == "dispatch_failed"
    assert [one["error"] for one in lost.values()] == [None]
    assert len(bot.received) == 1


async def test_badly_signed_delivery_carries_the_wrong_signature(twin, http):
    """The next one is right again."""
    await http.post("/__twin/faults", json={"match": "out:command", "kind": "bad_signature"})
    async with stand_in_bot(twin) as bot:
        for _ in range(2):
            await twin.act.command(user="U0ANA", channel=MARKETING, text="Cats")
    right = [
        one.headers["X-Slack-Signature"]
        == sign(
            one.raw,
            secret=twin.signing_secret,
            timestamp=one.headers["X-Slack-Request-Timestamp"],
        )
        for one in bot.received
    ]
    assert right == [False, True]


async def test_delivery_comes_twice(twin, http):
    """The same bytes arrive two times, and both are in the log."""
    await http.post("/__twin/faults", json={"match": "out:command", "kind": "twice"})
    async with stand_in_bot(twin) as bot:
        await twin.act.command(user="U0ANA", channel=MARKETING, text="Cats")
    first, second = bot.received
    assert first.raw == second.raw
    assert [entry.detail.get("mishap") for entry in twin.journal.entries()] == ["twice", None]


async def test_lost_event_is_sent_again(twin, http):
    """An event that is lost on its way counts as failed, so that Slack's retries bring it."""
    await http.post(
        "/__twin/faults", json={"match": "out:event app_mention", "kind": "drop_before"}
    )
    async with stand_in_bot(twin) as bot:
        sent = await twin.events.send({"type": "app_mention"}, to=twin.installation, force=True)
    assert sent["error"] is None
    assert [one.headers["X-Slack-Retry-Num"] for one in bot.received] == ["1"]


async def test_delivery_lets_the_next_one_pass(twin, http):
    """Of two clicks in a row the second arrives first."""
    rule = {"match": "out:command", "kind": "out_of_order", "seconds": 300}
    await http.post("/__twin/faults", json=rule)
    async with stand_in_bot(twin) as bot, asyncio.timeout(20):
        await asyncio.gather(
            *(
                twin.act.command(user="U0ANA", channel=MARKETING, text=text)
                for text in ("first", "second")
            )
        )
    assert [one.form["text"] for one in bot.received] == ["second", "first"]


async def test_delivery_that_nobody_overtakes_goes_out_after_its_patience(twin, http):
    """Without another one it is only late."""
    rule = {"match": "out:command", "kind": "out_of_order", "seconds": 0.01}
    await http.post("/__twin/faults", json=rule)
    async with stand_in_bot(twin) as bot:
        typed = await twin.act.command(user="U0ANA", channel=MARKETING, text="Cats")
    assert (typed["error"], len(bot.received)) == (None, 1)


async def test_late_delivery_arrives(twin, http):
    """A delay in real seconds goes before the delivery."""
    rule = {"match": "out:command", "kind": "delay", "seconds": 0.01}
    await http.post("/__twin/faults", json=rule)
    async with stand_in_bot(twin) as bot:
        await twin.act.command(user="U0ANA", channel=MARKETING, text="Cats")
    assert len(bot.received) == 1
    assert twin.faults.as_json() == []
