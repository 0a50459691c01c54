"""Apps by control: registered, changed, installed and taken out again; and their tokens."""

import aiohttp
import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    another_app,
    client_of,
    invite_bot,
    modal,
    refusal_of,
    section,
    stand_in_bot,
)

MANIFEST = {
    "display_information": {"name": "Lunch"},
    "features": {
        "bot_user": {"display_name": "Lunch Bot"},
        "slash_commands": [
            {
                "command": "/lunch",
                "url": "https://lunch.example.com/slack",
                "description": "What there is",
                "usage_hint": "[day]",
                "should_escape": True,
            }
        ],
        "shortcuts": [
            {
                "name": "Order lunch",
                "type": "global",
                "callback_id": "order",
                "description": "Order",
            }
        ],
    },
    "oauth_config": {
        "redirect_urls": ["https://lunch.example.com/oauth"],
        "scopes": {"bot": ["commands", "chat:write", "channels:history"]},
    },
    "settings": {
        "interactivity": {
            "is_enabled": True,
            "request_url": "https://lunch.example.com/slack",
        },
        "event_subscriptions": {
            "request_url": "https://lunch.example.com/slack",
            "bot_events": ["message.channels"],
        },
    },
}


@pytest.fixture
async def control(twin):
    async with aiohttp.ClientSession(f"{twin.url}/__twin/") as session:
        yield session


async def post(control, path, body, *, status=200):
    """Post JSON and give the answer's, having checked its status."""
    async with control.post(path, json=body) as response:
        assert response.status == status, await response.text()
        return await response.json()


async def apps(control):
    """List the apps by id."""
    async with control.get("apps") as response:
        return {one["id"]: one for one in (await response.json())["apps"]}


async def test_seeded_app_is_listed_without_secrets(twin, control):
    """The list says what an app can do and where it is, and keeps its secrets."""
    found = (await apps(control))["A0GREEN"]
    assert (found["name"], found["client_id"]) == ("Greenlight", "111.222")
    assert [one["command"] for one in found["commands"]] == ["/produce"]
    (installed,) = found["installations"]
    assert (installed["team_id"], installed["bot_user_id"]) == ("T0GREEN", "U0BOT")
    for secret in (twin.bot_token, twin.signing_secret, twin.app.app_token, "client-secret"):
        assert secret not in str(found)


async def test_app_is_registered_by_manifest_and_works(twin, control):
    """Registered, installed, and there: it posts, and takes its command with names as ids."""
    made = await post(control, "apps", {"manifest": MANIFEST})
    app = twin.directory.apps[made["app_id"]]
    installed = await post(control, f"apps/{app.id}/install", {"team_id": "T0GREEN"})
    assert app.request_url == "https://lunch.example.com/slack"
    assert (app.signing_secret, app.app_token) == (made["signing_secret"], made["app_token"])
    shown = (await apps(control))[app.id]
    assert shown["shortcuts"] == [{"callback_id": "order", "type": "global", "name": "Order lunch"}]
    assert shown["bot_events"] == ["message.channels"]
    async with client_of(twin, token=installed["bot_token"]) as client:
        who = await client.auth_test()
        assert (who["user"], who["user_id"]) == ("lunchbot", installed["bot_user_id"])
        assert (await client.chat_postMessage(channel="U0ANA", text="Soup"))["ok"]
    async with stand_in_bot(twin, app) as bot:
        await twin.act.command(user="U0ANA", channel=MARKETING, command="/lunch", text="@bo")
    assert bot.received[0].form["text"] == "<@U0BO|bo>"


async def test_own_address_wins_over_the_manifest(twin, control):
    """`request_url` points a registered app at where it really runs."""
    body = {"manifest": MANIFEST, "request_url": "http://127.0.0.1:1/slack/events"}
    made = await post(control, "apps", body)
    assert twin.directory.apps[made["app_id"]].request_url == body["request_url"]


async def test_bad_manifest_is_refused_with_what_is_wrong(twin, control):
    """What the manifest checks find is said, and nothing is registered."""
    answer = await post(control, "apps", {"manifest": {"features": {}}}, status=400)
    assert "manifest" in answer["error"]
    assert list(twin.directory.apps) == ["A0GREEN"]


async def test_app_is_changed(twin, control):
    """Subscriptions, scopes, address and mode change; secrets are not shown."""
    change = {
        "request_url": "http://127.0.0.1:1/x",
        "bot_events": ["message.im"],
        "scopes": ["commands"],
        "redirect_urls": ["http://127.0.0.1:1/oauth"],
        "signing_secret": "another",
        "is_socket_mode": True,
    }
    shown = await post(control, "apps/A0GREEN", change)
    assert {key: shown[key] for key in change if key != "signing_secret"} == {
        key: value for key, value in change.items() if key != "signing_secret"
    }
    assert (twin.signing_secret, "another" in str(shown)) == ("another", False)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("apps", {}),
        ("apps", {"manifest": "x"}),
        ("apps", {"manifest": MANIFEST, "request_url": "ftp://x"}),
        ("apps/A0NONE", {}),
        ("apps/A0GREEN", {"id": "A0BLUE"}),
        ("apps/A0GREEN", {"is_socket_mode": 1}),
        ("apps/A0GREEN/install", {}),
        ("apps/A0GREEN/install", {"team_id": "T0NONE"}),
        ("apps/A0GREEN/install", {"team_id": "T0GREEN", "scopes": "commands"}),
        ("apps/A0NONE/install", {"team_id": "T0GREEN"}),
        ("apps/A0GREEN/uninstall", {"team_id": "T0OTHER"}),
        ("apps/A0NONE/uninstall", {"team_id": "T0GREEN"}),
        ("groups/S0NONE", {"users": []}),
        ("groups/S0ONCALL", {"users": ["U0NOBODY"]}),
        ("users/U0ANA", {"team_id": "T0NONE"}),
        ("event", {"type": "x", "app_id": "A0NONE"}),
        ("event", {"type": "x", "app_id": []}),
        ("event", {"type": "x", "team_id": {}}),
        ("open_home", {"user": "U0ANA", "app": 5}),
    ],
)
async def test_senseless_request_is_answered_with_a_sentence(control, path, body):
    """What makes no sense is a 400 that says why."""
    assert (await post(control, path, body, status=400))["error"]


async def test_installing_again_adds_scopes_and_keeps_the_token(twin, control):
    """Scopes add up over installations, and the token stays the same."""
    made = await post(
        control, "apps/A0GREEN/install", {"team_id": "T0GREEN", "scopes": ["team:read"]}
    )
    assert made["bot_token"] == twin.bot_token
    assert {"team:read", "chat:write"} <= set(made["scopes"])


async def test_app_lives_in_two_workspaces(twin, control):
    """Each installation has its own token and bot, and sees its own workspace."""
    made = await post(control, "apps/A0GREEN/install", {"team_id": "T0OTHER"})
    async with client_of(twin, token=made["bot_token"]) as client:
        who = await client.auth_test()
    assert (who["team_id"], who["bot_id"] != "B0BOT") == ("T0OTHER", True)
    assert made["bot_token"] != twin.bot_token


async def test_uninstalled_app_is_gone_from_the_workspace(twin, control):
    """Its token is dead, its bot out of every channel, its command unknown, its views shut."""
    async with client_of(twin) as client:
        await client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [section()]})
        trigger_id = twin.modals.issue_trigger(
            "U0ANA", installation=twin.installation, channel=MARKETING
        )
        await client.views_open(trigger_id=trigger_id, view=modal())
    await post(control, "apps/A0GREEN/uninstall", {"team_id": "T0GREEN"})
    async with client_of(twin) as client:
        assert (await refusal_of(client.auth_test()))["error"] == "account_inactive"
    assert "U0BOT" not in twin.workspace.channels[MARKETING].members
    typed = await twin.act.command(user="U0ANA", channel=MARKETING)
    assert typed["error"] == "client: /produce is not a valid command"
    opened = await twin.act.open_home(user="U0ANA")
    assert opened["error"] == "client: A0GREEN is not installed in T0GREEN"
    assert (twin.views("U0ANA"), twin.home("U0ANA")) == ([], None)


async def test_app_is_told_that_it_was_taken_out(twin, control):
    """`tokens_revoked` and `app_uninstalled` come last, where subscribed."""
    twin.app.bot_events |= {"tokens_revoked", "app_uninstalled"}
    async with stand_in_bot(twin) as bot:
        await post(control, "apps/A0GREEN/uninstall", {"team_id": "T0GREEN"})
    events = [one.event["event"] for one in bot.received]
    assert [one["type"] for one in events] == ["tokens_revoked", "app_uninstalled"]
    assert events[0]["tokens"] == {"oauth": [], "bot": ["U0BOT"]}


async def test_app_that_comes_back_has_its_bot_but_a_new_token(twin, control):
    """The old token stays dead."""
    await post(control, "apps/A0GREEN/uninstall", {"team_id": "T0GREEN"})
    made = await post(control, "apps/A0GREEN/install", {"team_id": "T0GREEN"})
    assert (made["bot_user_id"], made["bot_token"] != "xoxb-twin-bot-token") == ("U0BOT", True)
    async with client_of(twin, token="xoxb-twin-bot-token") as client:
        assert (await refusal_of(client.auth_test()))["error"] == "account_inactive"
    async with client_of(twin, token=made["bot_token"]) as client:
        assert (await client.auth_test())["user_id"] == "U0BOT"


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        (None, "auth.test", "not_authed"),
        ("xoxb-nobody", "auth.test", "invalid_auth"),
        ("xapp-twin-app-token", "auth.test", "not_allowed_token_type"),
        ("xoxb-twin-bot-token", "apps.connections.open", "not_allowed_token_type"),
        (None, "apps.connections.open", "not_authed"),
        ("xapp-nobody", "apps.connections.open", "invalid_auth"),
    ],
)
async def test_token_of_the_wrong_kind_is_refused(twin, token, method, error):
    """Bot methods take bot tokens, the one for connections takes an app's."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{twin.api_url}{method}") as response,
    ):
        assert (await response.json())["error"] == error


async def test_scope_that_is_missing_is_named(twin):
    """A refusal says what is needed and what this installation was granted, not another's."""
    another = another_app(twin, scopes=frozenset({"commands"}))
    async with client_of(twin, token=another.bot_token) as client:
        refused = await refusal_of(client.chat_postMessage(channel=MARKETING, text="x"))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "chat:write")
    assert refused["provided"] == "commands"
    assert refused["headers"]["x-oauth-scopes"] == "commands"


async def test_journal_says_which_app_and_workspace(twin):
    """Calls in and deliveries out carry whose they were."""
    another = another_app(twin, team_id="T0OTHER")
    async with client_of(twin, token=another.bot_token) as client:
        await client.auth_test()
    async with stand_in_bot(twin):
        await twin.act.command(user="U0ANA", channel=MARKETING)
    whose = [
        (one.what, one.detail["app_id"], one.detail["team_id"]) for one in twin.journal.entries()
    ]
    assert whose == [
        ("auth.test", another.app.id, "T0OTHER"),
        ("command", "A0GREEN", "T0GREEN"),
    ]


async def test_people_and_bots_are_listed_by_workspace(twin):
    """`users.list` holds the own people, bots and those who left; `bots.info` the own bots."""
    other = another_app(twin, team_id="T0OTHER")
    invite_bot(twin, other)
    async with client_of(twin) as client:
        first = await client.users_list(limit=4)
        cursor = first["response_metadata"]["next_cursor"]
        rest = await client.users_list(limit=100, cursor=cursor)
        found = {one["id"]: one for one in first["members"] + rest["members"]}
        assert set(found) == {
            "U0ANA", "U0BO", "U0BOT", "U0DEL", "U0GIL", "U0MEI", "U0SAM",
        }  # fmt: skip
        assert (found["U0DEL"]["deleted"], found["U0BOT"]["is_bot"]) == (True, True)
        bot = (await client.bots_info(bot="B0BOT"))["bot"]
        assert (bot["app_id"], bot["user_id"]) == ("A0GREEN", "U0BOT")
        refused = await refusal_of(client.bots_info(bot=other.bot_id))
        assert refused["error"] == "bot_not_found"


async def test_api_test_gives_back_what_was_sent(twin):
    """It takes no token, echoes the arguments, and fails on demand; nothing breaks it."""
    async with aiohttp.ClientSession() as session:
        for sent, answer in (
            ({}, {"ok": True}),
            ({"foo": "bar"}, {"ok": True, "args": {"foo": "bar"}}),
            (
                {"error": "ratelimited"},
                {"ok": False, "error": "ratelimited", "args": {"error": "ratelimited"}},
            ),
        ):
            async with session.post(f"{twin.api_url}api.test", data=sent) as response:
                assert (response.status, await response.json()) == (200, answer)
