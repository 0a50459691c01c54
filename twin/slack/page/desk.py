"""The services beside Slack, as the page reaches them through this server: one origin for all.

A service twin joins by offering what `Service` names and being handed to `SlackTwin.attach`.
"""

from typing import Any, Protocol

import aiohttp
from aiohttp import web
from yarl import URL

from twin.pulse import Pulse

_HOP_S = 90.0
"""Longer than the longest wait that a control endpoint offers."""


class Service(Protocol):
    """What a service twin offers the page.

    Attributes:
        name: A word for addresses, such as `jarai`.
        label: What people call it.
        pulse: Beats whenever something changed that `desk` shows.
    """

    name: str
    label: str
    pulse: Pulse

    @property
    def control_url(self) -> str:
        """Base URL of its control endpoints, with a trailing slash; only asked while it runs."""

    def desk(self) -> dict[str, Any]:
        """Describe it for the page: its clock, faults, settings, and jobs with their actions."""


class Desk:
    """Know the services and pass calls on to their control endpoints.

    Args:
        pulse: Beats with every service's own.
    """

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._services: dict[str, Service] = {}
        self._session: aiohttp.ClientSession | None = None

    def attach(self, service: Service) -> None:
        """Take in a service that is running."""
        self._services[service.name] = service
        service.pulse.follow(self._pulse.bump)
        self._pulse.bump()

    def as_json(self) -> list[dict[str, Any]]:
        """Describe every service, in the order they came."""
        return [service.desk() for service in self._services.values()]

    async def start(self, _: web.Application) -> None:
        """Make ready to pass calls on."""
        # Connections are kept long: a port that `refuse` has shut still serves those it has.
        connector = aiohttp.TCPConnector(keepalive_timeout=600)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=_HOP_S),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def stop(self, _: web.Application) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def forward(self, request: web.Request) -> web.Response:
        """Pass a call on to `/__twin/{path}` of a service, and its answer back."""
        service = self._services.get(request.match_info["name"])
        path = request.match_info["path"]
        if service is None or path.startswith("/") or ".." in path.split("/"):
            return _refused(
                404, f"There is no such service; there are: {', '.join(self._services)}."
            )
        url = URL(service.control_url).joinpath(path).with_query(request.query)
        try:
            return await self._pass_on(request, url)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return _refused(502, f"{service.label} does not take connections at the moment.")

    async def _pass_on(self, request: web.Request, url: URL) -> web.Response:
        if self._session is None:
            raise RuntimeError("the desk was not started")
        async with self._session.request(
            request.method,
            url,
            data=await request.read(),
            headers={"Content-Type": request.content_type},
            allow_redirects=False,
        ) as answer:
            return web.Response(
                status=answer.status, body=await answer.read(), content_type=answer.content_type
            )


def _refused(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
