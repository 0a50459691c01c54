"""Services switched on or off since the last start: their cards say so from then on."""

from collections.abc import Iterable
from datetime import datetime

import structlog

from bot.core.errors import StorageError
from bot.core.notices import Kind, Notice, Route
from storage.store import Store

log = structlog.get_logger(__name__)

_KEY = "services_on"


async def note_services(store: Store, names: Iterable[str], *, at: datetime) -> None:
    """Remember which services are on, and owe the open cards of those that come or went.

    A database that is gone just now costs no more than cards that say it later.
    """
    on = sorted(names)
    try:
        before = await store.recall(_KEY)
        if before is not None:
            for name in sorted(set(on) ^ set(before[0])):
                count = await _owe_cards(store, name, at)
                log.warning("service_switched", provider=name, is_on=name in on, open=count)
        await store.remember(_KEY, on, at)
    except StorageError:
        log.warning("services_not_noted")


async def _owe_cards(store: Store, name: str, at: datetime) -> int:
    ids = await store.list_open_ids(name)
    for production_id in ids:
        await store.owe(production_id, (Notice(route=Route.EDIT, kind=Kind.CARD),), at)
    return len(ids)
