"""Slack's own clients behind one small face, so that one test drives the local Slack with both."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.clients.processes import node_command, running

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client made of an answer.

    Attributes:
        error: Slack's error word, or None.
        retry_after_s: What a 429 asks to wait, or None.
    """

    data: Json
    error: str | None = None
    retry_after_s: int | None = None


class Driver(Protocol):
    """One of Slack's clients."""

    async def call(self, method: str, *, token: str | None, **args: Any) -> Answer:
        """Call a method."""

    async def upload(
        self, name: str, content: str, *, token: str, channel: str, **args: Any
    ) -> Answer:
        """Upload a file the way the client does it."""


class PythonDriver:
    """The client of slack_sdk."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def _client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=self._api_url, retry_handlers=[])

    async def call(self, method: str, *, token: str | None, **args: Any) -> Answer:
        """Call a method."""
        return await self._told(self._client(token).api_call(method, json=args))

    async def upload(
        self, name: str, content: str, *, token: str, channel: str, **args: Any
    ) -> Answer:
        """Upload by `files_upload_v2`."""
        uploading = self._client(token).files_upload_v2(
            filename=name, content=content, channel=channel, **args
        )
        return await self._told(uploading)

    async def _told(self, calling: Any) -> Answer:
        try:
            return Answer(data=(await calling).data)
        except SlackApiError as error:
            wait_s = error.response.headers.get("Retry-After")
            return Answer(
                data=error.response.data,
                error=error.response["error"],
                retry_after_s=int(wait_s) if wait_s else None,
            )


class NodeDriver:
    """The client of `@slack/web-api`, in a process of its own."""

    def __init__(self, process: Any) -> None:
        self._process = process

    async def call(self, method: str, *, token: str | None, **args: Any) -> Answer:
        """Call a method."""
        return await self._ask({"token": token, "method": method, "args": args})

    async def upload(
        self, name: str, content: str, *, token: str, channel: str, **args: Any
    ) -> Answer:
        """Upload by `filesUploadV2`."""
        upload = {"filename": name, "content": content}
        named = {"channel_id": channel, **args}
        return await self._ask({"token": token, "upload": upload, "args": named})

    async def _ask(self, command: Json) -> Answer:
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        await self._process.stdin.drain()
        line = b""
        while not line.startswith(b"{"):  # The client logs some of Slack's words, too.
            line = await self._process.stdout.readline()
            assert line, "the Node process ended"
        said: Json = json.loads(line)
        if said.get("ok"):
            return Answer(data=said)
        is_limited = said["code"] == "slack_webapi_rate_limited_error"
        data = said.get("data") or {}
        return Answer(
            data=data,
            error="ratelimited" if is_limited else data.get("error"),
            retry_after_s=said.get("retryAfter"),
        )


@contextlib.asynccontextmanager
async def running_driver(kind: str, api_url: str) -> AsyncIterator[Driver]:
    """Give a client of one kind, `python` or `node`."""
    if kind == "python":
        yield PythonDriver(api_url)
        return
    async with running(node_command("drive.mjs"), {"SLACK_API_URL": api_url}) as process:
        yield NodeDriver(process)
