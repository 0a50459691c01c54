"""What JARAI's refusals mean to us.

Every answer that is no success carries `{"error", "message", "retryAfterSeconds"}` (developer
portal, error handling, seen 2026-11-21); a gateway before it may answer in another shape.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from bot.core.errors import ProviderError, ProviderRefusedError, ProviderReplyError, cut
from bot.providers.counted import Refusal, error_for
from bot.providers.http import Reply, Verdict, read_retry_after_s, read_wait_s
from bot.providers.jarai.words import FAULT, REFUSAL, STATUS_ERRORS, explain
from bot.providers.reading import UnreadableError, read_object, read_text, redact, redact_body

DAILY_S = 120.0
"""A longer wait than this can only be a daily limit."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,79}")
_ACCOUNT_CODES = frozenset({"INSUFFICIENT_SCOPE", "ACCOUNT_NOT_ACTIVE"})
_AUTH_STATUSES = frozenset({401, 403})
_PARTNER_CODES = frozenset({"PARTNER_NOT_ACTIVE"})
"""Refusals of the key itself, so of every request made with it."""


@dataclass(frozen=True, kw_only=True)
class SaidRefusal(Refusal):
    """What an answer that is no success says.

    Attributes:
        said: JARAI's own message, cut and without secrets; None where there is none.
    """

    said: str | None


def correlation_of(reply: Reply) -> str | None:
    """Give the id of an exchange to quote to JARAI's support, or None."""
    return reply.header("x-correlation-id")


def read_refusal(reply: Reply, *, now: datetime) -> SaidRefusal:
    """Read any answer that is no success; never raises, however odd it is."""
    body = _fields(reply)
    code = _code(body)
    message = read_text(body, "message")
    said = redact(message) if message else None
    fallback = FAULT if reply.verdict is Verdict.FAULTY else REFUSAL
    own_code, own_words = STATUS_ERRORS.get(reply.status, fallback)
    wait_s = read_wait_s(body.get("retryAfterSeconds"))
    return SaidRefusal(
        code=code or own_code,
        text=cut(explain(code, said) or (said if code else None) or own_words),
        said=said,
        wait_s=read_retry_after_s(reply, now=now) if wait_s is None else wait_s,
        correlation_id=correlation_of(reply),
    )


def _code(body: Mapping[str, Any]) -> str | None:
    code = read_text(body, "error", "code")
    return code if code and _CODE.fullmatch(code) else None


def _fields(reply: Reply) -> Mapping[str, Any]:
    try:
        body = read_object(reply.body)
    except UnreadableError:
        return {}
    inner = body.get("error")
    return {**body, **inner, "error": None} if isinstance(inner, dict) else body


def error_of(reply: Reply, *, now: datetime) -> ProviderError:
    """Turn an answer that is no success into the error to raise."""
    refusal = read_refusal(reply, now=now)
    is_unauthorized = reply.status == HTTPStatus.UNAUTHORIZED
    return error_for(
        reply,
        refusal,
        odd=partial(unreadable, reply, "JARAI answered with a redirect or nothing we know."),
        is_about_key=reply.status in _AUTH_STATUSES and refusal.code not in _ACCOUNT_CODES,
        is_for_all=is_unauthorized or refusal.code in _PARTNER_CODES,
    )


def unreadable(
    reply: Reply, text: str = "JARAI's answer makes no sense to us.", *, code: str = "unreadable"
) -> ProviderError:
    """Make the error for an answer we do not understand."""
    return ProviderReplyError(
        text,
        sample=redact_body(reply.body),
        code=code,
        correlation_id=correlation_of(reply),
    )


def refused(reply: Reply, *, code: str, text: str) -> ProviderRefusedError:
    """Make the error for a refusal that means something to the operation at hand."""
    return ProviderRefusedError(text, code=code, correlation_id=correlation_of(reply))
