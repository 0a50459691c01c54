"""What Narakeet's refusals mean to us.

The documents name hardly any. The vendor's client takes the reason from the body as text, then from
`error`, then from `message` (narakeet/api-client 1.2.0, seen 2026-11-22), and so do we.
"""

from datetime import datetime
from functools import partial

from bot.core.errors import ProviderError, ProviderRefusedError, ProviderReplyError, cut
from bot.providers.counted import Refusal, error_for
from bot.providers.http import Reply, Verdict, read_retry_after_s
from bot.providers.narakeet.words import FAULT, LINK_REFUSED, REFUSAL, STATUS_ERRORS
from bot.providers.reading import UnreadableError, clean, read_json, read_text, redact, redact_body

AUTH_STATUSES = frozenset({401, 403})
_CORRELATION = ("x-amzn-requestid", "x-amz-request-id")
"""What the gateway and the storage it stands on usually send; Narakeet documents neither."""


def read_refusal(reply: Reply, *, now: datetime) -> Refusal:
    """Read any answer that is no success; never raises, however odd it is."""
    fallback = FAULT if reply.verdict is Verdict.FAULTY else REFUSAL
    code, words = STATUS_ERRORS.get(reply.status, fallback)
    said = _said(reply)
    is_quoted = reply.verdict is Verdict.REFUSED and reply.status not in AUTH_STATUSES
    return Refusal(
        code=code,
        text=cut(f"{words} It says: {said}" if said and is_quoted else words),
        wait_s=read_retry_after_s(reply, now=now),
        correlation_id=correlation_of(reply),
    )


def _said(reply: Reply) -> str | None:
    """Give the reason as the service puts it, without secrets."""
    try:
        body = read_json(reply.body)
    except UnreadableError:
        return None
    text = clean(body) if isinstance(body, str) else None
    if isinstance(body, dict):
        text = read_text(body, "error", "message")
    return redact(text) if text else None


def correlation_of(reply: Reply) -> str | None:
    """Give the id of an exchange to quote to the vendor's support, or None."""
    return next((found for name in _CORRELATION if (found := reply.header(name))), None)


def error_of(reply: Reply, *, now: datetime, has_key: bool = True) -> ProviderError:
    """Turn an answer that is no success into the error to raise.

    Args:
        has_key: Whether our key was sent along, so that the answer may be about it.
    """
    if not has_key and reply.verdict is Verdict.REFUSED:
        return ProviderRefusedError(
            LINK_REFUSED, code="link_refused", correlation_id=correlation_of(reply)
        )
    return error_for(
        reply,
        read_refusal(reply, now=now),
        odd=partial(unreadable, reply, "Narakeet answered with a redirect or nothing we know."),
        # Looks need no key, so that a job under way is followed on, and its files are fetched.
        is_about_key=reply.status in AUTH_STATUSES,
    )


def unreadable(
    reply: Reply, text: str = "Narakeet's answer makes no sense to us.", *, code: str = "unreadable"
) -> ProviderReplyError:
    """Make the error for an answer we do not understand."""
    return ProviderReplyError(
        text,
        sample=redact_body(reply.body),
        code=code,
        correlation_id=correlation_of(reply),
    )
