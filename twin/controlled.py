"""A local service with jobs on a shelf, a gate before its API and control beside it."""

from abc import abstractmethod
from typing import Any, ClassVar, Generic, Protocol

from aiohttp import web

from twin.faults import fault_middleware
from twin.gates import ServiceGate
from twin.jobs import JobShelf, JobT
from twin.service import CONTROL_PREFIX, ServiceTwin, SettingsT


class _Mountable(Protocol):
    def app(self) -> web.Application:
        """Build the application that is mounted under CONTROL_PREFIX."""


class ControlledTwin(ServiceTwin[SettingsT], Generic[SettingsT, JobT]):
    """What the local services that ship have in common.

    Attributes:
        holding: The setting that keeps jobs where they are.
    """

    holding: ClassVar[str]
    _jobs: JobShelf[JobT]

    def jobs(self) -> list[JobT]:
        """List the jobs, oldest first."""
        return self._jobs.all()

    def job(self, job_id: str) -> JobT:
        """Give one job.

        Raises:
            UnknownJobError: There is none with this id.
        """
        return self._jobs.get(job_id)

    def configure(self, /, **changes: Any) -> None:
        """Change settings by name; they hold from the next thing that happens.

        Raises:
            ValueError: A name that does not exist or a value it cannot take.
        """
        was_held = self._is_held()
        super().configure(**changes)
        if was_held and not self._is_held():
            self._resume()

    def _is_held(self) -> bool:
        return bool(getattr(self.settings, self.holding))

    def _desk_jobs(self) -> list[dict[str, Any]]:
        return [self._desk_job(job) for job in reversed(self.jobs())]

    def _served(
        self, gate: ServiceGate, control: _Mountable, *, body_limit_bytes: int
    ) -> web.Application:
        """Build what is served, the service's own routes not yet added."""
        faults = fault_middleware(self.faults, rate_limited=gate.rate_limited)
        app = web.Application(
            middlewares=[gate.middleware(), faults], client_max_size=body_limit_bytes
        )
        app.add_subapp(CONTROL_PREFIX, control.app())
        return app

    @abstractmethod
    def _desk_job(self, job: JobT) -> dict[str, Any]:
        """Write a job's entry in the page's state."""

    @abstractmethod
    def _resume(self) -> None:
        """Give jobs that were held their next appointment."""
