"""The projects of videos: uploaded, or fetched from an address, but only from this machine."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp

from twin.jobs import WrongStatusError
from twin.narakeet.catalogue import BY_URL, UPLOADED
from twin.narakeet.model import Job, Source
from twin.narakeet.projects import ProjectError
from twin.origin import is_loopback

FETCH_WAIT_S = 10.0
"""Real seconds that a download has; the twin's clock stands still meanwhile."""
_UNREACHABLE = "The archive could not be downloaded."
_OK = 200


@dataclass(kw_only=True)
class Upload:
    """A place for an archive; its content is None until somebody has put it there."""

    account: str
    content: bytes | None = None


class Archives:
    """Keep uploads by repository, and downloads by job."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}
        self._fetched: dict[str, asyncio.Task[bytes | None]] = {}

    def open(self, *, account: str) -> str:
        """Make a place for an upload and give its repository."""
        repository = f"uploads/{uuid4()}.zip"
        self._uploads[repository] = Upload(account=account)
        return repository

    def upload(self, repository: str) -> Upload | None:
        """Give a place, if it was made."""
        return self._uploads.get(repository)

    def fetch_soon(self, job: Job, *, most: int) -> None:
        """Begin to download what a job names by its address, where it does.

        Args:
            most: Bytes; a longer archive counts as unreachable.
        """
        wish = job.wish
        if isinstance(wish, Source) and wish.repository_type == BY_URL:
            self._fetched[job.task_id] = asyncio.create_task(_fetch(wish.repository, most=most))

    async def settled(self, job: Job) -> None:
        """Wait until a job's download has ended, if it has one."""
        task = self._fetched.get(job.task_id)
        if task is not None:
            await asyncio.wait({task})

    async def stop(self) -> None:
        """Drop downloads under way."""
        for task in self._fetched.values():
            task.cancel()
        await asyncio.gather(*self._fetched.values(), return_exceptions=True)

    def content_of(self, job: Job, wish: Source) -> bytes:
        """Give a job's archive.

        Raises:
            ProjectError: There is none, or it belongs to somebody else.
            WrongStatusError: It is still on its way.
        """
        content = self._fetched_content(job) if wish.repository_type == BY_URL else None
        if wish.repository_type == UPLOADED:
            upload = self._uploads.get(wish.repository)
            is_theirs = upload is not None and upload.account == job.account
            content = upload.content if upload is not None and is_theirs else None
        if content is None:
            raise ProjectError(_UNREACHABLE)
        return content

    def _fetched_content(self, job: Job) -> bytes | None:
        task = self._fetched[job.task_id]
        if not task.done():
            raise WrongStatusError("The archive is still on its way.")
        return task.result()


async def _fetch(url: str, *, most: int) -> bytes | None:
    """Download an archive; None where that does not work."""
    try:
        if not is_loopback(urlsplit(url).hostname or ""):
            return None
        async with (
            asyncio.timeout(FETCH_WAIT_S),
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return await _content(answer, most=most) if answer.status == _OK else None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None


async def _content(answer: aiohttp.ClientResponse, *, most: int) -> bytes | None:
    content = bytearray()
    async for chunk in answer.content.iter_any():
        content += chunk
        if len(content) > most:
            return None
    return bytes(content)
