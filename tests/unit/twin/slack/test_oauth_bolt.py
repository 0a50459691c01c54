"""An ordinary Bolt app is installed at the local Slack by Bolt's own OAuth flow, and leaves again."""

import contextlib

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.unit.twin.slack.oauth_support import SCOPES, register
from twin.server import start_server

# Bolt's async client still uses what aiohttp will drop.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

REDIRECT_PATH = "/slack/oauth_redirect"


@pytest.fixture
def store(tmp_path):
    """Where Bolt keeps installations."""
    return FileInstallationStore(base_dir=str(tmp_path / "installations"))


@contextlib.asynccontextmanager
async def serving(bolt):
    """Serve a Bolt app and give its address."""
    server = await start_server(bolt.web_app(path="/slack/events"))
    try:
        yield server.url
    finally:
        await server.stop()


@pytest.fixture
async def bolt_url(twin, store, tmp_path):
    """Run a Bolt app that knows of the local Slack by two addresses, and register it there."""
    app = await register(twin, request_url="http://127.0.0.1/", redirect_urls=["http://127.0.0.1/"])
    settings = AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=SCOPES,
        install_page_rendering_enabled=False,
        authorization_url=f"{twin.url}/oauth/v2/authorize",
        installation_store=store,
        state_store=FileOAuthStateStore(
            expiration_seconds=600, base_dir=str(tmp_path / "states"), client_id=app.client_id
        ),
    )
    bolt = AsyncApp(
        client=AsyncWebClient(base_url=twin.api_url),
        signing_secret=app.signing_secret,
        request_verification_enabled=False,  # The twin's clock stands still here.
        oauth_settings=settings,
    )
    bolt.enable_token_revocation_listeners()

    @bolt.command("/tally")
    async def count(ack, respond, client):
        await ack()
        who = await client.auth_test()
        await respond(f"Counted by {who['user_id']}")

    async with serving(bolt) as url:
        app.request_url = f"{url}/slack/events"
        app.redirect_urls = (f"{url}{REDIRECT_PATH}",)
        yield url


async def walk(browser, bolt_url, *, decision="allow"):
    """Go from the app's install link over Slack's page back to the app."""
    link = await browser.get(f"{bolt_url}/slack/install")
    page = await browser.get(link.location)
    sent = await browser.send(ticket=page.ticket, user="U0ANA", decision=decision)
    cookie = f"slack-app-oauth-state={sent.sent_back['state']}"
    return await browser.get(sent.location, headers={"Cookie": cookie})


async def test_bolt_installs_hears_and_is_told_of_the_end(twin, browser, bolt_url, store):
    """The token it fetched answers a command; after the end nothing is left in its store."""
    assert (await walk(browser, bolt_url)).status == 200
    stored = store.find_bot(enterprise_id=None, team_id="T0GREEN")
    typed = await twin.act.command(
        user="U0ANA", channel="C0MARKETING", command="/tally", text="", wait_s=10
    )
    assert typed["error"] is None
    assert [one["text"] for one in typed["messages"]] == [f"Counted by {stored.bot_user_id}"]

    installation = twin.directory.by_token(stored.bot_token)
    events = await twin.change.uninstall(installation)
    assert [(one["sent"], one["status"]) for one in events] == [(True, 200), (True, 200)]
    assert store.find_bot(enterprise_id=None, team_id="T0GREEN") is None


async def test_bolt_is_told_of_a_no(twin, browser, bolt_url, store):
    """Whoever cancels finds themselves at the app's own page, with nothing stored."""
    shown = await walk(browser, bolt_url, decision="cancel")
    assert "access_denied" in shown.text
    assert store.find_bot(enterprise_id=None, team_id="T0GREEN") is None
