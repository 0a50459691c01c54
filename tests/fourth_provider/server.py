"""The local Titlecard: a small server with the habits of a real one, for the fourth provider."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

from twin.clock import Clock, wire_time
from twin.faults import fault_middleware
from twin.links import Links, LinkState
from twin.service import ServiceTwin
from twin.switches import Switches

MP4 = b"\x00\x00\x00\x18ftypmp42" + b"titlecard" * 40
LINK_LIFE = timedelta(minutes=10)
KEY = "tc_test_standard"


@dataclass(frozen=True, kw_only=True)
class Settings(Switches):
    """Nothing about it can be switched."""


@dataclass(kw_only=True)
class Clip:
    """A clip."""

    clip_id: str
    body: dict[str, Any]
    state: str = "waiting"
    percent: int = 0
    error: str | None = None
    retries: int = 0


@dataclass(kw_only=True)
class _Shelf:
    clips: dict[str, Clip] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)


class TitlecardTwin(ServiceTwin[Settings]):
    """A Titlecard of one's own.

    Attributes:
        many_fields: How many text fields the style "Long" asks for.
    """

    name = "titlecard"
    label = "Titlecard"
    api_key = KEY

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, settings=Settings())
        self._shelf = _Shelf()
        self._links = Links(clock.now)
        self.many_fields = 60

    def jobs(self) -> list[Clip]:
        """List the clips, oldest first."""
        return list(self._shelf.clips.values())

    @property
    def uploads(self) -> dict[str, bytes]:
        """What was uploaded, by name."""
        return self._shelf.uploads

    def render(self, percent: int) -> None:
        """Let the newest clip be rendered so far."""
        clip = self.jobs()[-1]
        clip.state, clip.percent = "rendering", percent

    def finish(self) -> None:
        """Let the newest clip be ready."""
        self.jobs()[-1].state = "ready"

    def break_down(self, why: str = "The renderer ran out of memory.") -> None:
        """Let the newest clip fail."""
        clip = self.jobs()[-1]
        clip.state, clip.error = "broken", why

    def _app(self) -> web.Application:
        faults = fault_middleware(self.faults, rate_limited=_rate_limited)
        app = web.Application(middlewares=[self._middleware, faults])
        app.add_routes(
            [
                web.get("/styles", self._styles),
                web.get("/fonts", self._fonts),
                web.post("/uploads", self._upload),
                web.post("/clips", self._order),
                web.post("/clips/{id}/retry", self._retry),
                web.get("/clips/{id}", self._show),
                web.get("/clips/{id}/files", self._files),
                web.get("/files/{id}/{name}", self._file),
            ]
        )
        return app

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        status = None
        try:
            response = await self._answer(request, handler)
            status = response.status
        finally:
            what = f"{request.method} {request.path}"
            await self.journal.record(direction="in", what=what, status=status)
        return response

    async def _answer(self, request: web.Request, handler: Any) -> web.StreamResponse:
        is_ours = request.path.startswith("/files/") or request.headers.get("X-Key") == KEY
        try:
            response = await handler(request) if is_ours else _no(401, "KEY", "No such key.")
        except web.HTTPNotFound:
            response = _no(404, "UNKNOWN", "There is no such thing.")
        response.headers["X-Request-Id"] = secrets.token_hex(4)
        return response

    async def _styles(self, _: web.Request) -> web.Response:
        one = {"id": "plain", "name": "Plain", "credits": 1, "fields": []}
        rich = [
            {"id": "font", "label": "Font", "kind": "font"},
            {"id": "seconds", "label": "Seconds", "kind": "seconds"},
            {"id": "images", "label": "Images", "kind": "images"},
            {"id": "mood", "label": "Mood", "kind": "emotion-wheel"},
        ]
        lines = [
            {"id": f"line{number}", "label": f"Line {number}", "kind": "text"}
            for number in range(1, self.many_fields + 1)
        ]
        styles = [
            one | {"fields": [{"id": "line", "label": "Second line", "kind": "text"}]},
            one | {"id": "rich", "name": "Rich", "credits": 3, "fields": rich},
            one | {"id": "long", "name": "Long", "fields": lines},
        ]
        return web.json_response({"styles": styles, "credits": 41})

    async def _fonts(self, _: web.Request) -> web.Response:
        names = [f"Grotesk {number:03d}" for number in range(250)] + ["Old Style"]
        fonts = [{"id": name.lower().replace(" ", "-"), "name": name} for name in names]
        return web.json_response({"fonts": fonts})

    async def _upload(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._shelf.uploads[body["name"]] = base64.b64decode(body["data"])
        return web.json_response({"id": f"upload-{len(self._shelf.uploads)}"})

    async def _order(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        if body.get("style") not in {"plain", "rich", "long"}:
            return _no(422, "STYLE", "There is no such style.")
        clip = Clip(clip_id=secrets.token_hex(6), body=body)
        self._shelf.clips[clip.clip_id] = clip
        return web.json_response(_shown(clip), status=201)

    async def _retry(self, request: web.Request) -> web.Response:
        clip = self._clip(request)
        if clip.state != "broken":
            return _no(409, "NOT_BROKEN", "Only broken clips can be retried.")
        clip.state, clip.percent, clip.error = "waiting", 0, None
        clip.retries += 1
        return web.json_response(_shown(clip), status=202)

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(_shown(self._clip(request)))

    async def _files(self, request: web.Request) -> web.Response:
        clip = self._clip(request)
        files = []
        for name, kind, content in _made(clip):
            path, ends_at = self._links.mint(f"/files/{clip.clip_id}/{name}", life=LINK_LIFE)
            about = {"name": name, "kind": kind, "size": len(content)}
            files.append(about | {"url": self.url + path, "expires": wire_time(ends_at)})
        return web.json_response({"files": files})

    async def _file(self, request: web.Request) -> web.Response:
        query = request.rel_url.raw_query_string
        if self._links.state_of(request.path, query) is not LinkState.GOOD:
            return _no(403, "LINK", "This link is over.")
        made = {name: content for name, _, content in _made(self._clip(request))}
        return web.Response(body=made[request.match_info["name"]])

    def _clip(self, request: web.Request) -> Clip:
        clip = self._shelf.clips.get(request.match_info["id"])
        if clip is None:
            raise web.HTTPNotFound
        return clip

    def _desk_jobs(self) -> list[dict[str, Any]]:
        return []


def _made(clip: Clip) -> list[tuple[str, str, bytes]]:
    if clip.state != "ready":
        return []
    return [("title.mp4", "video", MP4), ("title.txt", "transcript", b"Autumn")]


def _shown(clip: Clip) -> dict[str, Any]:
    shown = {"id": clip.clip_id, "state": clip.state, "percent": clip.percent}
    return shown | {"step": "Rendering", "error": clip.error}


def _no(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message}, status=status)


def _rate_limited(seconds: float) -> web.Response:
    response = _no(429, "SLOW_DOWN", "Too many requests.")
    response.headers["Retry-After"] = str(int(seconds))
    return response
