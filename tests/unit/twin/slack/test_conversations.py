"""Reading channels, people and groups of the local Slack, driven with the official client."""

import pytest

from tests.unit.twin.slack.support import (
    MARKETING,
    refusal_of,
)


async def test_history_pages_without_gap_or_repeat(client):
    """Following the cursor gives every message once, newest first."""
    for number in range(4):
        await client.chat_postMessage(channel=MARKETING, text=str(number))
    pages, seen, cursor = 0, [], None
    while cursor != "":
        page = await client.conversations_history(channel=MARKETING, limit=2, cursor=cursor)
        seen += [one["text"] for one in page["messages"]]
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
        assert page["has_more"] == bool(cursor)
        pages += 1
    assert (pages, seen) == (2, ["3", "2", "1", "0"])


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
    [("U0GIL", "is_restricted"), ("U0DEL", "deleted")],
)
async def test_people_who_are_not_full_members_are_marked(client, user, flag):
    """Guests and those who left can be told apart from full members."""
    assert (await client.users_info(user=user))["user"][flag] is True
    assert not (await client.users_info(user="U0ANA"))["user"].get(flag)


async def test_stranger_is_known_by_their_team_and_marked_only_where_set(twin, client):
    """People of other workspaces carry their own team; the flag beside it is not always there."""
    user = (await client.users_info(user="U0ZOE"))["user"]
    assert (user["team_id"], "is_stranger" in user) == ("T0OTHER", False)
    twin.directory.change_user("U0ZOE", is_stranger=True)
    assert (await client.users_info(user="U0ZOE"))["user"]["is_stranger"] is True


async def test_unknown_user_and_group_are_refused(client):
    """Ids that nobody has are refused in the method's own word."""
    assert (await refusal_of(client.users_info(user="U0NOBODY")))["error"] == "user_not_found"
    groups = client.usergroups_users_list(usergroup="S0NONE")
    assert (await refusal_of(groups))["error"] == "no_such_subteam"


async def test_email_and_locale_come_only_when_allowed_and_asked(twin, client):
    """An address needs its scope, the locale needs to be asked for."""
    bare = (await client.users_info(user="U0ANA"))["user"]
    twin.installation.scopes.add("users:read.email")
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
