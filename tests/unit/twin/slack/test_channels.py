"""Listing conversations, and bots that come and go, driven with the official client."""

import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    another_app,
    refusal_of,
    running_twin,
)

ALL = {
    "channels:read",
    "groups:read",
    "im:read",
    "channels:join",
    "channels:manage",
    "groups:write",
}


@pytest.fixture
async def twin():
    async with running_twin() as twin:
        twin.installation.scopes |= ALL
        yield twin


def names(answer):
    """List the names of the channels in an answer."""
    return [one.get("name") for one in answer["channels"]]


async def test_list_holds_public_channels_unless_asked_for_others(twin, client):
    """Private channels only from inside, and only when asked for."""
    assert names(await client.conversations_list()) == ["marketing", "on-call", "random", "old"]
    assert names(await client.conversations_list(types="private_channel")) == []
    secret = twin.workspace.channels["C0SECRET"]
    twin.workspace.change_channel("C0SECRET", members=secret.members | {"U0BOT"})
    assert names(await client.conversations_list(types="private_channel")) == ["secret"]
    assert "secret" not in names(await client.conversations_list())


async def test_list_leaves_archived_ones_out_on_demand(client):
    """`exclude_archived` hides #old."""
    assert "old" not in names(await client.conversations_list(exclude_archived=True))


async def test_list_holds_the_bots_own_direct_conversations(twin, client):
    """Those of another app are none of its business."""
    another = another_app(twin)
    twin.workspace.direct_channel("U0BO", bot=another.bot_user_id)
    await client.conversations_open(users="U0ANA")
    found = (await client.conversations_list(types="im"))["channels"]
    assert [one["user"] for one in found] == ["U0ANA"]


async def test_list_comes_in_pages(client):
    """The cursor leads through all of them, once each."""
    first = await client.conversations_list(limit=3)
    rest = await client.conversations_list(
        limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert names(first) + names(rest) == ["marketing", "on-call", "random", "old"]
    assert rest["response_metadata"]["next_cursor"] == ""
    assert (await refusal_of(client.conversations_list(limit=1000)))["error"] == "invalid_limit"


async def test_list_needs_the_scope_of_each_kind(twin, client):
    """Every kind has its scope, and there are four kinds."""
    twin.installation.scopes.discard("groups:read")
    refused = await refusal_of(client.conversations_list(types="public_channel,private_channel"))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "groups:read")
    refused = await refusal_of(client.conversations_list(types="canal"))
    assert refused["error"] == "invalid_types"


async def test_joined_ones_are_the_bots_or_a_persons(client):
    """Without `user` the bot's own; with it, what that person is in as far as the bot can see."""
    assert names(await client.users_conversations()) == ["marketing", "on-call", "old"]
    assert names(await client.users_conversations(user="U0GIL")) == ["marketing"]
    refused = await refusal_of(client.users_conversations(user="U0YAN"))
    assert refused["error"] == "user_not_found"


async def test_bot_joins_a_public_channel(twin, client):
    """It is a member then, and joining again is no more than a warning."""
    joined = await client.conversations_join(channel="C0RANDOM")
    assert joined["channel"]["is_member"] is True
    assert (await client.conversations_join(channel="C0RANDOM"))["warning"] == "already_in_channel"
    await client.chat_postMessage(channel="C0RANDOM", text="hi")


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0OLD", "is_archived"), ("C0SECRET", "channel_not_found"), ("D0ANA", None)],
)
async def test_bot_cannot_walk_in_everywhere(twin, client, channel, error):
    """Archived, private and direct conversations cannot be joined."""
    twin.workspace.direct_channel("U0ANA", bot="U0BOT")
    refused = await refusal_of(client.conversations_join(channel=channel))
    assert refused["error"] == (error or "method_not_supported_for_channel_type")


async def test_bot_leaves_a_channel(twin, client):
    """It is out then, and leaving again says so."""
    await client.conversations_leave(channel=MARKETING)
    assert "U0BOT" not in twin.workspace.channels[MARKETING].members
    again = await refusal_of(client.conversations_leave(channel=MARKETING))
    assert (again["ok"], again["not_in_channel"]) == (False, True)


async def test_bot_lets_people_in(twin, client):
    """The invited are members then."""
    await client.conversations_invite(channel="C0ONCALL", users="U0GIL,U0ZOE")
    assert {"U0GIL", "U0ZOE"} <= twin.workspace.channels["C0ONCALL"].members


@pytest.mark.parametrize(
    ("channel", "users", "error"),
    [
        ("C0RANDOM", "U0GIL", "not_in_channel"),
        ("C0OLD", "U0GIL", "is_archived"),
        (MARKETING, "U0ANA", "already_in_channel"),
        (MARKETING, "U0BOT", "cant_invite_self"),
        (MARKETING, "U0YAN", "user_not_found"),
        (MARKETING, "U0DEL", "user_not_found"),
        (MARKETING, "", "no_user"),
        (MARKETING, ",".join(["U0GIL"] * 1001), "too_many_users"),
    ],
)
async def test_invitation_is_refused_as_a_whole(twin, client, channel, users, error):
    """One who cannot be let in keeps all out."""
    before = dict(twin.workspace.channels)
    refused = await refusal_of(client.conversations_invite(channel=channel, users=users))
    assert refused["error"] == error
    assert twin.workspace.channels == before


async def test_coming_and_going_takes_scopes(twin, client):
    """Joining, leaving and inviting each want their own."""
    twin.installation.scopes -= {"channels:join", "channels:manage"}
    for call in (
        client.conversations_join(channel="C0RANDOM"),
        client.conversations_leave(channel=MARKETING),
        client.conversations_invite(channel=MARKETING, users="U0MEI"),
    ):
        assert (await refusal_of(call))["error"] == "missing_scope"
