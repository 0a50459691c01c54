"""Look at where our copies of files live: write something there, read it back, remove it."""

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
