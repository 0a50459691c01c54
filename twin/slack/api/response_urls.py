"""Response URLs: the short-lived right to answer an interaction, five times within 30 minutes."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from twin.foreign_json import read_json
from twin.slack.api.access import refuse_blocks
from twin.slack.api.contents import TEXT_CUT_AT
from twin.slack.checks import block_problems
from twin.slack.errors import SlackError
from twin.slack.outbound.pictures import Pictures
from twin.slack.place.directory import Directory
from twin.slack.place.model import Installation, Json, Message
from twin.slack.place.workspace import Workspace, name_blocks, written_by
from twin.slack.text import visible_text

LIFE_S = 30 * 60
USES_MOST = 5
PATH = "/{kind:actions|app|commands}/{team:T[A-Z0-9]+}/{number}/{secret}"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One response URL.

    Attributes:
        original: The message whose button was clicked, or None for a command.
        uses: How often it was used so far.
    """

    installation: Installation
    user: str
    channel: str
    original: Message | None
    expires_at: datetime
    uses: int = 0


class ResponseUrls:
    """Hand out response URLs and answer what is posted to them.

    Args:
        pictures: Fetches what messages show.
        base_url: Gives the twin's own address, known once it listens.
    """

    def __init__(
        self, directory: Directory, *, pictures: Pictures, base_url: Callable[[], str]
    ) -> None:
        self._directory = directory
        self._pictures = pictures
        self._base_url = base_url
        self._grants: dict[str, Grant] = {}
        self._numbers = itertools.count(1)

    def issue(
        self,
        installation: Installation,
        *,
        kind: str,
        user: str,
        channel: str,
        original: Message | None = None,
    ) -> tuple[str, Grant]:
        """Make one for an app; `kind` is `commands`, `actions` or, for a shortcut, `app`."""
        team_id, number = installation.team_id, next(self._numbers)
        path = f"/{kind}/{team_id}/{number}/{secrets.token_hex(12)}"
        expires_at = self._directory.now() + timedelta(seconds=LIFE_S)
        grant = Grant(
            installation=installation,
            user=user,
            channel=channel,
            original=original,
            expires_at=expires_at,
        )
        self._grants[path] = grant
        return self._base_url() + path, grant

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a post to a response URL."""
        try:
            grant = self._use(request.path)
            body = _read_body(await request.read())
            refuse_blocks(await self._pictures.problems(body.get("blocks"), at="/blocks"))
            self.answer(grant, body)
        except SlackError as error:
            status = 404 if error.word in {"used_url", "expired_url"} else 400
            return web.json_response(error.as_json(), status=status)
        return web.json_response({"ok": True})

    def _use(self, path: str) -> Grant:
        grant = self._grants.get(path)
        if grant is None or self._directory.now() >= grant.expires_at:
            raise SlackError("expired_url")
        if grant.uses >= USES_MOST:
            raise SlackError("used_url")
        self._grants[path] = replace(grant, uses=grant.uses + 1)
        return grant

    def answer(self, grant: Grant, body: Json) -> None:
        """Do what an answer asks: say something, or replace or delete the original.

        Raises:
            SlackError: It makes no sense.
        """
        if body.get("delete_original") is True:
            self._host(grant).remove(self._original(grant))
            return
        message = self._read_message(grant, body)
        if body.get("replace_original") is True and grant.original is not None:
            original = self._original(grant)
            self._host(grant).put(
                replace(
                    original, text=message.text, blocks=message.blocks, edits=original.edits + 1
                )
            )
            return
        self._host(grant).add(message)

    def _host(self, grant: Grant) -> Workspace:
        return self._directory.workspace_of_channel(grant.channel)

    def _original(self, grant: Grant) -> Message:
        """Find the message as it is now; only the app's own can be replaced or deleted."""
        found = grant.original and self._host(grant).visible_to(
            grant.user, channel=grant.channel, ts=grant.original.ts
        )
        if not found or found.bot_id != grant.installation.bot_id:
            raise SlackError("message_not_found")
        return found

    def _read_message(self, grant: Grant, body: Json) -> Message:
        blocks = body.get("blocks") or []
        refuse_blocks(block_problems(blocks))
        text = body.get("text") or ""
        if not isinstance(text, str):
            raise SlackError("invalid_payload")
        if not (text.strip() or blocks):
            raise SlackError("no_text")
        return Message(
            ts=self._directory.new_ts(),
            channel=grant.channel,
            **written_by(grant.installation),
            text=(text or visible_text({"blocks": blocks}))[:TEXT_CUT_AT],
            blocks=name_blocks(blocks),
            thread_ts=self._thread(grant, body.get("thread_ts")),
            only_for=None if _is_public(body) else grant.user,
        )

    def _thread(self, grant: Grant, thread_ts: Any) -> str | None:
        if thread_ts is None:
            return None
        if not isinstance(thread_ts, str):
            raise SlackError("invalid_payload")
        if self._host(grant).parent(grant.channel, thread_ts) is None:
            raise SlackError("thread_not_found")
        return thread_ts


def _is_public(body: Json) -> bool:
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_payload")
    return bool(kind == "in_channel")


def _read_body(body: bytes) -> Json:
    try:
        value = read_json(body)
    except ValueError as error:
        raise SlackError("invalid_payload") from error
    if not isinstance(value, dict):
        raise SlackError("invalid_payload")
    return value
