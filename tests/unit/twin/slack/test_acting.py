"""People acting in the local Slack: from command to form, and what comes back."""

import asyncio
import json

import pytest
from aiohttp import web

from tests.unit.twin.slack.form_support import AVATAR, TOPIC, form
from tests.unit.twin.slack.support import (
    MARKETING,
    field_of,
    modal,
    option,
    plain,
    section,
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


async def test_command_tells_of_the_persons_own_news_only(twin, bot, client):
    """A form that opens for somebody else meanwhile is not theirs."""

    async def answer(_):
        await form(twin, TOPIC, user="U0BO")
        await client.chat_postEphemeral(channel=MARKETING, user="U0BO", text="psst")
        return web.Response()

    bot.answer = answer
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert (result["views"], result["messages"]) == ([], [])


async def test_command_shows_what_came_with_the_ack(twin, bot):
    """Text in the answer is for the person's eyes only, unless it asks for the channel."""
    bot.answer = lambda _: web.json_response({"text": "Try /produce help"})
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert [one["text"] for one in result["messages"]] == ["Try /produce help"]
    bot.answer = lambda _: web.json_response({"text": "Hello all", "response_type": "in_channel"})
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert result["messages"] == []
    assert [one["text"] for one in twin.messages(MARKETING)] == ["Hello all"]


@pytest.mark.parametrize("ack", [{}, {"ok": True}, {"response_type": "in_channel"}])
async def test_command_acked_without_words_shows_nothing(twin, bot, ack):
    """An ack that has nothing to show is as good as an empty one."""
    bot.answer = lambda _: web.json_response(ack)
    result = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert (result["error"], result["messages"], twin.messages(MARKETING)) == (None, [], [])


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
    covered = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Topic": "cats"})
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


async def test_closing_is_told_only_where_asked_for(twin, bot):
    """`notify_on_close` brings a `view_closed`, otherwise the bot hears nothing."""
    await twin.act.close(user="U0ANA", view_id=await form(twin, TOPIC))
    assert bot.received == []
    await twin.act.close(user="U0ANA", view_id=await form(twin, TOPIC, notify_on_close=True))
    assert bot.received[0].payload["type"] == "view_closed"
    assert twin.views("U0ANA") == []


async def test_home_tab_opens_with_an_event_if_subscribed(twin, bot):
    """Opening the tab is told only to an app that subscribes to it."""
    twin.app.bot_events.clear()
    quiet = await twin.act.open_home(user="U0ANA")
    twin.app.bot_events.add("app_home_opened")
    told = await twin.act.open_home(user="U0ANA")
    assert (quiet["event"]["sent"], told["event"]["sent"]) == (False, True)
    event = bot.received[0].event["event"]
    assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", "U0ANA", "home")
