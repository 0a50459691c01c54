"""Look at where our copies of files live: write something there, read it back, remove it."""

import os
import shutil
from pathlib import Path

from bot.copying import open_files
from bot.core.errors import FilesUnavailableError, SettingsError
from bot.core.sizes import size_words
from bot.doctor.findings import Finding, Topic
from bot.settings import Settings
from storage.engine import sqlite_path

_HELP = "See docs/deliverables.md."
LEAST_FREE_BYTES = 1_000_000_000
"""A few videos; with less the next large one may not fit."""


async def examine_files(settings: Settings) -> Finding:
    """Try the store of files."""
    topic = Topic(about="files")
    try:
        files = open_files(settings)
        if files.folder is not None and not files.folder.exists():
            # Made by whoever runs the doctor, it might not be the bot's to write to.
            return _examine_place(topic, files.folder)
        await files.probe()
        is_shared = files.is_local and sqlite_path(settings.database_url) is None
    except SettingsError as error:
        return topic.problem(f"{error}.", _HELP)
    except FilesUnavailableError as error:
        return topic.problem(f"DELIVERABLES_URL cannot be written to: {error}.", _HELP)
    if is_shared:
        return topic.warning(
            "Copies of files are kept in a folder of this machine.",
            "Where several processes serve, they must share it: set DELIVERABLES_URL to a bucket.",
        )
    return _examine_room(topic, files.folder) or topic.ok(
        "A file can be written, read and removed where copies are kept."
    )


def _examine_room(topic: Topic, folder: Path | None) -> Finding | None:
    """Warn of a disk that is nearly full; None where there is room, or where nobody can tell."""
    free = shutil.disk_usage(folder).free if folder is not None else LEAST_FREE_BYTES
    if free >= LEAST_FREE_BYTES:
        return None
    return topic.warning(
        f"Only {size_words(free)} are left where copies of files are kept.",
        "Make room, let GREENLIGHT_KEEP_COPIES_DAYS be shorter, or set DELIVERABLES_URL to a "
        "bucket: a file that does not fit is lost once the service's link has died.",
    )


def _examine_place(topic: Topic, folder: Path) -> Finding:
    """Look at where a folder would be made."""
    nearest = next(parent for parent in folder.parents if parent.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return topic.ok("There are no copies yet; the first one makes the folder.")
    return topic.problem("The folder for copies of files cannot be made.", _HELP)
