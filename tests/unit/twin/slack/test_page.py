"""The page's files and the state it draws."""

import contextlib
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from tests.unit.twin.slack.page_support import state_of
from tests.unit.twin.slack.support import (
    MARKETING,
    START,
    Received,
    client_of,
    modal,
    section,
    stand_in_bot,
)
from twin.clock import Clock
from twin.server import start_server
from twin.slack.app import SlackTwin
from twin.slack.page.routes import Page


@contextlib.asynccontextmanager
async def serving(dist: Path):
    """Serve a page from a folder of the test."""
    app = aiohttp.web.Application()
    Page(SlackTwin(Clock(start=START, speed=0)), dist=dist).add_to(app)
    server = await start_server(app)
    try:
        async with httpx.AsyncClient(base_url=server.url) as client:
            yield client
    finally:
        await server.stop()


PATHS = ["/", "/archives/C0MARKETING", "/archives/C0MARKETING/p1795000000000100", "/app_redirect"]


@pytest.mark.parametrize("path", PATHS)
async def test_page_opens_at_every_address_that_leads_to_it(tmp_path, path):
    """The front page and permalinks are the same file, under a strict policy."""
    (tmp_path / "index.html").write_text("<p>hello</p>")
    async with serving(tmp_path) as http:
        answer = await http.get(path)
    assert answer.text == "<p>hello</p>"
    policy = answer.headers["Content-Security-Policy"]
    pictures = "img-src 'self' data: http://127.0.0.1:* http://localhost:*;"
    assert policy.startswith(f"default-src 'self'; {pictures}")
    assert "unsafe" not in policy


async def test_page_that_is_not_built_says_how(tmp_path):
    """Without its files the page is a sentence on how to make them."""
    async with serving(tmp_path) as http:
        answer = await http.get("/")
    assert answer.status_code == 503
    assert "npm run build" in answer.text


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("page.js", 200, "text/javascript"),
        ("page.css", 200, "text/css"),
        ("page.map", 404, "text/plain"),
        ("secret.txt", 404, "text/plain"),
        ("..%2Fsecret.txt", 404, "text/plain"),
        ("%2Fetc%2Fpasswd", 404, "text/plain"),
    ],
)
async def test_only_the_pages_own_files_are_served(tmp_path, name, status, kind):
    """Script and style have their types; nothing else can be reached."""
    dist = tmp_path / "dist"
    dist.mkdir()
    for path in (dist / "page.js", dist / "page.css", dist / "secret.txt", tmp_path / "secret.txt"):
        path.write_text("x")
    async with serving(dist) as http:
        answer = await http.get(f"/__page/{name}")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, kind)


async def test_state_without_a_person_is_the_first_ones(http):
    """Somebody has to be looking."""
    assert (await state_of(http))["me"]["id"] == "U0ANA"


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("U0ANA", "member"),
        ("U0MEI", "admin"),
        ("U0GIL", "guest"),
        ("U0ZOE", "stranger"),
        ("U0DEL", "deactivated"),
        ("U0BOT", "bot"),
    ],
)
async def test_people_have_a_role_in_a_word(http, user, role):
    """Seen from Ana's workspace, everybody is something."""
    people = {one["id"]: one for one in (await state_of(http, user="U0ANA"))["people"]}
    assert people[user]["role"] == role
    assert set(people[user]) == {"id", "name", "real_name", "title", "role", "team_id", "color"}


async def test_unknown_person_is_refused_with_a_sentence(http):
    """The page is told, not left with an empty state."""
    answer = await http.get("/__twin/page/state?user=U0NOBODY")
    assert (answer.status_code, answer.json()) == (400, {"error": "there is no user 'U0NOBODY'"})


@pytest.mark.parametrize(
    ("user", "channels"),
    [
        ("U0ANA", {"C0MARKETING", "C0ONCALL", "C0RANDOM", "C0SECRET", "C0OLD"}),
        ("U0GIL", {"C0MARKETING"}),
        ("U0ZOE", {"C0MARKETING", "C0HARBOUR"}),
        ("U0YAN", {"C0HARBOUR"}),
    ],
)
async def test_person_sees_their_channels_only(http, user, channels):
    """Members see public ones and theirs, guests and strangers those they are in."""
    state = await state_of(http, user=user)
    assert {one["id"] for one in state["channels"]} == channels


async def test_public_channel_shows_to_who_is_not_in_it(twin, http):
    """A member can look into a public channel, and not into a private one."""
    await twin.change.channel(twin.directory.channel("C0RANDOM"), remove=["U0ANA"])
    await twin.change.channel(twin.directory.channel("C0SECRET"), remove=["U0ANA"])
    found = {one["id"]: one for one in (await state_of(http, user="U0ANA"))["channels"]}
    assert not found["C0RANDOM"]["is_member"]
    assert "C0SECRET" not in found


@pytest.mark.parametrize("channel", ["C0SECRET", "C0HARBOUR", "C0NOWHERE"])
async def test_channel_that_a_person_cannot_see_is_not_opened(http, channel):
    """Asking for it by hand gives nothing."""
    assert (await state_of(http, user="U0GIL", channel=channel))["channel"] is None


async def test_channel_and_thread_hold_what_stands_there(twin, http):
    """Replies are in the thread, broadcast ones in both; private messages are for their reader."""
    async with client_of(twin) as bot:
        parent = (await bot.chat_postMessage(channel=MARKETING, text="card"))["ts"]
        await bot.chat_postMessage(channel=MARKETING, text="reply", thread_ts=parent)
        await bot.chat_postMessage(
            channel=MARKETING, text="both", thread_ts=parent, reply_broadcast=True
        )
        await bot.chat_postEphemeral(channel=MARKETING, user="U0ANA", text="for Ana")
        await bot.chat_postEphemeral(
            channel=MARKETING, user="U0ANA", text="beside", thread_ts=parent
        )
    seen = await state_of(http, user="U0ANA", channel=MARKETING, thread=parent)

    def texts(place: str, kind: str) -> list[str]:
        return [one["text"] for one in seen[place][kind]]

    assert texts("channel", "messages") == ["card", "both"]
    assert texts("thread", "messages") == ["card", "reply", "both"]
    assert texts("channel", "ephemerals") == ["for Ana"]
    assert texts("thread", "ephemerals") == ["beside"]
    assert seen["channel"]["messages"][0]["reply_count"] == 2
    assert seen["channel"]["messages"][0]["edits"] == 0
    others = await state_of(http, user="U0BO", channel=MARKETING, thread=parent)
    assert others["channel"]["ephemerals"] + others["thread"]["ephemerals"] == []


async def test_direct_conversation_names_the_other_one(twin, http):
    """For the person it is with the bot; nobody else sees it."""
    async with client_of(twin) as bot:
        await bot.chat_postMessage(channel="U0ANA", text="hello")
    found = [one for one in (await state_of(http, user="U0ANA"))["channels"] if one["dm_with"]]
    assert [one["dm_with"] for one in found] == ["U0BOT"]
    assert found[0]["latest_ts"]
    assert not any(one["dm_with"] for one in (await state_of(http, user="U0BO"))["channels"])


async def test_forms_and_home_are_the_persons(twin, http):
    """Open forms and Home tabs show with what has been entered."""
    async with stand_in_bot(twin), client_of(twin) as bot:
        opened: list[str] = []

        async def open_form(received: Received) -> Any:
            opened.append(received.form["trigger_id"])
            await bot.views_open(trigger_id=opened[-1], view=modal())
            return aiohttp.web.Response()

        async with stand_in_bot(twin) as app:
            app.answer = open_form
            await twin.act.command(user="U0ANA", channel=MARKETING, text="x")
        await bot.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [section()]})
    seen = await state_of(http, user="U0ANA")
    assert [view["title"]["text"] for view in seen["views"]] == ["Form"]
    assert seen["views"][0]["state"]["values"]["topic"]
    assert seen["homes"]["A0GREEN"]["type"] == "home"
    assert (await state_of(http, user="U0BO"))["homes"] == {"A0GREEN": None}
    assert (await state_of(http, user="U0YAN"))["homes"] == {}


async def test_apps_come_without_secrets(twin, http):
    """Commands and shortcuts are there to be offered, credentials are not."""
    answer = await http.get("/__twin/page/state?user=U0ANA")
    (app,) = answer.json()["apps"]
    assert app["commands"][0]["command"] == "/produce"
    for secret in (twin.bot_token, twin.signing_secret, twin.app.app_token):
        assert secret not in answer.text
