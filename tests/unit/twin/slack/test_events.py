"""Events of the local Slack: which apps hear of what, and the envelope it comes in."""

import asyncio

import aiohttp
import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    another_app,
    invite_bot,
    stand_in_bot,
)

HISTORY = frozenset({"channels:history", "groups:history", "im:history", "channels:read"})
HARBOUR = "C0HARBOUR"


def listen(twin, *events, scopes=()):
    """Let the seeded app subscribe and grant it scopes."""
    twin.app.bot_events |= set(events)
    twin.installation.scopes |= set(scopes)


def heard(bot):
    """List the types of the events that arrived."""
    return [one.event["event"]["type"] for one in bot.received]


async def heard_in_time(twin, bot, count):
    """Wait until so many events arrived that nobody waited for."""
    await twin.journal.wait_for(lambda: len(bot.received) >= count, timeout_s=10)


async def test_envelope_has_every_key(twin, bot):
    """The envelope names workspace, app, bot and moment as documented."""
    listen(twin, "message.channels")
    said = await twin.act.say(user="U0ANA", channel=MARKETING, text="hi")
    envelope = bot.received[0].event
    event = envelope.pop("event")
    assert envelope.pop("event_id").startswith("Ev0")
    assert envelope.pop("event_context").startswith("4-")
    assert envelope == {
        "token": "twin-verification-token",
        "team_id": "T0GREEN",
        "context_team_id": "T0GREEN",
        "context_enterprise_id": None,
        "api_app_id": "A0GREEN",
        "type": "event_callback",
        "event_time": int(float(said["ts"])),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "T0GREEN",
                "user_id": "U0BOT",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": True,
    }
    assert event.pop("client_msg_id")
    assert event == {
        "type": "message",
        "user": "U0ANA",
        "team": "T0GREEN",
        "text": "hi",
        "ts": said["ts"],
        "event_ts": said["ts"],
        "channel": MARKETING,
        "channel_type": "channel",
    }


async def test_event_reaches_every_app_that_subscribes_and_is_there(twin, bot):
    """An app of the workspace hears it, one that did not subscribe or was not invited does not."""
    listen(twin, "message.channels")
    subscribed = another_app(twin, events=frozenset({"message.channels"}))
    absent = another_app(twin, events=frozenset({"message.channels"}))
    silent = another_app(twin)
    for one in (subscribed, silent):
        invite_bot(twin, one)
    async with (
        stand_in_bot(twin, subscribed.app) as second,
        stand_in_bot(twin, absent.app) as third,
        stand_in_bot(twin, silent.app) as fourth,
    ):
        said = await twin.act.say(user="U0ANA", channel=MARKETING, text="hi")
    assert [len(one.received) for one in (bot, second, third, fourth)] == [1, 1, 0, 0]
    first_id, second_id = (one.received[0].event["event_id"] for one in (bot, second))
    assert first_id != second_id
    assert [one["app_id"] for one in said["events"] if one["sent"]] == [
        "A0GREEN",
        subscribed.app.id,
    ]


async def test_app_in_two_workspaces_hears_of_a_shared_channel_once(twin, bot):
    """One event an app, whichever of its installations is in the channel."""
    listen(twin, "message.channels")
    further = twin.directory.install(twin.app, "T0OTHER", set(twin.app.scopes))
    invite_bot(twin, further)
    await twin.act.say(user="U0ZOE", channel=MARKETING, text="ahoy")
    (received,) = bot.received
    assert received.event["event"]["team"] == "T0OTHER"
    assert received.event["team_id"] == "T0GREEN"


async def test_what_happens_in_another_workspace_is_not_told(twin, bot):
    """Nobody hears of a channel of a workspace they are not installed in."""
    listen(twin, "message.channels")
    await twin.act.say(user="U0ZOE", channel=HARBOUR, text="ahoy")
    assert bot.received == []


@pytest.mark.parametrize(
    ("place", "event", "scope"),
    [
        (MARKETING, "message.channels", "channels:history"),
        ("C0SECRET", "message.groups", "groups:history"),
        ("D0ANA", "message.im", "im:history"),
    ],
)
async def test_message_events_go_by_kind_of_channel_and_scope(twin, bot, place, event, scope):
    """Each kind of conversation has its subscription, and its scope."""
    twin.installation.scopes = {scope}
    twin.workspace.direct_channel("U0ANA", bot="U0BOT")
    invite_bot(twin, twin.installation, channel=place)
    listen(twin, *({"message.channels", "message.groups", "message.im"} - {event}))
    await twin.act.say(user="U0ANA", channel=place, text="hi")
    assert bot.received == []
    listen(twin, event)
    await twin.act.say(user="U0ANA", channel=place, text="hi")
    assert heard(bot) == ["message"]
    twin.installation.scopes = set()
    await twin.act.say(user="U0ANA", channel=place, text="hi")
    assert len(bot.received) == 1


async def test_mention_is_told_to_the_bot_that_was_meant(twin, bot):
    """`app_mention` comes beside the message, to the app named in it only."""
    listen(twin, "app_mention", scopes=["app_mentions:read"])
    second = another_app(
        twin, events=frozenset({"app_mention"}), scopes=frozenset({"app_mentions:read"})
    )
    invite_bot(twin, second)
    async with stand_in_bot(twin, second.app) as second_bot:
        await twin.act.say(user="U0ANA", channel=MARKETING, text="hi")
        await twin.act.say(user="U0ANA", channel=MARKETING, text="<@U0BOT> make a video")
    assert (heard(bot), heard(second_bot)) == (["app_mention"], [])
    event = bot.received[0].event["event"]
    assert (event["text"], "channel_type" in event) == ("<@U0BOT> make a video", False)


async def test_reply_carries_its_thread(twin, bot, client):
    """A person's message in a thread names the parent."""
    listen(twin, "message.channels")
    posted = await client.chat_postMessage(channel=MARKETING, text="card")
    await heard_in_time(twin, bot, 1)
    await twin.act.say(user="U0ANA", channel=MARKETING, text="hi", thread_ts=posted["ts"])
    assert bot.received[-1].event["event"]["thread_ts"] == posted["ts"]


async def test_what_apps_write_is_told_too(twin, bot, client):
    """A post, an edit and a deletion are message events, the app's own included."""
    listen(twin, "message.channels")
    posted = await client.chat_postMessage(channel=MARKETING, text="old")
    await heard_in_time(twin, bot, 1)
    await client.chat_update(channel=MARKETING, ts=posted["ts"], text="new")
    await heard_in_time(twin, bot, 2)
    await client.chat_delete(channel=MARKETING, ts=posted["ts"])
    await heard_in_time(twin, bot, 3)
    first, edited, deleted = (one.event["event"] for one in bot.received)
    assert (first["bot_id"], first["text"]) == ("B0BOT", "old")
    assert (edited["subtype"], edited["message"]["text"]) == ("message_changed", "new")
    assert edited["previous_message"]["text"] == "old"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", posted["ts"])


async def test_people_and_groups_that_change_are_told(twin, bot):
    """`user_change` and `subteam_members_changed` go to the apps of that workspace."""
    listen(twin, "user_change", "subteam_members_changed")
    async with aiohttp.ClientSession(f"{twin.url}/__twin/") as control:
        for path, body in (
            ("users/U0ANA", {"deleted": True}),
            ("users/U0YAN", {"deleted": True}),
            ("groups/S0ONCALL", {"users": ["U0MEI"]}),
        ):
            async with control.post(path, json=body) as answer:
                assert answer.status == 200
    changed, members = (one.event["event"] for one in bot.received)
    assert (changed["type"], changed["user"]["id"]) == ("user_change", "U0ANA")
    assert changed["user"]["deleted"] is True
    assert members["type"] == "subteam_members_changed"
    assert (members["added_users"], members["removed_users"]) == (["U0MEI"], ["U0SAM"])
    assert twin.workspace.groups["S0ONCALL"].users == ("U0MEI",)


async def test_joining_and_leaving_name_the_home_of_the_person(twin, bot):
    """Member events carry the person's own workspace and the kind of channel."""
    listen(twin, "member_joined_channel", "member_left_channel")
    channel = twin.workspace.channels["C0ONCALL"]
    await twin.change.channel(channel, add=["U0ZOE"], remove=["U0SAM"])
    left, joined = (one.event["event"] for one in bot.received)
    assert (left["type"], left["user"], left["team"]) == (
        "member_left_channel",
        "U0SAM",
        "T0GREEN",
    )
    assert (joined["user"], joined["team"], joined["channel_type"]) == ("U0ZOE", "T0OTHER", "C")


async def test_event_under_way_is_given_up_at_the_end(twin, client):
    """Stopping waits for no app that does not answer."""
    listen(twin, "message.channels")
    asked, held = asyncio.Event(), asyncio.Event()

    async def hold(_):
        asked.set()
        await held.wait()

    async with stand_in_bot(twin) as bot:
        bot.answer = hold
        await client.chat_postMessage(channel=MARKETING, text="hi")
        async with asyncio.timeout(10):
            await asked.wait()
            await twin.events.stop()
    assert not twin.events._under_way
