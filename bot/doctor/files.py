"""Look at where our copies of files live: write something there, read it back, remove it."""

import os
from pathlib import Path

from bot.copying import open_files
from bot.core.errors import FilesUnavailableError, SettingsError
from bot.doctor.findings import Finding, Topic
from bot.settings import Settings
from storage.engine import sqlite_path

_HELP = "See docs/deliverables.md."


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
    return topic.ok("A file can be written, read and removed where copies are kept.")


def _examine_place(topic: Topic, folder: Path) -> Finding:
    """Look at where a folder would be made."""
    nearest = next(parent for parent in folder.parents if parent.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return topic.ok("There are no copies yet; the first one makes the folder.")
    return topic.problem("The folder for copies of files cannot be made.", _HELP)
