"""How jobs move: by the clock, by what clients may change, and by an operator's hand."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from twin.clock import Clock
from twin.credits import Credits
from twin.jobs import JobShelf, WrongStatusError
from twin.techforge.catalogue import JOB_TYPES, PROJECTS
from twin.techforge.media import media_of, trouble_with
from twin.techforge.model import ENDED, Job, Status, Wish
from twin.techforge.reading import Update
from twin.techforge.settings import Settings
from twin.techforge.storage import Storage

Move = Callable[[Job], Awaitable[object]]

NO_REASON = "The worker gave up."


class Life:
    """Move jobs and charge for what they cost.

    The public methods after `update` are an operator's. Each takes a job's id, gives the job as it
    then is, and raises UnknownJobError or WrongStatusError.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        jobs: JobShelf[Job],
        credits_left: Credits,
        storage: Storage,
        settings: Callable[[], Settings],
    ) -> None:
        self._clock = clock
        self._jobs = jobs
        self._credits = credits_left
        self._storage = storage
        self._settings = settings

    def begin(self, job: Job) -> Job:
        """Take in a job that was just accepted."""
        self._jobs.put(job)
        self._later(job, self._settings().queued_s, self._take_up)
        return job

    def trigger(self, job: Job) -> Job:
        """Put a job on the queue again as a client may: under the same id, to be paid again."""
        settings = self._settings()
        if job.status not in ENDED and settings.trigger_running == "ignore":
            return job
        cost = JOB_TYPES[job.wish.job_type] if settings.trigger_costs else 0.0
        return self._queue_again(job, cost=cost)

    def update(self, job: Job, update: Update) -> Job:
        """Overwrite a job as the service's own workers do; nothing moves it by itself then."""
        changes: dict[str, Any] = {} if update.output is None else {"output": update.output}
        if update.status == Status.SUCCESS:
            changes["successes"] = job.successes + 1
        status = job.status if update.status is None else update.status
        return self._enter(job, status, cost=update.cost, **changes)

    def resume_queue(self) -> None:
        """Give queued jobs a new appointment, after holding the queue was ended."""
        for job in self._jobs.all():
            if job.status == Status.QUEUED:
                self._later(job, self._settings().queued_s, self._take_up)

    def pick_up(self, uuid: str) -> Job:
        """Let a worker take it, whatever the files that it names."""
        return self._start(self._standing(uuid, Status.QUEUED))

    def step(self, uuid: str) -> Job:
        """Let it go on by one state; the last one is SUCCESS."""
        job = self._standing(uuid, Status.STARTED, Status.IN_PROGRESS)
        return self._progress(job) if job.status == Status.STARTED else self._succeed(job)

    def finish(self, uuid: str) -> Job:
        """Let it succeed at once, whatever the files that it names."""
        return self._succeed(self._running(uuid))

    def fail(self, uuid: str, *, reason: str = NO_REASON) -> Job:
        """Let it fail."""
        return self._fail(self._running(uuid), reason=reason)

    def revive(self, uuid: str) -> Job:
        """Put it on the queue again from the service's studio, for nothing."""
        return self._queue_again(self._standing(uuid, *ENDED), cost=0.0)

    def stand(self, uuid: str, *, job_status: str) -> Job:
        """Give it any status, one that no document knows too; nothing moves it by itself then."""
        return self._enter(self._jobs.get(uuid.lower()), job_status)

    async def _take_up(self, job: Job) -> None:
        """Start a job, or let it fail for want of what it needs."""
        if self._settings().hold_queue:
            return
        trouble = await self._trouble(job)
        if self._jobs.get(job.uuid).turn != job.turn:
            return  # Somebody moved it while its files were being fetched.
        if trouble is None:
            self._start(job)
        else:
            self._fail(self._start(job), reason=trouble)

    async def _trouble(self, job: Job) -> str | None:
        settings = self._settings()
        if settings.without_credits == "fail" and self._credits.left(job.account.name) <= 0:
            return "There are no credits left."
        if settings.missing_values == "fail" and (missing := missing_value(job.wish)):
            return f"{missing}: a value is missing."
        if settings.bad_media != "fail":
            return None
        return await trouble_with(media_of(job.wish), settings=settings)

    async def _go_on(self, job: Job) -> None:
        self.step(job.uuid)

    def _start(self, job: Job) -> Job:
        job = self._enter(job, Status.STARTED)
        self._later(job, self._settings().starting_s, self._go_on)
        return job

    def _progress(self, job: Job) -> Job:
        job = self._enter(job, Status.IN_PROGRESS)
        self._later(job, self._settings().producing_s, self._go_on)
        return job

    def _succeed(self, job: Job) -> Job:
        made = replace(job, successes=job.successes + 1, reason=None)
        output = self._storage.output_of(made, settings=self._settings())
        return self._enter(made, Status.SUCCESS, cost=job.run_cost, output=output)

    def _fail(self, job: Job, *, reason: str) -> Job:
        cost = job.run_cost if self._settings().failed_costs else 0.0
        return self._enter(job, Status.FAILED, cost=cost, reason=reason)

    def _queue_again(self, job: Job, *, cost: float) -> Job:
        output = job.output if self._settings().trigger_keeps_output else None
        job = self._enter(
            job, Status.QUEUED, output=output, reason=None, runs=job.runs + 1, run_cost=cost
        )
        self._later(job, self._settings().queued_s, self._take_up)
        return job

    def _running(self, uuid: str) -> Job:
        job = self._jobs.get(uuid.lower())
        if job.status in ENDED:
            raise WrongStatusError(f"The job has ended as {job.status}.")
        return job

    def _standing(self, uuid: str, *allowed: Status) -> Job:
        job = self._jobs.get(uuid.lower())
        if job.status not in allowed:
            must = ", ".join(sorted(allowed))
            raise WrongStatusError(f"The job is {job.status}; this needs {must}.")
        return job

    def _enter(self, job: Job, status: str, *, cost: float = 0.0, **changes: Any) -> Job:
        """Move a job and charge for it."""
        spent = job.credit_used + cost
        job = job.entered(status, at=self._clock.now(), credit_used=spent, **changes)
        self._jobs.put(job)
        if cost:
            self._credits.take(job.account.name, cost)
        return job

    def _later(self, job: Job, seconds: float, move: Move) -> None:
        """Make an appointment that lapses as soon as the job has moved otherwise."""

        async def keep() -> None:
            if self._jobs.get(job.uuid).turn == job.turn:
                await move(job)

        self._clock.call_in(seconds, keep)


def missing_value(wish: Wish) -> str | None:
    """Name a required field of the project that was given nothing."""
    values = wish.values if isinstance(wish.values, dict) else {}
    required = (
        name for name, field in PROJECTS[wish.project_id].fields.items() if field.is_required
    )
    return next((name for name in required if not values.get(name)), None)
