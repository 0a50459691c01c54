"""What an app may put into a message besides text and blocks, driven with the official client."""

import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    another_app,
    client_of,
    invite_bot,
    refusal_of,
    running_twin,
    section,
)

FLAT = {"event_type": "made", "event_payload": {"id": 1}}


@pytest.fixture
async def twin():
    async with running_twin() as twin:
        twin.installation.scopes |= {"reactions:write", "reactions:read"}
        yield twin


async def test_markdown_is_shown_as_a_block(twin, client):
    """`markdown_text` becomes the text and a markdown block."""
    posted = await client.chat_postMessage(channel=MARKETING, markdown_text="**hi**")
    (message,) = twin.messages(MARKETING)
    assert (posted["message"]["text"], message["blocks"][0]["type"]) == ("**hi**", "markdown")
    edited = await client.chat_update(channel=MARKETING, ts=posted["ts"], markdown_text="*" * 100)
    assert edited["text"] == "*" * 100


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"text": "x"}, "markdown_text_conflict"),
        ({"blocks": [section()]}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"markdown_text": " "}, "no_text"),
    ],
)
async def test_markdown_stands_alone_and_is_not_too_long(twin, client, more, error):
    """Text or blocks beside it are refused, and so is too much of it."""
    fields = {"markdown_text": "**hi**", **more}
    call = client.api_call("chat.postMessage", json={"channel": MARKETING, **fields})
    refused = await refusal_of(call)
    assert (refused["error"], twin.messages(MARKETING)) == (error, [])


async def test_name_and_picture_of_its_own_take_a_scope(twin, client):
    """Without `chat:write.customize` they are refused; with it the message carries them."""
    fields = {"channel": MARKETING, "text": "hi", "username": "Cat", "icon_emoji": ":cat:"}
    refused = await refusal_of(client.chat_postMessage(**fields))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "chat:write.customize")
    twin.installation.scopes.add("chat:write.customize")
    message = (await client.chat_postMessage(**fields))["message"]
    assert (message["username"], message["icons"]) == ("Cat", {"emoji": ":cat:"})
    assert (message["subtype"], message["bot_id"]) == ("bot_message", "B0BOT")


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "made"}, "invalid_metadata_schema"),
        ({"event_type": "made", "event_payload": []}, "invalid_metadata_schema"),
        (
            {"event_type": "made", "event_payload": {"a": {"b": {"c": 1}}}},
            "invalid_metadata_schema",
        ),
        ({"event_type": "made", "event_payload": {"a": [[1]]}}, "invalid_metadata_schema"),
        ({"event_type": "made", "event_payload": {"a": "x" * 8000}}, "metadata_too_large"),
        ("nonsense", "invalid_metadata_format"),
        ([], "invalid_metadata_format"),
    ],
)
async def test_bad_metadata_is_refused(twin, client, metadata, error):
    """Its parts, its depth and its size are checked."""
    call = client.api_call(
        "chat.postMessage", json={"channel": MARKETING, "text": "x", "metadata": metadata}
    )
    assert (await refusal_of(call))["error"] == error
    assert twin.messages(MARKETING) == []


@pytest.mark.parametrize(
    "payload",
    [{"a": 1, "b": None, "c": True}, {"a": {"b": 1}}, {"a": [1, "x"]}, {"a": [{"b": "c"}]}],
)
async def test_flat_metadata_is_kept(twin, client, payload):
    """Plain values, objects of them and lists of either come back as they were sent."""
    metadata = {"event_type": "made", "event_payload": payload}
    await client.chat_postMessage(channel=MARKETING, text="x", metadata=metadata)
    assert twin.messages(MARKETING)[0]["metadata"] == metadata


async def test_reaction_is_added_seen_and_taken_back(twin, client):
    """One emoji a bot; the message lists who put it there."""
    another = another_app(twin, scopes=frozenset({"reactions:write"}))
    invite_bot(twin, another)
    posted = await client.chat_postMessage(channel=MARKETING, text="hi")
    item = {"channel": MARKETING, "timestamp": posted["ts"]}
    await client.reactions_add(**item, name="tada")
    async with client_of(twin, token=another.bot_token) as second:
        await second.reactions_add(**item, name=":tada:")
    twice = await refusal_of(client.reactions_add(**item, name="tada"))
    assert twice["error"] == "already_reacted"
    (seen,) = (await client.reactions_get(**item))["message"]["reactions"]
    assert seen == {"name": "tada", "users": ["U0BOT", another.bot_user_id], "count": 2}
    await client.reactions_remove(**item, name="tada")
    gone = await refusal_of(client.reactions_remove(**item, name="tada"))
    assert gone["error"] == "no_reaction"
    (left,) = (await client.reactions_get(**item))["message"]["reactions"]
    assert left["users"] == [another.bot_user_id]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "ta da"}, "invalid_name"),
        ({"timestamp": "1.000000"}, "message_not_found"),
        ({"timestamp": "yesterday"}, "bad_timestamp"),
        ({"channel": "C0RANDOM"}, "not_in_channel"),
        ({"channel": "C0HARBOUR"}, "channel_not_found"),
        ({"timestamp": None}, "no_item_specified"),
    ],
)
async def test_reaction_to_nothing_is_refused(client, fields, error):
    """The message must be there and the emoji have a name."""
    posted = await client.chat_postMessage(channel=MARKETING, text="hi")
    asked = {"channel": MARKETING, "timestamp": posted["ts"], "name": "tada", **fields}
    assert (await refusal_of(client.reactions_add(**asked)))["error"] == error
