"""From JARAI's JSON to our values; pure, and tolerant where the documents are silent.

Raises only `UnreadableError`. Documented are few fields (lifecycle and webhook pages, seen
2026-11-21), so the likely spellings of the others are all taken.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.core.production import Deliverable, Failure, Progress
from bot.providers.base import Observation
from bot.providers.desks import Subscription
from bot.providers.jarai.words import KINDS, STATUS, explain, stage_of, step_words
from bot.providers.reading import (
    UnreadableError,
    read_count,
    read_items,
    read_moment,
    read_text,
    redact,
)

WORD_LIMIT = 40
NAME_LIMIT = 120
MOST_FILES = 200
"""No production is known to have as many; what a list holds beyond is not read."""

OPEN_ACCOUNTS = frozenset({"active", "pilot"})
NIL_ID = "00000000-0000-0000-0000-000000000000"

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_IN_PRODUCTIONS = re.compile(rf"/productions/({_ID.pattern})", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTENT_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
_LEADING_NUMBER = re.compile(r"\d{1,3}")


@dataclass(frozen=True, kw_only=True)
class Avatar:
    """A presenter."""

    avatar_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account that productions can be made for."""

    account_id: str
    name: str
    avatars: tuple[Avatar, ...]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A deliverable as it was listed, with its link, which must never be stored.

    Attributes:
        expires_at: When the link dies; None where JARAI does not say.
    """

    deliverable: Deliverable
    url: str = field(repr=False)
    expires_at: datetime | None


def read_id(value: object) -> str | None:
    """Read one of JARAI's ids, a UUID, in lower case; None where it is none."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value.lower()
    return None


def read_pasted_id(text: str) -> str | None:
    """Find the production's id in what a person pasted: the id alone, or an address with it."""
    found = _IN_PRODUCTIONS.findall(text) or _ID.findall(text)
    return str(found[-1]).lower() if found else None


def read_accounts(value: Any) -> tuple[Account, ...]:
    """Read the accounts that are open for productions and have an avatar."""
    accounts = (_account(item) for item in read_items(value, "accounts", "items", "data", "value"))
    return tuple(account for account in accounts if account is not None and account.avatars)


def _account(item: Mapping[str, Any]) -> Account | None:
    account_id = read_id(item.get("accountId") or item.get("id"))
    status = read_text(item, "status", "accountStatus") or "active"
    if account_id is None or status.lower() not in OPEN_ACCOUNTS:
        return None
    name = read_text(item, "name", "accountName", "displayName", limit=NAME_LIMIT)
    avatars = item.get("avatars", item.get("availableAvatars", []))
    return Account(
        account_id=account_id,
        name=name or f"Account {account_id[:8]}",
        avatars=tuple(_avatars(avatars)) if isinstance(avatars, list) else (),
    )


def _avatars(items: list[Any]) -> list[Avatar]:
    avatars = []
    for item in items:
        fields: Mapping[str, Any] = item if isinstance(item, dict) else {"id": item}
        avatar_id = read_id(fields.get("avatarId") or fields.get("id"))
        if avatar_id is not None:
            name = read_text(fields, "name", "avatarName", "displayName", limit=NAME_LIMIT)
            avatars.append(Avatar(avatar_id=avatar_id, name=name or f"Avatar {avatar_id[:8]}"))
    return avatars


def has_more_pages(value: Any) -> bool:
    """Tell whether a list goes on; how to ask for the rest is not documented."""
    names = ("nextLink", "nextPageToken", "continuationToken", "next")
    return isinstance(value, dict) and any(value.get(name) for name in names)


def read_observation(body: Mapping[str, Any], *, correlation_id: str | None) -> Observation:
    """Read a look at a production; a word we do not know carries no news."""
    word = read_word(body)
    news = STATUS.get(word.lower())
    failed = news is not None and word.lower() == "failed"
    return Observation(
        news=news,
        word=word,
        progress=read_progress(body),
        failure=read_failure(body, correlation_id=correlation_id) if failed else None,
    )


def read_word(body: Mapping[str, Any]) -> str:
    """Read the production's state in JARAI's own word."""
    word = read_text(body, "status", limit=WORD_LIMIT)
    if word is None:
        raise UnreadableError("no status")
    return word


def read_failure(body: Mapping[str, Any], *, correlation_id: str | None) -> Failure:
    """Read why a production failed."""
    code = read_text(body, "errorCode", limit=WORD_LIMIT * 2)
    message = read_text(body, "errorMessage")
    said = redact(message) if message else ""
    return Failure(code=code, text=explain(code, said) or said, correlation_id=correlation_id)


def read_progress(body: Mapping[str, Any]) -> Progress | None:
    """Read the step in hand, from a status or from the data of an event.

    Returns:
        None where no step is named.
    """
    step = body.get("currentStep", body.get("step"))
    fields = {**body, **step} if isinstance(step, dict) else body
    number = _step_number(fields)
    name = read_text(fields, "stepName", "currentStepName", limit=NAME_LIMIT)
    if name is None and isinstance(step, dict):
        name = read_text(step, "name", limit=NAME_LIMIT)
    if number is None and name is None:
        return None
    return Progress(
        stage=stage_of(number) if number is not None else None,
        step=step_words(name) if name else None,
        step_number=number,
        total_steps=read_count(fields, "totalSteps", "stepCount"),
    )


def _step_number(fields: Mapping[str, Any]) -> int | None:
    """Read a step's number; sub-steps such as 10b count as their step."""
    for name in ("stepNumber", "currentStep", "step", "stepIndex"):
        value = fields.get(name)
        match = _LEADING_NUMBER.match(value) if isinstance(value, str) else None
        number = int(match.group()) if match else value
        if type(number) is int and 0 < number < 1000:  # noqa: PLR2004 - beyond any pipeline.
            return number
    return None


def read_deliverables(value: Any) -> tuple[Listed, ...]:
    """Read the files that can be fetched; types we do not know keep their own word."""
    listed: dict[str, Listed] = {}
    twins: Counter[str] = Counter()
    for item in _file_items(value)[:MOST_FILES]:
        one = _listed(item)
        if one is not None:
            key = _unused(one.deliverable.key, taken=listed, twins=twins)
            listed[key] = replace(one, deliverable=replace(one.deliverable, key=key))
    return tuple(listed.values())


def has_more_files(value: Any) -> bool:
    """Tell whether a list of files is longer than what is read of it."""
    return len(_file_items(value)) > MOST_FILES


def _file_items(value: Any) -> list[Mapping[str, Any]]:
    return read_items(value, "deliverables", "items", "data", "value")


def _listed(item: Mapping[str, Any]) -> Listed | None:
    url = item.get("sasUrl")
    if not isinstance(url, str) or not url:
        return None
    word = read_text(item, "type", "deliverableType", limit=WORD_LIMIT) or "File"
    platform = read_text(item, "platform", "targetPlatform", limit=WORD_LIMIT)
    name = read_text(item, "fileName", "name", limit=NAME_LIMIT)
    deliverable = Deliverable(
        key=_key(item, word=word, name=name, platform=platform),
        kind=KINDS.get(word.lower(), word),
        name=re.split(r"[/\\]", name)[-1] or word if name else step_words(word),
        platform=platform,
        language=read_text(item, "language", "languageCode", "locale", limit=WORD_LIMIT),
        content_type=_content_type(item),
        size_bytes=read_count(item, "sizeBytes", "size"),
    )
    return Listed(deliverable=deliverable, url=url, expires_at=read_moment(item.get("expiresAt")))


def _key(item: Mapping[str, Any], *, word: str, name: str | None, platform: str | None) -> str:
    """Give a key that stays the same from list to list."""
    own = read_text(item, "deliverableId", "id")
    if own is not None and _KEY.fullmatch(own):
        return own
    parts = own or "|".join(part or "" for part in (word, name, platform))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _unused(key: str, *, taken: Container[str], twins: Counter[str]) -> str:
    """Keep twins apart by their place in the list.

    Args:
        twins: How many further files each key has had; counted on here.
    """
    unused, stem = key, key[:60]
    while unused in taken:
        twins[stem] += 1
        unused = f"{stem}-{twins[stem] + 1}"
    return unused


def _content_type(item: Mapping[str, Any]) -> str | None:
    value = read_text(item, "contentType", "mimeType")
    return value if value and _CONTENT_TYPE.fullmatch(value) else None


def read_subscription(item: Mapping[str, Any]) -> Subscription:
    """Read a webhook subscription; the name of its id is not documented."""
    webhook_id = read_text(item, "webhookId", "subscriptionId", "id")
    if webhook_id is None:
        raise UnreadableError("a subscription without an id")
    events = item.get("eventTypes")
    names = events if isinstance(events, list) else []
    secret = item.get("signingSecret")
    return Subscription(
        webhook_id=webhook_id,
        url=read_text(item, "endpointUrl", "url", limit=2048) or "",
        events=tuple(name for name in names if isinstance(name, str)),
        secret=secret if isinstance(secret, str) else None,
    )
