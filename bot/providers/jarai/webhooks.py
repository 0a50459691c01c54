"""JARAI's webhooks: reading what arrives, and registering where it shall arrive.

Source: JARAI developer portal, webhook pages, seen 2026-11-21.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.errors import InvalidSignatureError, StaleTimestampError, WebhookError
from bot.core.production import Progress
from bot.providers.base import WebhookEvent
from bot.providers.jarai.reading import NIL_ID, read_id, read_progress
from bot.providers.jarai.settings import JaraiSettings
from bot.providers.reading import (
    UnreadableError,
    read_count,
    read_moment,
    read_object,
    read_text,
)
from bot.providers.signing import decode_secret, verify_sha256

SIGNATURE_HEADER = "x-jarai-signature"
STEP_COMPLETE = "production.step.complete"
DEFAULT_EVENTS = (
    "production.queued",
    STEP_COMPLETE,
    "production.published",
    "production.failed",
    "deliverable.ready",
)
"""The events whose names are documented; JARAI has a few more."""

KIND_LIMIT = 80


def read_event(
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: tuple[str, ...],
    now: datetime,
    settings: JaraiSettings,
) -> WebhookEvent:
    """Verify a webhook over its raw bytes, then read it.

    Raises:
        InvalidSignatureError: None of the secrets made the signature.
        StaleTimestampError: It is too old, or dated in the future.
        WebhookError: It is signed and yet cannot be read.
    """
    verify_sha256(headers.get(SIGNATURE_HEADER), body, keys=_keys(secrets))
    try:
        fields = read_object(body)
    except UnreadableError as error:
        raise WebhookError("the body is not a JSON object") from error
    _check_age(fields, now=now, settings=settings)
    return _read(fields)


def _keys(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    """Decode the secrets; one that is broken does not take the others with it."""
    keys = []
    for secret in secrets:
        try:
            keys.append(decode_secret(secret))
        except InvalidSignatureError:
            continue
    return tuple(keys)


def _check_age(fields: Mapping[str, Any], *, now: datetime, settings: JaraiSettings) -> None:
    signed_at = read_moment(fields.get("timestamp"))
    if signed_at is None:
        raise WebhookError("the timestamp cannot be read")
    age_s = (now - signed_at).total_seconds()
    if not -settings.webhook_ahead_s <= age_s <= settings.webhook_age_s:
        raise StaleTimestampError("the timestamp is too old or in the future")


def _read(fields: Mapping[str, Any]) -> WebhookEvent:
    kind = read_text(fields, "eventType", limit=KIND_LIMIT)
    production_id = read_id(fields.get("productionId"))
    if kind is None or production_id is None:
        raise WebhookError("the event names no type or no production")
    job_id = None if production_id == NIL_ID else production_id
    account = read_id(fields.get("accountId"))
    return WebhookEvent(
        delivery_ids=_delivery_ids(fields, job_id=job_id),
        kind=kind,
        job_id=job_id,
        account=None if account == NIL_ID else account,
        progress=_progress(fields) if kind == STEP_COMPLETE else None,
    )


def _delivery_ids(fields: Mapping[str, Any], *, job_id: str | None) -> tuple[str, ...]:
    """Give the keys of a delivery.

    `eventId` may change from one delivery of an event to the next, so the number within the
    production comes first. A test event belongs to no production and has only the other.
    """
    number = read_count(fields, "sequenceNumber")
    event_id = read_text(fields, "eventId", limit=KIND_LIMIT)
    ids = [] if job_id is None or number is None else [f"{job_id}:{number}"]
    if event_id is not None:
        ids.append(event_id)
    if not ids:
        raise WebhookError("the event cannot be told from others")
    return tuple(ids)


def _progress(fields: Mapping[str, Any]) -> Progress | None:
    data = fields.get("data")
    return read_progress(data) if isinstance(data, dict) else None
