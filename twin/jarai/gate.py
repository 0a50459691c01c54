"""What every call passes: correlation, faults, key, budget, scope; and how refusals look."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import web
from aiohttp.typedefs import Handler

from twin.gates import ServiceGate
from twin.jarai.catalogue import Key
from twin.jarai.dialect import Dialect, Route
from twin.jarai.keyring import Keyring
from twin.jarai.quota import Quota, Refusal
from twin.jarai.reading import InvalidBodyError
from twin.jarai.settings import Settings
from twin.jobs import UnknownJobError, WrongStatusError
from twin.journal import Journal

KEY_HEADER = "X-API-Key"
CORRELATION_ID: web.RequestKey[str] = web.RequestKey("correlation_id", str)

# Where the documents give no code (404, 405, 409) these are ours; 413 is documented to have none.
_CODES: dict[int, str | None] = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: None}


class RefusalError(Exception):
    """A call is answered with an error body.

    Attributes:
        code: The body's `error`; None where the service gives none.
        retry_after_s: The body's `retryAfterSeconds`.
    """

    def __init__(
        self, status: int, code: str | None, message: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


def too_much(refusal: Refusal) -> RefusalError:
    """Build the refusal of a call that a budget forbids."""
    return RefusalError(
        429, "RATE_LIMIT_EXCEEDED", refusal.message, retry_after_s=refusal.retry_after_s
    )


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that was let in.

    Attributes:
        sandbox: The answer is marked as synthetic.
    """

    request: web.Request
    key: Key
    sandbox: bool
    bare_lists: bool

    @property
    def partner(self) -> str:
        """Name of the partner who calls."""
        return self.key.partner.name

    def reply(
        self, body: dict[str, Any], *, status: int = 200, location: str | None = None
    ) -> web.Response:
        """Answer with an object."""
        if self.sandbox:
            body = {**body, "sandbox": True}
        headers = {} if location is None else {"Location": location}
        return web.json_response(body, status=status, headers=headers)

    def reply_list(self, name: str, items: list[dict[str, Any]], **more: str) -> web.Response:
        """Answer with a list, wrapped under `name` or bare as the settings say."""
        if self.bare_lists:
            return web.json_response(items)
        return self.reply({**more, name: items})


CallHandler = Callable[[Call], Awaitable[web.Response]]
OpenHandler = Callable[[web.Request], Awaitable[web.Response]]


class Gate(ServiceGate):
    """Let calls in, and dress every answer."""

    def __init__(
        self,
        *,
        keyring: Keyring,
        quota: Quota,
        journal: Journal,
        settings: Callable[[], Settings],
    ) -> None:
        super().__init__(journal=journal)
        self._keyring = keyring
        self._quota = quota
        self._settings = settings

    def opened(self, handler: OpenHandler, *, dialect: Dialect) -> Handler:
        """Wrap a handler that asks for no key."""

        async def let_in(request: web.Request) -> web.StreamResponse:
            self._check_served(dialect)
            return await handler(request)

        return let_in

    def guarded(self, handler: CallHandler, *, dialect: Dialect, route: Route) -> Handler:
        """Wrap a handler so that only a good key with budget and scope reaches it."""

        async def let_in(request: web.Request) -> web.StreamResponse:
            self._check_served(dialect)
            key = self._key_of(request)
            refusal = self._quota.take_request(key.partner)
            if refusal is not None:
                raise too_much(refusal)
            scope = route.scope
            if scope is not None and not key.allows(scope):
                raise RefusalError(403, "PERMISSION_DENIED", f"The key lacks the scope {scope}.")
            return await handler(
                Call(
                    request=request,
                    key=key,
                    sandbox=key.is_test or request.headers.get("X-JARAI-Test") == "true",
                    bare_lists=self._settings().lists == "bare",
                )
            )

        return let_in

    def rate_limited(self, seconds: float) -> web.Response:
        """Write the 429 that a fault asks for."""
        message = "Too many requests in a minute."
        return error_response(too_much(Refusal(message=message, retry_after_s=math.ceil(seconds))))

    async def _answer(
        self, request: web.Request, handler: Handler
    ) -> tuple[web.StreamResponse, str | None]:
        """Run the handler, turn refusals into error bodies, and add what every answer carries."""
        correlation_id = str(uuid4())
        request[CORRELATION_ID] = correlation_id
        response, code = await _answer(request, handler)
        response.headers["X-Correlation-Id"] = correlation_id
        self._show_budget(request, response)
        return response, code

    def _noted(self, request: web.Request) -> dict[str, Any]:
        key = self._known_key(request)
        return {
            "key": None if key is None else key.name,
            "correlation_id": request[CORRELATION_ID],
        }

    def _show_budget(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the rate headers, which the documents promise on 2xx and 429 only."""
        key = self._known_key(request)
        if key is not None and (response.status < 300 or response.status == 429):  # noqa: PLR2004
            response.headers.update(self._quota.headers(key.partner))

    def _check_served(self, dialect: Dialect) -> None:
        if self._settings().dialects not in {"both", dialect.name}:
            raise RefusalError(404, "NOT_FOUND", "There is nothing here.")

    def _known_key(self, request: web.Request) -> Key | None:
        return self._keyring.find(request.headers.get(KEY_HEADER, ""))

    def _key_of(self, request: web.Request) -> Key:
        key = self._known_key(request)
        if key is None:
            raise RefusalError(401, "UNAUTHORIZED", "The API key is missing or not valid.")
        if not key.partner.is_active:
            raise RefusalError(403, "PARTNER_NOT_ACTIVE", "The partner is not active.")
        return key


async def _answer(request: web.Request, handler: Handler) -> tuple[web.StreamResponse, str | None]:
    """Run the handler and turn every refusal into the service's error body."""
    try:
        return await handler(request), None
    except RefusalError as error:
        refusal = error
    except InvalidBodyError as error:
        refusal = RefusalError(400, "INVALID_REQUEST", str(error))
    except UnknownJobError as error:
        refusal = RefusalError(404, "NOT_FOUND", str(error))
    except WrongStatusError as error:
        refusal = RefusalError(409, "CONFLICT", str(error))
    except web.HTTPException as error:
        refusal = RefusalError(error.status, _CODES.get(error.status, "ERROR"), error.reason)
    return error_response(refusal), refusal.code


def error_response(refusal: RefusalError) -> web.Response:
    """Write the documented error body (error handling page, seen 2026-11-21)."""
    body = {
        "error": refusal.code,
        "message": str(refusal),
        "retryAfterSeconds": refusal.retry_after_s,
    }
    return web.json_response(body, status=refusal.status)
