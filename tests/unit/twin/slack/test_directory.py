"""Several workspaces and several apps in them: what each of them sees, and what it does not."""

import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    another_app,
    button,
    client_of,
    field_of,
    invite_bot,
    modal,
    refusal_of,
    section,
    stand_in_bot,
)
from twin.slack.place.model import Command

HARBOUR = "C0HARBOUR"
CARD = [section("Cats"), {"type": "actions", "elements": [button("Approve")]}]
HOME = {"type": "home", "blocks": [section("Home")]}


@pytest.fixture
def other(twin):
    """An app in the other workspace."""
    return another_app(twin, team_id="T0OTHER")


@pytest.fixture
async def other_client(twin, other):
    async with client_of(twin, token=other.bot_token) as client:
        yield client


@pytest.fixture
def second(twin):
    """A second app in the first workspace."""
    return another_app(twin)


@pytest.fixture
async def second_client(twin, second):
    async with client_of(twin, token=second.bot_token) as client:
        yield client


async def test_token_tells_its_own_workspace_and_bot(client, other, other_client):
    """`auth.test` answers with the workspace, bot and app of the token."""
    first, further = await client.auth_test(), await other_client.auth_test()
    assert (first["team_id"], first["user_id"], first["bot_id"]) == ("T0GREEN", "U0BOT", "B0BOT")
    assert (further["team_id"], further["team"]) == ("T0OTHER", "Other")
    assert (further["user_id"], further["bot_id"]) == (other.bot_user_id, other.bot_id)
    assert other.bot_user_id != "U0BOT"


async def test_people_of_another_workspace_are_unknown_unless_a_channel_is_shared(
    client, other_client
):
    """Zoe is met in #marketing, and so is Ana from her side; Yan shares nothing with anybody."""
    assert (await client.users_info(user="U0ZOE"))["user"]["team_id"] == "T0OTHER"
    assert (await other_client.users_info(user="U0ANA"))["user"]["team_id"] == "T0GREEN"
    assert (await refusal_of(client.users_info(user="U0YAN")))["error"] == "user_not_found"
    assert (await refusal_of(other_client.users_info(user="U0DEL")))["error"] == "user_not_found"


async def test_stranger_in_no_channel_the_app_sees_is_marked(twin, client, other_client):
    """`is_stranger` stands at somebody met only where the app is not."""
    twin.workspace.change_channel(MARKETING, is_private=True)
    assert "is_stranger" not in (await client.users_info(user="U0ZOE"))["user"]
    seen = (await other_client.users_info(user="U0ANA"))["user"]
    assert seen["is_stranger"] is True


async def test_channels_and_messages_stay_in_their_workspace(twin, client, other_client):
    """What is not shared cannot be looked at, read or posted to from outside."""
    for call in (client.conversations_info, client.conversations_history):
        assert (await refusal_of(call(channel=HARBOUR)))["error"] == "channel_not_found"
    post = client.chat_postMessage(channel=HARBOUR, text="hi")
    assert (await refusal_of(post))["error"] == "channel_not_found"
    post = other_client.chat_postMessage(channel="C0RANDOM", text="hi")
    assert (await refusal_of(post))["error"] == "channel_not_found"
    assert twin.messages(HARBOUR) == []


async def test_channel_names_mean_the_own_workspace(client):
    """`#harbour` is nothing to an app of a workspace without it."""
    post = client.chat_postMessage(channel="#harbour", text="hi")
    assert (await refusal_of(post))["error"] == "channel_not_found"


async def test_shared_channel_can_be_used_from_both_sides(twin, other, other_client):
    """Through Slack Connect the guests' app sees the channel, and posts once it was invited."""
    shown = (await other_client.conversations_info(channel=MARKETING))["channel"]
    assert (shown["is_ext_shared"], shown["is_member"]) == (True, False)
    assert (shown["context_team_id"], shown["conversation_host_id"]) == ("T0OTHER", "T0GREEN")
    post = other_client.chat_postMessage(channel=MARKETING, text="hi")
    assert (await refusal_of(post))["error"] == "not_in_channel"
    invite_bot(twin, other)
    await other_client.chat_postMessage(channel=MARKETING, text="ahoy")
    (message,) = twin.messages(MARKETING)
    assert (message["team"], message["app_id"]) == ("T0OTHER", other.app.id)


async def test_bot_that_was_not_invited_is_in_no_channel(second_client):
    """Each app's bot is a member of its own."""
    shown = (await second_client.conversations_info(channel=MARKETING))["channel"]
    assert shown["is_member"] is False
    post = second_client.chat_postMessage(channel=MARKETING, text="hi")
    assert (await refusal_of(post))["error"] == "not_in_channel"


async def test_message_belongs_to_the_app_that_wrote_it(twin, client, second, second_client):
    """Another app can read it, but neither change nor delete it."""
    invite_bot(twin, second)
    posted = await client.chat_postMessage(channel=MARKETING, text="mine")
    where = {"channel": MARKETING, "ts": posted["ts"]}
    read = (await second_client.conversations_history(channel=MARKETING))["messages"]
    assert [one["app_id"] for one in read] == ["A0GREEN"]
    change = second_client.chat_update(**where, text="yours")
    assert (await refusal_of(change))["error"] == "cant_update_message"
    delete = second_client.chat_delete(**where)
    assert (await refusal_of(delete))["error"] == "cant_delete_message"
    assert [one["text"] for one in twin.messages(MARKETING)] == ["mine"]


async def test_click_goes_to_the_app_that_wrote_the_message(twin, second, second_client):
    """Each app gets the clicks in its own messages, signed with its own secret."""
    invite_bot(twin, second)
    async with stand_in_bot(twin) as first_bot, stand_in_bot(twin, second.app) as second_bot:
        posted = await second_client.chat_postMessage(channel=MARKETING, text="c", blocks=CARD)
        clicked = await twin.act.click(
            user="U0ANA", channel=MARKETING, ts=posted["ts"], button="Approve"
        )
    assert (clicked["error"], len(first_bot.received)) == (None, 0)
    assert second_bot.received[0].payload["api_app_id"] == second.app.id


async def test_click_is_refused_once_the_app_is_gone(twin, second, second_client):
    """Buttons of an app that was uninstalled lead nowhere."""
    invite_bot(twin, second)
    posted = await second_client.chat_postMessage(channel=MARKETING, text="c", blocks=CARD)
    await twin.change.uninstall(second)
    clicked = await twin.act.click(
        user="U0ANA", channel=MARKETING, ts=posted["ts"], button="Approve"
    )
    assert clicked["error"].startswith("client: ")


async def test_view_belongs_to_the_app_that_opened_it(twin, client, second, second_client):
    """Another app can neither use the trigger nor change or cover the form."""
    trigger_id = twin.modals.issue_trigger(
        "U0ANA", installation=twin.installation, channel=MARKETING
    )
    view = modal(field_of("Topic", {"type": "plain_text_input"}), external_id="form")
    stolen = second_client.views_open(trigger_id=trigger_id, view=view)
    assert (await refusal_of(stolen))["error"] == "invalid_trigger_id"
    opened = await client.views_open(trigger_id=trigger_id, view=view)
    change = second_client.views_update(view_id=opened["view"]["id"], view=view)
    assert (await refusal_of(change))["error"] == "not_found"
    change = second_client.views_update(external_id="form", view=view)
    assert (await refusal_of(change))["error"] == "not_found"
    trigger_id = twin.modals.issue_trigger("U0ANA", installation=second, channel=MARKETING)
    cover = second_client.views_push(trigger_id=trigger_id, view=modal())
    assert (await refusal_of(cover))["error"] == "invalid_trigger_id"


async def test_every_app_has_a_home_tab_of_its_own(twin, client, second, second_client):
    """Publishing for one app leaves the tab of another alone."""
    await client.views_publish(user_id="U0ANA", view=HOME)
    await second_client.views_publish(user_id="U0ANA", view=HOME)
    first, further = twin.home("U0ANA"), twin.home("U0ANA", app_id=second.app.id)
    assert (first["app_id"], further["app_id"]) == ("A0GREEN", second.app.id)
    assert first["id"] != further["id"]


async def test_every_app_has_a_direct_conversation_of_its_own(client, second_client):
    """What one bot tells a person directly, another cannot read."""
    mine = (await client.chat_postMessage(channel="U0ANA", text="psst"))["channel"]
    yours = (await second_client.chat_postMessage(channel="U0ANA", text="hm"))["channel"]
    assert mine != yours
    post = second_client.chat_postMessage(channel=mine, text="hm")
    assert (await refusal_of(post))["error"] == "channel_not_found"


async def test_limits_count_each_app_and_workspace_apart(twin, client, second_client, other_client):
    """One app that called too often leaves the others alone."""
    twin.limits.set("auth.test", 1)
    await client.auth_test()
    assert (await refusal_of(client.auth_test()))["status"] == 429
    assert (await second_client.auth_test())["ok"]
    assert (await other_client.auth_test())["ok"]


async def test_posts_to_a_channel_are_counted_by_app(twin, client, second, second_client):
    """A burst of one app does not use up another's."""
    invite_bot(twin, second)
    for _ in range(5):
        await client.chat_postMessage(channel=MARKETING, text="x")
    assert (await refusal_of(client.chat_postMessage(channel=MARKETING, text="x")))["status"] == 429
    assert (await second_client.chat_postMessage(channel=MARKETING, text="x"))["ok"]


async def test_person_types_commands_of_their_own_workspace_only(twin, other):
    """In a shared channel everybody has the commands of the workspace they come from."""
    ahoy = Command(name="/ahoy", description="Ahoy")
    other.app.commands["/ahoy"] = ahoy
    async with stand_in_bot(twin, other.app) as bot:
        zoe = await twin.act.command(user="U0ZOE", channel=MARKETING, command="/ahoy")
        ana = await twin.act.command(user="U0ANA", channel=MARKETING, command="/ahoy")
        strange = await twin.act.command(user="U0ZOE", channel=MARKETING, command="/produce")
    assert (zoe["error"], ana["error"]) == (None, "client: /ahoy is not a valid command")
    assert strange["error"] == "client: /produce is not a valid command"
    form = bot.received[0].form
    assert (form["team_id"], form["team_domain"]) == ("T0OTHER", "other")
    assert form["api_app_id"] == other.app.id


async def test_command_goes_to_the_app_installed_last(twin, second):
    """Two apps with one command: the newer installation takes it, a re-installation counts."""
    produce = Command(name="/produce", description="Lunch")
    second.app.commands["/produce"] = produce
    async with stand_in_bot(twin) as first_bot, stand_in_bot(twin, second.app) as second_bot:
        await twin.act.command(user="U0ANA", channel=MARKETING)
        assert (len(first_bot.received), len(second_bot.received)) == (0, 1)
        twin.directory.install(twin.app, "T0GREEN", set())
        await twin.act.command(user="U0ANA", channel=MARKETING)
        assert (len(first_bot.received), len(second_bot.received)) == (1, 1)


async def test_command_needs_its_scope(twin, second):
    """An app that was not granted `commands` has none."""
    second.app.commands["/lunch"] = Command(name="/lunch", description="Lunch")
    second.scopes.discard("commands")
    typed = await twin.act.command(user="U0ANA", channel=MARKETING, command="/lunch")
    assert typed["error"] == "client: /lunch is not a valid command"


async def test_command_in_a_thread_is_refused_by_the_client(twin, client):
    """Apps' commands do not work in threads, so nothing is sent."""
    posted = await client.chat_postMessage(channel=MARKETING, text="card")
    async with stand_in_bot(twin) as bot:
        typed = await twin.act.command(user="U0ANA", channel=MARKETING, thread_ts=posted["ts"])
    assert (typed["error"], bot.received) == ("client: /produce does not work in threads", [])


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("for @ana in #marketing", "for <@U0ANA|ana> in <#C0MARKETING|marketing>"),
        ("@bo, @producers.", "<@U0BO|bo>, <!subteam^S0PRODUCERS|@producers>."),
        ("@nobody a@ana.example #secret #yonder", "@nobody a@ana.example #secret #yonder"),
    ],
)
async def test_names_become_ids_for_commands_that_ask_for_it(twin, text, sent):
    """With `should_escape`, people, groups and channels the typing person knows are ids."""
    twin.app.commands["/make"] = Command(name="/make", description="Make", should_escape=True)
    async with stand_in_bot(twin) as bot:
        await twin.act.command(user="U0GIL", channel=MARKETING, command="/make", text=text)
        await twin.act.command(user="U0GIL", channel=MARKETING, text=text)
    assert [one.form["text"] for one in bot.received] == [sent, text]
