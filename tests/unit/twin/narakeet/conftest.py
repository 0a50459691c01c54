import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from twin.narakeet.app import NarakeetTwin

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SCRIPT = """---
size: 720p
voice: mickey
---

![](london.jpg)

Hello from the marketing team, this is the first scene.

---

And this is the second.
"""

Build = Callable[..., Awaitable[httpx.Response]]


def packed(files: dict[str, str | bytes]) -> bytes:
    """Pack files, by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


PROJECT = packed({"script.md": SCRIPT, "london.jpg": b"\xff\xd8 a picture"})


@pytest.fixture
def start_at() -> datetime:
    """When the tests begin."""
    return START


@pytest.fixture
def service() -> type[NarakeetTwin]:
    """Which local service these tests are of."""
    return NarakeetTwin


@pytest.fixture
def upload(http: httpx.AsyncClient, plain: httpx.AsyncClient):
    """Upload an archive as the vendor's client does, and give the token."""

    async def send(content: bytes = PROJECT) -> dict[str, Any]:
        token = (await http.get("/video/upload-request/zip")).json()
        headers = {"Content-Type": token["contentType"]}
        answer = await plain.put(token["url"], content=content, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"")
        return token

    return send


@pytest.fixture
def build(http: httpx.AsyncClient, upload) -> Build:
    """Upload an archive and ask for a video of it."""

    async def send(content: bytes = PROJECT, *, source: str = "script.md") -> httpx.Response:
        token = await upload(content)
        body = {name: token[name] for name in ("repository", "repositoryType")}
        return await http.post("/video/build", json=body | {"source": source})

    return send


@pytest.fixture
async def task(build: Build) -> dict[str, str]:
    """A video that was just accepted: `taskId` and `statusUrl`."""
    return (await build()).json()


@pytest.fixture
def look(plain: httpx.AsyncClient):
    """Ask how a job stands, without a key."""

    async def send(task: dict[str, str]) -> dict[str, Any]:
        answer = await plain.get(task["statusUrl"])
        assert answer.status_code == 200
        return answer.json()

    return send


@pytest.fixture
def speak(http: httpx.AsyncClient):
    """Ask for text to speech."""

    async def send(
        text: str | bytes = "Hello from the marketing team.",
        kind: str = "mp3",
        query: str = "?voice=mickey",
        **headers: str,
    ) -> httpx.Response:
        named = {"Content-Type": "text/plain", "Accept": "application/json"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await http.post(f"/text-to-speech/{kind}{query}", content=text, headers=named)

    return send
