"""Events: tell apps what happened in their workspaces, if they subscribed to that."""

import asyncio
import secrets
import uuid
from collections.abc import Coroutine
from typing import Any

from twin.foreign_json import read_json
from twin.slack.outbound import payloads
from twin.slack.outbound.deliveries import Deliveries
from twin.slack.outbound.outcomes import Outcome
from twin.slack.outbound.payloads import Receiver
from twin.slack.place.directory import Directory
from twin.slack.place.model import Channel, Installation, Json, Message
from twin.slack.place.wire import message_json

# What an app must have been granted to hear of something, one of several where it depends on the
# kind of channel. Source: the events' own pages below docs.slack.dev/reference/events, read
# in copies, 2026-11-22.
SCOPE_OF = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
    "file_shared": "files:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "user_change": "users:read",
    "subteam_members_changed": "usergroups:read",
}
_MESSAGES_OF = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
_MEMBERS_SCOPE = {"C": "channels:read", "G": "groups:read"}


class Events:
    """Send events."""

    def __init__(self, *, directory: Directory, deliveries: Deliveries) -> None:
        self._directory = directory
        self._deliveries = deliveries
        self._under_way: set[asyncio.Task[list[Json]]] = set()

    async def send(self, event: Json, *, to: Installation, force: bool = False) -> Json:
        """Send an event to one app, `event_ts` filled in.

        Args:
            event: With its `type`; `url_verification` checks the bot's echo instead.
            to: Whom, as installed where.
            force: Send it even if the app does not subscribe to it or may not hear of it.

        Returns:
            `app_id`, `team_id`, `sent`, and if so `event_id`, `status` and `error`.
        """
        whose: Json = {"app_id": to.app.id, "team_id": to.team_id}
        if event["type"] == "url_verification":
            return whose | await self._verify_url(to)
        if not force and not _hears(to, event):
            return whose | {"sent": False, "error": None}
        event_ts = self._directory.new_ts()
        event_id = f"Ev0{secrets.token_hex(5).upper()}"
        envelope = payloads.event_envelope(
            Receiver(installation=to, workspace=self._directory.workspaces[to.team_id]),
            {"event_ts": event_ts, **event},
            event_id=event_id,
            event_time=int(float(event_ts)),
            is_shared=self._is_shared(event.get("channel")),
        )
        outcome = await self._deliveries.send_event(to.app, envelope)
        sent = {"sent": True, "event_id": event_id, "status": outcome.status}
        return whose | sent | {"error": outcome.reason}

    async def spread(
        self, event: Json, *, team_id: str | None = None, members: frozenset[str] | None = None
    ) -> list[Json]:
        """Send an event to every app that subscribes, once to each.

        Args:
            event: What happened.
            team_id: Tell only what is installed in this workspace.
            members: Tell only those whose bot is among them, for what happens in a channel.

        Returns:
            As `send` does, for each app that was in reach.
        """
        told: dict[str, Installation] = {}
        for one in self._directory.installations(team_id=team_id):
            if members is None or one.bot_user_id in members:
                told.setdefault(one.app.id, one)
        return [await self.send(event, to=one) for one in told.values()]

    def spread_soon(self, event: Json, *, members: frozenset[str]) -> None:
        """Send an event of a channel without waiting; for what a Web API call brought about."""
        self.soon(self.spread(event, members=members))

    def soon(self, telling: Coroutine[Any, Any, list[Json]]) -> None:
        """Let apps be told of something while the call that brought it about is answered."""
        task = asyncio.create_task(telling)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def channel_changed_soon(self, older: Channel, newer: Channel, *, by: str) -> None:
        """Tell without waiting who came and went, and whether a channel was archived."""
        for event in self.channel_events(older, newer, by=by):
            self.spread_soon(event, members=older.members | newer.members)

    def channel_events(self, older: Channel, newer: Channel, *, by: str) -> list[Json]:
        """Write what changed in a channel, `by` whom."""
        found = [
            *self._member_events("member_left_channel", newer, older.members - newer.members),
            *self._member_events("member_joined_channel", newer, newer.members - older.members),
        ]
        if older.is_archived != newer.is_archived:
            kind = "group" if newer.is_private else "channel"
            verb = "archive" if newer.is_archived else "unarchive"
            found.append({"type": f"{kind}_{verb}", "channel": newer.id, "user": by})
        return found

    def _member_events(self, kind: str, channel: Channel, users: frozenset[str]) -> list[Json]:
        return [
            {
                "type": kind,
                "user": user,
                "channel": channel.id,
                "channel_type": "G" if channel.is_private else "C",
                "team": self._directory.home_of(user).id,
            }
            for user in sorted(users)
        ]

    def changed_soon(self, older: Message, newer: Message | None, *, channel: Channel) -> None:
        """Tell without waiting that a message was edited, or deleted where `newer` is None."""
        host = self._directory.workspaces[channel.team_id]
        before = message_json(older, workspace=host, with_metadata=True)
        event: Json = {
            "type": "message",
            "hidden": True,
            "channel": channel.id,
            "channel_type": _channel_kind(channel),
            "ts": self._directory.new_ts(),
            "previous_message": before,
        }
        if newer is None:
            event |= {"subtype": "message_deleted", "deleted_ts": older.ts}
        else:
            after = message_json(newer, workspace=host, with_metadata=True)
            event |= {"subtype": "message_changed", "message": after}
        self.spread_soon(event, members=channel.members)

    async def stop(self) -> None:
        """Give up what is still being told."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def said(self, message: Message, *, channel: Channel) -> list[Json]:
        """Tell what a person said: to apps in the channel, and anew to those it mentions.

        Returns:
            As `spread` does.
        """
        event = message_event(message, channel)
        told = await self.spread(event, members=channel.members)
        mentioned = frozenset(
            bot
            for bot in channel.members
            if f"<@{bot}>" in message.text or f"<@{bot}|" in message.text
        )
        if channel.dm_with is not None or not mentioned:
            return told
        mention = {key: value for key, value in event.items() if key != "channel_type"}
        return told + await self.spread({**mention, "type": "app_mention"}, members=mentioned)

    def _is_shared(self, channel_id: Any) -> bool:
        channel = self._directory.channel(channel_id) if isinstance(channel_id, str) else None
        return channel is not None and len(self._directory.teams_in(channel)) > 1

    async def _verify_url(self, to: Installation) -> Json:
        challenge = secrets.token_hex(16)
        outcome = await self._deliveries.send_once(
            to.app,
            {
                "type": "url_verification",
                "token": payloads.VERIFICATION_TOKEN,
                "challenge": challenge,
            },
        )
        error = outcome.reason or (None if _echoes(outcome, challenge) else "challenge_failed")
        return {"sent": True, "status": outcome.status, "error": error}


def message_event(message: Message, channel: Channel) -> Json:
    """Write the event of a new message, a person's or an app's."""
    event: Json = {
        "type": "message",
        "user": message.user,
        "team": message.team_id,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": channel.id,
        "channel_type": _channel_kind(channel),
    }
    if message.files:
        event |= {"subtype": "file_share", "files": message.files, "upload": True}
    if message.bot_id is None:
        event["client_msg_id"] = str(uuid.uuid4())
    else:
        event |= {"bot_id": message.bot_id, "app_id": message.app_id}
    shown: Json = {"blocks": message.blocks, "thread_ts": message.thread_ts}
    return event | {key: value for key, value in shown.items() if value}


def _channel_kind(channel: Channel) -> str:
    """Say `im`, `group` or `channel`, as message events do."""
    if channel.dm_with is not None:
        return "im"
    return "group" if channel.is_private else "channel"


def _hears(to: Installation, event: Json) -> bool:
    """Say whether an app subscribes to an event and was granted what reading it takes."""
    name = str(event["type"])
    if name == "message":
        name = _MESSAGES_OF.get(str(event.get("channel_type")), name)
    if name in {"member_joined_channel", "member_left_channel"}:
        scope = _MEMBERS_SCOPE.get(str(event.get("channel_type")))
    else:
        scope = SCOPE_OF.get(name)
    return name in to.app.bot_events and (scope is None or scope in to.scopes)


def _echoes(outcome: Outcome, challenge: str) -> bool:
    """Say whether the answer is the challenge, as text or as JSON."""
    if outcome.body.strip() == challenge:
        return True
    try:
        answer: Any = read_json(outcome.body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("challenge") == challenge
