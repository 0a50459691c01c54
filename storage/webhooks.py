"""Webhooks: known by their ids, and then only a reason to look."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.kept import old_kept
from storage.outbox import PAID, REFUSED
from storage.part import Part, insert_into
from storage.saving import hint_statement, lock_job
from storage.tables import (
    attempts,
    outbox,
    productions,
    request_counts,
    unmatched_jobs,
    webhook_ids,
    webhook_secrets,
)
from storage.values import Hinted, UnmatchedJob


class Webhooks(Part):
    """Remember webhooks, their secrets, and the jobs nobody has."""

    async def hint(
        self,
        provider: str,
        *,
        delivery_ids: Sequence[str],
        job_id: str | None,
        account: str | None,
        kind: str,
        at: datetime,
        due_at: datetime,
        looks: bool = True,
    ) -> Hinted:
        """Take a webhook in: remember its ids and make its production due, or neither.

        Args:
            delivery_ids: Keys that make it known again; one known is enough.
            job_id: None for a webhook about no job.
            due_at: When to look, unless the production is due sooner.
            looks: False where its body says all there is to know.
        """

        async def work(connection: AsyncConnection) -> Hinted:
            if not await _is_new(connection, provider, delivery_ids, at):
                return Hinted(is_new=False, production_id=None)
            if job_id is None:
                return Hinted(is_new=True, production_id=None)
            production_id = await _look_now(connection, provider, job_id, due_at, looks=looks)
            if production_id is None and looks:
                job = UnmatchedJob(
                    provider=provider, job_id=job_id, account=account, kind=kind, at=at
                )
                await _keep_unmatched(connection, job)
            return Hinted(is_new=True, production_id=production_id)

        return await self._database.write(work)

    async def unmatched_jobs(self, provider: str, since_at: datetime) -> list[UnmatchedJob]:
        """List jobs that webhooks spoke of since a moment and no attempt has, newest first."""
        query = (
            select(unmatched_jobs)
            .where(unmatched_jobs.c.provider == provider, unmatched_jobs.c.at >= since_at)
            .order_by(unmatched_jobs.c.at.desc(), unmatched_jobs.c.job_id)
        )

        async def work(connection: AsyncConnection) -> list[UnmatchedJob]:
            rows = await connection.execute(query)
            return [UnmatchedJob(**row._mapping) for row in rows]  # noqa: SLF001 - its public name

        return await self._database.read(work)

    async def prune(self, before_at: datetime) -> None:
        """Forget what is old: webhook ids, unmatched jobs, drafts, answers, counts, done messages."""
        old = (
            delete(webhook_ids).where(webhook_ids.c.at < before_at),
            delete(unmatched_jobs).where(unmatched_jobs.c.at < before_at),
            old_kept(before_at),
            delete(request_counts).where(request_counts.c.started_at < before_at),
            delete(outbox).where(
                outbox.c.status.in_((PAID, REFUSED)), outbox.c.done_at < before_at
            ),
        )

        async def work(connection: AsyncConnection) -> None:
            for statement in old:
                await connection.execute(statement)

        await self._database.write(work)

    async def add_webhook_secret(
        self, provider: str, webhook_id: str, secret: str, at: datetime
    ) -> None:
        """Keep the signing secret of a subscription, in place of an older one."""
        row = {"secret": self._cipher.seal(secret), "at": at}

        async def work(connection: AsyncConnection) -> None:
            statement = insert_into(connection, webhook_secrets).values(
                provider=provider, webhook_id=webhook_id, **row
            )
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[webhook_secrets.c.provider, webhook_secrets.c.webhook_id],
                    set_=row,
                )
            )

        await self._database.write(work)

    async def webhook_secrets(self, provider: str) -> tuple[str, ...]:
        """Give the signing secrets of a service's subscriptions, newest first."""
        query = (
            select(webhook_secrets.c.secret)
            .where(webhook_secrets.c.provider == provider)
            .order_by(webhook_secrets.c.at.desc(), webhook_secrets.c.webhook_id)
        )

        async def work(connection: AsyncConnection) -> tuple[str, ...]:
            sealed = await connection.scalars(query)
            return tuple(self._cipher.unseal(secret) for secret in sealed)

        return await self._database.read(work)

    async def remove_webhook_secret(self, provider: str, webhook_id: str) -> bool:
        """Forget a subscription's secret; False where there was none."""
        statement = delete(webhook_secrets).where(
            webhook_secrets.c.provider == provider, webhook_secrets.c.webhook_id == webhook_id
        )

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(statement)).rowcount > 0

        return await self._database.write(work)


async def _is_new(
    connection: AsyncConnection, provider: str, delivery_ids: Sequence[str], at: datetime
) -> bool:
    """Remember the ids; a webhook is new where none of them was known."""
    ids = sorted(set(delivery_ids))
    rows = [{"provider": provider, "delivery_id": each, "at": at} for each in ids]
    statement = insert_into(connection, webhook_ids).values(rows).on_conflict_do_nothing()
    added = await connection.execute(statement.returning(webhook_ids.c.delivery_id))
    return len(added.all()) == len(ids)


async def _look_now(
    connection: AsyncConnection, provider: str, job_id: str, due_at: datetime, *, looks: bool
) -> str | None:
    """Find whose job it is, and make it due if it is the job of the current attempt."""
    await lock_job(connection, provider, job_id)
    query = (
        select(productions.c.id, attempts.c.number == productions.c.attempt)
        .join(attempts, attempts.c.production_id == productions.c.id)
        .where(and_(attempts.c.provider == provider, attempts.c.job_id == job_id))
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    production_id: str = row[0]
    is_current = bool(row[1])
    if is_current and looks:
        await connection.execute(hint_statement(production_id, due_at=due_at))
    return production_id


async def _keep_unmatched(connection: AsyncConnection, job: UnmatchedJob) -> None:
    statement = insert_into(connection, unmatched_jobs).values(
        provider=job.provider, job_id=job.job_id, account=job.account, kind=job.kind, at=job.at
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[unmatched_jobs.c.provider, unmatched_jobs.c.job_id],
            set_={name: statement.excluded[name] for name in ("account", "kind", "at")},
        )
    )
