"""The local Slack's Web API at its edge: tokens, scopes, limits, faults, hostile bytes."""

import asyncio

import aiohttp
import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    client_of,
    refusal_of,
)
from twin.faults import Fault


async def test_auth_test_names_the_bot_and_its_scopes(client):
    """A good token is told who it is, and every answer carries the granted scopes."""
    response = await client.auth_test()
    assert (response["user_id"], response["bot_id"], response["team_id"]) == (
        "U0BOT",
        "B0BOT",
        "T0GREEN",
    )
    assert "chat:write" in response.headers["x-oauth-scopes"].split(",")
    assert response.headers["x-slack-req-id"]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("revoked", "token_revoked"),
        ("inactive", "account_inactive"),
        ("invalid", "invalid_auth"),
    ],
)
async def test_dead_token_is_refused_in_slacks_word(twin, client, state, word):
    """Each way for a token to die has its own error word."""
    twin.installation.token_state = state
    assert (await refusal_of(client.auth_test()))["error"] == word


async def test_wrong_token_is_refused(twin):
    """A token that is not the app's is not let in."""
    async with client_of(twin, token="xoxb-wrong") as client:
        assert (await refusal_of(client.auth_test()))["error"] == "invalid_auth"


async def test_call_without_token_is_refused(twin):
    """Without a token nothing is said but that; a token in the query does not count."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{twin.api_url}auth.test", params={"token": twin.bot_token}) as response,
    ):
        assert await response.json() == {"ok": False, "error": "not_authed"}
    assert twin.bot_token not in str(twin.journal.entries())


async def test_unknown_method_is_refused(client):
    """A method that does not exist, or is not offered here, is called unknown."""
    assert (await refusal_of(client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_missing_scope_tells_what_is_needed(twin, client):
    """A call without its scope is told which one, and which there are."""
    twin.installation.scopes.discard("users:read")
    refusal = await refusal_of(client.users_info(user="U0ANA"))
    assert refusal["error"] == "missing_scope"
    assert refusal["needed"] == "users:read"
    assert "chat:write" in refusal["provided"]


async def test_scope_for_reading_depends_on_the_kind_of_channel(twin, client):
    """History of a private channel needs `groups:history`, not `channels:history`."""
    secret = twin.workspace.channels["C0SECRET"]
    twin.workspace.change_channel("C0SECRET", members=secret.members | {"U0BOT"})
    twin.installation.scopes.discard("groups:history")
    refusal = await refusal_of(client.conversations_history(channel="C0SECRET"))
    assert (refusal["error"], refusal["needed"]) == ("missing_scope", "groups:history")
    assert (await client.conversations_history(channel=MARKETING))["ok"]


async def test_burst_of_posts_to_one_channel_is_limited(twin, client):
    """Five at once pass, the sixth waits; other channels are free, and time heals."""
    for _ in range(5):
        await client.chat_postMessage(channel=MARKETING, text="x")
    refusal = await refusal_of(client.chat_postMessage(channel=MARKETING, text="x"))
    assert (refusal["status"], refusal["error"]) == (429, "ratelimited")
    assert int(refusal["headers"]["Retry-After"]) >= 1
    assert (await client.chat_postMessage(channel="C0ONCALL", text="x"))["ok"]
    await twin.clock.advance(1)
    assert (await client.chat_postMessage(channel=MARKETING, text="x"))["ok"]


async def test_tier_limits_calls_per_minute(twin, client):
    """Tier 2 takes twenty a minute; the 21st says when the window has moved on."""
    for _ in range(20):
        await client.usergroups_list()
    await twin.clock.advance(20)
    refusal = await refusal_of(client.usergroups_list())
    assert (refusal["status"], refusal["headers"]["Retry-After"]) == (429, "40")
    await twin.clock.advance(40)
    assert (await client.usergroups_list())["ok"]


async def test_limit_can_be_changed_and_lifted(twin, client):
    """A method's limit is what one sets it to."""
    twin.limits.set("users.info", 1)
    await client.users_info(user="U0ANA")
    assert (await refusal_of(client.users_info(user="U0ANA")))["error"] == "ratelimited"
    twin.limits.set("users.info", None)
    assert (await client.users_info(user="U0ANA"))["ok"]


async def test_every_call_is_journalled_without_its_token(twin, client):
    """The journal tells method, outcome and arguments, and never the token."""
    await client.chat_postMessage(channel=MARKETING, text="hi")
    await refusal_of(client.chat_postMessage(channel="C0RANDOM", text="hi"))
    async with aiohttp.ClientSession() as session:
        form = {"token": twin.bot_token, "user": "U0ANA"}
        async with session.post(f"{twin.api_url}users.info", data=form) as response:
            assert (await response.json())["ok"]
    found = [(one.what, one.status, one.answer) for one in twin.journal.entries()]
    assert found == [
        ("chat.postMessage", 200, "ok"),
        ("chat.postMessage", 200, "not_in_channel"),
        ("users.info", 200, "ok"),
    ]
    assert twin.bot_token not in str(twin.journal.entries())


async def test_fault_hits_a_method_and_shows_in_the_journal(twin, client):
    """A rule for one method answers in its place, once, and the journal tells."""
    twin.faults.add(Fault(match="chat.postMessage", kind="rate_limit", seconds=7))
    refusal = await refusal_of(client.chat_postMessage(channel=MARKETING, text="x"))
    assert (refusal["error"], refusal["headers"]["Retry-After"]) == ("ratelimited", "7")
    assert (await client.chat_postMessage(channel=MARKETING, text="x"))["ok"]
    assert [one.status for one in twin.journal.entries()] == [429, 200]


async def test_dropped_answer_still_did_the_work(twin, client):
    """With `drop_after` the message is there, though the caller cannot know."""
    twin.faults.add(Fault(match="chat.postMessage", kind="drop_after"))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=MARKETING, text="x")
    assert len(twin.messages(MARKETING)) == 1
    assert twin.journal.entries()[-1].status is None


@pytest.mark.parametrize(
    ("body", "content_type", "word"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b'"x"', "application/json", "json_not_object"),
        (b"\xff\xfe", "application/json", "invalid_json"),
        (b'{"channel": NaN}', "application/json", "invalid_json"),
        (b'{"a": 1e999}', "application/json", "invalid_json"),
        (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json", "invalid_json"),
        (b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", "application/json", "invalid_json"),
        (b"a=%ff", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"\xff=1", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"hello", "text/plain", "invalid_post_type"),
        (b'{"channel": ["C0MARKETING"]}', "application/json", "invalid_arguments"),
        (b'{"channel": {"id": "C0MARKETING"}}', "application/json", "invalid_arguments"),
        (b'{"channel": "C0MARKETING", "text": {}}', "application/json", "invalid_arguments"),
        (b'{"channel": "C0MARKETING", "blocks": 5}', "application/json", "invalid_blocks_format"),
        (b'{"channel": "C0MARKETING", "blocks": "{"}', "application/json", "invalid_blocks_format"),
        (b'{"channel": "C0MARKETING", "blocks": [1]}', "application/json", "invalid_blocks"),
        (
            b'{"channel": "C0MARKETING", "attachments": [1]}',
            "application/json",
            "invalid_attachments",
        ),
        (
            b'{"channel": "C0MARKETING", "text": "x", "thread_ts": "\\ud800"}',
            "application/json",
            "invalid_thread_ts",
        ),
    ],
)
async def test_hostile_bodies_get_slacks_words(twin, body, content_type, word):
    """Whatever bytes arrive, the answer is a refusal in Slack's words and never a 500."""
    headers = {"Authorization": f"Bearer {twin.bot_token}", "Content-Type": content_type}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{twin.api_url}chat.postMessage", data=body, headers=headers) as response,
    ):
        answer = await response.json()
    assert (response.status, answer["ok"], answer["error"]) == (200, False, word)


async def test_bytes_in_the_token_are_refused(twin):
    """A token that is no text is just a wrong one."""
    _, _, address = twin.url.rpartition("/")
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /api/auth.test HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Authorization: Bearer x\xff\xfe\r\nContent-Length: 0\r\n\r\n"
    )
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert b'"error": "invalid_auth"' in answer


async def test_json_without_charset_is_warned_of(twin):
    """JSON that does not name its character set works, with Slack's warning."""
    headers = {"Authorization": f"Bearer {twin.bot_token}", "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{twin.api_url}auth.test", data=b"{}", headers=headers) as response,
    ):
        assert (await response.json())["warning"] == "missing_charset"
