"""Small things kept by key: answers of services, people's choices, drafts, counts, samples."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Delete, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import StorageError
from bot.core.production import Job
from storage.part import Part, insert_into
from storage.tables import preferences, remembered, reply_samples, request_counts
from storage.values import Draft, Sample

SAMPLES_KEPT = 100
_DRAFT = TypeAdapter(Draft)
_ENTERED = TypeAdapter(dict[str, str])
_DRAFT_KEY = "draft:"
_JOB = TypeAdapter(Job)
_ANSWER_KEY = "answer:"


class Kept(Part):
    """Keep and give back."""

    async def remember(self, key: str, value: Any, at: datetime) -> None:
        """Keep a JSON value, in place of an older one."""
        row = {"value": value, "at": at}

        async def work(connection: AsyncConnection) -> None:
            statement = insert_into(connection, remembered).values(key=key, **row)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=[remembered.c.key], set_=row)
            )

        await self._database.write(work)

    async def recall(self, key: str) -> tuple[Any, datetime] | None:
        """Give a JSON value and when it was kept; None where nothing was."""
        query = select(remembered.c.value, remembered.c.at).where(remembered.c.key == key)

        async def work(connection: AsyncConnection) -> tuple[Any, datetime] | None:
            row = (await connection.execute(query)).one_or_none()
            return None if row is None else (row.value, row.at)

        return await self._database.read(work)

    async def keep_draft(self, form_key: str, draft: Draft, *, at: datetime) -> None:
        """Keep what was sent of a form, encrypted, until `prune`; in place of an older one."""
        sealed = self._cipher.seal(_DRAFT.dump_json(draft).decode())
        await self.remember(_DRAFT_KEY + form_key, sealed, at)

    async def draft(self, form_key: str) -> Draft | None:
        """Give what was sent of a form; None where it is not kept any more."""
        kept = await self.recall(_DRAFT_KEY + form_key)
        if kept is None:
            return None
        try:
            return _DRAFT.validate_json(self._cipher.unseal(kept[0]))
        except StorageError:  # Of a key that is gone by now; the person fills it in again.
            return None

    async def keep_answer(self, production_id: str, job: Job, *, at: datetime) -> None:
        """Keep a job that a service answered with and nobody can follow, encrypted, until `prune`."""
        sealed = self._cipher.seal(_JOB.dump_json(job).decode())
        await self.remember(_ANSWER_KEY + production_id, sealed, at)

    async def kept_answer(self, production_id: str) -> Job | None:
        """Give the newest job of a production that nobody can follow; None where none is kept.

        Raises:
            StorageError: It was kept under a key that is gone by now.
        """
        kept = await self.recall(_ANSWER_KEY + production_id)
        return _JOB.validate_json(self._cipher.unseal(kept[0])) if kept is not None else None

    async def keep_entered(self, key: str, entered: Mapping[str, str], *, at: datetime) -> None:
        """Keep what stands in an open form as a draft is kept: encrypted, until `prune`."""
        sealed = self._cipher.seal(_ENTERED.dump_json(dict(entered)).decode())
        await self.remember(_DRAFT_KEY + key, sealed, at)

    async def entered(self, key: str) -> dict[str, str]:
        """Give what stood in an open form; empty where it is not kept, or not any more."""
        kept = await self.recall(_DRAFT_KEY + key)
        if kept is None:
            return {}
        try:
            return _ENTERED.validate_json(self._cipher.unseal(kept[0]))
        except StorageError:  # Of a key that is gone by now.
            return {}

    async def prefer(self, team_id: str, user_id: str, key: str, value: Any, at: datetime) -> None:
        """Keep what a person set, as a JSON value."""
        owner = {"team_id": team_id, "user_id": user_id, "key": key}
        row = {"value": value, "at": at}

        async def work(connection: AsyncConnection) -> None:
            statement = insert_into(connection, preferences).values(**owner, **row)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=list(owner), set_=row)
            )

        await self._database.write(work)

    async def preference(self, team_id: str, user_id: str, key: str) -> Any:
        """Give what a person set; None where they set nothing."""
        query = select(preferences.c.value).where(
            preferences.c.team_id == team_id,
            preferences.c.user_id == user_id,
            preferences.c.key == key,
        )

        async def work(connection: AsyncConnection) -> Any:
            return await connection.scalar(query)

        return await self._database.read(work)

    async def count_requests(
        self, credential: str, *, minute_at: datetime, day: date, count: int
    ) -> tuple[int, int]:
        """Add requests to a credential's counters and read them, as one step.

        Args:
            credential: Names the key without being it.
            minute_at: When the running minute began.
            count: 0 only reads.

        Returns:
            Requests made in that minute, and on that UTC day.
        """
        windows = {"day": datetime.combine(day, time(), UTC), "minute": minute_at}
        if count == 0:
            totals = await self._totals(credential, windows)
        else:
            totals = await self._add(credential, windows, count)
        return totals.get("minute", 0), totals.get("day", 0)

    async def _totals(self, credential: str, windows: dict[str, datetime]) -> dict[str, int]:
        query = select(
            request_counts.c.window, request_counts.c.started_at, request_counts.c.count
        ).where(
            request_counts.c.credential == credential,
            request_counts.c.started_at.in_(list(windows.values())),
        )

        async def work(connection: AsyncConnection) -> dict[str, int]:
            rows = await connection.execute(query)
            return {
                window: total for window, started_at, total in rows if windows[window] == started_at
            }

        return await self._database.read(work)

    async def _add(
        self, credential: str, windows: dict[str, datetime], count: int
    ) -> dict[str, int]:
        rows = [
            {"credential": credential, "window": name, "started_at": started_at, "count": count}
            for name, started_at in windows.items()
        ]

        async def work(connection: AsyncConnection) -> dict[str, int]:
            statement = insert_into(connection, request_counts).values(rows)
            added = statement.on_conflict_do_update(
                index_elements=["credential", "window", "started_at"],
                set_={"count": request_counts.c.count + statement.excluded["count"]},
            )
            result = await connection.execute(
                added.returning(request_counts.c.window, request_counts.c["count"])
            )
            return {window: total for window, total in result}  # noqa: C416 - rows, not pairs

        return await self._database.write(work)

    async def keep_sample(
        self, provider: str, production_id: str | None, sample: str, at: datetime
    ) -> None:
        """Keep an answer that made no sense, free of secrets; the oldest ones go."""
        newest = select(reply_samples.c.id).order_by(reply_samples.c.id.desc()).limit(SAMPLES_KEPT)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                reply_samples.insert().values(
                    provider=provider, production_id=production_id, sample=sample, at=at
                )
            )
            await connection.execute(delete(reply_samples).where(reply_samples.c.id.not_in(newest)))

        await self._database.write(work)

    async def samples(self, *, limit: int) -> list[Sample]:
        """List answers that made no sense, newest first."""
        query = (
            select(
                reply_samples.c.provider,
                reply_samples.c.production_id,
                reply_samples.c.sample,
                reply_samples.c.at,
            )
            .order_by(reply_samples.c.id.desc())
            .limit(limit)
        )

        async def work(connection: AsyncConnection) -> list[Sample]:
            rows = await connection.execute(query)
            return [Sample(**row._mapping) for row in rows]  # noqa: SLF001 - its public name

        return await self._database.read(work)


def old_kept(before_at: datetime) -> Delete:
    """Build the statement that forgets drafts and answers nobody came back to."""
    is_ours = or_(*(remembered.c.key.startswith(key) for key in (_DRAFT_KEY, _ANSWER_KEY)))
    return delete(remembered).where(is_ours, remembered.c.at < before_at)
