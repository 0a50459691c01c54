"""Starting the whole offline twin: every service on a port of its own, clocks running."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from twin.clock import Clock, real_time
from twin.jarai.app import JaraiTwin
from twin.narakeet.app import NarakeetTwin
from twin.service import ServiceTwin
from twin.slack.app import DEFAULT_REQUEST_URL, SlackTwin
from twin.techforge.app import TechForgeTwin

MAKERS: Mapping[str, Callable[[Clock], ServiceTwin[Any]]] = {
    "jarai": JaraiTwin,
    "narakeet": NarakeetTwin,
    "techforge": TechForgeTwin,
}
"""The video services, in the order of their ports."""

SERVICES = ("slack", *MAKERS)
BEHIND_H = 23.0
"""Hours a sped-up clock begins in the past; a webhook a whole day old may be called stale."""


class Twins:
    """The local services that were asked for.

    Args:
        only: Names from SERVICES; None means all.
        port: Port of the first service, the others following in the order of SERVICES; 0 takes
            free ones.
        speed: Seconds the video services live through per real second. Slack's clock stays at 1,
            because its deadlines are for a bot that runs in real time.
        bot_url: The bot's whole address for what comes from Slack.

    Attributes:
        slack: The local Slack, if it was asked for.
        services: The video services that were asked for, by name.

    Raises:
        ValueError: A name that is no service, a number out of range, or no http address.
    """

    def __init__(
        self,
        *,
        only: Iterable[str] | None = None,
        port: int = 0,
        speed: float = 1.0,
        bot_url: str = DEFAULT_REQUEST_URL,
    ) -> None:
        names = _read_names(only)
        if not 0 <= port <= 65_536 - len(names):
            raise ValueError("port must be 0 or leave room for the ports after it")
        if not 0 <= speed < float("inf"):
            raise ValueError("speed must be a number, 0 or more")
        self._port = port
        self._slack_clock = real_time()
        self._services_clock = services_clock(speed)
        self._clocks: list[asyncio.Task[None]] = []
        self._running: list[SlackTwin | ServiceTwin[Any]] = []
        self.slack: SlackTwin | None = None
        if "slack" in names:
            self.slack = SlackTwin(self._slack_clock, request_url=_read_url(bot_url))
        self.services = {
            name: make(self._services_clock) for name, make in MAKERS.items() if name in names
        }

    @property
    def jarai(self) -> JaraiTwin | None:
        """The local JARAI, if it was asked for."""
        found = self.services.get("jarai")
        return found if isinstance(found, JaraiTwin) else None

    async def start(self) -> None:
        """Serve, and let time go by.

        Raises:
            OSError: A port is taken; nothing is left running.
        """
        try:
            await self._start_services()
        except OSError:
            await self.stop()
            raise
        self._clocks = [
            asyncio.create_task(clock.run()) for clock in (self._slack_clock, self._services_clock)
        ]

    async def stop(self) -> None:
        """Stop the clocks and every service."""
        for task in self._clocks:
            task.cancel()
        for task in self._clocks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._clocks = []
        while self._running:
            await self._running.pop().stop()

    def as_json(self) -> dict[str, dict[str, str]]:
        """Say where each service is and which credentials it takes."""
        known: dict[str, dict[str, str]] = {}
        if self.slack is not None:
            known["slack"] = {
                "api": self.slack.api_url,
                "bot_token": self.slack.bot_token,
                "signing_secret": self.slack.signing_secret,
                "app_token": self.slack.app.app_token,
                "control": f"{self.slack.url}/__twin/",
                "page": f"{self.slack.url}/",
            }
        for name, service in self.services.items():
            known[name] = {
                "base_url": service.url,
                **service.credentials,
                "control": service.control_url,
            }
        return known

    async def _start_services(self) -> None:
        wanted: list[SlackTwin | ServiceTwin[Any]] = [*self.services.values()]
        if self.slack is not None:
            wanted.insert(0, self.slack)
        for offset, service in enumerate(wanted):
            await service.start(port=self._port + offset if self._port else 0)
            self._running.append(service)
            if self.slack is not None and isinstance(service, ServiceTwin):
                self.slack.desk.attach(service)


def services_clock(speed: float) -> Clock:
    """Make the video services' clock.

    One that runs faster than life begins in the past: it would soon sign webhooks, and end links,
    in the future of a bot that lives in real time, and the bot rightly refuses that.
    """
    behind = timedelta(hours=BEHIND_H) if speed > 1 else timedelta()
    return Clock(start=datetime.now(UTC) - behind, speed=speed)


def _read_names(only: Iterable[str] | None) -> frozenset[str]:
    """Read which services are wanted.

    Raises:
        ValueError: A name that is no service, or none at all.
    """
    names = frozenset(SERVICES if only is None else only)
    if not names or not names <= set(SERVICES):
        raise ValueError(f"services must be some of {', '.join(SERVICES)}")
    return names


def _read_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("the bot's address must be an http or https URL")
    return url


def run(
    *,
    port: int = 0,
    speed: float = 1.0,
    only: Iterable[str] | None = None,
    bot_url: str = DEFAULT_REQUEST_URL,
) -> None:
    """Serve until SIGTERM or SIGINT, after one JSON line that says where.

    Raises:
        ValueError: An argument is wrong.
        OSError: A port is taken.
    """
    asyncio.run(_serve({"port": port, "speed": speed, "only": only, "bot_url": bot_url}))


async def _serve(arguments: dict[str, Any]) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    twins = Twins(**arguments)
    await twins.start()
    try:
        sys.stdout.write(json.dumps(twins.as_json()) + "\n")
        sys.stdout.flush()
        await ended.wait()
    finally:
        await twins.stop()
