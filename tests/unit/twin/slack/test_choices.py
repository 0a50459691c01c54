"""Clicks and choices: what the bot is told of the element, and of the fields around it."""

import pytest
from aiohttp import web

from tests.unit.twin.slack.form_support import GROUPS, PEOPLE, chooser, clicked, form
from tests.unit.twin.slack.support import (
    MARKETING,
    button,
    client_of,
    field_of,
    option,
    plain,
    section,
)


async def test_click_in_a_form_carries_what_stands_in_the_other_fields(twin, bot):
    """What was typed and not yet sent is in the state, valid or not, and stays."""
    topic = field_of("Topic", {"type": "plain_text_input", "min_length": 5})
    row = {"type": "actions", "block_id": "row", "elements": [button("Preview")]}
    view_id = await form(twin, topic, row)
    told = await twin.act.click(
        user="U0ANA", view_id=view_id, button="Preview", values={"Topic": "Cat"}
    )
    assert told["error"] is None
    payload = bot.received[0].payload
    held = payload["view"]["state"]["values"]["topic"]["topic_action"]
    assert held == {"type": "plain_text_input", "value": "Cat"}
    assert "state" not in payload
    refused = await twin.act.submit(user="U0ANA", view_id=view_id)
    assert refused["error"] == "client: Topic: enter at least 5 characters"


async def test_click_does_not_carry_what_could_not_be_chosen(twin, bot):
    """The other fields are filled in as by a client, which offers only what is there."""
    row = {"type": "actions", "elements": [button("Preview")]}
    view_id = await form(twin, field_of("Who", chooser("static_select", options=PEOPLE)), row)
    told = await twin.act.click(
        user="U0ANA", view_id=view_id, button="Preview", values={"Who": "Zed"}
    )
    assert told["error"].startswith("client: no option 'Zed'")
    assert bot.received == []


async def test_field_that_dispatches_sends_its_text(twin, bot):
    """Enter in such a field tells the bot, with the text as the action's value."""
    live = field_of("Topic", {"type": "plain_text_input"}, dispatch_action=True)
    view_id = await form(twin, live)
    await twin.act.click(user="U0ANA", view_id=view_id, action_id="topic_action", option="Cats")
    payload = bot.received[0].payload
    (action,) = payload["actions"]
    assert (action["type"], action["value"], action["block_id"]) == (
        "plain_text_input",
        "Cats",
        "topic",
    )
    assert payload["view"]["state"]["values"]["topic"]["topic_action"]["value"] == "Cats"


async def test_field_that_does_not_dispatch_cannot_be_pressed(twin, bot):
    """Typing in an ordinary field tells nobody."""
    view_id = await form(twin, field_of("Topic", {"type": "plain_text_input"}))
    told = await twin.act.click(
        user="U0ANA", view_id=view_id, action_id="topic_action", option="Cats"
    )
    assert told["error"].startswith("client: nothing to click")


@pytest.mark.parametrize(
    ("element", "choice", "told"),
    [
        (
            chooser("static_select", options=PEOPLE, placeholder=plain("Who?")),
            "Bob",
            {"selected_option": PEOPLE[1], "placeholder": plain("Who?")},
        ),
        (
            chooser("static_select", options=PEOPLE, initial_option=PEOPLE[0]),
            "Bob",
            {"selected_option": PEOPLE[1], "initial_option": PEOPLE[0]},
        ),
        (chooser("overflow", options=PEOPLE), "Kim", {"selected_option": PEOPLE[2]}),
        (chooser("checkboxes", options=PEOPLE), ["Mia"], {"selected_options": [PEOPLE[0]]}),
        (chooser("radio_buttons", options=PEOPLE), "Mia", {"selected_option": PEOPLE[0]}),
        (
            chooser("datepicker", initial_date="2026-01-01"),
            "2026-01-02",
            {"selected_date": "2026-01-02", "initial_date": "2026-01-01"},
        ),
        (
            chooser("timepicker", timezone="Europe/Rome"),
            "10:00",
            {"selected_time": "10:00", "timezone": "Europe/Rome"},
        ),
        (chooser("users_select"), "U0BO", {"selected_user": "U0BO"}),
        (chooser("multi_users_select"), ["U0BO"], {"selected_users": ["U0BO"]}),
        (chooser("multi_channels_select"), [MARKETING], {"selected_channels": [MARKETING]}),
    ],
)
async def test_choice_in_a_message_is_told_as_slack_does(twin, bot, element, choice, told):
    """The action has the choice, and what the element showed."""
    await clicked(twin, element, option=choice)
    (action,) = bot.received[0].payload["actions"]
    common = {key: action.pop(key) for key in ("type", "action_id", "block_id", "action_ts")}
    assert (common["type"], common["action_id"]) == (element["type"], "it")
    assert action == told


@pytest.mark.parametrize(
    ("element", "choice", "state"),
    [
        (chooser("static_select", options=PEOPLE), "Bob", {"selected_option": PEOPLE[1]}),
        (
            chooser("timepicker", timezone="Europe/Rome"),
            "10:00",
            {"selected_time": "10:00", "timezone": "Europe/Rome"},
        ),
    ],
)
async def test_choice_in_a_message_is_in_its_state(twin, bot, element, choice, state):
    """The state has what the element now holds, in the same words as a form's."""
    await clicked(twin, element, option=choice)
    payload = bot.received[0].payload
    (held,) = payload["state"]["values"].values()
    assert held == {"it": {"type": element["type"], **state}}


@pytest.mark.parametrize(
    ("element", "choice", "reason"),
    [
        (chooser("datepicker"), "2026-13-01", "is no date"),
        (chooser("multi_users_select", max_selected_items=1), ["U0BO", "U0SAM"], "at most 1"),
        (chooser("users_select"), "U0DEL", "cannot be chosen"),
        (chooser("static_select", options=PEOPLE), None, "say which option"),
        (chooser("overflow", options=PEOPLE), "Zed", "no option"),
    ],
)
async def test_wrong_choice_in_a_message_is_held_back(twin, bot, element, choice, reason):
    """A click is checked like a form."""
    told = await clicked(twin, element, option=choice)
    assert reason in told["error"]
    assert bot.received == []


@pytest.mark.parametrize(
    "element",
    [
        button("It"),
        chooser("static_select", options=PEOPLE),
        chooser("overflow", options=PEOPLE),
        chooser("checkboxes", options=PEOPLE),
        chooser("datepicker"),
        chooser("users_select"),
    ],
)
async def test_every_element_asks_to_confirm(twin, bot, element):
    """With a no, nothing is sent, whatever the element is."""
    dialog = {
        "title": plain("Sure?"),
        "text": plain("Really?"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    told = await clicked(twin, {**element, "confirm": dialog}, confirm=False)
    assert (told["declined"], told["confirm"]) == (True, dialog)
    assert bot.received == []


async def test_message_remembers_what_a_person_chose(twin, bot):
    """A later click's state has the earlier choice of the same person, not of another."""
    row = [chooser("static_select", options=PEOPLE, action_id="who"), button("Go")]
    async with client_of(twin) as client:
        blocks = [{"type": "actions", "block_id": "row", "elements": row}]
        ts = (await client.chat_postMessage(channel=MARKETING, text="x", blocks=blocks))["ts"]
    where = {"channel": MARKETING, "ts": ts}
    await twin.act.click(user="U0ANA", **where, action_id="who", option="Bob")
    await twin.act.click(user="U0ANA", **where, button="Go")
    await twin.act.click(user="U0BO", **where, button="Go")
    chosen = [
        one.payload["state"]["values"]["row"]["who"]["selected_option"] for one in bot.received[1:]
    ]
    assert chosen == [PEOPLE[1], None]


async def test_field_in_a_message_is_filled_in_with_a_click(twin, bot):
    """Input blocks in messages reach the bot with the button beside them."""
    async with client_of(twin) as client:
        row = {"type": "actions", "elements": [button("Go")]}
        blocks = [field_of("Reason", {"type": "plain_text_input"}), row]
        ts = (await client.chat_postMessage(channel=MARKETING, text="x", blocks=blocks))["ts"]
    await twin.act.click(
        user="U0ANA", channel=MARKETING, ts=ts, button="Go", values={"Reason": "Too long"}
    )
    state = bot.received[0].payload["state"]["values"]
    assert state["reason"]["reason_action"]["value"] == "Too long"


def offering(**answer):
    """Make a bot that answers every request for options the same way."""
    return lambda _: web.json_response(answer)


async def test_external_select_is_asked_and_grouped(twin, bot):
    """What the bot offers in groups is chosen as in any grouped select."""
    bot.answer = offering(option_groups=GROUPS)
    view_id = await form(twin, field_of("Avatar", chooser("external_select")))
    seen = await twin.act.suggest(
        user="U0ANA", view_id=view_id, action_id="avatar_action", value="Mia"
    )
    assert (seen["option_groups"], len(seen["options"])) == (GROUPS, 3)
    asked = bot.received[0].payload
    assert (asked["type"], asked["value"], asked["block_id"]) == (
        "block_suggestion",
        "Mia",
        "avatar",
    )
    vague = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Avatar": "Mia"})
    assert "say 'Group / Option'" in vague["error"]
    await twin.act.submit(user="U0ANA", view_id=view_id, values={"Avatar": "Support / Mia"})
    assert bot.received[-2].payload["value"] == "Mia"
    state = bot.received[-1].payload["view"]["state"]["values"]
    assert state["avatar"]["avatar_action"]["selected_option"]["value"] == "3"


async def test_selects_that_share_an_action_are_told_apart_by_their_block(twin, bot):
    """As Slack allows and forms drawn from a list of fields do; without the block it is refused."""
    bot.answer = offering(options=PEOPLE)
    shared = [
        {**field_of(label, chooser("external_select")), "block_id": name}
        for label, name in (("Avatar", "first"), ("Voice", "second"))
    ]
    for block in shared:
        block["element"]["action_id"] = "entered"
    asking = {"user": "U0ANA", "view_id": await form(twin, *shared), "action_id": "entered"}
    for name in ("first", "second"):
        seen = await twin.act.suggest(**asking, block_id=name, value="Mia")
        assert seen["options"] == PEOPLE
        assert bot.received[-1].payload["block_id"] == name
    vague = await twin.act.suggest(**asking, value="Mia")
    assert "say block_id too" in vague["error"]
    gone = await twin.act.suggest(**asking, block_id="third", value="Mia")
    assert gone["error"].startswith("client: no select")
    assert len(bot.received) == 2


async def test_option_offered_before_is_not_asked_for_again(twin, bot):
    """Given whole, as `suggest` gave it, it goes straight into the form."""
    view_id = await form(twin, field_of("Avatar", chooser("multi_external_select")))
    await twin.act.submit(user="U0ANA", view_id=view_id, values={"Avatar": [PEOPLE[0]]})
    (sent,) = bot.received
    state = sent.payload["view"]["state"]["values"]
    assert state["avatar"]["avatar_action"]["selected_options"] == [PEOPLE[0]]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"options": [option(f"n{n}") for n in range(101)]}, "options could not be loaded"),
        ({"options": PEOPLE, "option_groups": GROUPS}, "options could not be loaded"),
        ({}, "options could not be loaded"),
        ({"options": []}, "no option 'Mia'"),
    ],
)
async def test_useless_options_leave_the_select_empty(twin, bot, answer, reason):
    """More than a hundred, both forms at once or none of them are no answer."""
    bot.answer = offering(**answer)
    view_id = await form(twin, field_of("Avatar", chooser("external_select")))
    told = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Avatar": "Mia"})
    assert reason in told["error"]


@pytest.mark.parametrize(("more", "typed"), [({}, "Mi"), ({"min_query_length": 5}, "Miaa")])
async def test_external_select_waits_for_enough_letters(twin, bot, more, typed):
    """Three are needed where the element does not say."""
    view_id = await form(twin, field_of("Avatar", chooser("external_select", **more)))
    told = await twin.act.suggest(
        user="U0ANA", view_id=view_id, action_id="avatar_action", value=typed
    )
    assert told["error"].startswith("client: type more")
    assert bot.received == []


async def test_select_with_options_of_its_own_asks_nobody(twin, bot):
    """Only an external select asks the bot while one types."""
    view_id = await form(twin, field_of("Who", chooser("static_select", options=PEOPLE)))
    told = await twin.act.suggest(
        user="U0ANA", view_id=view_id, action_id="who_action", value="Mia"
    )
    assert told["error"].startswith("client: no select 'who_action'")
    assert bot.received == []


async def test_feedback_is_told_with_the_pressed_buttons_value(twin, bot):
    """The two thumbs share an action id; the value tells them apart."""
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "thumbs",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    async with client_of(twin) as client:
        blocks = [section("Card"), {"type": "context_actions", "elements": [thumbs]}]
        ts = (await client.chat_postMessage(channel=MARKETING, text="x", blocks=blocks))["ts"]
    where = {"user": "U0ANA", "channel": MARKETING, "ts": ts, "action_id": "thumbs"}
    await twin.act.click(**where, option="Bad")
    assert bot.received[0].payload["actions"][0]["value"] == "down"
    assert "say which option" in (await twin.act.click(**where, option="Meh"))["error"]
