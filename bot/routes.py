"""From settings to what answers over HTTP: Slack, services, and people who download."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handout import Handout
from bot.productions import Productions
from bot.providers.switched_off import Services
from bot.publishing import PublishedFiles
from bot.services import webhook_secrets
from bot.settings import Settings
from bot.web.downloads import DownloadEndpoint
from bot.web.health import ReadyEndpoint, healthz, metrics
from bot.web.readers import Readers
from bot.web.uploads import UploadEndpoint
from bot.web.webhooks import WebhookEndpoint
from storage.files import Files
from storage.store import Store

Endpoint = Callable[[Request], Awaitable[Response]]


def build_web(
    settings: Settings,
    *,
    productions: Productions,
    store: Store,
    files: Files,
    published: PublishedFiles,
    providers: Services,
    slack: Endpoint,
    missing: Callable[[], list[str]],
    lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]],
    clock: Callable[[], datetime],
) -> Starlette:
    """Create the endpoints.

    Args:
        slack: Answers what Slack sends over HTTP.
        missing: Names the loops that should run and do not.
    """

    async def secrets_of(provider: str) -> tuple[str, ...]:
        return webhook_secrets(settings, provider) + await store.webhook_secrets(provider)

    webhooks = WebhookEndpoint(
        productions=productions, providers=providers, secrets_of=secrets_of, clock=clock
    )
    readers = Readers()
    handout = Handout(store=store, files=files, providers=providers)
    downloads = DownloadEndpoint(handout, clock=clock, readers=readers)
    uploads = UploadEndpoint(published, clock=clock, readers=readers)
    routes = [
        Route("/slack/events", slack, methods=["POST"]),
        Route("/webhooks/{provider}", webhooks.answer, methods=["POST"]),
        Route("/d/{token}", downloads.answer, methods=["GET", "HEAD"]),
        Route("/u/{token}/{name}", uploads.answer, methods=["GET", "HEAD"]),
        Route("/healthz", healthz),
        Route("/readyz", ReadyEndpoint(store, missing=missing).answer),
    ]
    if settings.metrics_port is None:
        routes.append(Route("/metrics", metrics))
    web = Starlette(routes=routes, lifespan=lifespan)
    web.router.redirect_slashes = False  # Half an address is no address.
    return web
