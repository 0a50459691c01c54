import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiohttp import web

from twin.jarai.app import JaraiTwin
from twin.jarai.catalogue import SOCIAL
from twin.server import start_server

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PRODUCTIONS = f"/v1/partner/accounts/{SOCIAL.account_id}/productions"

Submit = Callable[..., Awaitable[httpx.Response]]


@dataclass(kw_only=True)
class Receiver:
    """An endpoint that keeps what it is sent and answers as told, 200 when told nothing.

    Attributes:
        silences: Calls still to be left without an answer until the end of the test.
    """

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    silences: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Keep one delivery."""
        self.got.append((dict(request.headers), await request.read()))
        if self.silences:
            self.silences -= 1
            await self.ended.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Location": self.url})


@pytest.fixture
def start_at() -> datetime:
    """When the tests begin."""
    return START


@pytest.fixture
def service() -> type[JaraiTwin]:
    """Which local service these tests are of."""
    return JaraiTwin


@pytest.fixture
def wish() -> dict[str, Any]:
    """A submit body that is right."""
    return {
        "topic": "Autumn range teaser",
        "languageId": "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1111",
        "countryId": "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2222",
        "avatarId": SOCIAL.avatars[0].avatar_id,
        "projectTypeSlug": "social-video-30s",
        "metadataMD": "Tone: warm.",
    }


@pytest.fixture
def submit(http: httpx.AsyncClient, wish: dict[str, Any]) -> Submit:
    """Submit the right body, or one with overrides."""

    async def send(headers: dict[str, str] | None = None, **overrides: Any) -> httpx.Response:
        return await http.post(PRODUCTIONS, json=wish | overrides, headers=headers)

    return send


@pytest.fixture
async def production_id(submit: Submit) -> str:
    """A production that was just accepted."""
    return (await submit()).json()["productionId"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A webhook endpoint."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hooks", receiver.take)
    server = await start_server(app)
    receiver.url = f"{server.url}/hooks"
    yield receiver
    receiver.ended.set()
    await server.stop()
