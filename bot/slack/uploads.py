"""Reading what people uploaded with a form: streamed from Slack with the bot's token.

A file's address is asked for at the moment it is read and never kept.

Source: `url_private` and `url_private_download` want the token as a bearer header and the scope
    `files:read`; without them Slack answers with a redirect to, or the page of, its sign-in
    (docs.slack.dev/reference/objects/file-object, seen 2026-11-22).
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.addresses import is_same_origin
from bot.core.errors import FILES_UNREACHABLE, ProviderRefusedError, ProviderUnavailableError
from bot.core.production import FileReference
from bot.slack.errors import Paused, RateLimited, Refused, classify

log = structlog.get_logger(__name__)

CONNECT_S = 10.0
STALL_S = 30.0
"""Longest silence in the middle of a file, in seconds."""
_GONE = frozenset({404, 410})


class SlackUploads:
    """Open uploaded files.

    The token goes to Slack's own hosts and to the configured Web API's, nowhere else; redirects
    are not followed.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def open(self, file: FileReference) -> AsyncGenerator[bytes, None]:
        """Begin to read a file; see `bot.providers.base.Uploads`."""
        url = self._address(file, await self._look_up(file))
        chunks = self._read(file, url)
        try:
            first = await anext(chunks)
        except StopAsyncIteration:  # An empty answer; `_read` has compared the sizes.
            raise _changed(file) from None
        return _with_first(first, chunks)

    async def _look_up(self, file: FileReference) -> Mapping[str, Any]:
        try:
            answer = await self._client.files_info(file=file.file_id)
        except Exception as error:
            outcome = classify(error)
            log.warning("upload_not_looked_up", outcome=type(outcome).__name__.lower())
            if isinstance(outcome, Refused):
                raise _gone(file) from error
            if isinstance(outcome, Paused):
                raise _closed(file) from error
            wait_s = outcome.retry_after_s if isinstance(outcome, RateLimited) else None
            raise _unreachable(file, wait_s) from error
        facts = answer.get("file")
        return facts if isinstance(facts, Mapping) else {}

    def _address(self, file: FileReference, facts: Mapping[str, Any]) -> str:
        url = facts.get("url_private_download") or facts.get("url_private")
        if not isinstance(url, str):  # What is left of a file that was deleted has none.
            raise _gone(file)
        if facts.get("size") != file.size_bytes:
            raise _changed(file)
        if not _is_slack(url, self._client.base_url):
            raise ProviderRefusedError(
                f"Slack keeps “{file.name}” at an address we do not trust. Nothing was sent.",
                code="file_elsewhere",
            )
        return url

    async def _read(self, file: FileReference, url: str) -> AsyncGenerator[bytes, None]:
        headers = {
            "Authorization": f"Bearer {self._client.token}",
            "Accept-Encoding": "identity",
        }
        timeout = httpx.Timeout(STALL_S, connect=CONNECT_S)
        is_local = urlsplit(url).scheme == "http"
        async with httpx.AsyncClient(timeout=timeout, trust_env=not is_local) as client:
            try:
                async with client.stream("GET", url, headers=headers) as response:
                    _check(file, response)
                    left = file.size_bytes
                    async for chunk in response.aiter_raw():
                        left -= len(chunk)
                        if left < 0:
                            raise _changed(file)
                        yield chunk
            except httpx.HTTPError as error:
                log.warning("upload_broke_off", error=type(error).__name__)
                raise _unreachable(file) from error
        if left > 0:
            raise _unreachable(file)


async def _with_first(
    first: bytes, rest: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    try:
        yield first
        async for chunk in rest:
            yield chunk
    finally:
        await rest.aclose()


def _check(file: FileReference, response: httpx.Response) -> None:
    if response.status_code in _GONE:
        raise _gone(file)
    if response.is_redirect or response.status_code in {401, 403}:
        raise _closed(file)
    if response.status_code != httpx.codes.OK:
        raise _unreachable(file)
    length = response.headers.get("content-length")
    if length is not None and length != str(file.size_bytes):
        raise _changed(file)


def _is_slack(url: str, api_url: str) -> bool:
    """Tell whether our token may go to an address."""
    if is_same_origin(url, api_url):
        return True
    try:
        parts = urlsplit(url)
        is_plain = parts.port is None and parts.username is None
    except ValueError:
        return False
    host = f".{parts.hostname or ''}"
    return parts.scheme == "https" and is_plain and host.endswith(".slack.com")


def _gone(file: FileReference) -> ProviderRefusedError:
    text = f"The file “{file.name}” is no longer in Slack, so nothing was sent. Upload it again."
    return ProviderRefusedError(text, code="file_gone")


def _changed(file: FileReference) -> ProviderRefusedError:
    text = f"The file “{file.name}” is not what was uploaded, so nothing was sent. Upload it again."
    return ProviderRefusedError(text, code="file_changed")


def _closed(file: FileReference) -> ProviderRefusedError:
    text = (
        f"Slack does not let us read “{file.name}”, so nothing was sent. An admin has to allow this "
        "app to read files (files:read) and install it again."
    )
    return ProviderRefusedError(text, code="files_not_readable")


def _unreachable(file: FileReference, wait_s: float | None = None) -> ProviderUnavailableError:
    return ProviderUnavailableError(
        f"Slack does not hand out “{file.name}” right now.",
        code=FILES_UNREACHABLE,
        retry_after_s=wait_s,
    )
