"""What Slack says of people and channels."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import create_autospec

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Person
from bot.slack.people import Channels, People, read_person
from bot.slack.workspace import Workspace
from tests.unit.slack.factory import NOW

ANA = {"id": "U0ANA", "team_id": "T0GREEN"}


class Clock:
    """A clock moved by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        """Tell the time."""
        return self.now


def refusal(word):
    """Make Slack's refusal."""
    data = {"ok": False, "error": word}
    return SlackApiError("failed", SimpleNamespace(status_code=200, headers={}, data=data))


def answered(**data):
    """Make Slack's answer to `auth.test`."""
    headers = {"x-oauth-scopes": "commands, channels:history"}
    return SimpleNamespace(get=data.get, headers=headers)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def client():
    slack = create_autospec(AsyncWebClient, instance=True)
    slack.auth_test.return_value = answered(team_id="T0GREEN")
    slack.users_info.return_value = {"ok": True, "user": ANA}
    slack.usergroups_users_list.return_value = {"ok": True, "users": ["U0ANA"]}
    slack.conversations_info.return_value = {"ok": True, "channel": {"is_member": True}}
    return slack


def people(client, clock, *groups):
    """Make what looks people up."""
    return People(client, workspace=Workspace(client), groups=frozenset(groups), clock=clock)


async def test_person_comes_with_their_groups(client, clock):
    """Only the groups that a policy names are asked for."""
    person = await people(client, clock, "S1").look_up("U0ANA")
    assert person == Person(user_id="U0ANA", team_id="T0GREEN", groups=frozenset({"S1"}))


async def test_person_is_asked_for_once_in_ten_minutes(client, clock):
    """A look-up is kept, and forgotten in time for somebody who left."""
    known = people(client, clock, "S1")
    await known.look_up("U0ANA")
    clock.now += timedelta(seconds=599)
    await known.look_up("U0ANA")
    assert client.users_info.await_count == 1
    clock.now += timedelta(seconds=1)
    await known.look_up("U0ANA")
    assert client.users_info.await_count == 2


async def test_group_is_asked_for_once_for_everybody(client, clock):
    """The list of a group is shared by all who are looked up."""
    known = people(client, clock, "S1")
    await known.look_up("U0ANA")
    await known.look_up("U0BO")
    assert client.usergroups_users_list.await_count == 1


@pytest.mark.parametrize(
    "error",
    [
        refusal("user_not_found"),
        refusal("ratelimited"),
        TimeoutError(),
        aiohttp.ClientOSError(),
        AttributeError("'list' object has no attribute 'get'"),
    ],
)
@pytest.mark.parametrize("method", ["auth_test", "users_info", "usergroups_users_list"])
async def test_any_error_fails_closed_and_is_not_kept(client, clock, method, error):
    """Whoever cannot be looked up in full is nobody, until Slack answers again."""
    known = people(client, clock, "S1")
    getattr(client, method).side_effect = error
    assert await known.look_up("U0ANA") is None
    getattr(client, method).side_effect = None
    assert await known.look_up("U0ANA") is not None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_bot": True}, "is_bot"),
        ({"deleted": True}, "is_deactivated"),
        ({"is_restricted": True}, "is_guest"),
        ({"is_ultra_restricted": True}, "is_guest"),
        ({"is_stranger": True}, "is_stranger"),
        ({"team_id": "T0OTHER"}, "is_stranger"),
        ({"team_id": "T0OTHER", "is_stranger": False}, "is_stranger"),
    ],
)
def test_what_limits_a_person_is_read(facts, expected):
    """Each of Slack's marks has one of ours."""
    person = read_person(ANA | facts, team_id="T0GREEN", groups=frozenset())
    assert getattr(person, expected)


@pytest.mark.parametrize("user", [None, [], {}, {"id": "U1"}, {"id": 7, "team_id": "T1"}])
def test_incomplete_person_is_nobody(user):
    """Without an id and a workspace there is no deciding about rights."""
    assert read_person(user, team_id="T0GREEN", groups=frozenset()) is None


def test_member_of_several_workspaces_belongs_to_this_one():
    """In an organisation somebody's own team may be another one."""
    user = ANA | {"team_id": "E0ORG", "enterprise_user": {"teams": ["T0OTHER", "T0GREEN"]}}
    assert read_person(user, team_id="T0GREEN", groups=frozenset()).team_id == "T0GREEN"


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ({"is_member": True}, True),
        ({"is_member": False}, False),
        ({"is_im": True}, True),
        ({"is_member": True, "is_archived": True}, False),
        (None, False),
    ],
)
async def test_membership_is_read(client, clock, channel, expected):
    """We may post where we are a member and the channel lives."""
    client.conversations_info.return_value = {"ok": True, "channel": channel}
    assert await Channels(client, clock=clock).is_member("C1") is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal("channel_not_found"), False),
        (refusal("missing_scope"), None),
        (TimeoutError(), None),
    ],
)
async def test_membership_that_cannot_be_asked_is_unknown(client, clock, error, expected):
    """A hidden channel is one we are not in; any other error says nothing."""
    client.conversations_info.side_effect = error
    assert await Channels(client, clock=clock).is_member("C1") is expected


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ({"is_channel": True, "is_private": False}, True),
        ({"is_channel": True, "is_private": False, "is_archived": True}, True),
        ({"is_channel": True}, True),
        ({"is_channel": True, "is_private": True}, False),
        ({"is_group": True, "is_private": True}, False),
        ({"is_im": True}, False),
        ({"is_channel": True, "is_mpim": True}, False),
        ({}, False),
        (None, False),
        ([], False),
    ],
)
async def test_public_is_only_what_slack_says_is(client, clock, channel, expected):
    """A channel that may be private is treated as one."""
    client.conversations_info.return_value = {"ok": True, "channel": channel}
    assert await Channels(client, clock=clock).is_public("C1") is expected


async def test_channel_that_cannot_be_asked_about_is_not_public(client, clock):
    """Where Slack says nothing, nothing is shown."""
    client.conversations_info.side_effect = TimeoutError()
    assert await Channels(client, clock=clock).is_public("C1") is False


async def test_membership_is_kept_for_a_minute(client, clock):
    """Somebody who has just invited us does not wait long."""
    channels = Channels(client, clock=clock)
    await channels.is_member("C1")
    await channels.is_member("C1")
    clock.now += timedelta(seconds=60)
    await channels.is_member("C1")
    assert client.conversations_info.await_count == 2


async def test_nobody_is_looked_up_while_our_workspace_is_unknown(client, clock):
    """Who belongs to us cannot be said before Slack has told who we are."""
    client.auth_test.return_value = answered()
    assert await people(client, clock).look_up("U0ANA") is None
    client.auth_test.return_value = answered(team_id="T0GREEN")
    assert await people(client, clock).look_up("U0ANA") is not None


async def test_our_workspace_is_learned_once(client):
    """Slack is asked who we are on demand, and never again once it has told."""
    workspace = Workspace(client)
    assert workspace.team_id is None
    assert [await workspace.own_team_id() for _ in range(2)] == ["T0GREEN", "T0GREEN"]
    assert client.auth_test.await_count == 1
    assert workspace.reads_history


async def test_workspace_that_slack_does_not_tell_in_time_stays_unknown(client, monkeypatch):
    """Nobody waits longer than an ack allows."""
    monkeypatch.setattr("bot.slack.workspace.LOOK_UP_S", 0)
    client.auth_test.side_effect = asyncio.Event().wait
    workspace = Workspace(client)
    assert await workspace.own_team_id() is None
