"""Save one change: all of it in one transaction, or a clear reason why none of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import (
    JobTakenError,
    LostClaimError,
    StaleProductionError,
    UnknownProductionError,
)
from bot.core.machine import Change
from bot.core.production import Job, State
from storage.cipher import Cipher
from storage.codec import build_attempt, build_event, build_job, build_production
from storage.copies import forget_copies
from storage.deliverables import revoke_links, write_deliverables
from storage.outbox import debtor_of, write_notices
from storage.part import Part, is_postgres, moment
from storage.shares import want_shares, withdraw_shares
from storage.tables import attempts, decisions, events, productions, unmatched_jobs


class Saving(Part):
    """Save changes."""

    async def save(
        self, change: Change, *, claim: str | None, claim_until: datetime | None = None
    ) -> None:
        """Write a change, its event and the messages owed.

        `hints` is never written: a webhook that came since the load keeps the production due.

        Args:
            claim: Token of the claim it was made under, which ends; None for a person's wish,
                which leaves claims as they are.
            claim_until: Keeps the claim until then instead; needed to enter `submitting`.

        Raises:
            StaleProductionError: Somebody saved first.
            LostClaimError: The claim is somebody else's now.
            UnknownProductionError: There is no such production.
            JobTakenError: Another attempt has the job.
        """

        async def work(connection: AsyncConnection) -> None:
            job = _new_job(change)
            if job is not None:
                await lock_job(connection, change.after.provider, job.job_id)
            await _update(connection, change, claim=claim, claim_until=claim_until)
            await _write_attempt(connection, change, cipher=self._cipher)
            await _write_history(connection, change)
            await _write_files(connection, change, cipher=self._cipher)
            await write_notices(
                connection, change.notices, debtor=debtor_of(change.after), at=change.event.at
            )
            if job is not None:
                await _match(connection, change, job)

        await self._database.write(work)


async def lock_job(connection: AsyncConnection, provider: str, job_id: str) -> None:
    """Keep a webhook and the save that makes its job known from missing each other.

    SQLite needs nothing: its writers never run beside each other.
    """
    if is_postgres(connection):
        name = func.hashtextextended(f"{provider}:{job_id}", 0)
        await connection.execute(select(func.pg_advisory_xact_lock(name)))


def _new_job(change: Change) -> Job | None:
    """Give the job that this change brings, or None."""
    job = change.after.attempt.job
    old = change.before.attempt.job
    is_known = old is not None and job is not None and old.job_id == job.job_id
    return None if is_known else job


async def _update(
    connection: AsyncConnection, change: Change, *, claim: str | None, claim_until: datetime | None
) -> None:
    before, after = change.before, change.after
    values: dict[str, Any] = build_production(after)
    is_ours = and_(productions.c.id == before.id, productions.c.version == before.version)
    if claim is not None:
        is_ours = and_(is_ours, productions.c.claim_token == claim)
        values["claim_token"] = claim if claim_until else None
        values["claim_until"] = claim_until
    values["due_at"] = _due_at(change, claim=claim, claim_until=claim_until)
    values["changed_at"] = change.event.at
    done = await connection.execute(update(productions).where(is_ours).values(**values))
    if done.rowcount == 0:
        await _explain(connection, change, claim=claim)


def _due_at(
    change: Change, *, claim: str | None, claim_until: datetime | None
) -> ColumnElement[Any] | datetime | None:
    """Say when the row is due.

    While submitting that is the end of the lease, so that `claim_due` finds what was left behind
    and nothing else. Otherwise it is what the change says, or sooner where a hint came meanwhile.
    """
    due_at = change.after.due_at
    if change.after.state is State.SUBMITTING:
        return productions.c.due_at if claim is None else (claim_until or change.event.at)
    is_hinted = productions.c.hints > change.after.hints
    if due_at is not None:
        is_hinted = and_(is_hinted, productions.c.due_at < due_at)
    return case((is_hinted, productions.c.due_at), else_=moment(due_at))


async def _explain(connection: AsyncConnection, change: Change, *, claim: str | None) -> None:
    """Raise the reason why nothing was updated."""
    query = select(productions.c.claim_token).where(productions.c.id == change.before.id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise UnknownProductionError(change.before.id)
    if claim is not None and row.claim_token != claim:
        raise LostClaimError(change.before.id)
    raise StaleProductionError(change.before.id)


async def _write_attempt(connection: AsyncConnection, change: Change, *, cipher: Cipher) -> None:
    before, after = change.before.attempt, change.after.attempt
    production_id = change.after.id
    try:
        if after.number != before.number:
            row = build_attempt(production_id, after, cipher=cipher)
            await connection.execute(attempts.insert().values(**row))
        elif after.job != before.job:
            is_it = and_(
                attempts.c.production_id == production_id, attempts.c.number == after.number
            )
            job = build_job(after.job, cipher=cipher)
            await connection.execute(update(attempts).where(is_it).values(**job))
    except IntegrityError as error:
        raise JobTakenError(
            f"another attempt follows this job of {change.after.provider}"
        ) from error


async def _write_history(connection: AsyncConnection, change: Change) -> None:
    await connection.execute(events.insert().values(**build_event(change.event)))
    decision = change.after.decision
    if decision is not None and decision != change.before.decision:
        await connection.execute(
            decisions.insert().values(
                production_id=change.after.id,
                number=change.event.number,
                attempt=decision.attempt,
                verdict=decision.verdict.value,
                user_id=decision.user_id,
                at=decision.at,
                reason=decision.reason,
            )
        )


async def _write_files(connection: AsyncConnection, change: Change, *, cipher: Cipher) -> None:
    before, after = change.before, change.after
    is_wanted_again = before.state is State.REJECTED and after.state is not State.REJECTED
    if after.deliverables != before.deliverables or is_wanted_again:
        await write_deliverables(connection, after, cipher=cipher, at=change.event.at)
    if after.files_deleted_at is not None and before.files_deleted_at is None:
        await forget_copies(connection, after.id, at=after.files_deleted_at)
    if after.state is State.REJECTED:
        # What nobody wanted must not go on being handed out.
        number, at = after.attempt.number, change.event.at
        await revoke_links(connection, production_id=after.id, attempt=number, at=at)
        await withdraw_shares(connection, production_id=after.id, attempt=number, at=at)
    if change.shares:
        await want_shares(connection, after, change.shares, at=change.event.at)


async def _match(connection: AsyncConnection, change: Change, job: Job) -> None:
    """Act on a webhook that came before its job was known here."""
    matched = await connection.execute(
        delete(unmatched_jobs).where(
            unmatched_jobs.c.provider == change.after.provider,
            unmatched_jobs.c.job_id == job.job_id,
        )
    )
    if matched.rowcount > 0:
        await connection.execute(hint_statement(change.after.id, due_at=change.event.at))


def hint_statement(production_id: str, *, due_at: datetime) -> Any:
    """Build the statement that makes a production due by `due_at` and says why."""
    is_sooner = productions.c.due_at <= due_at
    return (
        update(productions)
        .where(productions.c.id == production_id)
        .values(
            hints=productions.c.hints + 1,
            due_at=case((is_sooner, productions.c.due_at), else_=moment(due_at)),
        )
    )
