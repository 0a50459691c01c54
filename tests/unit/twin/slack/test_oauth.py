"""Installing an app at the local Slack: the page, the code, the token, and its end."""

import asyncio
import re

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.oauth import AuthorizeUrlGenerator

from tests.unit.twin.slack.oauth_support import (
    REDIRECT,
    SCOPES,
    SECOND_REDIRECT,
    exchange,
)
from tests.unit.twin.slack.support import client_of, refusal_of

# The official async client still uses what aiohttp will drop.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


async def test_the_page_says_who_asks_for_what(app, browser):
    """A person reads the app's name, as text, and the scopes."""
    page = await browser.open(client_id=app.client_id, scope="commands,chat:write")
    assert page.status == 200
    assert "Tally &lt;b&gt; asks for:" in page.text
    assert re.findall(r"<code>([^<]+)</code>", page.text) == ["chat:write", "commands"]


async def test_full_members_of_every_workspace_may_install(app, browser):
    """Guests, bots and people who left are not offered."""
    page = await browser.open(client_id=app.client_id, scope="commands")
    assert page.people == ["U0ANA", "U0BO", "U0SAM", "U0MEI", "U0ZOE", "U0YAN"]


async def test_a_link_for_one_workspace_offers_its_people_only(app, browser):
    """`team` narrows the choice."""
    page = await browser.open(client_id=app.client_id, scope="commands", team="T0OTHER")
    assert page.people == ["U0ZOE", "U0YAN"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "111.999"}, "invalid_client_id"),
        ({"client_id": ""}, "invalid_client_id"),
        ({"scope": ""}, "no_scopes"),
        ({"scope": "commands,chat:shout"}, "invalid_scope"),
        ({"scope": "<script>"}, "invalid_scope"),
        ({"user_scope": "users:read"}, "no_user_tokens"),
        ({"redirect_uri": "https://evil.example.com/"}, "bad_redirect_uri"),
        ({"redirect_uri": SECOND_REDIRECT + "/more"}, "bad_redirect_uri"),
        ({"team": "T0NOWHERE"}, "team_not_found"),
    ],
)
async def test_a_link_that_makes_no_sense_is_refused_on_the_page(app, browser, changes, word):
    """The person reads Slack's word and is sent nowhere."""
    link = {"client_id": app.client_id, "scope": "commands", **changes}
    page = await browser.open(**link)
    assert (page.status, page.location) == (400, "")
    assert f"<code>{word}</code>" in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x.test/\r\nX-Evil: 1", ""])
async def test_an_address_that_is_none_is_refused_even_if_registered(app, browser, address):
    """Control takes any text; the browser is sent to web pages only."""
    app.redirect_urls = (address,) if address else ()
    page = await browser.open(client_id=app.client_id, scope="commands", redirect_uri=address)
    assert (page.status, "<code>bad_redirect_uri</code>" in page.text) == (400, True)


async def test_whoever_allows_is_sent_back_with_a_code(app, browser):
    """The state comes back as it was, beside what the address held before."""
    shown = await browser.install(app, state="a&b=c é")
    assert shown.status == 302
    assert shown.location.startswith(
        "https://bot.example.com/slack/oauth_redirect?from=slack&code="
    )
    assert shown.sent_back["state"] == "a&b=c é"


async def test_whoever_cancels_is_sent_back_without_one(app, browser):
    """The app learns `access_denied`."""
    page = await browser.open(client_id=app.client_id, scope="commands", state="s")
    shown = await browser.send(ticket=page.ticket, user="U0ANA", decision="cancel")
    assert shown.sent_back == {"from": "slack", "error": "access_denied", "state": "s"}


async def test_a_form_counts_once(app, browser):
    """Its ticket is used up."""
    page = await browser.open(client_id=app.client_id, scope="commands")
    form = {"ticket": page.ticket, "user": "U0ANA", "decision": "allow"}
    assert (await browser.send(**form)).status == 302
    again = await browser.send(**form)
    assert (again.status, "<code>invalid_ticket</code>" in again.text) == (400, True)


async def test_a_form_from_elsewhere_does_not_count(app, browser):
    """Another page cannot know a ticket."""
    shown = await browser.send(client_id=app.client_id, user="U0ANA", decision="allow")
    assert (shown.status, "<code>invalid_ticket</code>" in shown.text) == (400, True)


@pytest.mark.parametrize("user", ["U0GIL", "U0DEL", "U0BOT", "U0NOBODY", ""])
async def test_guests_and_strangers_to_the_form_do_not_install(app, browser, user):
    """Not even by writing their own form."""
    page = await browser.open(client_id=app.client_id, scope="commands")
    shown = await browser.send(ticket=page.ticket, user=user, decision="allow")
    assert (shown.status, "<code>restricted_action</code>" in shown.text) == (400, True)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"ticket=%ff\xff"),
        ("application/x-www-form-urlencoded; charset=none", b"ticket=x"),
        ("multipart/form-data", b"x"),
        ("application/json", b"{"),
    ],
)
async def test_bytes_that_are_no_form_are_refused(twin, kind, body):
    """Whatever comes in, the answer is a page."""
    url, headers = f"{twin.url}/oauth/v2/authorize", {"Content-Type": kind}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as response,
    ):
        assert (response.status, response.content_type) == (400, "text/html")


async def test_a_code_brings_a_token_that_works(twin, app, installed):
    """The answer is Slack's, field by field."""
    answer = await installed(user="U0BO")
    token, bot_user_id = answer.pop("access_token"), answer.pop("bot_user_id")
    assert answer == {
        "ok": True,
        "app_id": app.id,
        "authed_user": {"id": "U0BO"},
        "scope": "chat:write,commands",
        "token_type": "bot",
        "team": {"id": "T0GREEN", "name": "Greenlight"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    async with client_of(twin, token=token) as client:
        who = await client.auth_test()
    assert (who["user_id"], who["team_id"]) == (bot_user_id, "T0GREEN")


async def test_nothing_is_installed_before_the_exchange(twin, app, browser):
    """A code that nobody fetches a token for changes nothing."""
    await browser.install(app)
    assert twin.directory.installations(app_id=app.id) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"client_id": "111.999"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_secret": ""}, "bad_client_secret"),
        ({"code": "1.2.3"}, "invalid_code"),
        ({"code": ""}, "invalid_code"),
        ({"redirect_uri": REDIRECT}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
async def test_a_bad_exchange_is_refused_and_costs_nothing(twin, app, browser, changes, word):
    """Each fault has its word, and the code is still good afterwards."""
    shown = await browser.install(app, redirect_uri=SECOND_REDIRECT)
    code = shown.sent_back["code"]
    refused = await refusal_of(exchange(twin, app, **{"code": code, **changes}))
    assert refused["error"] == word
    assert (await exchange(twin, app, code, redirect_uri=SECOND_REDIRECT))["ok"]


async def test_an_address_in_the_link_must_be_in_the_exchange(twin, app, browser):
    """Left out there, it does not match."""
    shown = await browser.install(app, redirect_uri=SECOND_REDIRECT)
    refused = await refusal_of(exchange(twin, app, shown.sent_back["code"]))
    assert refused["error"] == "bad_redirect_uri"


async def test_a_code_works_once(twin, app, browser):
    """Whoever sees it later has nothing of it."""
    code = (await browser.install(app)).sent_back["code"]
    await exchange(twin, app, code)
    assert (await refusal_of(exchange(twin, app, code)))["error"] == "code_already_used"


@pytest.mark.parametrize(("age_s", "error"), [(599, None), (600, "invalid_code")])
async def test_a_code_lives_ten_minutes(twin, app, browser, age_s, error):
    """On the twin's clock."""
    code = (await browser.install(app)).sent_back["code"]
    await twin.clock.advance(age_s)
    if error is None:
        assert (await exchange(twin, app, code))["ok"]
    else:
        assert (await refusal_of(exchange(twin, app, code)))["error"] == error


async def test_a_code_is_for_the_app_it_was_given_to(twin, app, browser):
    """Another app's good credentials do not help."""
    code = (await browser.install(app)).sent_back["code"]
    others = {"client_id": twin.app.client_id, "client_secret": twin.app.client_secret}
    assert (await refusal_of(exchange(twin, app, code, **others)))["error"] == "invalid_code"


async def exchange_by_form(twin, app, code):
    """Fetch a token without the official client, which sends credentials in a header."""
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "code": code}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{twin.api_url}oauth.v2.access", data=form) as response,
    ):
        return await response.json()


async def test_credentials_may_come_as_arguments(twin, app, browser):
    """The official client sends basic authentication; others a form."""
    code = (await browser.install(app)).sent_back["code"]
    assert (await exchange_by_form(twin, app, code))["ok"]


@pytest.mark.parametrize("header", ["Basic", "Basic ****", "Basic /w==", "Basic é", "Digest x"])
async def test_a_header_that_is_no_credentials_is_passed_over(twin, header):
    """Whatever stands there, the answer is one of Slack's."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{twin.api_url}oauth.v2.access", headers={"Authorization": header}
        ) as response,
    ):
        assert (await response.json())["error"] == "invalid_client_id"


async def test_a_secret_that_is_no_text_is_wrong(twin, app):
    """Half a character can be written in JSON, and in nothing else."""
    body = {"client_id": app.client_id, "client_secret": "\ud800"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{twin.api_url}oauth.v2.access", json=body) as response,
    ):
        assert (await response.json())["error"] == "bad_client_secret"


async def test_secrets_are_not_in_the_journal(twin, app, browser):
    """Neither what was sent nor what was answered can be read there."""
    code = (await browser.install(app)).sent_back["code"]
    token = (await exchange_by_form(twin, app, code))["access_token"]
    written = repr(twin.journal.entries())
    assert "oauth.v2.access" in written
    assert not [one for one in (code, token, app.client_secret) if one in written]


async def test_scopes_add_up_over_installations(installed):
    """A second link may ask for less; nothing is taken away, and the token stays."""
    first = await installed()
    second = await installed(scope="users:read")
    assert second["scope"] == "chat:write,commands,users:read"
    assert second["access_token"] == first["access_token"]


async def test_a_second_workspace_is_an_installation_of_its_own(twin, app, installed):
    """Its own bot, its own token."""
    here, there = await installed(), await installed(user="U0YAN")
    assert there["team"] == {"id": "T0OTHER", "name": "Other"}
    assert here["access_token"] != there["access_token"]
    assert here["bot_user_id"] != there["bot_user_id"]
    assert [one.team_id for one in twin.directory.installations(app_id=app.id)] == [
        "T0GREEN",
        "T0OTHER",
    ]


async def test_the_official_url_generator_and_client_install(twin, app, browser):
    """What Slack's own library builds and reads is what the twin takes and gives."""
    generator = AuthorizeUrlGenerator(
        client_id=app.client_id,
        scopes=SCOPES,
        redirect_uri=SECOND_REDIRECT,
        authorization_url=f"{twin.url}/oauth/v2/authorize",
    )
    page = await browser.get(generator.generate("the-state"))
    shown = await browser.send(ticket=page.ticket, user="U0ANA", decision="allow")
    assert shown.sent_back["state"] == "the-state"
    answer = await asyncio.to_thread(
        WebClient(base_url=twin.api_url).oauth_v2_access,
        client_id=app.client_id,
        client_secret=app.client_secret,
        code=shown.sent_back["code"],
        redirect_uri=SECOND_REDIRECT,
    )
    assert answer["access_token"].startswith("xoxb-")
