"""From settings to what makes, shares and deletes our copies of files."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.copies import Copier, CopyRules, Retention
from bot.core.errors import FilesUnavailableError, SettingsError
from bot.core.production import Deliverable
from bot.loops import Bells
from bot.productions import Productions
from bot.providers.base import Provider
from bot.providers.fetching import FetchRules
from bot.providers.switched_off import Services
from bot.settings import MEGABYTE, Settings
from bot.shares import Parts, Sharer
from bot.slack.thread_files import ThreadFiles
from bot.web.naming import content_type, file_name
from storage.engine import sqlite_path
from storage.files import NAME, Files
from storage.store import Store

log = structlog.get_logger(__name__)

PROBE_S = 10.0
"""How long a start waits for a bucket."""

FOLDER = "deliverables"


@dataclass(frozen=True, kw_only=True)
class CopyingParts:
    """What makes copies, what puts them into threads, and what deletes them."""

    copier: Copier
    sharer: Sharer
    retention: Retention


def open_files(settings: Settings) -> Files:
    """Open the store of files; nothing is made or asked before the first file.

    Raises:
        SettingsError: `DELIVERABLES_URL` cannot be used.
    """
    return Files(settings.deliverables_url or _beside_database(settings))


def _beside_database(settings: Settings) -> str:
    database = sqlite_path(settings.database_url)
    folder = database.parent if database is not None else Path.cwd()
    return (folder / FOLDER).as_uri()


def with_dying_links(providers: Services) -> list[Provider]:
    """Pick the services whose files are handed out from our copies alone."""
    return [one for one in providers.on() if one.capabilities.links_die]


async def check_files(files: Files, *, settings: Settings, providers: Services) -> None:
    """Make sure before anything is ordered that its files can be kept, and say if nobody sees them.

    A bucket that does not answer may do so by the time it is needed, and everything else works
    without it. A folder that cannot be written to stays so.

    Raises:
        SettingsError: Files have to be kept, in a folder that cannot be used.
    """
    dying = with_dying_links(providers)
    if dying and settings.public_url is None:
        log.warning("files_have_no_address", providers=[one.name for one in dying])
    if not (dying or settings.copies_all):
        return
    try:
        async with asyncio.timeout(PROBE_S):
            await files.probe()
    except (FilesUnavailableError, TimeoutError) as error:
        reason = str(error) or "no answer"
        if files.is_local:
            raise SettingsError(NAME, f"must be a place that can be written to: {reason}") from None
        log.error("files_unavailable", reason=reason)  # noqa: TRY400 - there is no more to tell.


def build_copying(
    settings: Settings,
    *,
    store: Store,
    files: Files,
    providers: Services,
    productions: Productions,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
    bells: Bells,
    slack: ThreadFiles,
) -> CopyingParts:
    """Create the loops and the chore."""
    rules = CopyRules(
        at_once=settings.copies_at_once,
        patience_s=settings.copy_patience_s,
        fetch=FetchRules(max_bytes=settings.copy_max_mb * MEGABYTE),
    )
    return CopyingParts(
        copier=Copier(
            store=store,
            files=files,
            providers=providers,
            rules=rules,
            clock=clock,
            jitter=jitter,
            bell=bells.copier,
        ),
        sharer=Sharer(
            Parts(
                store=store,
                files=files,
                slack=slack,
                most_bytes=settings.share_most_bytes,
                name_of=_name_of,
                clock=clock,
                jitter=jitter,
            ),
            bell=bells.sharer,
        ),
        retention=Retention(
            store=store,
            files=files,
            productions=productions,
            keep_days=settings.keep_copies_days,
            clock=clock,
        ),
    )


def _name_of(file: Deliverable, topic: str) -> str:
    """Name a file as a download of it would be."""
    sent = file.copy.content_type if file.copy is not None else None
    kind = content_type(file.name, listed=file.content_type, sent=sent)
    return file_name(file.name, topic=topic, kind=file.kind, content_type=kind)
