"""The local Narakeet as one thing: built, started, looked into and stopped."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from twin.clock import Clock
from twin.controlled import ControlledTwin
from twin.credits import Credits
from twin.jobs import JobShelf
from twin.links import Links
from twin.narakeet.addresses import Addresses
from twin.narakeet.api import Api
from twin.narakeet.archives import Archives
from twin.narakeet.catalogue import ACCOUNTS, STANDARD_KEY
from twin.narakeet.control import Control
from twin.narakeet.desk import desk_job
from twin.narakeet.gate import Gate
from twin.narakeet.life import Life
from twin.narakeet.model import Job
from twin.narakeet.settings import UPLOAD_MOST_BYTES, Settings
from twin.narakeet.storage import Storage


class NarakeetTwin(ControlledTwin[Settings, Job]):
    """A Narakeet of one's own.

    Args:
        clock: The twin's time. Whoever made it also runs it.
        draw: Gives numbers from 0 up to 1 for faults that hit by chance; None draws at random.

    Attributes:
        act: What an operator does: `step(id)`, `finish(id)`, `fail(id)`.
        credits_left: Seconds that each account has; `credits_left.set("northwind", 0)` changes it.
    """

    name = "narakeet"
    label = "Narakeet"
    api_key = STANDARD_KEY.value
    holding = "hold_builds"

    def __init__(
        self,
        clock: Clock,
        *,
        settings: Settings | None = None,
        draw: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(clock, settings=settings or Settings(), draw=draw)
        self.credits_left = Credits(
            {each.name: each.credit_seconds for each in ACCOUNTS.values()}, changed=self.pulse.bump
        )
        self._jobs = JobShelf(id_of=lambda job: job.task_id, changed=self.pulse.bump)
        self._archives = Archives()
        self._links = Links(clock.now)
        self._addresses = Addresses(
            self._links, origin=lambda: self.url, settings=self._settings_now
        )
        self.act = Life(
            clock=clock,
            jobs=self._jobs,
            archives=self._archives,
            addresses=self._addresses,
            credits_left=self.credits_left,
            settings=self._settings_now,
        )

    async def stop(self) -> None:
        """Stop serving and drop downloads under way."""
        await self._archives.stop()
        await super().stop()

    def _desk_job(self, job: Job) -> dict[str, Any]:
        return desk_job(job)

    def _resume(self) -> None:
        self.act.resume()

    def _app(self) -> web.Application:
        gate = Gate(now=self.clock.now, journal=self.journal, settings=self._settings_now)
        app = self._served(gate, Control(self), body_limit_bytes=UPLOAD_MOST_BYTES)
        self._api().add_routes(app, gate=gate)
        self._storage().add_routes(app)
        return app

    def _api(self) -> Api:
        return Api(
            clock=self.clock,
            life=self.act,
            archives=self._archives,
            addresses=self._addresses,
            credits_left=self.credits_left,
            settings=self._settings_now,
        )

    def _storage(self) -> Storage:
        return Storage(
            jobs=self._jobs,
            archives=self._archives,
            links=self._links,
            addresses=self._addresses,
            now=self.clock.now,
            settings=self._settings_now,
        )
