"""Look at where our copies of files live: write something there, read it back, remove it."""

import shutil
from contextlib import suppress
from pathlib import Path

from bot.copying import open_files
from bot.core.errors import FilesUnavailableError, SettingsError
from bot.core.sizes import size_words
from bot.doctor.findings import Finding, Topic
from bot.settings import Settings
from storage.engine import sqlite_path
from storage.files import Files

_HELP = "See docs/deliverables.md."
LEAST_FREE_BYTES = 1_000_000_000
"""A few videos; with less the next large one may not fit."""


async def examine_files(settings: Settings) -> list[Finding]:
    """Try the store of files."""
    topic = Topic(about="files")
    try:
        files = open_files(settings)
        await _probe(files)
        is_shared = files.is_local and sqlite_path(settings.database_url) is None
    except SettingsError as error:
        return [topic.problem(f"{error}.", _HELP)]
    except FilesUnavailableError as error:
        return [topic.problem(f"DELIVERABLES_URL cannot be written to: {error}.", _HELP)]
    fine = topic.ok("A file can be written, read and removed where copies are kept.")
    warnings = [
        *([_warn_of_sharing(topic)] if is_shared else []),
        *_examine_room(topic, files.folder),
    ]
    return warnings or [fine]


def _warn_of_sharing(topic: Topic) -> Finding:
    return topic.warning(
        "Copies of files are kept in a folder of this machine.",
        "Where several processes serve, they must share it: set DELIVERABLES_URL to a bucket.",
    )


def _examine_room(topic: Topic, folder: Path | None) -> list[Finding]:
    """Warn of a disk that is nearly full; nothing where there is room, or where nobody can tell."""
    if folder is None:
        return []
    there = next(one for one in (folder, *folder.parents) if _is_there(one))
    free = shutil.disk_usage(there).free
    if free >= LEAST_FREE_BYTES:
        return []
    warning = topic.warning(
        f"Only {size_words(free)} are left where copies of files are kept.",
        "Make room, let GREENLIGHT_KEEP_COPIES_DAYS be shorter, or set DELIVERABLES_URL to a "
        "bucket: a file that does not fit is lost once the service's link has died.",
    )
    return [warning]


async def _probe(files: Files) -> None:
    """Try it; folders that were not there go again, so that the bot makes them as its own."""
    made = _missing(files.folder) if files.folder is not None else []
    try:
        await files.probe()
    finally:
        for folder in made:
            with suppress(OSError):  # Never made, or somebody has put something in meanwhile.
                folder.rmdir()


def _missing(folder: Path) -> list[Path]:
    """List a folder and those above it that are not there, the deepest first."""
    return [one for one in (folder, *folder.parents) if not _is_there(one)]


def _is_there(folder: Path) -> bool:
    try:
        return folder.exists()
    except OSError:  # Not ours to look into; the probe says so.
        return False
