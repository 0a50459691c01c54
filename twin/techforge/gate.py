"""What every call passes: key, pace, journal; and how refusals look."""

import json
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from twin.gates import ServiceGate
from twin.journal import Journal
from twin.techforge.catalogue import ACCOUNTS, Account
from twin.techforge.reading import Body, InvalidBodyError, read_object
from twin.techforge.settings import Settings

KEY_HEADER = "x-api-key"
WINDOW_S = 60.0


class RefusalError(Exception):
    """A call is answered with an error body.

    Attributes:
        retry_after_s: How long to wait; None where waiting does not help.
    """

    def __init__(self, status: int, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that was let in."""

    request: web.Request
    account: Account

    async def read(self) -> Body:
        """Read the body.

        Raises:
            InvalidBodyError: It is no JSON object.
        """
        raw = await self.request.read()
        return read_object(raw, content_type=self.request.content_type)


CallHandler = Callable[[Call], Awaitable[web.Response]]


class Gate(ServiceGate):
    """Let calls in, and dress every refusal."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        journal: Journal,
        settings: Callable[[], Settings],
    ) -> None:
        super().__init__(journal=journal)
        self._now = now
        self._settings = settings
        self._recent: dict[str, deque[float]] = {}

    def guarded(self, handler: CallHandler) -> Handler:
        """Wrap a handler so that only a good key within its pace reaches it."""

        async def let_in(request: web.Request) -> web.StreamResponse:
            account = _account_of(request)
            if account is None:
                raise RefusalError(401, "Unauthorized")
            self._count(account)
            return await handler(Call(request=request, account=account))

        return let_in

    def rate_limited(self, seconds: float) -> web.Response:
        """Write the 429 that a fault asks for."""
        return self._refused(_too_much(seconds))

    def _noted(self, request: web.Request) -> dict[str, Any]:
        account = _account_of(request)
        return {"key": None if account is None else account.name}

    def _count(self, account: Account) -> None:
        """Count a call against the account's pace; refused calls count for nothing."""
        limit, now_s = self._settings().per_minute, self._now().timestamp()
        recent = self._recent.setdefault(account.name, deque())
        while recent and recent[0] <= now_s - WINDOW_S:
            recent.popleft()
        if limit is not None and len(recent) >= limit:
            raise _too_much(recent[0] + WINDOW_S - now_s)
        recent.append(now_s)

    async def _answer(
        self, request: web.Request, handler: Handler
    ) -> tuple[web.StreamResponse, str | None]:
        """Run the handler and turn every refusal into the service's error body."""
        try:
            return await handler(request), None
        except RefusalError as error:
            refusal = error
        except InvalidBodyError as error:
            refusal = RefusalError(400, str(error))
        except web.HTTPException as error:
            refusal = _as_the_service_says(error, request)
        return self._refused(refusal), str(refusal)

    def _refused(self, refusal: RefusalError) -> web.Response:
        settings = self._settings()
        text, content_type = _error_body(refusal, shape=settings.errors)
        headers = {}
        if settings.retry_after and refusal.retry_after_s is not None:
            headers["Retry-After"] = str(refusal.retry_after_s)
        return web.Response(
            status=refusal.status, text=text, content_type=content_type, headers=headers
        )


def _account_of(request: web.Request) -> Account | None:
    return ACCOUNTS.get(request.headers.get(KEY_HEADER, ""))


def _too_much(wait_s: float) -> RefusalError:
    return RefusalError(429, "Too Many Requests", retry_after_s=max(1, math.ceil(wait_s)))


def _as_the_service_says(error: web.HTTPException, request: web.Request) -> RefusalError:
    """Reword what the server refuses; a method that a path does not have is not found either."""
    if error.status in {404, 405}:
        return RefusalError(404, f"Cannot {request.method} {request.path:.200}")
    return RefusalError(error.status, error.reason)


def _error_body(refusal: RefusalError, *, shape: str) -> tuple[str, str]:
    """Write an error body, whose shape no document gives.

    `nest` is the default of the framework that the documents' wording points to.

    Returns:
        Text and content type.
    """
    message, phrase = str(refusal), HTTPStatus(refusal.status).phrase
    if shape == "text":
        return message.encode("utf-8", "replace").decode(), "text/plain"
    nested: dict[str, Any] = {"statusCode": refusal.status, "message": message}
    if message != phrase:
        nested["error"] = phrase
    bodies = {
        "nest": nested,
        "list": nested | {"message": [message]},
        "message": {"message": message},
        "error": {"error": message},
    }
    return json.dumps(bodies[shape]), "application/json"
