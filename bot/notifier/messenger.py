"""Slack as the notifier sees it: post, edit, and look for a message whose fate is unknown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import Outcome, Refused, Sent, Unknown, classify
from bot.slack.views.parts import Message
from bot.slack.workspace import Workspace

EVENT_TYPE = "greenlight_notice"
PAGES = 5


class Messenger:
    """Send messages so that they can be recognised afterwards.

    Args:
        client: Without retry handlers: slack_sdk's own would post twice after a dropped connection.
    """

    def __init__(self, client: AsyncWebClient, workspace: Workspace) -> None:
        self._client = client
        self._workspace = workspace

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
        """Post a message; one whose blocks Slack refuses goes again as text alone."""
        arguments: dict[str, Any] = {
            "channel": channel,
            "text": message["text"],
            "metadata": _metadata(notice_ids, production_id),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if thread_ts is not None:
            arguments |= {"thread_ts": thread_ts, "reply_broadcast": broadcasts}
        outcome = await self._call("chat.postMessage", **arguments, blocks=message["blocks"])
        if isinstance(outcome, Refused) and outcome.is_payload_bad:
            return await self._call("chat.postMessage", **arguments)
        return outcome

    async def edit(self, channel: str, ts: str, message: Message) -> Outcome:
        """Replace a message's text and blocks."""
        return await self._call(
            "chat.update", channel=channel, ts=ts, text=message["text"], blocks=message["blocks"]
        )

    async def find(
        self, channel: str, *, notice_id: int, thread_ts: str | None, oldest_at: datetime
    ) -> Sent | Unknown | None:
        """Look for a message by its notice id.

        Returns:
            None where it is not there, or cannot be looked for because the history scope is not
            granted: it may then be sent twice, which the docs say.
        """
        if self._workspace.team_id is None:
            return Unknown(text="Slack has not told the scopes yet")
        if not self._workspace.reads_history:
            return None
        method = "conversations.history" if thread_ts is None else "conversations.replies"
        cursor = ""
        for _ in range(PAGES):
            page = await self._page(method, channel, thread_ts, oldest_at, cursor)
            if isinstance(page, Unknown | None):
                return page
            ts = _ts_of(page.get("messages", []), notice_id)
            if ts is not None:
                return Sent(ts=ts)
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None
        return None

    async def _page(
        self, method: str, channel: str, thread_ts: str | None, oldest_at: datetime, cursor: str
    ) -> dict[str, Any] | Unknown | None:
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
            return None if isinstance(outcome, Refused) else Unknown(text=str(outcome))
        return answer.data if isinstance(answer.data, dict) else None

    async def _call(self, method: str, **arguments: Any) -> Outcome:
        try:
            answer = await self._client.api_call(method, json=arguments)
        except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
            return classify(error)
        return Sent(ts=str(answer.get("ts", "")))


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
