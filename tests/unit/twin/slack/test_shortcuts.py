"""Global and message shortcuts in the local Slack."""

import aiohttp
import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    modal,
    refusal_of,
    running_twin,
)
from twin.slack.place.model import App, Shortcut

GLOBAL = Shortcut(callback_id="make_video", kind="global", name="Make a video")
MESSAGE = Shortcut(callback_id="from_message", kind="message", name="Make a video from this")


@pytest.fixture
async def twin():
    async with running_twin() as twin:
        twin.app.shortcuts = {one.callback_id: one for one in (GLOBAL, MESSAGE)}
        yield twin


async def said(twin, text="Cats in space", **more):
    """Have Bo say something and give its `ts`."""
    told = await twin.act.say(user="U0BO", channel=MARKETING, text=text, **more)
    return told["ts"]


async def test_global_shortcut_tells_who_and_nothing_of_a_place(twin, bot):
    """It has a trigger, but neither channel nor message nor response URL."""
    told = await twin.act.shortcut(user="U0ANA", callback_id="make_video")
    assert (told["status"], told["error"]) == (200, None)
    payload = bot.received[0].payload
    assert set(payload) == {
        "type",
        "token",
        "action_ts",
        "team",
        "user",
        "enterprise",
        "is_enterprise_install",
        "callback_id",
        "trigger_id",
    }
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "make_video")
    assert payload["user"] == {"id": "U0ANA", "username": "ana", "team_id": "T0GREEN"}
    assert payload["team"] == {"id": "T0GREEN", "domain": "greenlight"}


async def test_message_shortcut_carries_the_message(twin, bot):
    """The message comes in full, with its thread, its channel and a way to answer."""
    parent = await said(twin)
    ts = await said(twin, "And dogs", thread_ts=parent)
    told = await twin.act.shortcut(
        user="U0ANA", callback_id="from_message", channel=MARKETING, ts=ts
    )
    assert told["error"] is None
    payload = bot.received[0].payload
    assert (payload["type"], payload["message_ts"]) == ("message_action", ts)
    assert payload["channel"] == {"id": MARKETING, "name": "marketing"}
    assert payload["user"] == {"id": "U0ANA", "name": "ana", "team_id": "T0GREEN"}
    message = payload["message"]
    assert (message["text"], message["user"], message["ts"]) == ("And dogs", "U0BO", ts)
    assert message["thread_ts"] == parent


async def test_message_shortcut_can_be_answered(twin, bot):
    """Its response URL speaks to the person alone."""
    ts = await said(twin)
    await twin.act.shortcut(user="U0ANA", callback_id="from_message", channel=MARKETING, ts=ts)
    url = bot.received[0].payload["response_url"]
    assert url.startswith(f"{twin.url}/app/T0GREEN/")
    async with aiohttp.ClientSession() as web, web.post(url, json={"text": "Got it"}) as response:
        assert response.status == 200
    assert [one["text"] for one in twin.ephemerals("U0ANA")] == ["Got it"]


async def test_shortcut_opens_a_form(twin, bot):
    """The trigger of either kind opens a view, which the act reports."""
    async with client_of(twin) as client:

        async def answer(delivery):
            trigger_id = delivery.payload["trigger_id"]
            await client.views_open(trigger_id=trigger_id, view=modal())
            bot.answer = lambda _: aiohttp.web.Response()
            again = await refusal_of(client.views_open(trigger_id=trigger_id, view=modal()))
            assert again["error"] == "exchanged_trigger_id"
            return aiohttp.web.Response()

        bot.answer = answer
        told = await twin.act.shortcut(user="U0ANA", callback_id="make_video")
    assert told["views"] == [twin.views("U0ANA")[0]["id"]]


async def test_person_of_another_workspace_has_their_own_shortcuts(twin, bot):
    """What is installed here is not in the menu of somebody from elsewhere."""
    told = await twin.act.shortcut(user="U0ZOE", callback_id="make_video")
    assert told["error"] == "client: no shortcut 'make_video'; there are: none"
    assert bot.received == []


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"callback_id": "explode"}, "no shortcut 'explode'; there are: 'make_video', 'from_"),
        ({"callback_id": "from_message"}, "needs a message"),
        ({"callback_id": "from_message", "channel": MARKETING}, "say where"),
        ({"callback_id": "from_message", "channel": MARKETING, "ts": "1.0"}, "no message"),
        ({"callback_id": "make_video", "app": "A0NONE"}, "there are: none"),
    ],
)
async def test_shortcut_that_is_not_there_is_held_back(twin, bot, wanted, reason):
    """Nothing is sent for what no menu offers."""
    told = await twin.act.shortcut(user="U0ANA", **wanted)
    assert told["error"].startswith("client: ")
    assert reason in told["error"]
    assert bot.received == []


async def test_global_shortcut_is_in_no_messages_menu(twin, bot):
    """The two kinds are kept apart."""
    ts = await said(twin)
    told = await twin.act.shortcut(user="U0ANA", callback_id="make_video", channel=MARKETING, ts=ts)
    assert "takes no message" in told["error"]


async def test_private_message_has_no_shortcuts(twin, bot):
    """What only one person sees has no such menu."""
    async with client_of(twin) as client:
        sent = await client.chat_postEphemeral(channel=MARKETING, user="U0ANA", text="psst")
    told = await twin.act.shortcut(
        user="U0ANA", callback_id="from_message", channel=MARKETING, ts=sent["message_ts"]
    )
    assert told["error"] == "client: a private message has no shortcuts"


async def test_shortcuts_need_the_commands_scope(twin, bot):
    """Without it Slack does not show them."""
    twin.installation.scopes.discard("commands")
    told = await twin.act.shortcut(user="U0ANA", callback_id="make_video")
    assert "there are: none" in told["error"]


async def test_same_shortcut_of_two_apps_needs_the_app(twin, bot):
    """Each goes to its own app; a bare name that fits both is refused."""
    other = App(
        id="A0OTHER",
        name="Other",
        bot_name="other",
        client_id="1.2",
        client_secret="other-secret",
        signing_secret="other-signing",
        app_token="xapp-other",
        request_url=twin.app.request_url,
        shortcuts={"make_video": GLOBAL},
    )
    twin.directory.install(twin.directory.register(other), "T0GREEN", {"commands"})
    vague = await twin.act.shortcut(user="U0ANA", callback_id="make_video")
    assert vague["error"] == "client: several apps have a shortcut 'make_video'; say app too"
    told = await twin.act.shortcut(user="U0ANA", callback_id="make_video", app="A0OTHER")
    assert (told["error"], len(bot.received)) == (None, 1)


async def test_control_uses_a_shortcut(twin, bot):
    """`POST shortcut` takes the same words."""
    body = {"user": "U0ANA", "callback_id": "make_video"}
    async with (
        aiohttp.ClientSession() as web,
        web.post(f"{twin.url}/__twin/shortcut", json=body) as response,
    ):
        assert (await response.json())["status"] == 200
    assert bot.received[0].payload["type"] == "shortcut"
