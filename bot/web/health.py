"""`/healthz`, `/readyz` and `/metrics`."""

import ipaddress
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot import instruments
from bot.core.errors import StorageError
from storage.store import Store


async def healthz(_request: Request) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok")


class ReadyEndpoint:
    """`/readyz`: 200 where work can be done, else 503 with what is missing.

    Args:
        missing: Says what, besides the database, stops us from working; empty where nothing does.
    """

    def __init__(self, store: Store, *, missing: Callable[[], list[str]]) -> None:
        self._store = store
        self._missing = missing

    async def answer(self, _request: Request) -> Response:
        """Ask the database and the loops."""
        missing = self._missing()
        try:
            await self._store.ping()
        except StorageError:
            missing = ["database", *missing]
        status = 503 if missing else 200
        return JSONResponse({"ready": not missing, "missing": missing}, status_code=status)


async def metrics(request: Request) -> Response:
    """Show the figures to callers on this machine."""
    if not _is_loopback(request):
        return PlainTextResponse("metrics are for this machine only", status_code=403)
    return Response(
        generate_latest(instruments.REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST}
    )


_OF_PROXIES = frozenset({"forwarded", "via", "x-forwarded-for", "x-real-ip"})
"""Headers by which a proxy tells for whom it calls."""


def _is_loopback(request: Request) -> bool:
    # A proxy on this machine also calls from loopback, so a forwarded call is an outside call.
    if request.client is None or not _OF_PROXIES.isdisjoint(request.headers.keys()):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
