"""Putting files into a thread: Slack's three steps, with the bytes streamed.

Slack names an address for a file of a given name and length, takes the bytes there, and shows the
file where the third call says. Only the third can be seen by people.

Source: docs.slack.dev/messaging/working-with-files and docs.slack.dev/reference/methods/
    files.getUploadURLExternal, files.completeUploadExternal and files.delete, seen 2026-11-22.
"""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import urlsplit

import httpx
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.addresses import is_same_origin
from bot.slack.errors import (
    NotSent,
    Outcome,
    Paused,
    RateLimited,
    Refused,
    Sent,
    Unknown,
    classify,
    retry_after_s,
)
from bot.slack.workspace import Workspace

log = structlog.get_logger(__name__)

CONNECT_S = 10.0
STALL_S = 60.0
"""Longest silence while bytes are sent, or after the last of them, in seconds."""
PAGES = 5
MISSING_SCOPE = "missing_scope"
_DECLINES = frozenset({httpx.codes.FORBIDDEN, httpx.codes.REQUEST_ENTITY_TOO_LARGE})
_GONE = frozenset({"file_not_found", "file_deleted"})


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """Slack has a file's bytes; nobody sees them yet."""

    file_id: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The thread shows files, or soon will: Slack looks through large ones first.

    Attributes:
        permalinks: By file id; what Slack did not tell is missing.
    """

    permalinks: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Declined(NotSent):
    """Whoever takes the bytes does not want these, which waiting seldom mends."""


Failed = RateLimited | Refused | Paused | NotSent | Unknown


class ThreadFiles:
    """Put files into threads of our workspace, and take them away.

    The token goes to the Web API, never to the address that takes the bytes.
    """

    def __init__(self, client: AsyncWebClient, workspace: Workspace) -> None:
        self._client = client
        self._workspace = workspace

    @property
    def reads_history(self) -> bool:
        """Whether a thread may be looked through for files of unknown fate."""
        return self._workspace.reads_history

    async def upload(
        self, name: str, *, size_bytes: int, pieces: AsyncGenerator[bytes, None]
    ) -> Uploaded | Failed:
        """Send a file's bytes; may be repeated, what nobody finishes is dropped by Slack.

        Args:
            size_bytes: Exactly as many as `pieces` gives, at least 1.
        """
        try:
            answer = await self._client.files_getUploadURLExternal(filename=name, length=size_bytes)
        except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
            return _failed(classify(error))
        url, file_id = str(answer.get("upload_url")), answer.get("file_id")
        if not isinstance(file_id, str) or not file_id:
            return NotSent(text="no id for the file")
        if not _may_take_bytes(url, self._client.base_url):
            log.error("upload_address_not_trusted")
            return NotSent(text="the address for the bytes is not one we trust")
        return await _posted(url, size_bytes=size_bytes, pieces=pieces) or Uploaded(file_id=file_id)

    async def show(
        self, titles: Mapping[str, str], *, channel: str, thread_ts: str | None, comment: str
    ) -> Shown | Failed:
        """Show uploaded files in one message of a thread.

        Args:
            titles: By file id, in the order to show them; at most 10.
            comment: Words above the files, as mrkdwn.
        """
        try:
            answer = await self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title} for file_id, title in titles.items()],
                channel_id=channel,
                thread_ts=thread_ts,
                initial_comment=comment,
            )
        except Exception as error:  # noqa: BLE001 - As above.
            return _failed(classify(error))
        return Shown(permalinks=_permalinks(answer.get("files") or (), titles))

    async def find(
        self, file_ids: Collection[str], *, channel: str, thread_ts: str, oldest_at: datetime
    ) -> Shown | Failed | None:
        """Look for files in a thread.

        Returns:
            None where it shows none of them, or may not be looked through.
        """
        cursor = ""
        for _ in range(PAGES if self.reads_history else 0):
            try:
                page = await self._client.conversations_replies(
                    channel=channel,
                    ts=thread_ts,
                    # Slack's clock and ours may differ by a little.
                    oldest=f"{oldest_at.timestamp() - 60:.6f}",
                    limit=200,
                    cursor=cursor,
                )
            except Exception as error:  # noqa: BLE001 - As above.
                failed = _failed(classify(error))
                return None if _is_scope_missing(failed) else failed
            shown = [file for one in page.get("messages") or () for file in one.get("files") or ()]
            if any(file.get("id") in file_ids for file in shown):
                return Shown(permalinks=_permalinks(shown, file_ids))
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                break
        return None

    async def delete(self, file_id: str) -> Failed | None:
        """Take a file away wherever it is shown; None once it is gone."""
        try:
            await self._client.files_delete(file=file_id)
        except Exception as error:  # noqa: BLE001 - As above.
            failed = _failed(classify(error))
            return None if isinstance(failed, Refused) and failed.word in _GONE else failed
        return None


def final_word(outcome: Failed) -> str | None:
    """Give Slack's word for what waiting does not mend, a missing scope too; else None."""
    if isinstance(outcome, Refused) or _is_scope_missing(outcome):
        return outcome.word
    return None


def _is_scope_missing(outcome: Failed) -> TypeGuard[Paused]:
    return isinstance(outcome, Paused) and outcome.word == MISSING_SCOPE


def _failed(outcome: Outcome) -> Failed:
    return Unknown(text="answered twice") if isinstance(outcome, Sent) else outcome


def _permalinks(files: Sequence[Any], wanted: Collection[str]) -> dict[str, str]:
    return {
        file["id"]: str(file["permalink"])
        for file in files
        if isinstance(file, dict) and file.get("id") in wanted and file.get("permalink")
    }


async def _posted(
    url: str, *, size_bytes: int, pieces: AsyncGenerator[bytes, None]
) -> RateLimited | NotSent | None:
    """Send bytes; None once they were taken. What raises in `pieces` is raised here."""
    timeout = httpx.Timeout(STALL_S, connect=CONNECT_S)
    is_local = urlsplit(url).scheme == "http"
    # Without the length it would go out in chunks, of which Slack could not tell the end.
    headers = {"Content-Length": str(size_bytes), "Content-Type": "application/octet-stream"}
    async with httpx.AsyncClient(timeout=timeout, trust_env=not is_local) as client:
        try:
            answer = await client.post(url, content=pieces, headers=headers)
        except httpx.HTTPError as error:
            return NotSent(text=type(error).__name__)
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return RateLimited(retry_after_s=retry_after_s(answer.headers))
    if answer.status_code in _DECLINES:
        return Declined(text=f"status {answer.status_code}")
    if answer.status_code != httpx.codes.OK:
        return NotSent(text=f"status {answer.status_code}")
    return None


def _may_take_bytes(url: str, api_url: str) -> bool:
    """Tell whether a file may go to an address: https, or the very origin of a local Web API."""
    if is_same_origin(url, api_url):
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and parts.username is None
