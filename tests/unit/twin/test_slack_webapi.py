"""The local Slack's Web API, driven with the official client."""

import asyncio

import aiohttp
import pytest

from tests.unit.twin.slack_support import (
    MARKETING,
    client_of,
    option,
    refusal_of,
    running_twin,
    section,
)
from twin.faults import Fault

METADATA = {"event_type": "notice", "event_payload": {"id": "n1"}}


@pytest.fixture
async def twin():
    async with running_twin() as twin:
        yield twin


@pytest.fixture
async def client(twin):
    async with client_of(twin) as client:
        yield client


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
    twin.workspace.app.token_state = state
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


async def test_unknown_method_is_refused(client):
    """A method that does not exist, or is not offered here, is called unknown."""
    assert (await refusal_of(client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_missing_scope_tells_what_is_needed(twin, client):
    """A call without its scope is told which one, and which there are."""
    twin.workspace.app.scopes.discard("users:read")
    refusal = await refusal_of(client.users_info(user="U0ANA"))
    assert refusal["error"] == "missing_scope"
    assert refusal["needed"] == "users:read"
    assert "chat:write" in refusal["provided"]


async def test_scope_for_reading_depends_on_the_kind_of_channel(twin, client):
    """History of a private channel needs `groups:history`, not `channels:history`."""
    secret = twin.workspace.channels["C0SECRET"]
    twin.workspace.change_channel("C0SECRET", members=secret.members | {"U0BOT"})
    twin.workspace.app.scopes.discard("groups:history")
    refusal = await refusal_of(client.conversations_history(channel="C0SECRET"))
    assert (refusal["error"], refusal["needed"]) == ("missing_scope", "groups:history")
    assert (await client.conversations_history(channel=MARKETING))["ok"]


@pytest.mark.parametrize(
    ("channel", "word"),
    [
        ("C0RANDOM", "not_in_channel"),
        ("C0SECRET", "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
        ("C0OLD", "is_archived"),
        ("U0DEL", "channel_not_found"),
        ("", "channel_not_found"),
        ("#", "channel_not_found"),
        ("#random", "not_in_channel"),
    ],
)
async def test_post_is_refused_where_the_bot_may_not_post(client, channel, word):
    """Where the bot is not, private rooms stay unknown and public ones say so."""
    refusal = await refusal_of(client.chat_postMessage(channel=channel, text="hi"))
    assert refusal["error"] == word


async def test_public_scope_opens_public_channels_only(twin, client):
    """With `chat:write.public` the bot posts to public channels it has not joined."""
    twin.workspace.app.scopes.add("chat:write.public")
    assert (await client.chat_postMessage(channel="C0RANDOM", text="hi"))["ok"]
    refusal = await refusal_of(client.chat_postMessage(channel="C0SECRET", text="hi"))
    assert refusal["error"] == "channel_not_found"


async def test_post_to_a_person_opens_their_direct_conversation(twin, client):
    """A user id as channel lands in the same conversation that `conversations.open` gives."""
    posted = await client.chat_postMessage(channel="U0ANA", text="hi")
    opened = await client.conversations_open(users="U0ANA")
    assert posted["channel"] == opened["channel"]["id"]
    assert [one["text"] for one in twin.messages(posted["channel"])] == ["hi"]


@pytest.mark.parametrize("content", [{"text": ""}, {"text": " "}, {"text": "", "blocks": []}])
async def test_post_without_content_is_refused(client, content):
    """A message must hold something."""
    call = client.api_call("chat.postMessage", json={"channel": MARKETING, **content})
    assert (await refusal_of(call))["error"] == "no_text"


async def test_long_text_is_cut_on_post_and_refused_on_update(twin, client):
    """Posting cuts at 40,000 characters; editing refuses more than 4,000."""
    posted = await client.chat_postMessage(channel=MARKETING, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    refusal = await refusal_of(
        client.chat_update(channel=MARKETING, ts=posted["ts"], text="x" * 4001)
    )
    assert refusal["error"] == "msg_too_long"


async def test_metadata_comes_back_only_when_asked_for(client):
    """Metadata goes round through reading back with `include_all_metadata`, and nowhere else."""
    posted = await client.chat_postMessage(channel=MARKETING, text="hi", metadata=METADATA)
    asked = await client.conversations_history(channel=MARKETING, include_all_metadata=True)
    unasked = await client.conversations_history(channel=MARKETING)
    assert asked["messages"][0]["metadata"] == METADATA
    assert "metadata" not in unasked["messages"][0]
    assert "metadata" not in posted["message"]


@pytest.mark.parametrize(
    ("metadata", "word"),
    [
        ({"event_type": "x"}, "invalid_metadata_schema"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": 1, "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": []}, "invalid_metadata_schema"),
        ([], "invalid_metadata_format"),
        ("{", "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"a": "b" * 8000}}, "metadata_too_large"),
    ],
)
async def test_bad_metadata_is_refused(client, metadata, word):
    """Metadata is a type and an object, and not too much of it."""
    refusal = await refusal_of(
        client.api_call(
            "chat.postMessage", json={"channel": MARKETING, "text": "hi", "metadata": metadata}
        )
    )
    assert refusal["error"] == word


async def test_update_keeps_metadata_and_drops_blocks_left_out(twin, client):
    """An edit with text alone takes the blocks away, and leaves metadata as it was."""
    posted = await client.chat_postMessage(
        channel=MARKETING, text="hi", blocks=[section()], metadata=METADATA
    )
    await client.chat_update(channel=MARKETING, ts=posted["ts"], text="new")
    (message,) = twin.messages(MARKETING)
    assert (message["text"], message["blocks"], message["metadata"]) == ("new", [], METADATA)
    assert message["edits"] == 1
    assert message["edited"]["user"] == "U0BOT"


async def test_update_with_blocks_leaves_no_edited_mark(twin, client):
    """An edit with blocks counts as an edit but is not marked as one."""
    posted = await client.chat_postMessage(channel=MARKETING, text="hi", blocks=[section()])
    await client.chat_update(channel=MARKETING, ts=posted["ts"], text="x", blocks=[section("new")])
    (message,) = twin.messages(MARKETING)
    assert message["edits"] == 1
    assert "edited" not in message


async def test_update_of_other_peoples_messages_is_refused(twin, client):
    """The bot edits and deletes only what it wrote itself."""
    said = await twin.act.say(user="U0ANA", channel=MARKETING, text="mine")
    update = client.chat_update(channel=MARKETING, ts=said["ts"], text="x")
    assert (await refusal_of(update))["error"] == "cant_update_message"
    delete = client.chat_delete(channel=MARKETING, ts=said["ts"])
    assert (await refusal_of(delete))["error"] == "cant_delete_message"


async def test_update_of_missing_and_ephemeral_messages_is_refused(client):
    """What is not in the channel for everybody cannot be edited."""
    private = await client.chat_postEphemeral(channel=MARKETING, user="U0ANA", text="psst")
    for ts in ("1.000001", private["message_ts"]):
        update = client.chat_update(channel=MARKETING, ts=ts, text="x")
        assert (await refusal_of(update))["error"] == "message_not_found"


async def test_update_in_an_archived_channel_is_refused(twin, client):
    """A message cannot be edited once its channel was archived."""
    posted = await client.chat_postMessage(channel=MARKETING, text="hi")
    twin.workspace.change_channel(MARKETING, is_archived=True)
    update = client.chat_update(channel=MARKETING, ts=posted["ts"], text="x")
    assert (await refusal_of(update))["error"] == "is_inactive"


async def test_update_after_the_edit_window_is_refused(twin, client):
    """Where the workspace limits editing, an old message stays as it is."""
    posted = await client.chat_postMessage(channel=MARKETING, text="hi")
    twin.workspace.app.edit_window_s = 60
    assert (await client.chat_update(channel=MARKETING, ts=posted["ts"], text="x"))["ok"]
    await twin.clock.advance(61)
    update = client.chat_update(channel=MARKETING, ts=posted["ts"], text="y")
    assert (await refusal_of(update))["error"] == "edit_window_closed"


async def test_ephemeral_is_seen_by_one_person_only(twin, client):
    """An ephemeral message shows to its person and never in the channel's history."""
    await client.chat_postEphemeral(channel=MARKETING, user="U0ANA", text="psst")
    assert [one["text"] for one in twin.ephemerals("U0ANA")] == ["psst"]
    assert twin.ephemerals("U0BO") == []
    assert (await client.conversations_history(channel=MARKETING))["messages"] == []


async def test_ephemeral_for_somebody_outside_is_refused(client):
    """Only members of the channel can be told something in it."""
    post = client.chat_postEphemeral(channel="C0ONCALL", user="U0GIL", text="psst")
    assert (await refusal_of(post))["error"] == "user_not_in_channel"


async def test_thread_holds_its_replies_in_order(client):
    """Replies hang on their parent, which tells how many there are."""
    parent = await client.chat_postMessage(channel=MARKETING, text="card")
    for text in ("one", "two"):
        await client.chat_postMessage(channel=MARKETING, text=text, thread_ts=parent["ts"])
    found = (await client.conversations_replies(channel=MARKETING, ts=parent["ts"]))["messages"]
    assert [one["text"] for one in found] == ["card", "one", "two"]
    assert (found[0]["reply_count"], found[0]["latest_reply"]) == (2, found[2]["ts"])
    assert found[1]["thread_ts"] == parent["ts"]


async def test_reply_shows_in_the_channel_only_when_broadcast(client):
    """History leaves replies out, save those that were broadcast."""
    parent = await client.chat_postMessage(channel=MARKETING, text="card")
    reply = {"channel": MARKETING, "thread_ts": parent["ts"]}
    await client.chat_postMessage(text="quiet", **reply)
    await client.chat_postMessage(text="loud", reply_broadcast=True, **reply)
    found = (await client.conversations_history(channel=MARKETING))["messages"]
    assert [one["text"] for one in found] == ["loud", "card"]
    assert found[0]["subtype"] == "thread_broadcast"


async def test_reply_to_nothing_and_to_a_reply_is_refused(client):
    """A thread hangs on a message that is there and is not itself a reply."""
    parent = await client.chat_postMessage(channel=MARKETING, text="card")
    reply = await client.chat_postMessage(channel=MARKETING, text="x", thread_ts=parent["ts"])
    for ts, word in (("1.000001", "thread_not_found"), (reply["ts"], "cannot_reply_to_message")):
        post = client.chat_postMessage(channel=MARKETING, text="y", thread_ts=ts)
        assert (await refusal_of(post))["error"] == word


async def test_deleted_parent_with_replies_leaves_a_tombstone(twin, client):
    """The thread stays readable; the deleted message can no longer be edited."""
    parent = await client.chat_postMessage(channel=MARKETING, text="card")
    await client.chat_postMessage(channel=MARKETING, text="x", thread_ts=parent["ts"])
    await client.chat_delete(channel=MARKETING, ts=parent["ts"])
    found = (await client.conversations_replies(channel=MARKETING, ts=parent["ts"]))["messages"]
    assert found[0]["subtype"] == "tombstone"
    update = client.chat_update(channel=MARKETING, ts=parent["ts"], text="x")
    assert (await refusal_of(update))["error"] == "message_not_found"


async def test_deleted_message_without_replies_is_gone(twin, client):
    """Nothing is left of it, nor can its thread be read."""
    posted = await client.chat_postMessage(channel=MARKETING, text="card")
    await client.chat_delete(channel=MARKETING, ts=posted["ts"])
    assert twin.messages(MARKETING) == []
    replies = client.conversations_replies(channel=MARKETING, ts=posted["ts"])
    assert (await refusal_of(replies))["error"] == "thread_not_found"


async def test_history_pages_without_gap_or_repeat(client):
    """Following the cursor gives every message once, newest first."""
    for number in range(5):
        await client.chat_postMessage(channel=MARKETING, text=str(number))
    seen, cursor = [], None
    while cursor != "":
        page = await client.conversations_history(channel=MARKETING, limit=2, cursor=cursor)
        seen += [one["text"] for one in page["messages"]]
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
        assert page["has_more"] == bool(cursor)
    assert seen == ["4", "3", "2", "1", "0"]


async def test_history_since_a_moment_leaves_older_ones_out(twin, client):
    """`oldest` cuts strictly, unless `inclusive` says otherwise."""
    first = await client.chat_postMessage(channel=MARKETING, text="first")
    await client.chat_postMessage(channel=MARKETING, text="second")
    since = {"channel": MARKETING, "oldest": first["ts"]}
    strict = await client.conversations_history(**since)
    loose = await client.conversations_history(inclusive=True, **since)
    assert [one["text"] for one in strict["messages"]] == ["second"]
    assert [one["text"] for one in loose["messages"]] == ["second", "first"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"cursor": "bmV4dDp4"}, "invalid_cursor"),
        ({"limit": 0}, "invalid_limit"),
        ({"limit": "many"}, "invalid_limit"),
        ({"limit": 1001}, "invalid_limit"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "1e5"}, "invalid_ts_latest"),
    ],
)
async def test_bad_paging_is_refused(client, arguments, word):
    """Cursors, limits and moments are read strictly."""
    await client.chat_postMessage(channel=MARKETING, text="hi")
    refusal = await refusal_of(client.conversations_history(channel=MARKETING, **arguments))
    assert refusal["error"] == word


async def test_reading_needs_membership(client):
    """A public channel says that the bot is not in it, a private one does not exist."""
    for channel, word in (("C0RANDOM", "not_in_channel"), ("C0SECRET", "channel_not_found")):
        refusal = await refusal_of(client.conversations_history(channel=channel))
        assert refusal["error"] == word


async def test_channel_info_tells_membership_and_sharing(client):
    """The bot learns whether it is in a channel, archived or shared with another team."""
    marketing = (await client.conversations_info(channel=MARKETING))["channel"]
    random = (await client.conversations_info(channel="C0RANDOM"))["channel"]
    old = (await client.conversations_info(channel="C0OLD"))["channel"]
    assert (marketing["is_member"], marketing["is_ext_shared"]) == (True, True)
    assert (random["is_member"], random["is_ext_shared"]) == (False, False)
    assert old["is_archived"]


async def test_members_are_listed_in_pages(client):
    """The members of a channel come in pages too."""
    first = await client.conversations_members(channel="C0ONCALL", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_members(channel="C0ONCALL", limit=3, cursor=cursor)
    assert sorted([*first["members"], *second["members"]]) == [
        "U0ANA",
        "U0BO",
        "U0BOT",
        "U0MEI",
        "U0SAM",
    ]
    assert second["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize(
    ("user", "flag"),
    [("U0GIL", "is_restricted"), ("U0ZOE", "is_stranger"), ("U0DEL", "deleted")],
)
async def test_people_who_are_not_full_members_are_marked(client, user, flag):
    """Guests, strangers and those who left can be told apart from full members."""
    assert (await client.users_info(user=user))["user"][flag] is True
    assert not (await client.users_info(user="U0ANA"))["user"].get(flag)


async def test_unknown_user_and_group_are_refused(client):
    """Ids that nobody has are refused in the method's own word."""
    assert (await refusal_of(client.users_info(user="U0NOBODY")))["error"] == "user_not_found"
    groups = client.usergroups_users_list(usergroup="S0NONE")
    assert (await refusal_of(groups))["error"] == "no_such_subteam"


async def test_email_and_locale_come_only_when_allowed_and_asked(twin, client):
    """An address needs its scope, the locale needs to be asked for."""
    bare = (await client.users_info(user="U0ANA"))["user"]
    twin.workspace.app.scopes.add("users:read.email")
    full = (await client.users_info(user="U0ANA", include_locale=True))["user"]
    assert ("email" in bare["profile"], "locale" in bare) == (False, False)
    assert (full["profile"]["email"], full["locale"]) == ("ana@example.com", "en-GB")


async def test_groups_tell_their_people(client):
    """A user group can be read with its people, alone or in the list."""
    alone = await client.usergroups_users_list(usergroup="S0PRODUCERS")
    listed = (await client.usergroups_list(include_users=True))["usergroups"]
    assert alone["users"] == ["U0ANA", "U0BO"]
    assert {group["id"]: group["users"] for group in listed}["S0ONCALL"] == ["U0SAM"]


async def test_conversation_with_nobody_is_refused(client):
    """A direct conversation needs one person who is there."""
    for users, word in (
        ("", "users_list_not_supplied"),
        ("U0NOBODY", "user_not_found"),
        ("U0DEL", "user_disabled"),
    ):
        assert (await refusal_of(client.conversations_open(users=users)))["error"] == word


async def test_permalink_of_a_reply_names_its_thread(client):
    """The address of a reply carries its thread; that of nothing is refused."""
    parent = await client.chat_postMessage(channel=MARKETING, text="card")
    reply = await client.chat_postMessage(channel=MARKETING, text="x", thread_ts=parent["ts"])
    link = (await client.chat_getPermalink(channel=MARKETING, message_ts=reply["ts"]))["permalink"]
    assert f"thread_ts={parent['ts']}" in link
    missing = client.chat_getPermalink(channel=MARKETING, message_ts="1.000001")
    assert (await refusal_of(missing))["error"] == "message_not_found"


async def test_stored_blocks_have_ids(twin, client):
    """Blocks and elements that were sent without ids get some, and keep those they had."""
    select = {"type": "static_select", "options": [option("A")]}
    named = section(block_id="mine", accessory=select)
    posted = await client.chat_postMessage(channel=MARKETING, text="x", blocks=[section(), named])
    first, second = posted["message"]["blocks"]
    assert first["block_id"]
    assert second["block_id"] == "mine"
    assert second["accessory"]["action_id"]


async def test_bad_blocks_are_refused_with_pointers(twin, client):
    """The refusal says what is wrong and where, and nothing is posted."""
    bad = [section(), section("x" * 3001)]
    refusal = await refusal_of(client.chat_postMessage(channel=MARKETING, text="x", blocks=bad))
    assert refusal["error"] == "invalid_blocks"
    assert refusal["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]
    assert twin.messages(MARKETING) == []


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
            "thread_not_found",
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


async def test_post_to_a_channel_by_name_lands_there(client):
    """Posting takes a channel's name for its id, with or without the sign."""
    for name in ("#marketing", "marketing"):
        assert (await client.chat_postMessage(channel=name, text="hi"))["channel"] == MARKETING
