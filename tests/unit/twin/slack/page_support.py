"""What the tests of the page's server share."""

import asyncio
import contextlib
import json
from typing import Any

import aiohttp
import httpx

from twin.jarai.app import JaraiTwin
from twin.jarai.catalogue import SOCIAL


async def state_of(http: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    """Fetch the state."""
    answer = await http.get("/__twin/page/state", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Listener:
    """A page that listens."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self) -> str:
        """Give the next line with something on it."""
        async with asyncio.timeout(10):
            while not (line := (await self._response.content.readline()).decode().strip()):
                assert not self._response.content.at_eof()
            return line

    async def number(self) -> int:
        """Give the number that the next event carries."""
        assert await self.next() == "event: changed"
        found = json.loads((await self.next()).removeprefix("data: "))
        return int(found["number"])


@contextlib.asynccontextmanager
async def listening(twin):
    """Open the stream and read the number it begins with."""
    url = f"{twin.url}/__twin/page/stream"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.content_type == "text/event-stream"
        listener = Listener(response)
        assert await listener.number() == twin.pulse.number
        yield listener


async def a_production(jarai: JaraiTwin) -> None:
    """Submit one."""
    wish = {
        "topic": "Cats",
        "languageId": "2f0f2a5c-9a55-4f0a-8a0f-5b1a6b0c1111",
        "countryId": "7d1d9d2e-31c4-4f7b-9b7a-0d2b7f0c2222",
        "avatarId": SOCIAL.avatars[0].avatar_id,
    }
    async with httpx.AsyncClient(headers={"X-API-Key": jarai.api_key}) as client:
        path = f"{jarai.url}/v1/partner/accounts/{SOCIAL.account_id}/productions"
        assert (await client.post(path, json=wish)).status_code == 202
