"""Slack as the notifier sees it: post, edit, and look for a message whose fate is unknown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import Outcome, Refused, Sent, Unknown, classify
from bot.slack.views.parts import Message, has_pictures, without_pictures
from bot.slack.workspace import Workspace

log = structlog.get_logger(__name__)

EVENT_TYPE = "greenlight_notice"
PAGES = 5


class Blind:
    """Nobody can look whether a message is there."""


class Messenger:
    """Send messages so that they can be recognised afterwards.

    Args:
        client: Without retry handlers: slack_sdk's own would post twice after a dropped connection.
    """

    def __init__(self, client: AsyncWebClient, workspace: Workspace) -> None:
        self._client = client
        self._workspace = workspace

    @property
    def is_blind(self) -> bool:
        """Whether the history scope is not granted, as far as Slack has told."""
        return not self._workspace.reads_history

    async def learn_scopes(self) -> bool:
        """Ask Slack what the token may do; False where Slack did not answer, so ask again."""
        return await self._workspace.learn()

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        notice_ids: Sequence[int],
        production_id: str,
        thread_ts: str | None,
        broadcasts: bool,
    ) -> Outcome:
        """Post a message, in a plainer form where Slack refuses how it is made."""
        arguments: dict[str, Any] = {
            "channel": channel,
            "text": message["text"],
            "metadata": _metadata(notice_ids, production_id),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if thread_ts is not None:
            arguments |= {"thread_ts": thread_ts, "reply_broadcast": broadcasts}
        return await self._send("chat.postMessage", arguments, message)

    async def edit(self, channel: str, ts: str, message: Message) -> Outcome:
        """Replace a message's text and blocks; refused ones go again in plainer forms, as posts do.

        Source: text without blocks takes the blocks away (docs.slack.dev/reference/methods/
            chat.update, seen 2026-11-22).
        """
        arguments = {"channel": channel, "ts": ts, "text": message["text"]}
        return await self._send("chat.update", arguments, message)

    async def find(
        self, channel: str, *, notice_id: int, thread_ts: str | None, oldest_at: datetime
    ) -> Sent | Unknown | Blind | None:
        """Look for a message by its notice id.

        Returns:
            None where it is not there. `Blind` where it cannot be looked for, as without the
            history scope: it may then be sent twice, which the docs say.
        """
        if self._workspace.team_id is None:
            return Unknown(text="Slack has not told the scopes yet")
        if self.is_blind:
            return Blind()
        method = "conversations.history" if thread_ts is None else "conversations.replies"
        cursor = ""
        for _ in range(PAGES):
            page = await self._page(method, channel, thread_ts, oldest_at, cursor)
            if isinstance(page, Unknown | Blind):
                return page
            ts = _ts_of(page.get("messages", []), notice_id)
            if ts is not None:
                return Sent(ts=ts)
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None
        return Blind()

    async def _page(
        self, method: str, channel: str, thread_ts: str | None, oldest_at: datetime, cursor: str
    ) -> dict[str, Any] | Unknown | Blind:
        arguments: dict[str, Any] = {
            "channel": channel,
            # Slack's clock and ours may differ by a little.
            "oldest": f"{oldest_at.timestamp() - 60:.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        if thread_ts is not None:
            arguments["ts"] = thread_ts
        if cursor:
            arguments["cursor"] = cursor
        try:
            answer = await self._client.api_call(method, params=arguments)
        except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
            outcome = classify(error)
            return Blind() if isinstance(outcome, Refused) else Unknown(text=str(outcome))
        return answer.data if isinstance(answer.data, dict) else Blind()

    async def _send(self, method: str, arguments: Mapping[str, Any], message: Message) -> Outcome:
        """Send a message as it is, then without pictures, then as text alone.

        Slack refuses all of a message whose picture it cannot fetch, now and then also one that is
        there: `invalid_blocks`, "downloading image failed" (slackapi/python-slack-sdk#1782).
        """
        outcome = await self._call(method, **arguments, blocks=message["blocks"])
        for plainer in _plainer(message):
            if not isinstance(outcome, Refused) or not outcome.is_payload_bad:
                break
            log.warning("message_made_plainer", method=method, word=outcome.word)
            outcome = await self._call(method, **arguments, **plainer)
        return outcome

    async def _call(self, method: str, **arguments: Any) -> Outcome:
        try:
            answer = await self._client.api_call(method, json=arguments)
        except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
            return classify(error)
        return Sent(ts=str(answer.get("ts", "")))


def _plainer(message: Message) -> list[dict[str, Any]]:
    pictured = [{"blocks": without_pictures(message)["blocks"]}] if has_pictures(message) else []
    return [*pictured, {}]


def _metadata(notice_ids: Sequence[int], production_id: str) -> dict[str, Any]:
    payload = {"notice_ids": list(notice_ids), "production_id": production_id}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def _ts_of(messages: Sequence[dict[str, Any]], notice_id: int) -> str | None:
    for message in messages:
        metadata = message.get("metadata") or {}
        payload = metadata.get("event_payload") or {}
        is_ours = metadata.get("event_type") == EVENT_TYPE
        if is_ours and notice_id in payload.get("notice_ids", []):
            return str(message["ts"])
    return None
