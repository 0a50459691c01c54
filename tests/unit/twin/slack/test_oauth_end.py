"""The end of an app at the local Slack: its token revoked, or the app uninstalled."""

import aiohttp
import pytest

from tests.unit.twin.slack.support import client_of, refusal_of

# The official async client still uses what aiohttp will drop.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


def types_of(bot):
    """List the events that came, in order."""
    return [one.event["event"]["type"] for one in bot.received]


async def told_of_the_end(twin, bot):
    """Wait until the app has been told, and say what."""
    await twin.journal.wait_for(lambda: len(bot.received) == 2, timeout_s=10)
    return [one.event for one in bot.received]


async def test_a_revoked_token_is_dead_and_the_app_hears_of_it(twin, bot, installed):
    """The bot is deactivated; the events name it, not the token."""
    answer = await installed()
    async with client_of(twin, token=answer["access_token"]) as client:
        assert (await client.auth_revoke())["revoked"] is True
        assert (await refusal_of(client.auth_test()))["error"] == "token_revoked"
        assert (await refusal_of(client.auth_revoke()))["error"] == "token_revoked"
    first, second = await told_of_the_end(twin, bot)
    tokens = {"oauth": [], "bot": [answer["bot_user_id"]]}
    assert (first["event"]["type"], first["event"]["tokens"]) == ("tokens_revoked", tokens)
    assert (first["team_id"], second["event"]["type"]) == ("T0GREEN", "app_uninstalled")
    assert twin.workspace.users[answer["bot_user_id"]].deleted


async def test_revoking_can_be_tried(twin, bot, installed):
    """With `test` nothing happens."""
    token = (await installed())["access_token"]
    async with client_of(twin, token=token) as client:
        assert (await client.auth_revoke(test=True))["revoked"] is False
        assert (await client.auth_test())["ok"]
    assert bot.received == []


@pytest.mark.parametrize(
    ("token", "word"),
    [
        (None, "not_authed"),
        ("xoxb-nobody", "invalid_auth"),
        ("xapp-twin-app-token", "not_allowed_token_type"),
    ],
)
async def test_only_a_bot_token_can_be_revoked(twin, token, word):
    """Anything else is refused as everywhere."""
    async with client_of(twin, token=token) as client:
        assert (await refusal_of(client.auth_revoke()))["error"] == word


async def test_an_app_can_uninstall_itself(twin, app, bot, installed):
    """Its token answers `account_inactive` from then on, and its command is gone."""
    token = (await installed())["access_token"]
    credentials = {"client_id": app.client_id, "client_secret": app.client_secret}
    async with client_of(twin, token=token) as client:
        assert (await client.apps_uninstall(**credentials))["ok"]
        assert (await refusal_of(client.auth_test()))["error"] == "account_inactive"
    await told_of_the_end(twin, bot)
    assert types_of(bot) == ["tokens_revoked", "app_uninstalled"]
    assert twin.directory.command_owner("T0GREEN", "/tally") is None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "111.999"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        (
            {"client_id": "111.222", "client_secret": "twin-client-secret"},
            "client_id_token_mismatch",
        ),
    ],
)
async def test_an_app_uninstalls_only_itself(twin, app, installed, changes, word):
    """Token and credentials must belong together."""
    token = (await installed())["access_token"]
    credentials = {"client_id": app.client_id, "client_secret": app.client_secret, **changes}
    async with client_of(twin, token=token) as client:
        assert (await refusal_of(client.apps_uninstall(**credentials)))["error"] == word
        assert (await client.auth_test())["ok"]


async def test_uninstalling_by_hand_is_the_same(twin, app, bot, installed):
    """A script's `uninstall` ends in the same events and the same refusal."""
    token = (await installed())["access_token"]
    url = f"{twin.url}/__twin/apps/{app.id}/uninstall"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"team_id": "T0GREEN"}) as response,
    ):
        assert response.status == 200
    assert types_of(bot) == ["tokens_revoked", "app_uninstalled"]
    async with client_of(twin, token=token) as client:
        assert (await refusal_of(client.auth_test()))["error"] == "account_inactive"


@pytest.mark.parametrize("end", ["auth_revoke", "apps_uninstall"])
async def test_after_its_end_an_app_starts_anew(twin, app, bot, installed, end):
    """Installed again it has a new token, only the scopes asked for now, and its old bot."""
    first = await installed()
    credentials = {"client_id": app.client_id, "client_secret": app.client_secret}
    async with client_of(twin, token=first["access_token"]) as client:
        await getattr(client, end)(**(credentials if end == "apps_uninstall" else {}))
    await told_of_the_end(twin, bot)
    again = await installed(scope="users:read")
    assert again["access_token"] != first["access_token"]
    assert (again["scope"], again["bot_user_id"]) == ("users:read", first["bot_user_id"])
    async with client_of(twin, token=first["access_token"]) as client:
        assert not (await refusal_of(client.auth_test()))["ok"]
