"""What Slack refuses although it looks right: each case cost somebody a day in a real workspace."""

import json

import pytest

from tests.unit.twin.slack.oauth_support import manifest
from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    modal,
    plain,
    refusal_of,
    section,
)

TOO_LARGE = [section("x" * 3000) for _ in range(90)]
READING = {
    "users.info": ({"user": "U0ANA"}, "user_not_found"),
    "conversations.info": ({"channel": MARKETING}, "invalid_arguments"),
    "conversations.members": ({"channel": MARKETING}, "invalid_arguments"),
    "conversations.history": ({"channel": MARKETING}, "invalid_arguments"),
    "usergroups.users.list": ({"usergroup": "S0ONCALL"}, "invalid_arguments"),
}


@pytest.mark.parametrize("method", READING)
async def test_methods_that_read_do_not_look_at_json(http, twin, method):
    """Arguments in JSON are as good as left out, where a form or a query would do."""
    values, word = READING[method]
    call = {"url": f"/api/{method}", "headers": {"Authorization": f"Bearer {twin.bot_token}"}}
    assert (await http.post(**call, json=values)).json()["error"] == word
    assert (await http.post(**call, data=values)).json()["ok"] is True
    assert (await http.get(**call, params=values)).json()["ok"] is True


async def test_list_ignores_a_limit_in_json(http, twin):
    """A method whose arguments may all be left out answers as if they were."""
    headers = {"Authorization": f"Bearer {twin.bot_token}"}
    answer = await http.post("/api/users.list", json={"limit": 1}, headers=headers)
    assert len(answer.json()["members"]) > 1


@pytest.mark.parametrize("thread_ts", ["0", "abc", "1234567890123456", "1.0\n"])
async def test_thread_that_is_no_moment_has_a_word_of_its_own(client, thread_ts):
    """A `thread_ts` without its dot is told from one that nobody wrote."""
    call = client.chat_postMessage(channel=MARKETING, text="x", thread_ts=thread_ts)
    refusal = await refusal_of(call)
    assert refusal["error"] == "invalid_thread_ts"
    messages = refusal["response_metadata"]["messages"]
    assert messages == [f"[ERROR] {thread_ts} is not a valid thread_ts"]


@pytest.mark.parametrize("attachment", [{}, {"color": "#ff0000"}, {"text": ""}, {"fields": []}])
async def test_attachment_that_shows_nothing_is_no_content(http, twin, attachment):
    """A message of an attachment without words or pictures is a message without text."""
    call = {
        "url": "/api/chat.postMessage",
        "headers": {"Authorization": f"Bearer {twin.bot_token}"},
    }
    body = {"channel": MARKETING, "attachments": [attachment]}
    assert (await http.post(**call, json=body)).json()["error"] == "no_text"
    body = {"channel": MARKETING, "attachments": [{"fallback": "x"}]}
    assert (await http.post(**call, json=body)).json()["ok"] is True


async def test_ephemeral_message_needs_the_bot_in_the_channel(twin, client):
    """`chat:write.public` lets a bot speak where it is not, but not to one person alone."""
    twin.installation.scopes.add("chat:write.public")
    await client.chat_postMessage(channel="C0RANDOM", text="x")
    call = client.chat_postEphemeral(channel="C0RANDOM", user="U0ANA", text="x")
    assert (await refusal_of(call))["error"] == "not_in_channel"


async def test_view_has_a_largest_size(twin, client):
    """Blocks that are each within their limits can still be too much together."""
    home = {"type": "home", "blocks": TOO_LARGE}
    assert (await refusal_of(client.views_publish(user_id="U0ANA", view=home)))["error"] == (
        "view_too_large"
    )
    trigger = twin.modals.issue_trigger("U0ANA", installation=twin.installation, channel=None)
    form = modal(*TOO_LARGE)
    assert (await refusal_of(client.views_open(trigger_id=trigger, view=form)))["error"] == (
        "view_too_large"
    )
    await client.views_open(trigger_id=trigger, view=modal(*TOO_LARGE[:80]))


@pytest.mark.parametrize(
    ("tabs", "may_publish", "may_write"),
    [
        (None, False, True),
        ({"home_tab_enabled": True, "messages_tab_enabled": False}, True, False),
        ({"home_tab_enabled": True, "messages_tab_enabled": True}, True, True),
    ],
)
async def test_app_home_shows_the_tabs_that_the_manifest_names(
    http, twin, tabs, may_publish, may_write
):
    """Without a Home tab nothing is published, without a Messages tab nobody is written to."""
    wanted = manifest(request_url="https://x.example.com", redirect_urls=[])
    wanted["features"] |= {"app_home": tabs} if tabs else {}
    made = (await http.post("/__twin/apps", content=json.dumps({"manifest": wanted}))).json()
    installed = await http.post(
        f"/__twin/apps/{made['app_id']}/install", json={"team_id": "T0GREEN"}
    )
    async with client_of(twin, token=installed.json()["bot_token"]) as app:
        home = {"type": "home", "blocks": [{"type": "header", "text": plain("Hello")}]}
        publish = app.views_publish(user_id="U0ANA", view=home)
        if may_publish:
            await publish
        else:
            assert (await refusal_of(publish))["error"] == "not_enabled"
        write = app.chat_postMessage(channel="U0ANA", text="x")
        if may_write:
            await write
        else:
            assert (await refusal_of(write))["error"] == "messages_tab_disabled"
