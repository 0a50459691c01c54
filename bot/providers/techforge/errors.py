"""What TechForge's refusals mean to us.

The documents show `{"message"}` and `{"error"}` and name no codes; `message` may be a list. Read
is whatever of it holds words (docs.techforgeinnovate.com, several pages, seen 2026-11-21).
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from bot.core.errors import ProviderError, ProviderRefusedError, ProviderReplyError, cut
from bot.providers.counted import Refusal, error_for
from bot.providers.http import Reply, Verdict, read_retry_after_s
from bot.providers.reading import UnreadableError, clean, read_json, redact, redact_body
from bot.providers.techforge.words import FAULT, QUOTES_SERVICE, REFUSAL, STATUS_ERRORS

CORRELATIONS = ("x-request-id", "x-correlation-id")
"""Headers that may name the exchange; none is documented."""

_ECHOES = (b'"input"', b'"values"')
_AUTH_STATUSES = frozenset({401, 403})


def correlation_of(reply: Reply) -> str | None:
    """Give the id of the exchange, where an answer has one."""
    return next((found for name in CORRELATIONS if (found := reply.header(name))), None)


def read_refusal(reply: Reply, *, now: datetime) -> Refusal:
    """Read any answer that is no success; never raises, however odd it is."""
    fallback = FAULT if reply.verdict is Verdict.FAULTY else REFUSAL
    code, words = STATUS_ERRORS.get(reply.status, fallback)
    said = said_in(reply) if reply.status in QUOTES_SERVICE else None
    return Refusal(
        code=code,
        text=cut(f"{words} It says: {said}" if said else words),
        wait_s=read_retry_after_s(reply, now=now),
        correlation_id=correlation_of(reply),
    )


def said_in(reply: Reply) -> str | None:
    """Give the words of an answer, without secrets; None where it has none or is no JSON."""
    try:
        body = read_json(reply.body)
    except UnreadableError:
        return None
    return said_by(body, "message", "error") if isinstance(body, dict) else None


def said_by(body: Mapping[str, Any], *names: str) -> str | None:
    """Give the words in the first of the fields that has any, without secrets; None without."""
    for name in names:
        value = body.get(name)
        if isinstance(value, dict):
            value = value.get("message")
        listed = value if isinstance(value, list) else [value]
        words = clean("; ".join(one for one in listed if isinstance(one, str)))
        if words:
            return redact(words)
    return None


def error_of(reply: Reply, *, now: datetime) -> ProviderError:
    """Turn an answer that is no success into the error to raise."""
    return error_for(
        reply,
        read_refusal(reply, now=now),
        odd=partial(unreadable, reply, "TechForge answered with a redirect or nothing we know."),
        is_about_key=reply.status in _AUTH_STATUSES,
        is_for_all=reply.status == HTTPStatus.UNAUTHORIZED,
    )


def unreadable(
    reply: Reply, text: str = "TechForge's answer makes no sense to us."
) -> ProviderError:
    """Make the error for an answer we do not understand."""
    return ProviderReplyError(
        text,
        sample=_sample(reply.body),
        code="unreadable",
        correlation_id=correlation_of(reply),
    )


def _sample(body: bytes) -> str:
    """Make a sample that may be kept; job rows repeat whatever people filled in, so they are cut."""
    starts = [found for name in _ECHOES if (found := body.find(name)) >= 0]
    return redact_body(body[: min(starts)] + b"[removed]" if starts else body)


def refused(reply: Reply, *, code: str, text: str) -> ProviderRefusedError:
    """Make the error for a refusal that means something to the operation at hand."""
    return ProviderRefusedError(text, code=code, correlation_id=correlation_of(reply))
