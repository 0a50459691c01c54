"""How productions move: by the clock, and by what an operator does in the service's console."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from twin.clock import Clock, wire_time
from twin.jarai.deliverables import items_of, summary
from twin.jarai.model import (
    ALIVE,
    CANCELLABLE,
    Job,
    Jobs,
    Status,
    failure,
    step_data,
)
from twin.jarai.settings import Settings
from twin.jobs import WrongStatusError

Announce = Callable[[Job, str, dict[str, Any]], None]
Move = Callable[[str], Job]

EXPIRED = "PRODUCTION_EXPIRED"


class Life:
    """Move productions and announce what the documents say is announced.

    The public methods after `begin` are an operator's; each takes a production's id, gives the job
    as it then is, and raises UnknownJobError or WrongStatusError.

    Args:
        announce: Told the job, an event type and its data; must not block.
    """

    def __init__(
        self, *, clock: Clock, jobs: Jobs, settings: Callable[[], Settings], announce: Announce
    ) -> None:
        self._clock = clock
        self._jobs = jobs
        self._settings = settings
        self._announce = announce

    def begin(self, job: Job) -> Job:
        """Take in a production that was just accepted."""
        data = {"status": Status.QUEUED, "expiresAt": wire_time(job.expires_at)}
        job = self._tell(job, "production.queued", data)
        self._later(job, self._settings().queued_s, self._pick_up_unless_held)
        self._later(job, (job.expires_at - self._clock.now()).total_seconds(), self._expire)
        return job

    def resume_queue(self) -> None:
        """Give queued productions a new appointment, after holding the queue was ended."""
        for job in self._jobs.all():
            if job.status is Status.QUEUED:
                self._later(job, self._settings().queued_s, self._pick_up_unless_held)

    def pick_up(self, production_id: str) -> Job:
        """Start producing now."""
        job = self._standing(production_id, Status.QUEUED)
        return self._produce(job, steps_done=0)

    def step(self, production_id: str) -> Job:
        """Complete the step in hand; the last one ends producing."""
        job = self._standing(production_id, Status.PRODUCING)
        job = replace(
            job, steps_done=job.steps_done + 1, updated_at=self._clock.now(), turn=job.turn + 1
        )
        done = step_data(job.steps_done, steps=job.steps)
        job = self._tell(job, "production.step.complete", done)
        if job.steps_done < job.steps:
            self._later(job, self._settings().step_s, self.step)
            return job
        return self._offer(job)

    def finish(self, production_id: str) -> Job:
        """End what is going on: producing up to the approval, or distributing."""
        job = self._standing(production_id, Status.QUEUED, Status.PRODUCING, Status.DISTRIBUTING)
        if job.status is Status.DISTRIBUTING:
            return self._publish(production_id)
        if job.status is Status.QUEUED:
            job = self.pick_up(production_id)
        while job.status is Status.PRODUCING:
            job = self.step(production_id)
        return job

    def release(self, production_id: str) -> Job:
        """Approve: let it go out to the platforms."""
        return self._distribute(self._standing(production_id, Status.AWAITING_APPROVAL))

    def reject(self, production_id: str) -> Job:
        """Refuse it: it is never published and its deliverables are gone."""
        job = self._standing(production_id, Status.AWAITING_APPROVAL)
        return self._enter(job, Status.CANCELLED)

    def cancel(self, production_id: str) -> Job:
        """Stop it at once."""
        return self._enter(self._standing(production_id, *CANCELLABLE), Status.CANCELLED)

    def cancel_soon(self, production_id: str) -> Job:
        """Accept a partner's wish to stop it; it goes on until the cancellation has come through.

        Unless it was released, failed or finished by then.
        """
        job = self._standing(production_id, *CANCELLABLE)
        wait_s = self._settings().cancelling_s
        if wait_s == 0:
            return self._enter(job, Status.CANCELLED)

        async def come_through() -> None:
            if self._jobs.get(production_id).status in CANCELLABLE:
                self.cancel(production_id)

        self._clock.call_in(wait_s, come_through)
        return job

    def fail(
        self,
        production_id: str,
        *,
        error_code: str = "PIPELINE_STEP_FAILED",
        error_message: str = "A pipeline step failed for good.",
    ) -> Job:
        """Let it fail."""
        job = self._standing(production_id, *ALIVE)
        job = self._enter(job, Status.FAILED, error_code=error_code, error_message=error_message)
        return self._tell(job, "production.failed", {"status": job.status, **failure(job)})

    def revive(self, production_id: str) -> Job:
        """Retry the failed step, which the help site allows although Failed is called terminal."""
        job = self._standing(production_id, Status.FAILED)
        before = job.history[-2][0]
        if before is Status.AWAITING_APPROVAL:
            return self._enter(job, before)
        if before is Status.DISTRIBUTING:
            return self._distribute(job)
        return self._produce(job, steps_done=min(job.steps_done, job.steps - 1))

    def _produce(self, job: Job, *, steps_done: int) -> Job:
        steps = self._settings().steps if steps_done == 0 else job.steps
        job = self._enter(job, Status.PRODUCING, steps_done=steps_done, steps=steps)
        self._later(job, self._settings().step_s, self.step)
        return job

    def _offer(self, job: Job) -> Job:
        if self._settings().auto_publish:
            job = self._distribute(job)
        else:
            job = self._enter(job, Status.AWAITING_APPROVAL)
        items = [summary(item) for item in items_of(job, settings=self._settings())]
        return self._tell(job, "deliverable.ready", {"deliverables": items})

    def _distribute(self, job: Job) -> Job:
        job = self._enter(job, Status.DISTRIBUTING)
        self._later(job, self._settings().distributing_s, self._publish)
        return job

    def _publish(self, production_id: str) -> Job:
        job = self._enter(self._standing(production_id, Status.DISTRIBUTING), Status.PUBLISHED)
        return self._tell(job, "production.published", {"status": job.status})

    def _pick_up_unless_held(self, production_id: str) -> Job:
        if self._settings().hold_queue:
            return self._jobs.get(production_id)
        return self.pick_up(production_id)

    def _expire(self, production_id: str) -> Job:
        return self.fail(
            production_id, error_code=EXPIRED, error_message="Nobody picked it up before expiresAt."
        )

    def _standing(self, production_id: str, *allowed: Status) -> Job:
        job = self._jobs.get(production_id)
        if job.status not in allowed:
            must = ", ".join(sorted(allowed))
            raise WrongStatusError(f"The production is {job.status}; this needs {must}.")
        return job

    def _enter(self, job: Job, status: Status, **changes: Any) -> Job:
        job = job.entered(status, at=self._clock.now(), **changes)
        self._jobs.put(job)
        return job

    def _tell(self, job: Job, event_type: str, data: dict[str, Any]) -> Job:
        job = replace(job, sequence=job.sequence + 1)
        self._jobs.put(job)
        self._announce(job, event_type, data)
        return job

    def _later(self, job: Job, seconds: float, move: Move) -> None:
        """Make an appointment that lapses as soon as the job has moved otherwise."""

        async def keep() -> None:
            if self._jobs.get(job.production_id).turn == job.turn:
                move(job.production_id)

        self._clock.call_in(max(0.0, seconds), keep)
