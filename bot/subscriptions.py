"""Registering, listing and removing our webhooks at a service, for the command line."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from bot.catalog import read_catalog
from bot.core.errors import ProviderReplyError, StorageError, UserError
from bot.database import open_to_look
from bot.providers.desks import Subscription, WebhookDesk
from bot.providers.registry import build_providers
from bot.services import service_settings
from bot.settings import Settings, require
from storage.store import Store

Clock = Callable[[], datetime]


async def add_webhook(settings: Settings, provider: str, *, clock: Clock) -> Subscription:
    """Register our address and keep the signing secret, encrypted.

    The service shows the secret this once. If we cannot keep it, the registration is taken back.

    Raises:
        SettingsError: `PUBLIC_URL` is missing, or the database is not ready.
        UserError: The address is registered already.
        ProviderError: The service refused or could not be asked.
        StorageUnavailableError: The secret could not be kept.
    """
    require(settings, "public_url")
    url = f"{settings.public_url}/webhooks/{provider}"
    async with _desk(settings, provider, clock) as (desk, store):
        known = next((one for one in await desk.webhooks_list() if one.url == url), None)
        if known is not None:
            raise UserError(f"{url} is registered already as {known.webhook_id}. Remove it first.")
        made = await desk.webhooks_add(url, desk.default_events)
        try:
            await store.add_webhook_secret(provider, made.webhook_id, _secret_of(made), clock())
        except (StorageError, ProviderReplyError):
            await desk.webhooks_remove(made.webhook_id)
            raise
    return made


def _secret_of(made: Subscription) -> str:
    if not made.secret:
        raise ProviderReplyError("The service gave no signing secret.", sample="")
    return made.secret


async def list_webhooks(
    settings: Settings, provider: str, *, clock: Clock
) -> tuple[Subscription, ...]:
    """List what is registered at the service, ours or not.

    Raises:
        ProviderError: The service refused or could not be asked.
    """
    async with _desk(settings, provider, clock) as (desk, _store):
        return await desk.webhooks_list()


async def remove_webhook(
    settings: Settings, provider: str, webhook_id: str, *, clock: Clock
) -> None:
    """Remove a registration, and forget its secret where we have it.

    Raises:
        ProviderError: The service refused or could not be asked.
    """
    async with _desk(settings, provider, clock) as (desk, store):
        await desk.webhooks_remove(webhook_id)
        await store.remove_webhook_secret(provider, webhook_id)


def subscription_json(one: Subscription) -> dict[str, Any]:
    """Give the facts of a registration, never its secret."""
    return {"id": one.webhook_id, "url": one.url, "events": list(one.events)}


def subscription_lines(found: Sequence[Subscription]) -> list[str]:
    """Write registrations for people, never their secrets."""
    if not found:
        return ["Nothing is registered."]
    return [f"{one.webhook_id}  {one.url}  {', '.join(one.events)}" for one in found]


@asynccontextmanager
async def _desk(
    settings: Settings, provider: str, clock: Clock
) -> AsyncIterator[tuple[WebhookDesk, Store]]:
    """Open the service and the store; the store first, because a secret is shown only once."""
    database, store = await open_to_look(settings)
    try:
        chosen = service_settings(settings, read_catalog(settings.catalog))
        service = build_providers(chosen, clock=clock, remembered=_Memory(store, clock)).of(
            provider
        )
        try:
            # Whoever has webhooks over an API also has the desk for them.
            yield cast("WebhookDesk", service), store
        finally:
            await service.aclose()
    finally:
        await database.close()


@dataclass(frozen=True)
class _Memory:
    """The store as a place for what a service was asked lately."""

    store: Store
    clock: Clock

    async def recall(self, key: str) -> tuple[Any, datetime] | None:
        return await self.store.recall(key)

    async def remember(self, key: str, value: Any) -> None:
        await self.store.remember(key, value, self.clock())
