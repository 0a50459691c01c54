import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiohttp import web

from twin.files import jpg
from twin.server import start_server
from twin.techforge.app import TechForgeTwin
from twin.techforge.catalogue import TEASER
from twin.techforge.model import Job

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

Submit = Callable[..., Awaitable[httpx.Response]]


@dataclass(kw_only=True)
class Store:
    """A public place for files, on this machine.

    Attributes:
        files: Path → content type and bytes.
        asked: Paths that were asked for.
        meanwhile: Called while a file is being fetched.
    """

    url: str = ""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    async def give(self, request: web.Request) -> web.Response:
        """Answer with a file."""
        self.asked.append(request.path)
        self.meanwhile()
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": "/face.jpg"})
        if request.path not in self.files:
            return web.Response(status=404)
        content_type, content = self.files[request.path]
        return web.Response(body=content, content_type=content_type)


@pytest.fixture
def start_at() -> datetime:
    """When the tests begin."""
    return START


@pytest.fixture
def service() -> type[TechForgeTwin]:
    """Which local service these tests are of."""
    return TechForgeTwin


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    """A place with a picture and a sound in it."""
    store = Store()
    store.files = {"/face.jpg": ("image/jpeg", jpg("face")), "/vo.mp3": ("audio/mpeg", b"ID3...")}
    app = web.Application()
    app.router.add_get("/{name:.*}", store.give)
    server = await start_server(app)
    store.url = server.url
    yield store
    await server.stop()


@pytest.fixture
def wish() -> dict[str, Any]:
    """A submit body that is right and names no file on this machine."""
    return {
        "template_id": TEASER.project_id,
        "job_type": "ai_talking_video",
        "version": 2,
        "session_id": "7c1b6a52-0000-4000-8000-00000000c0de",
        "values": {
            "headline": "Meet the autumn range",
            "voiceover": {"audio_url": "https://assets.example/vo.mp3", "effects": []},
            "avatar": {"image_url": "https://assets.example/face.jpg"},
        },
        "background_music": None,
    }


@pytest.fixture
def submit(http: httpx.AsyncClient, wish: dict[str, Any]) -> Submit:
    """Submit the right body, or one with overrides; None as a value leaves a field out."""

    async def send(**overrides: Any) -> httpx.Response:
        body = {name: value for name, value in (wish | overrides).items() if value is not None}
        headers = {"Content-Type": "application/json"}
        return await http.post("/jobs/v2", content=json.dumps(body), headers=headers)

    return send


@pytest.fixture
async def job(submit: Submit, twin: TechForgeTwin) -> Job:
    """A job that was just accepted."""
    await submit()
    return twin.jobs()[-1]


@pytest.fixture
def row(http: httpx.AsyncClient, job: Job) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Look at the job."""

    async def look() -> dict[str, Any]:
        return (await http.get(f"/jobs/{job.uuid}")).json()

    return look
