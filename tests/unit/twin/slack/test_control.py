"""The control endpoints of the local Slack, over HTTP as scripts use them."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from tests.unit.twin.slack.support import (
    MARKETING,
    button,
    client_of,
    field_of,
    modal,
    refusal_of,
    section,
)


@pytest.fixture
async def control(twin):
    async with aiohttp.ClientSession(f"{twin.url}/__twin/") as session:
        yield Script(session)


class Script:
    """Ask the twin as a script would."""

    def __init__(self, session):
        self._session = session

    async def call(self, method, path, *, status=200, **options):
        """Call an endpoint and give its JSON, having checked its status."""
        async with self._session.request(method, path, **options) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def post(self, path, body, *, status=200):
        """Post JSON."""
        return await self.call("POST", path, json=body, status=status)

    async def get(self, path, **params):
        """Get something."""
        return await self.call("GET", path, params=params)


async def test_story_can_be_told_over_http(twin, bot, control):
    """Command, form, submission, card, click: all by control calls alone."""

    async def answer(delivery):
        async with client_of(twin) as client:
            if "command" in delivery.form:
                view = modal(field_of("Topic", {"type": "plain_text_input"}))
                await client.views_open(trigger_id=delivery.form["trigger_id"], view=view)
            elif delivery.payload["type"] == "view_submission":
                blocks = [section("Cats"), {"type": "actions", "elements": [button("Approve")]}]
                await client.chat_postMessage(channel=MARKETING, text="Cats", blocks=blocks)
        return web.Response()

    bot.answer = answer
    where = {"user": "U0ANA", "channel": MARKETING}
    typed = await control.post("command", {**where, "command": "/produce", "text": "cats"})
    (view,) = (await control.get("views", user="U0ANA"))["views"]
    assert typed["views"] == [view["id"]]
    sent = await control.post(
        "submit", {"user": "U0ANA", "view_id": view["id"], "values": {"Topic": "Cats"}}
    )
    assert sent["error"] is None
    (card,) = (await control.get("messages", channel=MARKETING))["messages"]
    assert (card["buttons"], card["visible_text"]) == (["Approve"], "Cats\n[Approve]")
    clicked = await control.post("click", {**where, "ts": card["ts"], "button": "Approve"})
    assert (clicked["status"], clicked["error"]) == (200, None)


async def test_app_is_set_up_by_control(twin, control):
    """Request URL, scopes, events and secret change, and secrets are not shown."""
    shown = await control.post(
        "app",
        {
            "request_url": "http://127.0.0.1:1/x",
            "scopes": ["commands"],
            "bot_events": ["app_home_opened"],
            "signing_secret": "another",
            "edit_window_s": 60,
        },
    )
    assert shown["scopes"] == ["commands"]
    assert twin.app.bot_events == {"app_home_opened"}
    assert twin.signing_secret == "another"
    assert "another" not in str(shown)
    assert (await control.get("app"))["request_url"] == "http://127.0.0.1:1/x"


async def test_token_can_be_killed_and_revived(twin, control):
    """The token's state is what control says."""
    await control.post("token", {"state": "revoked"})
    assert twin.installation.token_state == "revoked"
    await control.post("token", {"state": "ok"})
    assert twin.installation.token_state == "ok"


async def test_private_messages_are_listed_apart(twin, control):
    """Ephemeral messages come with whom they are for, beside the channel's own."""
    async with client_of(twin) as client:
        posted = await client.chat_postMessage(channel=MARKETING, text="card")
        await client.chat_postMessage(channel=MARKETING, text="r", thread_ts=posted["ts"])
        await client.chat_postMessage(channel=MARKETING, text="other")
        await client.chat_postEphemeral(channel=MARKETING, user="U0ANA", text="psst")
    found = await control.get("messages", channel=MARKETING)
    assert [one["text"] for one in found["messages"]] == ["card", "r", "other"]
    assert [(one["text"], one["for"]) for one in found["ephemerals"]] == [("psst", "U0ANA")]
    thread = await control.get("messages", channel=MARKETING, thread_ts=posted["ts"])
    assert [one["text"] for one in thread["messages"]] == ["card", "r"]
    assert thread["ephemerals"] == []


async def test_message_can_be_deleted_by_somebody(twin, control):
    """A message that is deleted behind the bot's back is gone."""
    said = await control.post("say", {"user": "U0ANA", "channel": MARKETING, "text": "hi"})
    where = {"channel": MARKETING, "ts": said["ts"]}
    await control.post("messages/delete", where)
    assert twin.messages(MARKETING) == []
    await control.post("messages/delete", where, status=400)


async def test_channel_changes_are_told_to_a_subscribed_app(twin, bot, control):
    """Archiving and leaving change the channel; events go out where subscribed."""
    await control.post(f"channels/{MARKETING}", {"archived": True, "remove": ["U0GIL"]})
    assert bot.received == []
    twin.app.bot_events |= {"channel_unarchive", "member_left_channel"}
    await control.post(
        f"channels/{MARKETING}", {"archived": False, "remove": ["U0BOT"], "add": ["U0GIL"]}
    )
    events = [one.event["event"] for one in bot.received]
    assert [(one["type"], one.get("user")) for one in events] == [
        ("member_left_channel", "U0BOT"),
        ("channel_unarchive", "U0MEI"),
    ]
    channels = {one["id"]: one for one in (await control.get("channels"))["channels"]}
    assert "U0BOT" not in channels[MARKETING]["members"]
    assert "U0GIL" in channels[MARKETING]["members"]


async def test_channel_the_bot_was_never_in_is_not_told_of(twin, bot, control):
    """What happens elsewhere is none of the bot's business."""
    twin.app.bot_events.add("member_left_channel")
    await control.post("channels/C0RANDOM", {"remove": ["U0ANA"]})
    assert bot.received == []


async def test_person_can_become_a_guest(control):
    """Flags of people change."""
    await control.post("users/U0ANA", {"is_restricted": True})
    users = {one["id"]: one for one in (await control.get("users"))["users"]}
    assert users["U0ANA"]["is_restricted"] is True


async def test_event_is_sent_on_demand(bot, control):
    """An event goes out if subscribed or forced, and its result comes back."""
    event = {"type": "app_uninstalled"}
    assert (await control.post("event", event))["sent"] is False
    assert (await control.post("event", {**event, "force": True}))["sent"] is True
    assert [one.event["event"]["type"] for one in bot.received] == ["app_uninstalled"]
    assert "force" not in bot.received[0].event["event"]


async def test_faults_are_added_listed_and_cleared(twin, control):
    """The rules in force can be seen, used and thrown away."""
    rule = {"match": "chat.postMessage", "kind": "status", "status": 503, "times": 2}
    added = await control.post("faults", rule)
    assert added["faults"][0].items() >= rule.items()
    assert (await control.get("faults")) == added
    assert (await control.call("DELETE", "faults"))["faults"] == []


async def test_journal_can_be_waited_for(twin, control):
    """A long poll returns with what came, or empty when its time is up."""
    waiting = asyncio.create_task(control.get("journal", after=0, wait_s=60))
    async with client_of(twin) as client:
        await client.auth_test()
    async with asyncio.timeout(10):
        found = await waiting
    assert [one["what"] for one in found["entries"]] == ["auth.test"]
    empty = await control.get("journal", after=found["number"], wait_s=0.01)
    assert empty == {"entries": [], "number": found["number"]}


async def test_clock_is_moved_and_sped_up(twin, control):
    """Time goes on by hand, or faster by itself."""
    before = twin.clock.now()
    await control.post("clock", {"advance_s": 90})
    assert (twin.clock.now() - before).total_seconds() == 90
    assert (await control.post("clock", {"speed": 5}))["speed"] == 5


async def test_limit_is_set_and_lifted(twin, control):
    """A method's limit takes effect at once."""
    await control.post("limits", {"method": "auth.test", "per_minute": 0})
    async with client_of(twin) as client:
        assert (await refusal_of(client.auth_test()))["error"] == "ratelimited"
        await control.post("limits", {"method": "auth.test", "off": True})
        assert (await client.auth_test())["ok"]


async def test_home_and_options_and_close_are_reachable(bot, control):
    """The lesser acts answer over HTTP too."""
    assert (await control.post("open_home", {"user": "U0ANA"}))["error"] is None
    closing = await control.post("close", {"user": "U0ANA", "view_id": "V1"})
    assert closing["error"].startswith("client: ")
    asking = await control.post("suggest", {"user": "U0ANA", "action_id": "x", "view_id": "V1"})
    assert asking["error"].startswith("client: ")


BAD_POSTS = [
    ("command", {}),
    ("command", {"user": "U0ANA"}),
    ("command", {"user": 5, "channel": MARKETING}),
    ("command", {"user": "U0ANA", "channel": MARKETING, "text": "\ud800"}),
    ("command", {"user": "U0ANA", "channel": MARKETING, "colour": "red"}),
    ("command", {"user": "U0ANA", "channel": MARKETING, "wait_s": 1e9}),
    ("command", {"user": "U0ANA", "channel": MARKETING, "wait_s": True}),
    ("click", {"user": "U0ANA", "confirm": "yes"}),
    ("submit", {"user": "U0ANA"}),
    ("event", {}),
    ("event", {"type": 5}),
    ("event", {"type": "x", "force": 1}),
    ("app", {"request_url": "ftp://x"}),
    ("app", {"scopes": "commands"}),
    ("app", {"scopes": [1]}),
    ("app", {"signing_secret": ""}),
    ("app", {"bot_token": "x"}),
    ("token", {"state": "tired"}),
    ("token", {}),
    ("messages/delete", {"channel": MARKETING}),
    ("messages/delete", {"channel": "C0NOWHERE", "ts": "1.0"}),
    ("channels/C0NOWHERE", {}),
    (f"channels/{MARKETING}", {"archived": "yes"}),
    (f"channels/{MARKETING}", {"add": ["U0NOBODY"]}),
    ("users/U0NOBODY", {}),
    ("users/U0ANA", {"id": "U0BO"}),
    ("users/U0ANA", {"deleted": 1}),
    ("faults", {}),
    ("faults", {"match": "x", "kind": "meteor"}),
    ("faults", {"match": "x", "kind": "delay", "seconds": "long"}),
    ("faults", {"match": "x", "kind": "delay", "seconds": -1}),
    ("faults", {"match": "x", "kind": "status", "status": 99}),
    ("faults", {"match": "x", "kind": "status", "times": 0}),
    ("faults", {"match": "x", "kind": "status", "times": 1.5}),
    ("clock", {"advance_s": -1}),
    ("clock", {"advance_s": 1e300}),
    ("clock", {"speed": "fast"}),
    ("limits", {"method": "x"}),
    ("limits", {"method": "x", "per_minute": 1, "off": True}),
    ("limits", {"per_minute": 1}),
]


@pytest.mark.parametrize(("path", "body"), BAD_POSTS)
async def test_senseless_control_request_is_answered_with_a_sentence(control, path, body):
    """What makes no sense is a 400 that says why."""
    answer = await control.post(path, body, status=400)
    assert answer["error"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b'{"a": NaN}', b"[" * 3000])
@pytest.mark.parametrize("path", ["command", "app", "faults", "clock", "event"])
async def test_hostile_control_body_is_answered_with_a_sentence(control, path, raw):
    """Bytes that are no JSON object are a 400, never a 500."""
    assert (await control.call("POST", path, data=raw, status=400))["error"]


@pytest.mark.parametrize(
    "path",
    [
        "messages",
        "messages?channel=C0NOWHERE",
        "views",
        "views?user=U0NOBODY",
        "journal?after=x",
        "journal?after=-1",
        "journal?after=nan",
        "journal?wait_s=1e9",
    ],
)
async def test_senseless_control_query_is_answered_with_a_sentence(control, path):
    """Missing and odd query parameters are a 400 that says why."""
    assert (await control.call("GET", path, status=400))["error"]
