"""The local JARAI as one thing: built, started, looked into and stopped."""

from typing import Any

from aiohttp import web

from twin.clock import Clock
from twin.faults import Faults, fault_middleware
from twin.jarai.api import Api
from twin.jarai.catalogue import STANDARD_KEY, TIERS, Partner, Tier
from twin.jarai.control import control_app
from twin.jarai.deliverables import Links
from twin.jarai.dialect import PARTNER
from twin.jarai.file_host import FileHost
from twin.jarai.gate import CONTROL_PREFIX, Gate, rate_limited
from twin.jarai.life import Life
from twin.jarai.model import Job, Jobs
from twin.jarai.quota import Quota
from twin.jarai.settings import Settings, changed
from twin.jarai.webhooks import Webhooks
from twin.journal import Journal
from twin.server import RunningServer, start_server

BODY_LIMIT_BYTES = 64 * 1024  # The documents name a 413 but no size.


class JaraiTwin:
    """A JARAI of one's own.

    Attributes:
        act: What an operator does: `release(id)`, `reject(id)`, `fail(id)` and so on.
        journal: Every call in and every delivery out.
        webhooks: Subscriptions and mishaps; `webhooks.courier.settle()` waits for deliveries.
    """

    api_key = STANDARD_KEY.value

    def __init__(self, clock: Clock, *, settings: Settings | None = None) -> None:
        self.clock = clock
        self.settings = settings or Settings()
        self.journal = Journal(clock.now)
        self.faults = Faults()
        self.webhooks = Webhooks(clock=clock, journal=self.journal, settings=self._settings_now)
        self._jobs = Jobs()
        self._server: RunningServer | None = None
        self.act = Life(
            clock=clock,
            jobs=self._jobs,
            settings=self._settings_now,
            announce=self.webhooks.announce,
        )

    @property
    def url(self) -> str:
        """Base URL of API and file host, without a trailing slash; known once started."""
        if self._server is None:
            raise RuntimeError("the twin was not started")
        return self._server.url

    @property
    def control_url(self) -> str:
        """Base URL of the control endpoints, with a trailing slash."""
        return self.url + CONTROL_PREFIX

    async def start(self, port: int = 0) -> None:
        """Serve on loopback; port 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        self._server = await start_server(self._app(), port=port)
        await self.webhooks.courier.start()

    async def stop(self) -> None:
        """Stop serving and drop deliveries under way."""
        await self.webhooks.courier.stop()
        if self._server is not None:
            await self._server.stop()

    def jobs(self) -> list[Job]:
        """List the productions, oldest first."""
        return self._jobs.all()

    def job(self, production_id: str) -> Job:
        """Give one production.

        Raises:
            UnknownProductionError: There is none with this id.
        """
        return self._jobs.get(production_id)

    def configure(self, /, **changes: Any) -> None:
        """Change settings by name; they hold from the next thing that happens.

        Raises:
            ValueError: A name that does not exist or a value it cannot take.
        """
        before, self.settings = self.settings, changed(self.settings, changes)
        if before.hold_queue and not self.settings.hold_queue:
            self.act.resume_queue()

    def _settings_now(self) -> Settings:
        return self.settings

    def _tier_of(self, partner: Partner) -> Tier:
        return TIERS[self.settings.tier or partner.tier]

    def _app(self) -> web.Application:
        quota = Quota(now=self.clock.now, tier_of=self._tier_of)
        links = Links(self.clock.now)
        gate = Gate(quota=quota, journal=self.journal, settings=self._settings_now)
        faults = fault_middleware(self.faults, rate_limited=rate_limited)
        app = web.Application(
            middlewares=[gate.middleware(), faults], client_max_size=BODY_LIMIT_BYTES
        )
        self._api(quota, links).add_routes(app, gate=gate)
        FileHost(jobs=self._jobs, links=links).add_routes(app)
        app.add_subapp(CONTROL_PREFIX, control_app(self))
        return app

    def _api(self, quota: Quota, links: Links) -> Api:
        return Api(
            dialect=PARTNER,
            clock=self.clock,
            jobs=self._jobs,
            life=self.act,
            quota=quota,
            links=links,
            webhooks=self.webhooks,
            settings=self._settings_now,
            origin=lambda: self.url,
        )
