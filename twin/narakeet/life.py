"""How jobs move: by the clock, and by an operator's hand."""

from collections.abc import Callable
from dataclasses import replace

from twin.clock import Clock
from twin.credits import Credits
from twin.jobs import JobShelf, WrongStatusError
from twin.narakeet.addresses import Addresses
from twin.narakeet.archives import Archives
from twin.narakeet.catalogue import find_voice
from twin.narakeet.model import Job, Source, Speech, State
from twin.narakeet.projects import ProjectError, read_project
from twin.narakeet.settings import Settings

NO_CREDITS = "There are not enough credits on the account."
FAILED_BY_HAND = "The build failed."


class Life:
    """Move jobs.

    The public methods after `resume` are an operator's; each takes a job's task id, gives the job
    as it then is, and raises UnknownJobError or WrongStatusError.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        jobs: JobShelf[Job],
        archives: Archives,
        addresses: Addresses,
        credits_left: Credits,
        settings: Callable[[], Settings],
    ) -> None:
        self._clock = clock
        self._jobs = jobs
        self._archives = archives
        self._addresses = addresses
        self._credits = credits_left
        self._settings = settings

    def begin(self, job: Job) -> Job:
        """Take in a job that was just accepted."""
        self._jobs.put(job)
        self._archives.fetch_soon(job, most=self._settings().upload_bytes)
        self._later(job)
        return job

    def speak_now(self, job: Job) -> Job:
        """Take in a short text that is answered with its sound at once."""
        self._pay(job.wish.seconds if isinstance(job.wish, Speech) else 0, account=job.account)
        job = replace(job, state=State.SUCCEEDED, steps_done=job.steps)
        self._jobs.put(job)
        return job

    def resume(self) -> None:
        """Give jobs that are being built a new appointment, after holding them was ended."""
        for job in self._jobs.all():
            if job.state is State.BUILDING:
                self._later(job)

    def step(self, task_id: str) -> Job:
        """Complete the step in hand; the first reads the project, the last ends the job."""
        job = self._going(task_id)
        try:
            job = self._read(job)
        except ProjectError as error:
            return self.fail(task_id, message=str(error))
        job = self._move(job, steps_done=job.steps_done + 1)
        if job.steps_done < job.steps:
            self._later(job)
            return job
        return self._succeed(job)

    def finish(self, task_id: str) -> Job:
        """Complete every step that is left."""
        job = self._going(task_id)
        while job.state is State.BUILDING:
            job = self.step(task_id)
        return job

    def fail(self, task_id: str, *, message: str = FAILED_BY_HAND) -> Job:
        """Let it fail; nothing is paid."""
        return self._move(self._going(task_id), state=State.FAILED, message=message)

    def _read(self, job: Job) -> Job:
        """Find out how long it will be, unless that was done.

        Raises:
            ProjectError: It cannot be made, or not for the credits there are.
        """
        if job.seconds is not None:
            return job
        seconds = self._seconds_of(job)
        if seconds > self._credits.left(job.account):
            raise ProjectError(NO_CREDITS)
        return replace(job, seconds=seconds)

    def _seconds_of(self, job: Job) -> int:
        wish = job.wish
        if isinstance(wish, Source):
            content = self._archives.content_of(job, wish)
            limit = self._settings().unpacked_bytes
            return read_project(content, script=wish.script, unpacked_bytes=limit).seconds
        if wish.voice is not None and find_voice(wish.voice) is None:
            raise ProjectError(f"There is no voice {wish.voice:.60}.")
        return wish.seconds

    def _succeed(self, job: Job) -> Job:
        self._pay(job.seconds or 0, account=job.account)
        job = self._move(job, state=State.SUCCEEDED)
        return self._move(job, links=self._addresses.results(job))

    def _pay(self, seconds: int, *, account: str) -> None:
        """Take what was made from the credits: a second each; they never go below 0."""
        self._credits.take(account, min(seconds, self._credits.left(account)))

    def _going(self, task_id: str) -> Job:
        job = self._jobs.get(task_id)
        if job.state is not State.BUILDING:
            raise WrongStatusError(f"The job has {job.state}; this needs one that is building.")
        return job

    def _move(self, job: Job, **changes: object) -> Job:
        job = job.moved(at=self._clock.now(), **changes)
        self._jobs.put(job)
        return job

    def _later(self, job: Job) -> None:
        """Make an appointment that lapses as soon as the job has moved otherwise."""
        settings = self._settings()
        whole_s = settings.building_s if job.is_video else settings.speaking_s

        async def keep() -> None:
            await self._archives.settled(job)
            is_current = self._jobs.get(job.task_id).turn == job.turn
            if is_current and not self._settings().hold_builds:
                self.step(job.task_id)

        self._clock.call_in(whole_s / job.steps, keep)
