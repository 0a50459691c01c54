"""Keep web pages of other origins away from the control endpoints.

A page on the Internet can make a browser send requests to loopback, and a name that its owner points
at 127.0.0.1 makes the browser believe that both are one site. Scripts and tests send no Origin.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_ONLY_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})


def refusal_of(request: web.Request) -> str | None:
    """Say why a request may not act here; None where it may."""
    if not _is_reached_here(request.host):
        return "The twin is only reached as 127.0.0.1, localhost or [::1], not under another name."
    origin = request.headers.get("Origin")
    if request.method in _ONLY_LOOKS or origin is None or origin == f"http://{request.host}":
        return None
    return "A web page of another origin may not act here; use the twin's own page, or a script."


def own_pages_only(prefix: str) -> Middleware:
    """Build the middleware that answers 403 with a sentence to foreign web pages.

    Args:
        prefix: Paths that it watches over begin with this.
    """

    @web.middleware
    async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = refusal_of(request) if request.path.startswith(prefix) else None
        if refusal is not None:
            return web.json_response({"error": refusal}, status=403)
        return await handler(request)

    return refuse_strangers


def _is_reached_here(host: str) -> bool:
    """Say whether a Host header, with or without a port, names this machine."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def is_loopback(name: str) -> bool:
    """Say whether a host's name, without a port, is this machine."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
