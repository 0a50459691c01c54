"""Carrying events to endpoints: signed, at least once, with retries on the twin's clock."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp

from twin.clock import Clock
from twin.jarai.settings import Settings
from twin.journal import Journal
from twin.secrecy import BODY_MOST, payload_shown, text_shown

RETRIES_S = (10.0, 60.0, 300.0)  # Not documented; our choice.
SIGNATURE_HEADER = "X-JARAI-Signature"


def signature(body: bytes, *, signing_secret: str) -> str:
    """Sign a body.

    Args:
        body: The bytes as sent.
        signing_secret: base64url without padding, as the registration answered it; the decoded
            bytes are the key.

    Source: webhook guide, verifying signatures, seen 2026-11-21.
    """
    key = base64.urlsafe_b64decode(signing_secret + "=" * (-len(signing_secret) % 4))
    return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where deliveries of one subscription go, and what signs them."""

    webhook_id: str
    endpoint_url: str
    signing_secret: str


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One event on its way to one endpoint.

    Attributes:
        event: The envelope without `eventId`, which each delivery gets anew.
        retries: Deliveries already repeated.
        is_spoiled: Sign this delivery with a wrong key.
    """

    address: Address
    event: Mapping[str, Any]
    retries: int = 0
    is_spoiled: bool = False

    @property
    def lane(self) -> tuple[str, str]:
        """What keeps its order: one production's events to one endpoint."""
        return self.address.webhook_id, self.event["productionId"]


class Courier:
    """Deliver parcels beside everything else; a slow endpoint holds up only its own lane."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        settings: Callable[[], Settings],
        is_active: Callable[[str], bool],
    ) -> None:
        self._clock = clock
        self._journal = journal
        self._settings = settings
        self._is_active = is_active
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Open the connections."""
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Drop what is on its way and close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def settle(self) -> None:
        """Wait until every delivery begun so far was answered or failed; retries come later."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def send(self, parcel: Parcel) -> None:
        """Deliver behind whatever of the same lane is still on its way."""
        task = asyncio.create_task(self._deliver(parcel, after=self._last.get(parcel.lane)))
        self._last[parcel.lane] = task
        self._tasks.add(task)
        task.add_done_callback(partial(self._forget, parcel.lane))

    def _forget(self, lane: tuple[str, str], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._last.get(lane) is task:
            del self._last[lane]

    async def _deliver(self, parcel: Parcel, *, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await asyncio.wait({after})
        body = json.dumps({"eventId": str(uuid4()), **parcel.event}).encode()
        secret = _WRONG_SECRET if parcel.is_spoiled else parcel.address.signing_secret
        status = await self.post(
            parcel.address,
            body=body,
            signed=signature(body, signing_secret=secret),
            event_type=parcel.event["eventType"],
            production_id=parcel.event["productionId"],
            sequence_number=parcel.event["sequenceNumber"],
            delivery=parcel.retries + 1,
        )
        if not is_taken(status) and parcel.retries < len(RETRIES_S):
            self._retry_later(parcel)

    def _retry_later(self, parcel: Parcel) -> None:
        again = replace(parcel, retries=parcel.retries + 1, is_spoiled=False)

        async def retry() -> None:
            if self._is_active(parcel.address.webhook_id):
                self.send(again)

        self._clock.call_in(RETRIES_S[parcel.retries], retry)

    async def post(
        self, address: Address, *, body: bytes, signed: str, **detail: Any
    ) -> int | None:
        """Send bytes once and give the HTTP status; None when there was no answer in time."""
        status, answer = await self._answer_of(address.endpoint_url, body=body, signed=signed)
        await self._journal.record(
            direction="out",
            what=f"POST {urlsplit(address.endpoint_url).path or '/'}",
            status=status,
            webhook_id=address.webhook_id,
            payload=payload_shown(body),
            body=text_shown(answer),
            **detail,
        )
        return status

    async def _answer_of(self, url: str, *, body: bytes, signed: str) -> tuple[int | None, str]:
        if self._session is None:
            raise RuntimeError("the courier was not started")
        try:
            async with self._session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", SIGNATURE_HEADER: signed},
                timeout=aiohttp.ClientTimeout(total=self._settings().webhook_timeout_s),
                allow_redirects=False,
            ) as answer:
                return answer.status, await _start_of(answer)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            # ValueError: a host name that only the resolver finds out to be none.
            return None, ""


async def _start_of(answer: aiohttp.ClientResponse) -> str:
    """Read so much of an answer's body as the journal shows; what becomes of it counts nothing."""
    try:
        return (await answer.content.read(4 * BODY_MOST)).decode(errors="replace")
    except (aiohttp.ClientError, TimeoutError, OSError):
        return ""


_WRONG_SECRET = base64.urlsafe_b64encode(b"not the key of anybody").decode().rstrip("=")


def is_taken(status: int | None) -> bool:
    """Say whether an endpoint's answer ends the delivery."""
    return status is not None and 200 <= status < 300  # noqa: PLR2004 -- the 2xx of HTTP.
