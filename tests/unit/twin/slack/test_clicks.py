"""Clicks, choices and response URLs in the local Slack."""

import aiohttp
import pytest

from tests.unit.twin.slack.form_support import AVATAR, TOPIC, form
from tests.unit.twin.slack.support import (
    MARKETING,
    button,
    client_of,
    field_of,
    option,
    plain,
    section,
)
from twin.slack.text import buttons, visible_text


async def card(twin, *elements, **more):
    """Post a message with buttons and give its `ts`."""
    async with client_of(twin) as client:
        blocks = [section("Card"), {"type": "actions", "elements": list(elements)}]
        posted = await client.chat_postMessage(
            channel=MARKETING, text="Card", blocks=blocks, **more
        )
        return posted["ts"]


async def post(url, body):
    """Post to a response URL."""
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.json()


async def test_click_carries_message_channel_and_person(twin, bot):
    """A click tells the bot who, where, on what, and how to answer."""
    ts = await card(twin, button("Approve", value="p1"))
    result = await twin.act.click(user="U0BO", channel=MARKETING, ts=ts, button="Approve")
    assert (result["status"], result["error"], result["confirm"]) == (200, None, None)
    payload = bot.received[0].payload
    (action,) = payload["actions"]
    assert (action["action_id"], action["value"], action["type"]) == ("approve", "p1", "button")
    assert action["block_id"]
    assert action["action_ts"]
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": MARKETING,
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == ts
    assert payload["channel"] == {"id": MARKETING, "name": "marketing"}
    assert payload["user"]["id"] == "U0BO"
    assert payload["trigger_id"]
    assert payload["response_url"].startswith(f"{twin.url}/actions/")


async def test_click_of_a_stranger_names_their_own_team(twin, bot):
    """Somebody from another workspace can click, and is recognisable."""
    ts = await card(twin, button("Approve"))
    await twin.act.click(user="U0ZOE", channel=MARKETING, ts=ts, button="Approve")
    payload = bot.received[0].payload
    assert (payload["user"]["team_id"], payload["team"]["id"]) == ("T0OTHER", "T0GREEN")


async def test_click_asks_to_confirm_where_the_button_says_so(twin, bot):
    """The dialog is reported; a no sends nothing, a yes does."""
    texts = {"title": plain("Sure?"), "text": plain("x"), "confirm": plain("Y"), "deny": plain("N")}
    ts = await card(twin, button("Cancel", confirm=texts))
    where = {"user": "U0ANA", "channel": MARKETING, "ts": ts, "button": "Cancel"}
    declined = await twin.act.click(**where, confirm=False)
    assert (declined["declined"], declined["confirm"]) == (True, texts)
    assert bot.received == []
    assert (await twin.act.click(**where))["confirm"] == texts
    assert len(bot.received) == 1


async def test_click_on_a_link_button_reports_where_it_leads(twin, bot):
    """The address is told, and the bot still hears of the click."""
    ts = await card(twin, button("Download", url="http://127.0.0.1:1/d/x"))
    result = await twin.act.click(user="U0ANA", channel=MARKETING, ts=ts, button="Download")
    assert result["url"] == "http://127.0.0.1:1/d/x"
    assert len(bot.received) == 1


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (
            {"button": "Explode"},
            "nothing to click called 'Explode'; there are: 'Approve', 'Approve'",
        ),
        ({"button": "Approve"}, "several"),
        ({}, "say which"),
    ],
)
async def test_click_on_what_is_not_there_is_held_back(twin, bot, wanted, reason):
    """A button must be there, and be the only one that fits."""
    ts = await card(twin, button("Approve", action_id="a"), button("Approve", action_id="b"))
    result = await twin.act.click(user="U0ANA", channel=MARKETING, ts=ts, **wanted)
    assert reason in result["error"]
    assert bot.received == []


async def test_click_needs_eyes_on_the_message(twin, bot, client):
    """Who is not in the channel, or not meant by an ephemeral message, cannot click it."""
    ts = await card(twin, button("Approve"))
    twin.workspace.change_channel(MARKETING, members=frozenset({"U0ANA", "U0BOT"}))
    outside = await twin.act.click(user="U0BO", channel=MARKETING, ts=ts, button="Approve")
    missing = await twin.act.click(user="U0ANA", channel=MARKETING, ts="1.0", button="Approve")
    assert outside["error"].startswith("client: ")
    assert missing["error"].startswith("client: ")
    assert bot.received == []


async def test_choice_in_a_form_tells_the_bot_and_is_kept(twin, bot):
    """A field that dispatches its action reaches the bot with the form's state and hash."""
    live = {**AVATAR, "dispatch_action": True}
    view_id = await form(twin, TOPIC, live)
    await twin.act.click(
        user="U0ANA", view_id=view_id, action_id="avatar_action", option="Support / Mia"
    )
    payload = bot.received[0].payload
    assert payload["container"] == {"type": "view", "view_id": view_id}
    assert payload["actions"][0]["selected_option"]["value"] == "3"
    assert payload["view"]["hash"] == twin.views("U0ANA")[0]["hash"]
    held = payload["view"]["state"]["values"]["avatar"]["avatar_action"]
    assert held["selected_option"]["value"] == "3"
    assert "response_url" not in payload
    await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"})
    state = bot.received[1].payload["view"]["state"]["values"]
    assert state["avatar"]["avatar_action"]["selected_option"]["value"] == "3"


async def test_overflow_entry_is_chosen_by_its_text(twin, bot):
    """An overflow menu sends the option that was picked."""
    menu = {"type": "overflow", "action_id": "more", "options": [option("Show"), option("Hide")]}
    ts = await card(twin, menu)
    await twin.act.click(user="U0ANA", channel=MARKETING, ts=ts, action_id="more", option="Hide")
    assert bot.received[0].payload["actions"][0]["selected_option"]["value"] == "hide"
    vague = await twin.act.click(user="U0ANA", channel=MARKETING, ts=ts, action_id="more")
    assert vague["error"] == "client: say which option"


async def test_response_url_answers_privately_five_times(twin, bot):
    """By default only the person sees it; the sixth use is refused."""
    await twin.act.command(user="U0ANA", channel=MARKETING)
    url = bot.received[0].form["response_url"]
    for _ in range(5):
        assert await post(url, {"text": "psst"}) == (200, {"ok": True})
    assert await post(url, {"text": "psst"}) == (404, {"ok": False, "error": "used_url"})
    assert len(twin.ephemerals("U0ANA")) == 5
    assert twin.messages(MARKETING) == []


async def test_response_url_dies_after_thirty_minutes(twin, bot):
    """At half an hour it is expired, and one that never was is too."""
    await twin.act.command(user="U0ANA", channel=MARKETING)
    url = bot.received[0].form["response_url"]
    await twin.clock.advance(30 * 60 - 1)
    assert (await post(url, {"text": "psst"}))[0] == 200
    await twin.clock.advance(1)
    assert await post(url, {"text": "psst"}) == (404, {"ok": False, "error": "expired_url"})
    assert (await post(f"{url}x", {"text": "psst"}))[1]["error"] == "expired_url"


async def test_response_url_replaces_and_deletes_the_original(twin, bot):
    """A click's URL can change the message it came from, and take it away."""
    ts = await card(twin, button("Approve"))
    await twin.act.click(user="U0ANA", channel=MARKETING, ts=ts, button="Approve")
    url = bot.received[0].payload["response_url"]
    await post(url, {"text": "Approved", "replace_original": True})
    (message,) = twin.messages(MARKETING)
    assert (message["text"], message["buttons"], message["ts"]) == ("Approved", [], ts)
    await post(url, {"delete_original": True})
    assert twin.messages(MARKETING) == []


async def test_ephemeral_message_can_be_clicked_and_replaced(twin, bot, client):
    """A private message's click names it as ephemeral, and its URL reaches only that one."""
    blocks = [{"type": "actions", "elements": [button("Yes")]}]
    sent = await client.chat_postEphemeral(
        channel=MARKETING, user="U0ANA", text="Sure?", blocks=blocks
    )
    await twin.act.click(user="U0ANA", channel=MARKETING, ts=sent["message_ts"], button="Yes")
    payload = bot.received[0].payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    await post(payload["response_url"], {"text": "Done", "replace_original": True})
    assert [one["text"] for one in twin.ephemerals("U0ANA")] == ["Done"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "no_text"),
        ({"text": 5}, "invalid_payload"),
        ({"text": "x", "response_type": "loud"}, "invalid_payload"),
        ({"text": "x", "thread_ts": "1.0"}, "thread_not_found"),
        ({"text": "x", "thread_ts": 1}, "invalid_payload"),
        ({"blocks": [{"type": "hologram"}]}, "invalid_blocks"),
        ({"delete_original": True}, "message_not_found"),
        ([], "invalid_payload"),
    ],
)
async def test_useless_post_to_a_response_url_is_refused(twin, bot, body, word):
    """It is checked like any message."""
    await twin.act.command(user="U0ANA", channel=MARKETING)
    status, answer = await post(bot.received[0].form["response_url"], body)
    assert (status, answer["error"]) == (400, word)


async def test_chosen_channel_brings_a_response_url(twin, bot):
    """A conversation select that asks for it gives the form a way to answer there."""
    where = field_of(
        "Where",
        {
            "type": "conversations_select",
            "response_url_enabled": True,
            "default_to_current_conversation": True,
        },
    )
    view_id = await form(twin, where)
    await twin.act.submit(user="U0ANA", view_id=view_id)
    (grant,) = bot.received[0].payload["response_urls"]
    assert (grant["block_id"], grant["channel_id"]) == ("where", MARKETING)
    assert (await post(grant["response_url"], {"text": "here"}))[0] == 200


def test_visible_text_reads_as_a_person_would():
    """Blocks become lines, buttons stand in brackets; without blocks it is the text."""
    message = {
        "text": "fallback",
        "blocks": [
            section("*Cats*", accessory=button("More")),
            {"type": "context", "elements": [plain("small"), {"type": "mrkdwn", "text": "print"}]},
            {"type": "actions", "elements": [button("Approve"), button("Reject")]},
        ],
    }
    assert visible_text(message) == "*Cats*\n[More]\nsmall  print\n[Approve]  [Reject]"
    assert buttons(message) == ["More", "Approve", "Reject"]
    assert visible_text({"text": "fallback"}) == "fallback"
