"""What the tests of forms share: opening one, filling in a field, clicking an element."""

from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    field_of,
    modal,
    option,
    plain,
    section,
)

GROUPS = [
    {"label": plain("Sales"), "options": [option("Mia", "1"), option("Bob", "2")]},
    {"label": plain("Support"), "options": [option("Mia", "3")]},
]
TOPIC = field_of("Topic", {"type": "plain_text_input", "min_length": 3, "max_length": 10})
AVATAR = field_of("Avatar", {"type": "static_select", "option_groups": GROUPS}, optional=True)
PEOPLE = [option("Mia", "1"), option("Bob", "2"), option("Kim", "3")]


async def form(twin, *blocks, user="U0ANA", **more):
    """Open a form for somebody and give its id."""
    async with client_of(twin) as client:
        trigger_id = twin.modals.issue_trigger(
            user, installation=twin.installation, channel=MARKETING
        )
        opened = await client.views_open(trigger_id=trigger_id, view=modal(*blocks, **more))
        return opened["view"]["id"]


async def filled(twin, bot, element, value, **more):
    """Send a form of one field and give what the bot gets as its state, or the person's error."""
    view_id = await form(twin, field_of("Field", element, **more))
    told = await twin.act.submit(user="U0ANA", view_id=view_id, values={"Field": value})
    if told["error"] is not None:
        return told["error"]
    return bot.received[-1].payload["view"]["state"]["values"]["field"]["field_action"]


async def clicked(twin, element, **more):
    """Click an element in a message and give what the person is told."""
    element = {"action_id": "it", **element}
    async with client_of(twin) as client:
        blocks = [section("Card"), {"type": "actions", "elements": [element]}]
        posted = await client.chat_postMessage(channel=MARKETING, text="Card", blocks=blocks)
    return await twin.act.click(
        user="U0ANA", channel=MARKETING, ts=posted["ts"], action_id="it", **more
    )


def chooser(kind, **more):
    """Make a select or the like."""
    return {"type": kind, **more}
