"""Subscriptions and the events they get, with mishaps on demand."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from twin.clock import Clock, wire_time
from twin.jarai.courier import Address, Courier, Parcel, signature
from twin.jarai.model import Job
from twin.jarai.reading import WebhookWish
from twin.jarai.settings import Settings
from twin.journal import Journal
from twin.switches import is_seconds

ACTIVE_AT_MOST = 100
MISHAPS = ("drop", "twice", "late_s", "out_of_order", "bad_signature")


class TooManyWebhooksError(Exception):
    """The partner has as many active subscriptions as are allowed."""


class UnknownWebhookError(LookupError):
    """The partner has no such subscription."""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What one endpoint is told."""

    partner: str
    wish: WebhookWish
    address: Address
    created_at: datetime

    def wants(self, job: Job, event_type: str) -> bool:
        """Say whether an event goes here."""
        wish = self.wish
        scope = (wish.account_scope_id,) if wish.account_scope_id else wish.account_ids
        is_in_scope = scope is None or job.wish.account_id in scope
        return job.partner == self.partner and is_in_scope and event_type in wish.event_types

    def as_json(self) -> dict[str, Any]:
        """Describe it without its secret."""
        body: dict[str, Any] = {
            "webhookId": self.address.webhook_id,
            "endpointUrl": self.wish.endpoint_url,
            "eventTypes": list(self.wish.event_types),
            "createdAt": wire_time(self.created_at),
        }
        if self.wish.account_ids is not None:
            body["accountIds"] = list(self.wish.account_ids)
        if self.wish.account_scope_id is not None:
            body["accountScopeId"] = self.wish.account_scope_id
        return body


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What goes wrong with the next event that anybody is subscribed to.

    Attributes:
        kind: One of MISHAPS. `drop` loses it; `twice` delivers it twice; `late_s` holds it back;
            `out_of_order` lets the production's next event pass first; `bad_signature` signs the
            first delivery wrongly.
        late_s: Twin seconds, for `late_s` only.
        event_type: Only an event of this type; None means any.
    """

    kind: str
    late_s: float = 0.0
    event_type: str | None = None


def read_mishap(body: dict[str, Any]) -> Mishap:
    """Read a mishap such as `{"late_s": 30}` or `{"drop": true, "event_type": "…"}`.

    Raises:
        ValueError: Not exactly one kind, or a value it cannot have.
    """
    event_type = body.pop("event_type", None)
    if event_type is not None and not isinstance(event_type, str):
        raise ValueError("event_type must be a text")
    if len(body) != 1 or next(iter(body)) not in MISHAPS:
        raise ValueError(f"give exactly one of {', '.join(MISHAPS)}")
    kind, value = next(iter(body.items()))
    if kind != "late_s":
        if value is not True:
            raise ValueError(f"{kind} must be true")
        return Mishap(kind=kind, event_type=event_type)
    if not is_seconds(value):
        raise ValueError("late_s must be seconds, 0 or more")
    return Mishap(kind=kind, late_s=value, event_type=event_type)


class Webhooks:
    """Hold the subscriptions and turn what happens into signed deliveries.

    Args:
        changed: Called when a mishap was added or used up.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        settings: Callable[[], Settings],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._changed = changed
        self._subscriptions: dict[str, Subscription] = {}
        self._mishaps: list[Mishap] = []
        self._held: dict[str, list[Parcel]] = {}
        self.courier = Courier(
            clock=clock,
            journal=journal,
            settings=settings,
            is_active=self._subscriptions.__contains__,
        )

    def add(self, wish: WebhookWish, *, partner: str) -> Subscription:
        """Register an endpoint with a new secret.

        Raises:
            TooManyWebhooksError: There are 100 already.
        """
        if len(self.of(partner)) >= ACTIVE_AT_MOST:
            raise TooManyWebhooksError
        address = Address(
            webhook_id=str(uuid4()),
            endpoint_url=wish.endpoint_url,
            signing_secret=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("="),
        )
        subscription = Subscription(
            partner=partner, wish=wish, address=address, created_at=self._clock.now()
        )
        self._subscriptions[address.webhook_id] = subscription
        return subscription

    def of(self, partner: str) -> list[Subscription]:
        """List a partner's subscriptions, oldest first."""
        return [each for each in self._subscriptions.values() if each.partner == partner]

    def remove(self, webhook_id: str, *, partner: str) -> None:
        """End a subscription; deliveries under way are not repeated any more.

        Raises:
            UnknownWebhookError: The partner has none with this id.
        """
        found = self._subscriptions.get(webhook_id.lower())
        if found is None or found.partner != partner:
            raise UnknownWebhookError
        del self._subscriptions[webhook_id.lower()]

    def announce(self, job: Job, event_type: str, data: dict[str, Any]) -> None:
        """Deliver an event to all who subscribed to it, unless a mishap waits for it."""
        takers = [each for each in self._subscriptions.values() if each.wants(job, event_type)]
        if not takers:
            return
        event = self._envelope(job, event_type, data)
        mishap = self._take_mishap(event_type)
        for taker in takers:
            self._dispatch(Parcel(address=taker.address, event=event), mishap)
        if mishap is None or mishap.kind != "out_of_order":
            self._send_held(job.production_id)

    def add_mishap(self, mishap: Mishap) -> None:
        """Let the next fitting event go wrong; several are used up one by one."""
        self._mishaps.append(mishap)
        self._changed()

    def mishaps_json(self) -> list[dict[str, Any]]:
        """List the mishaps that wait for an event."""
        return [asdict(mishap) for mishap in self._mishaps]

    async def send_raw(self, body: bytes) -> list[dict[str, Any]]:
        """Deliver any bytes, signed, once to every subscription and say how each answered."""
        answers = []
        for each in list(self._subscriptions.values()):
            signed = signature(body, signing_secret=each.address.signing_secret)
            status = await self.courier.post(each.address, body=body, signed=signed)
            answers.append({"webhookId": each.address.webhook_id, "status": status})
        return answers

    def _envelope(self, job: Job, event_type: str, data: dict[str, Any]) -> dict[str, Any]:
        """Wrap an event (webhook reference, envelope, seen 2026-11-21)."""
        return {
            "eventType": event_type,
            "productionId": job.production_id,
            "accountId": job.wish.account_id,
            "timestamp": wire_time(self._clock.now()),
            "sequenceNumber": job.sequence,
            "correlationId": job.correlation_id,
            "truncated": False,
            "data": data,
        }

    def _take_mishap(self, event_type: str) -> Mishap | None:
        for mishap in self._mishaps:
            if mishap.event_type in {None, event_type}:
                self._mishaps.remove(mishap)
                self._changed()
                return mishap
        return None

    def _dispatch(self, parcel: Parcel, mishap: Mishap | None) -> None:
        kind = None if mishap is None else mishap.kind
        if kind == "drop":
            return
        if kind == "out_of_order":
            self._held.setdefault(parcel.event["productionId"], []).append(parcel)
        elif mishap is not None and kind == "late_s":
            self._send_late(parcel, mishap.late_s)
        else:
            self._send_now(parcel, kind)

    def _send_now(self, parcel: Parcel, kind: str | None) -> None:
        if kind == "bad_signature":
            parcel = Parcel(address=parcel.address, event=parcel.event, is_spoiled=True)
        for _ in range(2 if kind == "twice" else 1):
            self.courier.send(parcel)

    def _send_late(self, parcel: Parcel, late_s: float) -> None:
        async def send() -> None:
            self.courier.send(parcel)

        self._clock.call_in(late_s, send)

    def _send_held(self, production_id: str) -> None:
        for parcel in self._held.pop(production_id, []):
            self.courier.send(parcel)
