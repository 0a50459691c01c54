"""Calls to Titlecard: counted, and with every answer but a success turned into an error."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.budget import Limits
from bot.core.errors import (
    ProviderAuthError,
    ProviderError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.core.production import Failure
from bot.providers.base import Delayed, NotSent, Refused, Uncertain
from bot.providers.budget import RequestBudget, credential_of
from bot.providers.http import Reply, ServiceClient, Timeouts, Verdict, read_retry_after_s
from bot.providers.reading import (
    UnreadableError,
    read_object,
    read_text,
    redact,
    redact_body,
)

from .settings import Settings

WAIT_S = 60.0
"""How long to wait after a 429 that does not say."""


class Calls:
    """Speak to Titlecard with one key."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.base_url = settings.base_url
        self.budget = RequestBudget(
            credential=credential_of("titlecard", settings.api_key),
            clock=clock,
            day_limits={},
            assumed=Limits(per_minute=None, per_day=None),
        )
        self._client = ServiceClient(
            label="Titlecard",
            base_url=settings.base_url,
            key=("X-Key", settings.api_key),
            timeouts=Timeouts(),
            max_bytes=settings.max_bytes,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def look(self, path: str) -> Reply:
        """GET; raises for every answer but a success."""
        self.budget.count()
        return self._taken(await self._client.look(self.base_url + path))

    async def change(self, path: str, body: Mapping[str, Any]) -> Reply:
        """POST what costs nothing and may be repeated."""
        self.budget.count()
        content = json.dumps(body).encode()
        return self._taken(await self._client.change("POST", self.base_url + path, content=content))

    async def pay(
        self, path: str, body: Mapping[str, Any], *, key: str
    ) -> Reply | NotSent | Delayed | Refused | Uncertain:
        """POST what costs money, once; a `Reply` is then a success."""
        self.budget.count()
        reply = await self._client.submit(
            self.base_url + path, content=json.dumps(body).encode(), headers={"X-Once": key}
        )
        if not isinstance(reply, Reply) or reply.verdict is Verdict.DONE:
            return reply
        if reply.verdict is Verdict.DELAYED:
            wait_s = read_retry_after_s(reply, now=self._clock())
            return Delayed(text=_said(reply), wait_s=WAIT_S if wait_s is None else wait_s)
        failure = failure_of(reply, _said(reply))
        is_no = reply.verdict is Verdict.REFUSED
        return Refused(failure=failure) if is_no else Uncertain(failure=failure)

    def _taken(self, reply: Reply) -> Reply:
        if reply.verdict is not Verdict.DONE:
            raise self._error(reply)
        if not reply.is_whole:
            raise unreadable(reply)
        return reply

    def _error(self, reply: Reply) -> ProviderError:
        text, facts = _said(reply), {"code": _code(reply), "correlation_id": _reference(reply)}
        if reply.verdict in {Verdict.FAULTY, Verdict.DELAYED}:
            wait_s = read_retry_after_s(reply, now=self._clock())
            return ProviderUnavailableError(text, retry_after_s=wait_s, **facts)
        if reply.status == 401:
            return ProviderAuthError(text, is_for_all=True, **facts)
        if reply.verdict is Verdict.ODD:
            return unreadable(reply)
        return ProviderRefusedError(text, **facts)


def failure_of(reply: Reply, text: str) -> Failure:
    """Keep what an answer said."""
    return Failure(code=_code(reply), text=text, correlation_id=_reference(reply))


def unreadable(reply: Reply) -> ProviderReplyError:
    """Make the error for an answer that makes no sense."""
    return ProviderReplyError(
        "Titlecard's answer makes no sense to us.",
        sample=redact_body(reply.body),
        code="unreadable",
        correlation_id=_reference(reply),
    )


def _fields(reply: Reply) -> Mapping[str, Any]:
    try:
        return read_object(reply.body)
    except UnreadableError:
        return {}


def _said(reply: Reply) -> str:
    said = read_text(_fields(reply), "message")
    return f"Titlecard says: {redact(said)}" if said else f"Titlecard answered {reply.status}."


def _code(reply: Reply) -> str | None:
    return read_text(_fields(reply), "code", limit=40)


def _reference(reply: Reply) -> str | None:
    return reply.header("x-request-id")
