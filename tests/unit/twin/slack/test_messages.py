"""Messages in the local Slack: posting, editing, threads, driven with the official client."""

import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    option,
    refusal_of,
    section,
)

METADATA = {"event_type": "notice", "event_payload": {"id": "n1"}}


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
    await client.conversations_open(users="U0ANA")
    refusal = await refusal_of(client.chat_postMessage(channel=channel, text="hi"))
    assert refusal["error"] == word


async def test_public_scope_opens_public_channels_only(twin, client):
    """With `chat:write.public` the bot posts to public channels it has not joined."""
    twin.installation.scopes.add("chat:write.public")
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
    twin.workspace.edit_window_s = 60
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


async def test_post_to_a_channel_by_name_lands_there(client):
    """Posting takes a channel's name for its id, with or without the sign."""
    for name in ("#marketing", "marketing"):
        assert (await client.chat_postMessage(channel=name, text="hi"))["channel"] == MARKETING
