"""What every local video service is made of: a clock, a journal, faults, settings, a port."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from aiohttp import web

from twin.clock import Clock
from twin.faults import Faults
from twin.journal import Journal
from twin.pulse import Pulse
from twin.server import RunningServer, start_server
from twin.switches import Switches

CONTROL_PREFIX = "/__twin/"

SettingsT = TypeVar("SettingsT", bound=Switches)


class ServiceTwin(ABC, Generic[SettingsT]):
    """A service of one's own on a loopback port, between `start` and `stop`.

    Args:
        clock: The twin's time. Whoever made it also runs it.
        settings: How it behaves to begin with.
        draw: Gives numbers from 0 up to 1 for faults that hit by chance; None draws at random.

    Attributes:
        name: A word for addresses, such as `jarai`.
        label: What people call it.
        api_key: A key it accepts.
        journal: Every call in and every delivery out.
        pulse: Beats whenever something changed that `desk` shows.
    """

    name: str
    label: str
    api_key: str

    def __init__(
        self,
        clock: Clock,
        *,
        settings: SettingsT,
        draw: Callable[[], float] | None = None,
    ) -> None:
        self.clock = clock
        self.settings = settings
        self.pulse = Pulse()
        self.journal = Journal(clock.now, changed=self.pulse.bump)
        self.faults = Faults(clock, draw=draw, changed=self.pulse.bump)
        self._server: RunningServer | None = None

    @property
    def url(self) -> str:
        """Base URL of everything it serves, without a trailing slash; known once started."""
        if self._server is None:
            raise RuntimeError("the twin was not started")
        return self._server.url

    @property
    def credentials(self) -> dict[str, str]:
        """What it accepts, by name."""
        return {"api_key": self.api_key}

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
        self.faults.guard(self._server.door)

    async def stop(self) -> None:
        """Stop serving and drop what is under way."""
        if self._server is not None:
            await self._server.stop()

    def configure(self, /, **changes: Any) -> None:
        """Change settings by name; they hold from the next thing that happens.

        Raises:
            ValueError: A name that does not exist or a value it cannot take.
        """
        self.settings = self.settings.changed(changes)
        self.pulse.bump()

    def desk(self) -> dict[str, Any]:
        """Describe what the twin's page shows and offers of this service."""
        return {
            "name": self.name,
            "label": self.label,
            "now": self.clock.now().isoformat(),
            "speed": self.clock.speed,
            "faults": self.faults.as_json(),
            "settings": self.settings.as_json(),
            "jobs": self._desk_jobs(),
        }

    def _settings_now(self) -> SettingsT:
        return self.settings

    @abstractmethod
    def _app(self) -> web.Application:
        """Build what is served, control endpoints included."""

    @abstractmethod
    def _desk_jobs(self) -> list[dict[str, Any]]:
        """List the jobs, newest first: `id`, `topic`, `status`, `step` and `actions` of each."""
