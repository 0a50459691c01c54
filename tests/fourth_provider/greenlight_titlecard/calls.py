"""Calls to Titlecard: counted, and with every answer but a success turned into an error."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from bot.core.budget import Limits
from bot.core.errors import ProviderError, ProviderReplyError
from bot.providers.budget import RequestBudget, credential_of
from bot.providers.counted import CountedCalls, Manners, Reader, Refusal, error_for
from bot.providers.http import Reply, ServiceClient, Timeouts, read_retry_after_s
from bot.providers.reading import UnreadableError, read_object, read_text, redact, redact_body

from .settings import Settings

LABEL = "Titlecard"
NO_LIMITS = Limits(per_minute=None, per_day=None)


def read_refusal(reply: Reply, *, now: datetime) -> Refusal:
    """Read any answer that is no success; never raises, however odd it is."""
    body = _fields(reply)
    said = read_text(body, "message")
    return Refusal(
        code=read_text(body, "code", limit=40) or "refused",
        text=f"Titlecard says: {redact(said)}" if said else f"Titlecard answered {reply.status}.",
        wait_s=read_retry_after_s(reply, now=now),
        correlation_id=reference_of(reply),
    )


def error_of(reply: Reply, *, now: datetime) -> ProviderError:
    """Turn an answer that is no success into the error to raise."""
    return error_for(
        reply,
        read_refusal(reply, now=now),
        odd=partial(unreadable, reply),
        is_about_key=reply.status == HTTPStatus.UNAUTHORIZED,
        is_for_all=True,
    )


def unreadable(
    reply: Reply, text: str = "Titlecard's answer makes no sense to us."
) -> ProviderReplyError:
    """Make the error for an answer that makes no sense."""
    return ProviderReplyError(
        text,
        sample=redact_body(reply.body),
        code="unreadable",
        correlation_id=reference_of(reply),
    )


def reference_of(reply: Reply) -> str | None:
    """Give the id of the exchange, to quote to Titlecard's support."""
    return reply.header("x-request-id")


def _fields(reply: Reply) -> Mapping[str, Any]:
    try:
        return read_object(reply.body)
    except UnreadableError:
        return {}


READ = Reader(label=LABEL, unreadable=unreadable)
MANNERS = Manners(
    label=LABEL,
    spent="The requests that we allow ourselves at Titlecard are used up for now.",
    maybe="It may or may not have been started.",
    read_refusal=read_refusal,
    error_of=error_of,
)


def build_calls(settings: Settings, *, clock: Callable[[], datetime]) -> CountedCalls:
    """Make what speaks to Titlecard with one key."""
    client = ServiceClient(
        label=LABEL,
        base_url=settings.base_url,
        key=("X-Key", settings.api_key),
        timeouts=Timeouts(),
        max_bytes=settings.max_bytes,
    )
    budget = RequestBudget(
        credential=credential_of("titlecard", settings.api_key),
        clock=clock,
        day_limits={},
        assumed=NO_LIMITS,
    )
    return CountedCalls(client, budget=budget, manners=MANNERS, clock=clock)
