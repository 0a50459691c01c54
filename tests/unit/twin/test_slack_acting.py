"""People acting in the local Slack: from command to form to click, and what comes back."""

import asyncio
import json

import aiohttp
import pytest
from aiohttp import web

from tests.unit.twin.slack_support import (
    MARKETING,
    button,
    client_of,
    field_of,
    modal,
    option,
    plain,
    running_twin,
    section,
    stand_in_bot,
)
from twin.slack.text import buttons, visible_text

TOPIC = field_of("Topic", {"type": "plain_text_input", "min_length": 3, "max_length": 10})
AVATAR = field_of(
    "Avatar",
    {
        "type": "static_select",
        "option_groups": [
            {"label": plain("Sales"), "options": [option("Mia", "1"), option("Bob", "2")]},
            {"label": plain("Support"), "options": [option("Mia", "3")]},
        ],
    },
    optional=True,
)
VOICE = field_of("Voice", {"type": "external_select", "min_query_length": 2}, optional=True)
LANGUAGE = field_of(
    "Language",
    {
        "type": "static_select",
        "options": [option("English"), option("German")],
        "initial_option": option("English"),
    },
)


@pytest.fixture
async def twin():
    async with running_twin() as twin:
        yield twin


@pytest.fixture
async def bot(twin):
    async with stand_in_bot(twin) as bot:
        yield bot


@pytest.fixture
async def client(twin):
    async with client_of(twin) as client:
        yield client


async def form(twin, *blocks, user="U0ANA", **more):
    """Open a form for somebody and give its id."""
    async with client_of(twin) as client:
        trigger_id = twin.modals.issue_trigger(user, channel=MARKETING)
        view = modal(*blocks, **more)
        return (await client.views_open(trigger_id=trigger_id, view=view))["view"]["id"]


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


async def test_command_opens_a_form_that_can_be_sent(twin, bot, client):
    """The whole way: command, form by trigger, submission with the entered values, closed."""

    async def answer(delivery):
        if "command" in delivery.form:
            view = modal(TOPIC, LANGUAGE, private_metadata="m", callback_id="make")
            await client.views_open(trigger_id=delivery.form["trigger_id"], view=view)
        return web.Response()

    bot.answer = answer
    typed = await twin.act.command(user="U0ANA", channel=MARKETING, text="cats")
    (view_id,) = typed["views"]
    sent = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"})
    assert (typed["error"], sent["error"], sent["response_action"]) == (None, None, None)
    payload = bot.received[-1].payload
    assert payload["type"] == "view_submission"
    assert payload["user"] == {
        "id": "U0ANA",
        "username": "ana",
        "name": "ana",
        "team_id": "T0GREEN",
    }
    view = payload["view"]
    assert (view["callback_id"], view["private_metadata"]) == ("make", "m")
    assert view["state"]["values"] == {
        "topic": {"topic_action": {"type": "plain_text_input", "value": "cats"}},
        "language": {
            "language_action": {"type": "static_select", "selected_option": option("English")}
        },
    }
    assert twin.views("U0ANA") == []


async def test_command_shows_what_came_with_the_ack(twin, bot):
    """Text in the answer is for the person's eyes only, unless it asks for the channel."""
    bot.answer = lambda _: web.json_response({"text": "Try /produce help"})
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert [one["text"] for one in result["messages"]] == ["Try /produce help"]
    bot.answer = lambda _: web.json_response({"text": "Hello all", "response_type": "in_channel"})
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert result["messages"] == []
    assert [one["text"] for one in twin.messages(MARKETING)] == ["Hello all"]


async def test_command_with_a_useless_answer_shows_an_error(twin, bot):
    """Blocks that Slack would refuse make the command fail before the person's eyes."""
    bot.answer = lambda _: web.json_response({"blocks": [{"type": "hologram"}]})
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert result["error"] == "invalid_command_response"


async def test_command_can_wait_for_a_late_form(twin, bot, client):
    """A bot that acks first and opens the form after is waited for."""
    tasks = []

    async def open_form(trigger_id):
        await client.views_open(trigger_id=trigger_id, view=modal())

    def answer(delivery):
        tasks.append(asyncio.create_task(open_form(delivery.form["trigger_id"])))
        return web.Response()

    bot.answer = answer
    result = await twin.act.command(user="U0ANA", channel=MARKETING, wait_s=5)
    assert len(result["views"]) == 1
    await tasks[0]


@pytest.mark.parametrize(
    ("user", "channel", "reason"),
    [
        ("U0NOBODY", MARKETING, "no person"),
        ("U0BOT", MARKETING, "no person"),
        ("U0DEL", MARKETING, "deactivated"),
        ("U0GIL", "C0ONCALL", "not in"),
        ("U0ANA", "C0NOWHERE", "no channel"),
        ("U0ANA", "C0OLD", "archived"),
        ("U0ZOE", MARKETING, "not a valid command"),
    ],
)
async def test_command_is_held_back_where_a_client_would(twin, bot, user, channel, reason):
    """Who is not there, or comes from another workspace, cannot type the command."""
    result = await twin.act.command(user=user, channel=channel)
    assert result["error"].startswith("client: ")
    assert reason in result["error"]
    assert bot.received == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "Topic: please complete this required field"),
        ({"Topic": "ab"}, "Topic: enter at least 3 characters"),
        ({"Topic": "x" * 11}, "Topic: enter at most 10 characters"),
        ({"Topic": "cats", "Avatar": "Tom"}, "no option 'Tom'"),
        ({"Topic": "cats", "Avatar": "Mia"}, "several options"),
        ({"Topic": "cats", "Colour": "red"}, "no field 'Colour'"),
        ({"Topic": "cats", "topic": {"wrong_action": "x"}}, "no field 'topic'"),
        ({"Topic": ["a"]}, "takes text"),
        ([], "Topic: please"),
        ([1], "values must be an object"),
    ],
)
async def test_form_is_held_back_where_a_client_would(twin, bot, values, reason):
    """Required fields, lengths and options are checked before anything is sent."""
    view_id = await form(twin, TOPIC, AVATAR)
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values=values)
    assert result["error"].startswith("client: ")
    assert reason in result["error"]
    assert bot.received == []


@pytest.mark.parametrize(
    ("element", "value", "reason"),
    [
        ({"type": "email_text_input"}, "ana", "email"),
        ({"type": "url_text_input"}, "example.com", "URL"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "number"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "5"}, 6, "at most 5"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "5"}, 4, "at least 5"),
        (
            {
                "type": "multi_static_select",
                "options": [option("A"), option("B")],
                "max_selected_items": 1,
            },
            ["A", "B"],
            "at most 1",
        ),
    ],
)
async def test_special_fields_are_checked_by_the_client(twin, bot, element, value, reason):
    """Addresses, numbers and counts are held to what the field says."""
    view_id = await form(twin, field_of("X", element))
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values={"X": value})
    assert reason in result["error"]
    assert bot.received == []


async def test_force_sends_what_a_client_would_not(twin, bot):
    """Forged forms reach the bot: empty, too long, with options that were never offered."""
    view_id = await form(twin, TOPIC, AVATAR)
    values = {"Topic": "x" * 99, "Avatar": "forged"}
    await twin.act.submit(user="U0ANA", view_id=view_id, values=values, force=True)
    state = bot.received[0].payload["view"]["state"]["values"]
    assert state["topic"]["topic_action"]["value"] == "x" * 99
    assert state["avatar"]["avatar_action"]["selected_option"]["value"] == "forged"


@pytest.mark.parametrize(
    ("entered", "value"), [("Sales / Mia", "1"), ("Support / Mia", "3"), ("Bob", "2"), ("3", "3")]
)
async def test_option_is_found_by_group_text_or_value(twin, bot, entered, value):
    """An option goes by its text, by `Group / Option` where that is not enough, or by value."""
    view_id = await form(twin, TOPIC, AVATAR)
    values = {"topic": {"topic_action": "cats"}, "Avatar": entered}
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values=values)
    assert result["error"] is None
    state = bot.received[0].payload["view"]["state"]["values"]
    assert state["avatar"]["avatar_action"]["selected_option"]["value"] == value


async def test_errors_stand_under_their_fields(twin, bot):
    """Errors come back by block_id and by label, and the form stays open with its values."""
    view_id = await form(twin, TOPIC)
    answer = {"response_action": "errors", "errors": {"topic": "Too dull"}}
    bot.answer = lambda _: web.json_response(answer)
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"})
    assert result["response_action"] == "errors"
    assert (result["errors"], result["errors_by_label"]) == (
        {"topic": "Too dull"},
        {"Topic": "Too dull"},
    )
    (view,) = twin.views("U0ANA")
    assert view["state"]["values"]["topic"]["topic_action"]["value"] == "cats"


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"heading": "x"}},
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {"topic": ""}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors"},
        {"response_action": "explode"},
        {"response_action": ["errors"]},
        {"response_action": "update"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "push", "view": {"type": "home", "blocks": []}},
        [],
        "not json",
    ],
)
async def test_useless_answer_to_a_form_is_an_error(twin, bot, answer):
    """What Slack cannot use shows an error, and the form stays open."""
    view_id = await form(twin, section(block_id="heading"), TOPIC)
    body = answer if isinstance(answer, str) else json.dumps(answer)
    bot.answer = lambda _: web.Response(text=body)
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"})
    assert result["error"].startswith("invalid_response: ")
    assert [one["id"] for one in twin.views("U0ANA")] == [view_id]


async def test_form_can_be_updated_pushed_over_and_cleared(twin, bot):
    """Each response action does what it says to the stack."""
    view_id = await form(twin, TOPIC)
    update = {"response_action": "update", "view": modal(TOPIC, title=plain("Again"))}
    bot.answer = lambda _: web.json_response(update)
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"})
    assert (result["view"]["id"], result["view"]["title"]["text"]) == (view_id, "Again")
    push = {"response_action": "push", "view": modal(TOPIC)}
    bot.answer = lambda _: web.json_response(push)
    result = await twin.act.submit(user="U0ANA", view_id=view_id)
    above = result["view"]["id"]
    assert [one["id"] for one in twin.views("U0ANA")] == [view_id, above]
    bot.answer = lambda _: web.json_response({"response_action": "clear"})
    await twin.act.submit(user="U0ANA", view_id=above, values={"Topic": "cats"})
    assert twin.views("U0ANA") == []


async def test_empty_answer_closes_only_the_view_on_top(twin, bot):
    """What lies below shows again."""
    view_id = await form(twin, TOPIC)
    bot.answer = lambda _: web.json_response({"response_action": "push", "view": modal(TOPIC)})
    above = (await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"}))["view"]
    covered = await twin.act.submit(user="U0ANA", view_id=view_id)
    assert covered["error"].startswith("client: ")
    bot.answer = lambda _: web.Response()
    await twin.act.submit(user="U0ANA", view_id=above["id"], values={"Topic": "cats"})
    assert [one["id"] for one in twin.views("U0ANA")] == [view_id]


async def test_form_that_is_not_acked_stays_open(twin, bot):
    """After an error the person can send the same view again."""
    view_id = await form(twin, TOPIC)
    bot.answer = lambda _: web.Response(status=500)
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"})
    assert result["error"] == "http_service_error"
    bot.answer = lambda _: web.Response()
    assert (await twin.act.submit(user="U0ANA", view_id=view_id))["error"] is None


async def test_form_of_somebody_else_cannot_be_sent(twin, bot):
    """A view belongs to one person."""
    view_id = await form(twin, TOPIC)
    result = await twin.act.submit(user="U0BO", view_id=view_id, values={"Topic": "cats"})
    assert result["error"].startswith("client: ")
    assert bot.received == []


async def test_external_select_takes_what_the_bot_offers(twin, bot):
    """Typing asks the bot, and one of its options is what is sent."""

    def answer(delivery):
        if delivery.payload["type"] == "block_suggestion":
            return web.json_response({"options": [option("Anna", "v1"), option("Annabel", "v2")]})
        return web.Response()

    bot.answer = answer
    view_id = await form(twin, TOPIC, VOICE)
    values = {"Topic": "cats", "Voice": "Anna"}
    result = await twin.act.submit(user="U0ANA", view_id=view_id, values=values)
    assert result["error"] is None
    asked, sent = (one.payload for one in bot.received)
    assert (asked["action_id"], asked["block_id"], asked["value"]) == (
        "voice_action",
        "voice",
        "Anna",
    )
    state = sent["view"]["state"]["values"]["voice"]["voice_action"]
    assert state["selected_option"]["value"] == "v1"


@pytest.mark.parametrize(
    "answer", ["", "[]", '{"options": [{"text": "Anna"}]}', '{"options": "all"}']
)
async def test_useless_options_are_not_shown(twin, bot, answer):
    """An answer that breaks Slack's rules leaves the person without options."""
    bot.answer = lambda _: web.Response(text=answer)
    view_id = await form(twin, VOICE)
    result = await twin.act.suggest(
        user="U0ANA", view_id=view_id, action_id="voice_action", value="An"
    )
    assert "options could not be loaded" in result["error"]


async def test_options_are_asked_for_only_after_enough_typing(twin, bot):
    """Below `min_query_length` nothing is sent."""
    view_id = await form(twin, VOICE)
    result = await twin.act.suggest(
        user="U0ANA", view_id=view_id, action_id="voice_action", value="A"
    )
    assert result["error"].startswith("client: ")
    assert bot.received == []


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


async def test_closing_is_told_only_where_asked_for(twin, bot):
    """`notify_on_close` brings a `view_closed`, otherwise the bot hears nothing."""
    await twin.act.close(user="U0ANA", view_id=await form(twin, TOPIC))
    assert bot.received == []
    await twin.act.close(user="U0ANA", view_id=await form(twin, TOPIC, notify_on_close=True))
    assert bot.received[0].payload["type"] == "view_closed"
    assert twin.views("U0ANA") == []


async def test_home_tab_opens_with_an_event_if_subscribed(twin, bot):
    """Opening the tab is told only to an app that subscribes to it."""
    quiet = await twin.act.open_home(user="U0ANA")
    twin.workspace.app.bot_events.add("app_home_opened")
    told = await twin.act.open_home(user="U0ANA")
    assert (quiet["event"]["sent"], told["event"]["sent"]) == (False, True)
    event = bot.received[0].event["event"]
    assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", "U0ANA", "home")


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
