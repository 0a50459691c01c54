"""The local TechForge as one thing: built, started, looked into and stopped."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from twin.clock import Clock
from twin.controlled import ControlledTwin
from twin.credits import Credits
from twin.jobs import JobShelf
from twin.techforge.api import Api
from twin.techforge.catalogue import ACCOUNTS, NORTHWIND
from twin.techforge.control import Control
from twin.techforge.desk import desk_job
from twin.techforge.gate import Gate
from twin.techforge.life import Life
from twin.techforge.model import Job
from twin.techforge.settings import Settings
from twin.techforge.storage import Storage

BODY_LIMIT_BYTES = 1024 * 1024  # No document names a limit.


class TechForgeTwin(ControlledTwin[Settings, Job]):
    """A TechForge of one's own.

    Args:
        clock: The twin's time. Whoever made it also runs it.
        draw: Gives numbers from 0 up to 1 for faults that hit by chance; None draws at random.

    Attributes:
        act: What an operator does: `finish(id)`, `fail(id)` and so on.
        credits_left: What each account has; `credits_left.set("northwind", 0)` changes it.
    """

    name = "techforge"
    label = "TechForge"
    api_key = NORTHWIND.api_key
    holding = "hold_queue"

    def __init__(
        self,
        clock: Clock,
        *,
        settings: Settings | None = None,
        draw: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(clock, settings=settings or Settings(), draw=draw)
        self.credits_left = Credits(
            {account.name: account.credits_at_start for account in ACCOUNTS.values()},
            changed=self.pulse.bump,
        )
        self._jobs = JobShelf(id_of=lambda job: job.uuid, changed=self.pulse.bump)
        self._storage = Storage(jobs=self._jobs, origin=lambda: self.url, now=clock.now)
        self.act = Life(
            clock=clock,
            jobs=self._jobs,
            credits_left=self.credits_left,
            storage=self._storage,
            settings=self._settings_now,
        )

    def job(self, job_id: str) -> Job:
        """Give one job, however the letters of its id are written.

        Raises:
            UnknownJobError: There is none with this id.
        """
        return super().job(job_id.lower())

    def _desk_job(self, job: Job) -> dict[str, Any]:
        return desk_job(job)

    def _resume(self) -> None:
        self.act.resume_queue()

    def _app(self) -> web.Application:
        gate = Gate(now=self.clock.now, journal=self.journal, settings=self._settings_now)
        app = self._served(gate, Control(self), body_limit_bytes=BODY_LIMIT_BYTES)
        self._api().add_routes(app, gate=gate)
        self._storage.add_routes(app)
        return app

    def _api(self) -> Api:
        return Api(
            clock=self.clock,
            jobs=self._jobs,
            life=self.act,
            storage=self._storage,
            credits_left=self.credits_left,
            settings=self._settings_now,
        )
