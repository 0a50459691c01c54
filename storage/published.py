"""Uploaded files that services fetch from us: begun, live, over, gone."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex, token_urlsafe

from sqlalchemy import Update, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.production import FileReference
from storage.deliverables import token_hash
from storage.part import AnyRow, Part
from storage.tables import published_files as files
from storage.values import PublishedFile, PublishedState

_TOKEN_BYTES = 24
_FOLDER = "uploads"
_ENDS = (PublishedState.BEGUN.value, PublishedState.LIVE.value)
"""What has yet to end."""


class Published(Part):
    """Record what is published and until when; the bytes are the caller's to write and remove."""

    async def prolong_published(
        self, file_id: str, *, until_at: datetime, now: datetime
    ) -> PublishedFile | None:
        """Let a live file live on until a moment at least; gives it, None where none is live."""
        is_live = (
            files.c.file_id == file_id,
            files.c.state == PublishedState.LIVE.value,
            files.c.until_at > now,
        )
        later = update(files).where(*is_live, files.c.until_at < until_at)

        async def work(connection: AsyncConnection) -> AnyRow | None:
            await connection.execute(later.values(until_at=until_at))
            return (await connection.execute(select(files).where(*is_live))).one_or_none()

        row = await self._database.write(work)
        return None if row is None else self._published_of(row, has_token=True)

    async def begin_published(
        self, file: FileReference, *, content_type: str, at: datetime, until_at: datetime
    ) -> PublishedFile:
        """Begin to publish a file: it has a folder and a token now, and is served to nobody.

        Args:
            until_at: When it is given up, should nobody finish it.
        """
        token = token_urlsafe(_TOKEN_BYTES)
        values = {
            "file_id": file.file_id,
            "state": PublishedState.BEGUN.value,
            "folder": f"{_FOLDER}/{token_hex(16)}",
            "name": file.name,
            "content_type": content_type,
            "size_bytes": file.size_bytes,
            "token": self._cipher.seal(token),
            "token_hash": token_hash(token),
            "begun_at": at,
            "until_at": until_at,
        }

        async def work(connection: AsyncConnection) -> PublishedFile:
            statement = insert(files).values(**values).returning(files)
            row = (await connection.execute(statement)).one()
            return self._published_of(row, has_token=True)

        return await self._database.write(work)

    async def finish_published(
        self, begun: PublishedFile, *, sha256: str, at: datetime, until_at: datetime
    ) -> bool:
        """Let a file that is whole be served.

        Returns:
            False where somebody else has published the same file meanwhile, or it took so long that
            it was given up: it is over then.
        """
        file_id = select(files.c.file_id).where(files.c.id == begun.id).scalar_subquery()
        # Whoever publishes the same file waits here, since each sees at least the other's row.
        same = select(files).where(files.c.file_id == file_id).order_by(files.c.id)

        async def work(connection: AsyncConnection) -> bool:
            rows = (await connection.execute(same.with_for_update())).all()
            is_ours = any(_is(row, PublishedState.BEGUN) for row in rows if row.id == begun.id)
            rival = next((row for row in rows if _is(row, PublishedState.LIVE)), None)
            is_live = is_ours and (rival is None or rival.until_at <= at)
            if is_live and rival is not None:
                await connection.execute(_over(rival.id))
            live = {"sha256": sha256, "published_at": at, "until_at": until_at}
            state = {"state": PublishedState.LIVE.value}
            ours = update(files).where(files.c.id == begun.id).values(**live, **state)
            await connection.execute(ours if is_live else _over(begun.id))
            return is_live

        return await self._database.write(work)

    async def find_published(self, token_hash: str) -> PublishedFile | None:
        """Give what an address stands for, whatever its state; None where there is no such one."""
        query = select(files).where(files.c.token_hash == token_hash)

        async def work(connection: AsyncConnection) -> AnyRow | None:
            return (await connection.execute(query)).one_or_none()

        row = await self._database.read(work)
        return None if row is None else self._published_of(row)

    async def end_published(self, *, now: datetime, limit: int) -> Sequence[PublishedFile]:
        """End what has lived long enough; gives files that are over and still in the store."""
        outlived = update(files).where(files.c.state.in_(_ENDS), files.c.until_at <= now)
        over = select(files).where(files.c.state == PublishedState.OVER.value).limit(limit)

        async def work(connection: AsyncConnection) -> Sequence[AnyRow]:
            await connection.execute(outlived.values(state=PublishedState.OVER.value))
            return (await connection.execute(over.order_by(files.c.id))).all()

        return [self._published_of(row) for row in await self._database.write(work)]

    async def take_back_published(self, file: PublishedFile) -> None:
        """End a file before its time, or give one up that does not come to be whole."""

        async def work(connection: AsyncConnection) -> None:
            is_there = files.c.state.in_(_ENDS)
            await connection.execute(_over(file.id).where(is_there))

        await self._database.write(work)

    async def forget_published(self, over: PublishedFile) -> None:
        """Record that a file that is over has left the store; one that never was live goes whole."""
        is_over = (files.c.id == over.id, files.c.state == PublishedState.OVER.value)
        never = delete(files).where(*is_over, files.c.published_at.is_(None))
        gone = update(files).where(*is_over).values(state=PublishedState.GONE.value)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(never)
            await connection.execute(gone)

        await self._database.write(work)

    def _published_of(self, row: AnyRow, *, has_token: bool = False) -> PublishedFile:
        return PublishedFile(
            id=row.id,
            state=PublishedState(row.state),
            file_id=row.file_id,
            folder=row.folder,
            name=row.name,
            content_type=row.content_type,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
            token=self._cipher.unseal(row.token) if has_token else None,
            until_at=row.until_at,
        )


def _is(row: AnyRow, state: PublishedState) -> bool:
    return bool(row.state == state.value)


def _over(row_id: int) -> Update:
    return update(files).where(files.c.id == row_id).values(state=PublishedState.OVER.value)
