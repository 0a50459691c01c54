"""The local JARAI as one thing: built, started, looked into and stopped."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from twin.clock import Clock
from twin.controlled import ControlledTwin
from twin.jarai.api import Api
from twin.jarai.catalogue import STANDARD_KEY, TIERS, V1_KEY, Partner, Tier
from twin.jarai.control import Control
from twin.jarai.desk import desk_job
from twin.jarai.dialect import DIALECTS, V1, Dialect
from twin.jarai.enrolment import Enrolment
from twin.jarai.file_host import FileHost
from twin.jarai.gate import Gate
from twin.jarai.keyring import Keyring
from twin.jarai.life import Life
from twin.jarai.model import Job, Jobs
from twin.jarai.quota import Quota
from twin.jarai.settings import Settings
from twin.jarai.webhooks import Webhooks
from twin.links import Links

BODY_LIMIT_BYTES = 64 * 1024  # The documents name a 413 but no size.


class JaraiTwin(ControlledTwin[Settings, Job]):
    """A JARAI of one's own.

    Args:
        clock: The twin's time. Whoever made it also runs it.
        draw: Gives numbers from 0 up to 1 for faults that hit by chance; None draws at random.

    Attributes:
        act: What an operator does: `release(id)`, `reject(id)`, `fail(id)` and so on.
        webhooks: Subscriptions and mishaps; `webhooks.courier.settle()` waits for deliveries.
        enrolment: Who registered; `enrolment.mails` is what was sent to them.
        v1_api_key: A key it accepts on the paths of the older generation.
    """

    name = "jarai"
    label = "JARAI"
    api_key = STANDARD_KEY.value
    v1_api_key = V1_KEY.value
    holding = "hold_queue"
    _jobs: Jobs

    def __init__(
        self,
        clock: Clock,
        *,
        settings: Settings | None = None,
        draw: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(clock, settings=settings or Settings(), draw=draw)
        self.webhooks = Webhooks(
            clock=clock,
            journal=self.journal,
            settings=self._settings_now,
            changed=self.pulse.bump,
        )
        self._keyring = Keyring(clock.now)
        self.enrolment = Enrolment(clock=clock, keyring=self._keyring, settings=self._settings_now)
        self._jobs = Jobs(changed=self.pulse.bump)
        self.act = Life(
            clock=clock,
            jobs=self._jobs,
            settings=self._settings_now,
            announce=self.webhooks.announce,
        )

    @property
    def credentials(self) -> dict[str, str]:
        """What it accepts, by name; the older generation has keys of its own."""
        return super().credentials | {"v1_api_key": self.v1_api_key}

    def key_of(self, dialect: str) -> str:
        """Give a key for a generation of the API."""
        return self.v1_api_key if dialect == V1.name else self.api_key

    async def start(self, port: int = 0) -> None:
        """Serve on loopback; port 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        await super().start(port)
        await self.webhooks.courier.start()

    async def stop(self) -> None:
        """Stop serving and drop deliveries under way."""
        await self.webhooks.courier.stop()
        await super().stop()

    def desk(self) -> dict[str, Any]:
        """Describe what the twin's page shows and offers of this service."""
        return super().desk() | {"mishaps": self.webhooks.mishaps_json()}

    def _desk_job(self, job: Job) -> dict[str, Any]:
        return desk_job(job)

    def _resume(self) -> None:
        self.act.resume_queue()

    def _tier_of(self, partner: Partner) -> Tier:
        return TIERS[self.settings.tier or partner.tier]

    def _app(self) -> web.Application:
        quota = Quota(now=self.clock.now, tier_of=self._tier_of)
        links = Links(self.clock.now)
        gate = Gate(
            keyring=self._keyring,
            quota=quota,
            journal=self.journal,
            settings=self._settings_now,
        )
        app = self._served(gate, Control(self), body_limit_bytes=BODY_LIMIT_BYTES)
        for dialect in DIALECTS.values():
            self._api(dialect, quota, links).add_routes(app, gate=gate)
        FileHost(jobs=self._jobs, links=links).add_routes(app)
        return app

    def _api(self, dialect: Dialect, quota: Quota, links: Links) -> Api:
        return Api(
            dialect=dialect,
            clock=self.clock,
            jobs=self._jobs,
            life=self.act,
            quota=quota,
            links=links,
            webhooks=self.webhooks,
            enrolment=self.enrolment,
            settings=self._settings_now,
            origin=lambda: self.url,
        )
