"""May the bot do this there? The rules that several Web API methods share."""

import json
import re
from dataclasses import dataclass
from typing import Any

from twin.slack.api.arguments import Arguments
from twin.slack.api.limits import Limits
from twin.slack.checks import block_problems, error_word, view_problems
from twin.slack.errors import SlackError, invalid_arguments, missing_argument
from twin.slack.files.store import Files
from twin.slack.outbound.events import Events
from twin.slack.place.directory import Directory
from twin.slack.place.modals import Modals
from twin.slack.place.model import Channel, Installation, Json, Message, User
from twin.slack.place.workspace import Workspace, name_blocks

VIEW_MOST = 250_000  # Characters; Slack's page says "250kb".
_TS = re.compile(r"\d+\.\d+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One Web API call that has passed authentication, rate limit and scope.

    Attributes:
        args: What the bot sent.
        installation: Whose token it came with.
        workspace: Where that app is installed.
        unfetched: What is wrong with pictures that were to be fetched, as refusals of blocks say it.
        base_url: The twin's own address, for links.
    """

    args: Arguments
    installation: Installation
    workspace: Workspace
    directory: Directory
    files: Files
    modals: Modals
    limits: Limits
    events: Events
    base_url: str
    unfetched: list[str]

    @property
    def bot(self) -> str:
        """Give the user id of the bot that calls."""
        return self.installation.bot_user_id

    def host(self, channel: Channel) -> Workspace:
        """Give the workspace that a conversation's messages are in."""
        return self.directory.workspaces[channel.team_id]


def need_scope(call: Call, scope: str) -> None:
    """Refuse a call that the token has no scope for.

    Raises:
        SlackError: `missing_scope`, with what is needed and what there is.
    """
    scopes = call.installation.scopes
    if scope not in scopes:
        raise missing_scope(scope, scopes)


def missing_scope(scope: str, provided: set[str]) -> SlackError:
    """Make the refusal for want of a scope."""
    return SlackError("missing_scope", needed=scope, provided=",".join(sorted(provided)))


def need_channel_scope(call: Call, channel: Channel, what: str) -> None:
    """Refuse to read a kind of conversation that the token has no scope for."""
    kind = "im" if channel.dm_with else "groups" if channel.is_private else "channels"
    need_scope(call, f"{kind}:{what}")


def seen_channel(call: Call, channel_id: str | None) -> Channel:
    """Find a conversation the bot can know of; private ones only from inside.

    Raises:
        SlackError: `channel_not_found`.
    """
    channel = call.directory.channel(channel_id or "")
    if channel is None or not can_see(call, channel):
        raise SlackError("channel_not_found")
    return channel


def can_see(call: Call, channel: Channel) -> bool:
    """Say whether the bot can know of a conversation at all."""
    if channel.is_private and call.bot not in channel.members:
        return False
    return call.workspace.id in call.directory.teams_in(channel)


def joined_channel(call: Call, channel_id: str | None) -> Channel:
    """Find a conversation the bot is in.

    Raises:
        SlackError: `channel_not_found` or `not_in_channel`.
    """
    channel = seen_channel(call, channel_id)
    if call.bot not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def destination(call: Call) -> Channel:
    """Find where a message goes: a channel by id or name, or a person's direct conversation.

    Raises:
        SlackError: It is unknown, archived, or the bot may not post there.
    """
    channel = _addressed(call, call.args.text("channel") or "")
    if channel.is_archived:
        raise SlackError("is_archived")
    may_post_anywhere = "chat:write.public" in call.installation.scopes
    if call.bot not in channel.members and not may_post_anywhere:
        raise SlackError("not_in_channel")
    if channel.dm_with is not None and not call.installation.app.has_messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def _addressed(call: Call, name: str) -> Channel:
    user = seen_user(call, name)
    if user is not None:
        return _direct(call, user)
    wanted = name.removeprefix("#")
    known = call.directory.channels_of(call.workspace.id)
    named = [one.id for one in known if one.name and one.name == wanted]
    return seen_channel(call, named[0] if named else name)


def seen_user(call: Call, user_id: str) -> User | None:
    """Find somebody of the bot's own workspace, or who shares a channel with it."""
    found = call.directory.user(user_id)
    if found is None or found.team_id == call.workspace.id:
        return found
    shared = call.directory.channels_of(call.workspace.id)
    return found if any(user_id in one.members for one in shared) else None


def _direct(call: Call, user: User) -> Channel:
    if user.deleted or user.is_bot:
        raise SlackError("channel_not_found")
    return call.workspace.direct_channel(user.id, bot=call.bot)


def own_message(call: Call, channel: Channel, *, error: str) -> Message:
    """Find the bot's own message that `ts` names.

    Raises:
        SlackError: `message_not_found`, or `error` for somebody else's.
    """
    message = call.host(channel).message(channel.id, call.args.needed("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.bot_id != call.installation.bot_id:
        raise SlackError(error)
    return message


def thread_of(call: Call, channel: Channel) -> str | None:
    """Read `thread_ts`: the parent a reply hangs on, or None.

    Source: the word for what is no `ts`, jenkinsci/slack-plugin#584.

    Raises:
        SlackError: There is no such message, or it is itself a reply.
    """
    thread_ts = call.args.text("thread_ts")
    if not thread_ts:
        return None
    if not _TS.fullmatch(thread_ts):
        problem = f"[ERROR] {thread_ts} is not a valid thread_ts"
        raise SlackError("invalid_thread_ts", response_metadata={"messages": [problem]})
    parent = call.host(channel).parent(channel.id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.thread_ts not in {None, parent.ts}:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def read_blocks(args: Arguments) -> list[Json] | None:
    """Read `blocks`; None if left out.

    Raises:
        SlackError: `invalid_blocks_format` or `invalid_blocks`, with what is wrong where.
    """
    blocks = args.structure("blocks", error="invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    refuse_blocks(block_problems(blocks))
    return name_blocks(blocks)


def refuse_blocks(problems: list[str]) -> None:
    """Refuse bad blocks.

    Raises:
        SlackError: `invalid_blocks`, or the word the first problem has of its own.
    """
    if problems:
        errors = [problem.removeprefix("[ERROR] ") for problem in problems]
        word, metadata = error_word(problems), {"messages": problems}
        raise SlackError(word, errors=errors, response_metadata=metadata)


def read_view(args: Arguments, *, kind: str | None = None) -> Json:
    """Read `view`.

    Args:
        args: The call's arguments.
        kind: `modal` or `home` where only one will do.

    Raises:
        SlackError: `invalid_arguments`, with what is wrong where.
    """
    view = args.structure("view", error="invalid_arguments")
    if view is None:
        raise missing_argument("view")
    return checked_view(view, kind=kind)


def checked_view(view: Any, *, kind: str | None = None) -> Json:
    """Check a view and name its blocks.

    Raises:
        SlackError: `invalid_arguments`, with what is wrong where, or `view_too_large`.
    """
    problems = view_problems(view)
    if problems:
        raise invalid_arguments(*problems)
    if len(json.dumps(view, ensure_ascii=False)) > VIEW_MOST:
        raise SlackError("view_too_large")
    if kind is not None and view["type"] != kind:
        raise invalid_arguments(f"[ERROR] must be one of: {kind} [json-pointer:/view/type]")
    return {**view, "blocks": name_blocks(view["blocks"])}
