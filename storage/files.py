"""Where our copies of files live: a folder or a bucket, spoken to through one library.

A file is there whole or not at all: what is being written has no name until its last byte is in
(object_store's multipart writes, obstore 0.12.1, tried), so readers never see a part of one. What a
killed process leaves behind in a folder is swept away with the folder it was written in.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from bot.core.errors import FilesUnavailableError, SettingsError

PART_BYTES = 5 * 1024 * 1024
"""One part of an upload; the smallest that S3 takes, and the most that waits in memory."""
PIECE_BYTES = 512 * 1024
"""One piece of a download: read when the last has left, so that slow readers cost no more."""

NAME = "DELIVERABLES_URL"
_MUST = "must be file:///folder, s3://bucket/folder, gs://bucket/folder or az://container/folder"
_BUCKETS: Mapping[str, str] = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}
"""What begins the names of each bucket's own settings, which the library reads itself."""

_UNAVAILABLE = (BaseError, OSError, ValueError)
_CLIENT: Any = {"timeout": timedelta(minutes=5), "connect_timeout": timedelta(seconds=10)}
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(minutes=1)}


class Files:
    """Keep files by name; names are paths with `/` in them."""

    def __init__(self, url: str) -> None:
        """Read the address.

        Raises:
            SettingsError: It is none that we can use; names the setting, never the value.
        """
        self._url = url
        self.folder = _folder(url)
        if self.folder is None:
            self._bucket = _bucket(url)

    @property
    def is_local(self) -> bool:
        """Whether it is a folder, which other machines cannot see unless it is shared."""
        return self.folder is not None

    @cached_property
    def _store(self) -> Any:
        """Open the store; a folder is made, readable to its owner only."""
        if self.folder is None:
            return self._bucket
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return LocalStore(self.folder)
        except _UNAVAILABLE as error:
            raise _unavailable(error) from None

    async def probe(self) -> None:
        """Write something, read it back and remove it.

        Raises:
            FilesUnavailableError: One of the three cannot be done.
        """
        name = f"probe/{token_hex(8)}"
        await self.put(name, _once(b"was here"))
        read = b"".join([piece async for piece in self.read(name, 0, 8)])
        await self.remove("probe")
        if read != b"was here":
            raise FilesUnavailableError("what was written reads back otherwise")

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        """Write a file; whatever `pieces` raises is raised here, and then there is no file.

        Raises:
            FilesUnavailableError: The store did not take it.
        """
        source = _Source(pieces)
        try:
            await obstore.put_async(
                self._store,
                name,
                source,
                use_multipart=True,
                chunk_size=PART_BYTES,
                max_concurrency=1,
            )
        except _UNAVAILABLE as error:
            if source.error is not None:
                raise source.error from None
            raise _unavailable(error) from None

    async def size(self, name: str) -> int | None:
        """Give a file's size in bytes; None where there is no such file.

        Raises:
            FilesUnavailableError: The store does not answer.
        """
        try:
            return (await obstore.head_async(self._store, name))["size"]
        except FileNotFoundError:
            return None
        except _UNAVAILABLE as error:
            raise _unavailable(error) from None

    async def find(self, folder: str) -> list[tuple[str, int]]:
        """List the files below a folder that are whole: full name and size in bytes.

        Raises:
            FilesUnavailableError: The store does not answer.
        """
        try:
            return [
                (one["path"], one["size"])
                async for listed in obstore.list(self._store, prefix=f"{folder}/")
                for one in listed
            ]
        except _UNAVAILABLE as error:
            raise _unavailable(error) from None

    async def read(self, name: str, start: int, end: int) -> AsyncGenerator[bytes, None]:
        """Read a part of a file, `end` not included, piece by piece.

        Raises:
            FilesUnavailableError: The store does not answer, or the file is shorter.
        """
        while start < end:
            length = min(PIECE_BYTES, end - start)
            try:
                piece = await obstore.get_range_async(self._store, name, start=start, length=length)
            except _UNAVAILABLE as error:
                raise _unavailable(error) from None
            if len(piece) != length:
                raise FilesUnavailableError("a file is shorter than it was")
            yield bytes(piece)
            start += length

    async def remove_one(self, name: str) -> None:
        """Delete one file; that there is none is fine.

        Raises:
            FilesUnavailableError: It could not be deleted.
        """
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return
        except _UNAVAILABLE as error:
            raise _unavailable(error) from None

    async def remove(self, folder: str, *, but: str | None = None) -> None:
        """Delete everything below a folder; nothing there is fine.

        Args:
            but: A file that stays, by its full name.

        Raises:
            FilesUnavailableError: Not everything could be deleted.
        """
        try:
            if self.folder is not None:
                # Half-written files have names that the library does not list.
                await asyncio.to_thread(_remove_local, self.folder / folder, but=but)
                return
            async for listed in obstore.list(self._store, prefix=f"{folder}/"):
                names = [one["path"] for one in listed if one["path"] != but]
                if names:
                    await obstore.delete_async(self._store, names)
        except _UNAVAILABLE as error:
            raise _unavailable(error) from None


class _Source:
    """Hand pieces over, and keep the error that ended them: the library would pass on a likeness."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self.error: Exception | None = None

    def __aiter__(self) -> "_Source":
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._pieces)
        except StopAsyncIteration:
            raise
        except Exception as error:  # noqa: BLE001 - raised again by `put`.
            self.error = error
            raise OSError("the source ended early") from None


async def _once(data: bytes) -> AsyncGenerator[bytes, None]:
    yield data


def _remove_local(folder: Path, *, but: str | None) -> None:
    if but is None:
        if folder.exists():
            shutil.rmtree(folder)
        return
    kept = Path(but).name
    for path in folder.iterdir() if folder.exists() else ():
        if path.name != kept:
            path.unlink(missing_ok=True)


def _folder(url: str) -> Path | None:
    parts = _split(url)
    if parts.scheme != "file":
        return None
    path = unquote(parts.path)
    if parts.netloc or not path.startswith("/") or path == "/" or "\0" in path:
        raise SettingsError(NAME, _MUST)
    return Path(path)


def _bucket(url: str) -> Any:
    parts = _split(url)
    if parts.scheme not in _BUCKETS or not parts.netloc or "@" in parts.netloc:
        raise SettingsError(NAME, _MUST)
    try:
        return from_url(url, client_options=_client(_BUCKETS[parts.scheme]), retry_config=_RETRY)
    except (BaseError, ValueError, OSError):
        raise SettingsError(
            NAME,
            f"cannot be opened as it is set up: docs/deliverables.md says what {parts.scheme}"
            " needs besides",
        ) from None


def _client(prefix: str) -> Any:
    """Say how buckets are spoken to.

    What is given here takes the place of all that the environment says of it (obstore 0.12.1,
    tried), so that plain http, for a store in one's own network, has to be passed on.
    """
    allows = os.environ.get(f"{prefix}_ALLOW_HTTP", "").strip().lower()
    return {**_CLIENT, "allow_http": allows in {"1", "true", "yes", "on"}}


def _split(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError:
        raise SettingsError(NAME, _MUST) from None


def _unavailable(error: Exception) -> FilesUnavailableError:
    """Translate an error; its own words may hold signed addresses."""
    return FilesUnavailableError(f"files unavailable: {_reason(error)}")


_NUMBER = re.compile(r"\(os error ([0-9]{1,3})\)")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_STATUS = re.compile(r"status code: ([0-9]{3})\b")
_PLAIN: Mapping[str, str] = {
    "builder error": "an address with plain http, which is not allowed",
    "error sending request": "no connection",
}
"""The library's words for what has no number (obstore 0.12.1, tried)."""


def _reason(error: Exception) -> str:
    """Say what is wrong in a few words that hold nothing of ours."""
    text, number = str(error), getattr(error, "errno", None)
    found = _NUMBER.search(text)
    if found is not None or isinstance(number, int):
        return os.strerror(int(found[1]) if found is not None else number or 0)
    code, status = _CODE.search(text), _STATUS.search(text)
    if code is not None:
        return code[1]
    if status is not None:
        return f"status {status[1]}"
    return next((said for sign, said in _PLAIN.items() if sign in text), type(error).__name__)
