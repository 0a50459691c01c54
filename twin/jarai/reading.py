"""Reading what partners send: strict, and every refusal names the field."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from twin.jarai.catalogue import (
    ACCOUNTS,
    COUNTRIES,
    DEFAULT_PROJECT_TYPE,
    EVENT_TYPES,
    LANGUAGES,
    PROJECT_TYPES,
    Account,
)
from twin.jarai.model import Wish
from twin.origin import is_loopback

TOPIC_LONGEST = 500
METADATA_LONGEST = 4096
ACCOUNTS_PER_WEBHOOK = 50
URL_LONGEST = 2048
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WISH_FIELDS = frozenset(
    {"topic", "languageId", "countryId", "avatarId", "projectTypeSlug", "metadataMD"}
)
_WEBHOOK_FIELDS = frozenset({"endpointUrl", "eventTypes", "accountIds", "accountScopeId"})

Body = Mapping[str, Any]


class InvalidBodyError(ValueError):
    """The body breaks a rule; the text is a sentence that names the field."""


@dataclass(frozen=True, kw_only=True)
class WebhookWish:
    """What a subscription asked for, already checked.

    Attributes:
        account_ids: Accounts it is limited to; None means all of the partner's.
        account_scope_id: The one account, where that form was used.
    """

    endpoint_url: str
    event_types: tuple[str, ...]
    account_ids: tuple[str, ...] | None
    account_scope_id: str | None


def read_object(raw: bytes, *, content_type: str) -> Body:
    """Read a JSON object.

    Raises:
        InvalidBodyError: Not declared as JSON, not UTF-8, not JSON, or not an object.
    """
    if content_type != "application/json":
        raise InvalidBodyError("Content-Type must be application/json.")
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidBodyError("The body must be valid JSON in UTF-8.") from None
    if not isinstance(body, dict):
        raise InvalidBodyError("The body must be a JSON object.")
    return body


def is_uuid(value: object) -> bool:
    """Say whether a value is a UUID in its usual spelling."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def read_wish(body: Body, *, account: Account) -> Wish:
    """Read the body of a submit (lifecycle page, request fields, seen 2026-11-21).

    Raises:
        InvalidBodyError: A field is missing, wrong, or not known to this account.
    """
    _refuse_unknown(body, _WISH_FIELDS)
    avatar_id = _uuid(body, "avatarId")
    if not account.has_avatar(avatar_id):
        raise InvalidBodyError("avatarId is not an avatar of this account.")
    return Wish(
        account_id=account.account_id,
        topic=_topic(body),
        language_id=_known(body, "languageId", LANGUAGES),
        country_id=_known(body, "countryId", COUNTRIES),
        avatar_id=avatar_id,
        project_type_slug=_slug(body),
        metadata_md=_metadata(body),
    )


def _refuse_unknown(body: Body, known: frozenset[str]) -> None:
    for name in body:
        if name not in known:
            raise InvalidBodyError(f"{name:.60} is not a field of this request.")


def _topic(body: Body) -> str:
    topic = body.get("topic")
    if not isinstance(topic, str) or not topic.strip() or len(topic) > TOPIC_LONGEST:
        raise InvalidBodyError(f"topic must be a text of 1 to {TOPIC_LONGEST} characters.")
    return topic


def _uuid(body: Body, field: str) -> str:
    value = body.get(field)
    if not is_uuid(value):
        raise InvalidBodyError(f"{field} must be a UUID.")
    return str(value).lower()


def _known(body: Body, field: str, known: Mapping[str, str]) -> str:
    value = _uuid(body, field)
    if value not in known:
        raise InvalidBodyError(f"{field} is not known.")
    return value


def _slug(body: Body) -> str:
    slug = body.get("projectTypeSlug")
    if slug is None:
        return DEFAULT_PROJECT_TYPE
    if not isinstance(slug, str) or slug not in PROJECT_TYPES:
        raise InvalidBodyError("projectTypeSlug is not a known project type.")
    return slug


def _metadata(body: Body) -> str | None:
    text = body.get("metadataMD")
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > METADATA_LONGEST:
        raise InvalidBodyError(
            f"metadataMD must be a text of at most {METADATA_LONGEST} characters."
        )
    return text


def read_webhook_wish(body: Body) -> WebhookWish:
    """Read the body of a subscription (webhook guide, register, seen 2026-11-21).

    Raises:
        InvalidBodyError: A field is missing, wrong, or not permitted.
    """
    _refuse_unknown(body, _WEBHOOK_FIELDS)
    ids, scope_id = body.get("accountIds"), body.get("accountScopeId")
    if ids is not None and scope_id is not None:
        raise InvalidBodyError("accountScopeId excludes accountIds.")
    return WebhookWish(
        endpoint_url=_endpoint(body.get("endpointUrl")),
        event_types=_event_types(body.get("eventTypes")),
        account_ids=None if ids is None else _accounts(ids),
        account_scope_id=None if scope_id is None else _permitted(scope_id, "accountScopeId"),
    )


def _endpoint(url: object) -> str:
    if not isinstance(url, str) or len(url) > URL_LONGEST or not _is_reachable(url):
        raise InvalidBodyError("endpointUrl must be an https URL.")
    return url


def _is_reachable(url: str) -> bool:
    """Take https anywhere, and plain http on this machine, which the real service would not."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if not parts.hostname or port == 0 or not url.isascii() or not url.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def _event_types(types: object) -> tuple[str, ...]:
    if not isinstance(types, list) or not types:
        raise InvalidBodyError("eventTypes must be a list of at least one event type.")
    for name in types:
        if name not in EVENT_TYPES:
            raise InvalidBodyError(f"eventTypes: {name!r:.60} is not supported.")
    return tuple(dict.fromkeys(types))


def _accounts(ids: object) -> tuple[str, ...]:
    if not isinstance(ids, list) or not 1 <= len(ids) <= ACCOUNTS_PER_WEBHOOK:
        raise InvalidBodyError(f"accountIds must list 1 to {ACCOUNTS_PER_WEBHOOK} accounts.")
    return tuple(_permitted(account_id, "accountIds") for account_id in ids)


def _permitted(account_id: object, field: str) -> str:
    if not is_uuid(account_id) or str(account_id).lower() not in ACCOUNTS:
        raise InvalidBodyError(f"{field} must name accounts this key may use.")
    return str(account_id).lower()
