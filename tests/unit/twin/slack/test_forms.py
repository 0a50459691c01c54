"""Forms as people meet them: what each kind of field takes, holds and sends."""

import aiohttp
import pytest

from tests.unit.twin.slack.form_support import GROUPS, PEOPLE, chooser, filled, form
from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    field_of,
    modal,
    option,
)

NUMBER = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"}
DECIMAL = {"type": "number_input", "is_decimal_allowed": True}


@pytest.mark.parametrize(
    ("element", "value", "state"),
    [
        ({"type": "plain_text_input"}, "Cats", {"value": "Cats"}),
        ({"type": "plain_text_input"}, None, {"value": None}),
        ({"type": "email_text_input"}, "ana@example.com", {"value": "ana@example.com"}),
        ({"type": "url_text_input"}, "https://example.com/a", {"value": "https://example.com/a"}),
        (NUMBER, 7, {"value": "7"}),
        (DECIMAL, "2.5", {"value": "2.5"}),
        ({"type": "datepicker"}, "2026-02-28", {"selected_date": "2026-02-28"}),
        ({"type": "datepicker"}, None, {"selected_date": None}),
        ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
        (
            {"type": "timepicker", "timezone": "Europe/Rome"},
            "09:30",
            {"selected_time": "09:30", "timezone": "Europe/Rome"},
        ),
        ({"type": "datetimepicker"}, 1795252800, {"selected_date_time": 1795252800}),
        ({"type": "datetimepicker"}, "1795252800", {"selected_date_time": 1795252800}),
        (chooser("static_select", options=PEOPLE), "Mia", {"selected_option": PEOPLE[0]}),
        (chooser("static_select", options=PEOPLE), None, {"selected_option": None}),
        (
            chooser("static_select", option_groups=GROUPS),
            "Support / Mia",
            {"selected_option": option("Mia", "3")},
        ),
        (
            chooser("multi_static_select", options=PEOPLE),
            ["Mia", {"value": "3"}],
            {"selected_options": [PEOPLE[0], PEOPLE[2]]},
        ),
        (chooser("multi_static_select", options=PEOPLE), None, {"selected_options": []}),
        (chooser("radio_buttons", options=PEOPLE), "Bob", {"selected_option": PEOPLE[1]}),
        (chooser("checkboxes", options=PEOPLE), ["Bob"], {"selected_options": [PEOPLE[1]]}),
        (chooser("users_select"), "U0BO", {"selected_user": "U0BO"}),
        (chooser("users_select"), None, {"selected_user": None}),
        (chooser("multi_users_select"), ["U0BO", "U0ZOE"], {"selected_users": ["U0BO", "U0ZOE"]}),
        (chooser("channels_select"), "C0RANDOM", {"selected_channel": "C0RANDOM"}),
        (chooser("conversations_select"), MARKETING, {"selected_conversation": MARKETING}),
        (
            chooser("multi_conversations_select"),
            [MARKETING],
            {"selected_conversations": [MARKETING]},
        ),
    ],
)
async def test_field_is_sent_as_slack_writes_it(twin, bot, element, value, state):
    """Each element keeps what was entered under its own name."""
    held = await filled(twin, bot, element, value, optional=True)
    assert held == {"type": element["type"], **state}


async def test_rich_text_is_sent_as_blocks(twin, bot):
    """Plain words become the rich text that a person's client makes of them."""
    held = await filled(twin, bot, {"type": "rich_text_input"}, "Hello")
    assert held == {
        "type": "rich_text_input",
        "rich_text_value": {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "Hello"}]}
            ],
        },
    }


@pytest.mark.parametrize(
    ("element", "value", "reason"),
    [
        ({"type": "plain_text_input"}, "", "please complete this required field"),
        ({"type": "plain_text_input", "min_length": 3}, "no", "enter at least 3 characters"),
        ({"type": "plain_text_input", "max_length": 3}, "long", "enter at most 3 characters"),
        ({"type": "plain_text_input"}, ["a"], "takes text"),
        ({"type": "plain_text_input"}, True, "takes text"),
        ({"type": "email_text_input"}, "ana@home", "enter an email address"),
        ({"type": "email_text_input"}, "ana@example.", "enter an email address"),
        ({"type": "url_text_input"}, "example.com", "enter a URL"),
        ({"type": "url_text_input"}, "https://", "enter a URL"),
        ({"type": "url_text_input"}, "javascript:alert(1)", "enter a URL"),
        (NUMBER, "seven", "enter a number"),
        (NUMBER, "2.5", "enter a whole number"),
        (NUMBER, "0", "enter at least 1"),
        (NUMBER, "10", "enter at most 9"),
        (DECIMAL, "1e5", "enter a number"),
        ({"type": "datepicker"}, "2026-02-30", "is no date"),
        ({"type": "datepicker"}, "20260228", "is no date"),
        ({"type": "datepicker"}, "tomorrow", "is no date"),
        ({"type": "timepicker"}, "24:00", "is no time of day"),
        ({"type": "datetimepicker"}, "179525280", "is no moment"),
        ({"type": "datetimepicker"}, "soon", "is no moment"),
        (chooser("static_select", options=PEOPLE), "Zed", "no option 'Zed'; there are: 'Mia'"),
        (chooser("static_select", options=PEOPLE), ["Mia", "Bob"], "choose only one"),
        (chooser("static_select", option_groups=GROUPS), "Mia", "say 'Group / Option'"),
        (
            chooser("multi_static_select", options=PEOPLE, max_selected_items=1),
            ["Mia", "Bob"],
            "choose at most 1",
        ),
        (chooser("multi_users_select", max_selected_items=1), ["U0BO", "U0SAM"], "at most 1"),
        (chooser("users_select"), "U0NOBODY", "'U0NOBODY' cannot be chosen here"),
        (chooser("users_select"), "U0DEL", "cannot be chosen"),
        (chooser("users_select"), "U0YAN", "cannot be chosen"),
        (chooser("users_select"), 5, "takes ids"),
        (chooser("channels_select"), "C0SECRET", "cannot be chosen"),
        (chooser("channels_select"), "C0OLD", "cannot be chosen"),
        (chooser("conversations_select"), "C0HARBOUR", "cannot be chosen"),
        (
            chooser("conversations_select", filter={"include": ["private", "im"]}),
            MARKETING,
            "cannot be chosen",
        ),
        (
            chooser("conversations_select", filter={"exclude_external_shared_channels": True}),
            MARKETING,
            "cannot be chosen",
        ),
    ],
)
async def test_client_holds_back_what_a_field_does_not_take(twin, bot, element, value, reason):
    """Nothing is sent, and the person is told why."""
    error = await filled(twin, bot, element, value)
    assert error.startswith("client: ")
    assert reason in error
    assert bot.received == []


async def test_direct_messages_can_be_chosen_unless_with_bots(twin, bot):
    """The filter knows kinds of conversations, and who is at the other end."""
    direct = twin.workspace.direct_channel("U0ANA", bot="U0BOT").id
    only_direct = chooser("conversations_select", filter={"include": ["im"]})
    held = await filled(twin, bot, only_direct, direct)
    assert held["selected_conversation"] == direct
    no_bots = chooser("conversations_select", filter={"exclude_bot_users": True})
    assert "cannot be chosen" in await filled(twin, bot, no_bots, direct)


async def test_private_channel_is_chosen_from_inside_only(twin, bot):
    """Who is not in it does not know of it."""
    twin.workspace.change_channel("C0SECRET", members=frozenset({"U0BO"}))
    where = chooser("conversations_select")
    assert "cannot be chosen" in await filled(twin, bot, where, "C0SECRET")
    twin.workspace.change_channel("C0SECRET", members=frozenset({"U0ANA"}))
    assert (await filled(twin, bot, where, "C0SECRET"))["selected_conversation"] == "C0SECRET"


async def test_guest_chooses_only_from_where_they_are(twin, bot):
    """A public channel that a guest is not in is not offered to them."""
    view_id = await form(twin, field_of("Where", chooser("channels_select")), user="U0GIL")
    outside = await twin.act.submit(user="U0GIL", view_id=view_id, values={"Where": "C0RANDOM"})
    inside = await twin.act.submit(user="U0GIL", view_id=view_id, values={"Where": MARKETING})
    assert "cannot be chosen" in outside["error"]
    assert inside["error"] is None


async def uploaded(twin, *names, user="U0ANA"):
    """Upload files for a form and give their ids."""
    told = await twin.act.upload(user=user, uploads=[(name, b"content") for name in names])
    return [file["id"] for file in told["files"]]


async def test_file_input_sends_whole_files_and_lets_the_app_see_them(twin, bot):
    """The state has Slack's file objects; from then on the bot may fetch them."""
    twin.installation.scopes.add("files:read")
    (file_id,) = await uploaded(twin, "brief.pdf")
    held = await filled(twin, bot, chooser("file_input", filetypes=["pdf"]), [file_id])
    assert list(held) == ["type", "files"]
    (file,) = held["files"]
    assert (file["id"], file["name"], file["mimetype"]) == (
        file_id,
        "brief.pdf",
        "application/pdf",
    )
    headers = {"Authorization": f"Bearer {twin.bot_token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(file["url_private_download"], headers=headers) as response,
    ):
        assert await response.read() == b"content"


async def test_file_input_without_a_file_is_an_empty_list(twin, bot):
    """Nothing chosen is sent as no files."""
    held = await filled(twin, bot, chooser("file_input"), None, optional=True)
    assert held == {"type": "file_input", "files": []}


async def test_file_input_takes_only_the_persons_own_fitting_files(twin, bot):
    """Kind, number and owner are checked by the client."""
    text, image, photo = await uploaded(twin, "a.txt", "b.png", "c.JPEG")
    (foreign,) = await uploaded(twin, "d.png", user="U0BO")
    pictures = chooser("file_input", filetypes=["png", "jpg"], max_files=1)
    assert "is none of: jpg, png" in await filled(twin, bot, pictures, [text])
    assert "choose at most 1" in await filled(twin, bot, pictures, [image, photo])
    assert "no upload" in await filled(twin, bot, pictures, [foreign])
    assert "no upload" in await filled(twin, bot, pictures, ["F0NONE"])
    assert bot.received == []
    assert (await filled(twin, bot, pictures, photo))["files"][0]["id"] == photo


async def test_file_input_takes_ten_files_at_most(twin, bot):
    """That is the limit where the form names none."""
    ids = [*await uploaded(twin, *["a.txt"] * 10), *await uploaded(twin, "b.txt")]
    assert "choose at most 10" in await filled(twin, bot, chooser("file_input"), ids)


async def test_forced_form_sends_what_no_client_would(twin, bot):
    """Bots must check for themselves; force shows whether they do."""
    blocks = [
        field_of("Day", {"type": "datepicker"}),
        field_of("Who", chooser("users_select")),
        field_of("Pick", chooser("static_select", options=PEOPLE)),
    ]
    view_id = await form(twin, *blocks)
    values = {"Day": "2026-02-30", "Who": "U0NOBODY", "Pick": "Zed"}
    told = await twin.act.submit(user="U0ANA", view_id=view_id, values=values, force=True)
    assert told["error"] is None
    state = bot.received[0].payload["view"]["state"]["values"]
    assert state["day"]["day_action"]["selected_date"] == "2026-02-30"
    assert state["pick"]["pick_action"]["selected_option"]["value"] == "Zed"


async def updated(twin, view_id, *blocks):
    """Have the bot show other blocks in a form."""
    async with client_of(twin) as client:
        await client.views_update(view_id=view_id, view=modal(*blocks))


async def state_after(twin, bot, view_id):
    """Send a form as it stands and give its state."""
    told = await twin.act.submit(user="U0ANA", view_id=view_id)
    assert told["error"] is None
    return bot.received[-1].payload["view"]["state"]["values"]


async def test_update_with_another_initial_value_changes_nothing(twin, bot):
    """Where both ids stay, so does what stood there; Slack is known for it."""

    def field(initial, name="Topic"):
        return field_of(name, {"type": "plain_text_input", "initial_value": initial})

    view_id = await form(twin, field("Cats"))
    await updated(twin, view_id, field("Dogs"), field("Birds", name="Other"))
    state = await state_after(twin, bot, view_id)
    assert state["topic"]["topic_action"]["value"] == "Cats"
    assert state["other"]["other_action"]["value"] == "Birds"


async def test_update_drops_what_the_field_cannot_hold_any_more(twin, bot):
    """Another type of element, or options without the chosen one, begin anew."""
    view_id = await form(
        twin,
        field_of("Who", chooser("static_select", options=PEOPLE), dispatch_action=True),
        field_of("When", {"type": "plain_text_input", "initial_value": "soon"}),
    )
    await twin.act.click(user="U0ANA", view_id=view_id, action_id="who_action", option="Kim")
    await updated(
        twin,
        view_id,
        field_of("Who", chooser("static_select", options=PEOPLE[:2]), optional=True),
        field_of("When", {"type": "datepicker"}, optional=True),
    )
    state = await state_after(twin, bot, view_id)
    assert state["who"]["who_action"]["selected_option"] is None
    assert state["when"]["when_action"] == {"type": "datepicker", "selected_date": None}
