"""`POST /webhooks/{provider}`: verified, remembered, and then they mean only "look now"."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot import instruments
from bot.core.errors import StorageUnavailableError, WebhookError
from bot.productions import Productions
from bot.providers.base import Provider
from bot.providers.switched_off import Services
from bot.web.body import BodyError, read_body, refused

log = structlog.get_logger(__name__)

MAX_BYTES = 1_000_000


class WebhookEndpoint:
    """Take what services tell us.

    Args:
        secrets_of: Gives the signing secrets of a service, by name.
    """

    def __init__(
        self,
        *,
        productions: Productions,
        providers: Services,
        secrets_of: Callable[[str], Awaitable[tuple[str, ...]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._productions = productions
        self._providers = providers
        self._secrets_of = secrets_of
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        """Answer 2xx once it is remembered, 4xx without detail where it is not believed."""
        name = request.path_params["provider"]
        provider = next((one for one in self._providers.on() if one.name == name), None)
        if provider is None or not provider.capabilities.has_webhooks:
            return PlainTextResponse("no such service", status_code=404)
        try:
            body = await read_body(request, max_bytes=MAX_BYTES)
            answer = Response(status_code=await self._take(provider, request, body))
        except BodyError as error:
            answer = refused(error)
        except StorageUnavailableError:
            answer = Response(status_code=503)  # The service will deliver it again.
        outcome = str(answer.status_code)
        instruments.WEBHOOKS.labels(provider=provider.name, outcome=outcome).inc()
        return answer

    async def _take(self, provider: Provider, request: Request, body: bytes) -> int:
        secrets = await self._secrets_of(provider.name)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            event = provider.read_webhook(headers, body, secrets=secrets, now=self._clock())
        except WebhookError as error:
            log.warning("webhook_refused", provider=provider.name, reason=type(error).__name__)
            return 401
        await self._productions.note_webhook(provider.name, event)
        return 204
