"""From settings to what makes, keeps and deletes our copies of files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.copies import Copier, CopyRules, Retention
from bot.loops import Bell
from bot.productions import Productions
from bot.providers.base import Provider
from bot.providers.fetching import FetchRules
from bot.settings import Settings
from storage.engine import sqlite_path
from storage.files import Files
from storage.store import Store

FOLDER = "deliverables"
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class CopyingParts:
    """What makes copies, and what deletes them."""

    copier: Copier
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


def build_copying(
    settings: Settings,
    *,
    store: Store,
    files: Files,
    providers: Mapping[str, Provider],
    productions: Productions,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
    bell: Bell,
) -> CopyingParts:
    """Create the loop and the chore."""
    rules = CopyRules(
        at_once=settings.copies_at_once,
        patience_s=settings.copy_patience_s,
        fetch=FetchRules(max_bytes=settings.copy_max_mb * _MEGABYTE),
    )
    return CopyingParts(
        copier=Copier(
            store=store,
            files=files,
            providers=providers,
            rules=rules,
            clock=clock,
            jitter=jitter,
            bell=bell,
        ),
        retention=Retention(
            store=store,
            files=files,
            productions=productions,
            keep_days=settings.keep_copies_days,
            clock=clock,
        ),
    )
