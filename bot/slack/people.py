"""What Slack says of people and channels, asked when somebody acts and kept for a little while."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.approval import Person
from bot.slack.errors import slack_word
from bot.slack.workspace import LOOK_UP_S, Workspace

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

PERSON_KEPT = timedelta(minutes=10)
MEMBERSHIP_KEPT = timedelta(seconds=60)
KEPT_MOST = 10_000

_FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, AttributeError)
"""All that slack_sdk raises; an answer that is no JSON object makes it trip with the last."""


T = TypeVar("T")


class Kept(Generic[T]):
    """Values that are good for a while."""

    def __init__(self, clock: Clock, life: timedelta) -> None:
        self._clock = clock
        self._life = life
        self._values: dict[str, tuple[T, datetime]] = {}

    def get(self, key: str) -> T | None:
        """Give what is kept and still good."""
        value, until_at = self._values.get(key, (None, self._clock()))
        return value if until_at > self._clock() else None

    def keep(self, key: str, value: T) -> None:
        """Keep a value from now on."""
        if len(self._values) >= KEPT_MOST:
            self._values.clear()
        self._values[key] = (value, self._clock() + self._life)


class People:
    """Look people up, failing closed: whoever cannot be looked up may do nothing.

    Args:
        workspace: Ours; whoever belongs to another one is a stranger.
        groups: Ids of the user groups that a policy names.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        workspace: Workspace,
        groups: frozenset[str],
        clock: Clock,
    ) -> None:
        self._client = client
        self._workspace = workspace
        self._groups = groups
        self._people: Kept[Person] = Kept(clock, PERSON_KEPT)
        self._members: Kept[frozenset[str]] = Kept(clock, PERSON_KEPT)

    async def look_up(self, user_id: str) -> Person | None:
        """Ask Slack about somebody.

        Returns:
            None where Slack could not be asked or did not answer in full.
        """
        person = self._people.get(user_id)
        if person is not None:
            return person
        try:
            async with asyncio.timeout(LOOK_UP_S):
                person = await self._ask(user_id)
        except _FAILURES as error:
            log.warning("person_not_looked_up", error=type(error).__name__)
            return None
        if person is not None:
            self._people.keep(user_id, person)
        return person

    async def _ask(self, user_id: str) -> Person | None:
        team_id = await self._workspace.own_team_id()
        if team_id is None:
            return None
        answer = await self._client.users_info(user=user_id)
        groups = [group for group in sorted(self._groups) if user_id in await self._in(group)]
        return read_person(answer.get("user"), team_id=team_id, groups=frozenset(groups))

    async def _in(self, group: str) -> frozenset[str]:
        members = self._members.get(group)
        if members is None:
            answer = await self._client.usergroups_users_list(usergroup=group)
            members = frozenset(answer.get("users") or ())
            self._members.keep(group, members)
        return members


def read_person(user: object, *, team_id: str, groups: frozenset[str]) -> Person | None:
    """Read Slack's user object.

    Slack leaves `is_stranger` out for people met in shared channels, so that the workspace they
    belong to decides (docs.slack.dev/reference/objects/user-object, read in a copy,
    2026-11-22).

    Args:
        team_id: Our own workspace.

    Returns:
        None where it lacks what a decision about rights needs.
    """
    if not isinstance(user, Mapping):
        return None
    user_id, home = user.get("id"), _home(user, team_id)
    if not isinstance(user_id, str) or home is None:
        return None
    return Person(
        user_id=user_id,
        team_id=home,
        is_bot=bool(user.get("is_bot")) or user_id == "USLACKBOT",
        is_deactivated=bool(user.get("deleted")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")) or home != team_id,
        groups=groups,
    )


def _home(user: Mapping[str, Any], team_id: str) -> str | None:
    """Give the workspace somebody belongs to; in a Grid one may belong to several."""
    grid = user.get("enterprise_user")
    teams = grid.get("teams") if isinstance(grid, Mapping) else None
    if isinstance(teams, list) and team_id in teams:
        return team_id
    home = user.get("team_id")
    return home if isinstance(home, str) and home else None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What we see of a channel.

    Attributes:
        is_in: Whether we may post there.
        is_public: Whether every full member of the workspace may look in.
    """

    is_in: bool
    is_public: bool


class Channels:
    """Tell whether we are in a channel, and who may know of it."""

    def __init__(self, client: AsyncWebClient, *, clock: Clock) -> None:
        self._client = client
        self._known: Kept[Seen] = Kept(clock, MEMBERSHIP_KEPT)

    async def is_member(self, channel_id: str) -> bool | None:
        """Ask whether we may post there.

        Returns:
            None where Slack could not be asked.
        """
        seen = await self._look(channel_id)
        return None if seen is None else seen.is_in

    async def is_public(self, channel_id: str) -> bool:
        """Ask whether every full member may look in; nobody may where Slack could not be asked."""
        seen = await self._look(channel_id)
        return seen is not None and seen.is_public

    async def _look(self, channel_id: str) -> Seen | None:
        known = self._known.get(channel_id)
        if known is not None:
            return known
        try:
            async with asyncio.timeout(LOOK_UP_S):
                answer = await self._client.conversations_info(channel=channel_id)
        except SlackApiError as error:
            return self._refused(channel_id, error)
        except _FAILURES as error:
            log.warning("channel_not_looked_up", error=type(error).__name__)
            return None
        return self._remember(channel_id, _read_channel(answer.get("channel")))

    def _refused(self, channel_id: str, error: SlackApiError) -> Seen | None:
        # A private channel we are not in does not exist for us.
        is_hidden = slack_word(error) == "channel_not_found"
        return self._remember(channel_id, _HIDDEN) if is_hidden else None

    def _remember(self, channel_id: str, seen: Seen) -> Seen:
        self._known.keep(channel_id, seen)
        return seen


_HIDDEN = Seen(is_in=False, is_public=False)


def _read_channel(channel: object) -> Seen:
    if not isinstance(channel, Mapping):
        return _HIDDEN
    is_archived = bool(channel.get("is_archived"))
    # A direct conversation we can see is one with us.
    is_in = bool(channel.get("is_member") or channel.get("is_im"))
    is_closed = bool(channel.get("is_private") or channel.get("is_im") or channel.get("is_mpim"))
    is_public = channel.get("is_channel") is True and not is_closed
    return Seen(is_in=is_in and not is_archived, is_public=is_public)
