"""What every call passes: key, the day's quota, journal; and how refusals look."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from twin.blobs import xml_error
from twin.gates import ServiceGate
from twin.journal import Journal
from twin.narakeet.addresses import STORAGE
from twin.narakeet.catalogue import KEYS, Account, Key
from twin.narakeet.settings import Settings

KEY_HEADER = "x-api-key"
SPEECH = "/text-to-speech/"
_METHOD_NOT_ALLOWED = 405


class RefusalError(Exception):
    """A call of the API is answered with an error body.

    Attributes:
        field: Where the body has the text: `error` where the service looked at the request,
            `message` where something before it refused (as the vendor's client reads them).
        retry_after_s: What a Retry-After header says; None for no such header.
    """

    def __init__(
        self, status: int, text: str, *, field: str = "error", retry_after_s: int | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.field = field
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that was let in."""

    request: web.Request
    key: Key

    @property
    def account(self) -> Account:
        """Whose key it is."""
        return self.key.account


CallHandler = Callable[[Call], Awaitable[web.Response]]


class Gate(ServiceGate):
    """Let calls in, and dress every refusal."""

    def __init__(
        self, *, now: Callable[[], datetime], journal: Journal, settings: Callable[[], Settings]
    ) -> None:
        super().__init__(journal=journal)
        self._now = now
        self._settings = settings
        self._used: dict[str, tuple[date, int]] = {}

    def guarded(self, handler: CallHandler) -> Handler:
        """Wrap a handler so that only a good key within its quota reaches it."""

        async def let_in(request: web.Request) -> web.StreamResponse:
            key = KEYS.get(request.headers.get(KEY_HEADER, ""))
            if key is None or not key.account.has_api:
                raise RefusalError(int(self._settings().bad_key), "Forbidden", field="message")
            self._count(key.account)
            return await handler(Call(request=request, key=key))

        return let_in

    def rate_limited(self, seconds: float) -> web.Response:
        """Write the 429 that a fault asks for."""
        return _error_response(self._too_much(math.ceil(seconds)))

    async def _answer(
        self, request: web.Request, handler: Handler
    ) -> tuple[web.StreamResponse, str | None]:
        """Run the handler and turn every refusal into the service's error body."""
        try:
            return await handler(request), None
        except RefusalError as error:
            return _error_response(error), str(error)
        except web.HTTPException as error:
            if request.path.startswith(STORAGE):
                return _as_storage_says(error), error.reason
            refusal = RefusalError(error.status, error.reason, field="message")
            return _error_response(refusal), error.reason

    def _noted(self, request: web.Request) -> dict[str, Any]:
        key = KEYS.get(request.headers.get(KEY_HEADER, ""))
        return {
            "key": None if key is None else key.name,
            "shows_sent": not request.path.startswith(SPEECH),
        }

    def _count(self, account: Account) -> None:
        """Count a request of the day; one that was refused for it counts for nothing."""
        today = self._now().date()
        day, used = self._used.get(account.name, (today, 0))
        used = used if day == today else 0
        if used >= self._settings().requests_per_day:
            raise self._too_much(self._midnight_s())
        self._used[account.name] = (today, used + 1)

    def _too_much(self, wait_s: int) -> RefusalError:
        retry_after_s = wait_s if self._settings().retry_after else None
        return RefusalError(429, "Too Many Requests", field="message", retry_after_s=retry_after_s)

    def _midnight_s(self) -> int:
        now = self._now()
        midnight = datetime.combine(now.date() + timedelta(days=1), time.min, tzinfo=UTC)
        return max(1, math.ceil((midnight - now).total_seconds()))


def _error_response(refusal: RefusalError) -> web.Response:
    waits = refusal.retry_after_s
    return web.json_response(
        {refusal.field: str(refusal)},
        status=refusal.status,
        headers={} if waits is None else {"Retry-After": str(waits)},
    )


def _as_storage_says(error: web.HTTPException) -> web.Response:
    """Refuse as storage does; a link is signed for one method, HEAD being another than GET."""
    if error.status == _METHOD_NOT_ALLOWED:
        return xml_error(403, "SignatureDoesNotMatch", "The link is for another method.")
    return xml_error(error.status, error.reason.replace(" ", ""), error.reason)
