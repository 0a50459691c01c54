"""Serve the twin's page: its files, the state it draws, the stream, and the services' desks."""

from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from twin.slack.control.openapi import document
from twin.slack.page.state import page_state
from twin.slack.page.stream import Stream

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin

DIST = Path(__file__).resolve().parents[2] / "page" / "dist"
_PATHS = ("/", "/archives/{channel}", "/archives/{channel}/{message}", "/app_redirect")
_MISSING = "The page is not built yet: run `npm ci && npm run build` in twin/page.\n"
_PEOPLES_PATHS = ("/__twin/", "/__page/", "/archives/", "/app_redirect", "/oauth/")
_KINDS = {".js": "text/javascript", ".css": "text/css"}


def is_page_path(path: str) -> bool:
    """Say whether a path is the page's or control's, and so nothing the bot calls at Slack."""
    return path == "/" or path.startswith(_PEOPLES_PATHS)


class Page:
    """Answer what the page asks.

    Args:
        dist: Where the built page is.
    """

    def __init__(self, twin: "SlackTwin", *, dist: Path = DIST) -> None:
        self._twin = twin
        self._dist = dist
        self._stream = Stream(twin.pulse)

    def add_to(self, app: web.Application) -> None:
        """Add the endpoints, and what they need while the server runs."""
        app.router.add_routes(
            [
                *(web.get(path, self._index) for path in _PATHS),
                web.get("/__page/{file}", self._file),
                web.get("/__twin/openapi.json", self._document),
                web.get("/__twin/page/state", self._state),
                web.get("/__twin/page/stream", self._stream.handle),
                web.route("*", "/__twin/services/{name}/{path:.*}", self._twin.desk.forward),
            ]
        )
        app.on_startup.append(self._twin.desk.start)
        app.on_shutdown.append(self._stream.close)
        app.on_cleanup.append(self._twin.desk.stop)

    async def _index(self, _: web.Request) -> web.Response:
        index = self._dist / "index.html"
        if not index.is_file():
            return web.Response(status=503, text=_MISSING)
        return web.Response(
            body=index.read_bytes(),
            content_type="text/html",
            charset="utf-8",
            headers={**_HEADERS, "Content-Security-Policy": _POLICY},
        )

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        known = {path.name: path for path in self._dist.glob("page.*")}
        if name not in known:
            raise web.HTTPNotFound
        return web.Response(
            body=known[name].read_bytes(),
            content_type=_KINDS.get(known[name].suffix, "application/octet-stream"),
            charset="utf-8",
            headers=_HEADERS,
        )

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(page_state(self._twin, request.query), headers=_HEADERS)

    async def _document(self, _: web.Request) -> web.Response:
        return web.json_response(document(), headers=_HEADERS)


# Pictures come from whatever app or service runs on this machine, and from nowhere else.
_POLICY = (
    "default-src 'self'; img-src 'self' data: http://127.0.0.1:* http://localhost:*; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
