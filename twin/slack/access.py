"""May the bot do this there? The rules that several Web API methods share."""

from dataclasses import dataclass
from typing import Any

from twin.slack.arguments import Arguments
from twin.slack.checks import block_problems, view_problems
from twin.slack.errors import SlackError, invalid_arguments, missing_argument
from twin.slack.limits import Limits
from twin.slack.modals import Modals
from twin.slack.model import BOT_USER_ID, Channel, Json, Message, User
from twin.slack.workspace import Workspace, name_blocks


@dataclass(frozen=True, kw_only=True)
class Call:
    """One Web API call that has passed authentication, rate limit and scope.

    Attributes:
        args: What the bot sent.
        base_url: The twin's own address, for links.
    """

    args: Arguments
    workspace: Workspace
    modals: Modals
    limits: Limits
    base_url: str


def need_scope(call: Call, scope: str) -> None:
    """Refuse a call that the token has no scope for.

    Raises:
        SlackError: `missing_scope`, with what is needed and what there is.
    """
    scopes = call.workspace.app.scopes
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
    channel = call.workspace.channels.get(channel_id or "")
    if channel is None or (channel.is_private and BOT_USER_ID not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def joined_channel(call: Call, channel_id: str | None) -> Channel:
    """Find a conversation the bot is in.

    Raises:
        SlackError: `channel_not_found` or `not_in_channel`.
    """
    channel = seen_channel(call, channel_id)
    if BOT_USER_ID not in channel.members:
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
    may_post_anywhere = "chat:write.public" in call.workspace.app.scopes
    if BOT_USER_ID not in channel.members and not may_post_anywhere:
        raise SlackError("not_in_channel")
    return channel


def _addressed(call: Call, name: str) -> Channel:
    if name in call.workspace.users:
        return _direct(call, call.workspace.users[name])
    wanted = name.removeprefix("#")
    named = [one.id for one in call.workspace.channels.values() if one.name and one.name == wanted]
    return seen_channel(call, named[0] if named else name)


def _direct(call: Call, user: User) -> Channel:
    if user.deleted or user.is_bot:
        raise SlackError("channel_not_found")
    return call.workspace.direct_channel(user.id)


def own_message(call: Call, channel: Channel, *, error: str) -> Message:
    """Find the bot's own message that `ts` names.

    Raises:
        SlackError: `message_not_found`, or `error` for somebody else's.
    """
    message = call.workspace.message(channel.id, call.args.needed("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != BOT_USER_ID:
        raise SlackError(error)
    return message


def thread_of(call: Call, channel: Channel) -> str | None:
    """Read `thread_ts`: the parent a reply hangs on, or None.

    Raises:
        SlackError: There is no such message, or it is itself a reply.
    """
    thread_ts = call.args.text("thread_ts")
    if not thread_ts:
        return None
    parent = call.workspace.parent(channel.id, thread_ts)
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
        SlackError: `invalid_blocks`, if there are problems.
    """
    if problems:
        errors = [problem.removeprefix("[ERROR] ") for problem in problems]
        raise SlackError("invalid_blocks", errors=errors, response_metadata={"messages": problems})


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
        SlackError: `invalid_arguments`, with what is wrong where.
    """
    problems = view_problems(view)
    if problems:
        raise invalid_arguments(*problems)
    if kind is not None and view["type"] != kind:
        raise invalid_arguments(f"[ERROR] must be one of: {kind} [json-pointer:/view/type]")
    return {**view, "blocks": name_blocks(view["blocks"])}
