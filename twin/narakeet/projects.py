"""Reading a video's project: the zip as the service would unpack it, and refuse it."""

import io
import posixpath
import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from urllib.parse import unquote

from twin.narakeet.script import Script, read_script

MOST_FILES = 1000
SCRIPT_MOST_BYTES = 1_000_000
_SCRIPTS = frozenset({".md", ".txt"})
_ENCRYPTED = 0x1


class ProjectError(Exception):
    """The project cannot be built; the text is what the job's `message` says."""


def read_project(content: bytes, *, script: str, unpacked_bytes: int) -> Script:
    """Check an archive and read its script.

    The documents name the script's two endings and forbid links; how the rest is refused is ours.

    Args:
        script: Path of the script inside the archive.
        unpacked_bytes: Largest sum of the files.

    Raises:
        ProjectError: It is no good archive, or lacks the script or something the script shows.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(archive.infolist(), unpacked_bytes=unpacked_bytes)
            broken = archive.testzip()
            if broken is not None:
                raise ProjectError(f"The archive is damaged: {broken:.100}")
            return _script_of(archive, script)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise ProjectError("The project is not a zip archive.") from error


def _check_entries(entries: list[zipfile.ZipInfo], *, unpacked_bytes: int) -> None:
    if len(entries) > MOST_FILES:
        raise ProjectError(f"The archive has more than {MOST_FILES} files.")
    if sum(entry.file_size for entry in entries) > unpacked_bytes:
        raise ProjectError(f"The project is larger than {unpacked_bytes} bytes.")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise ProjectError("The archive has two files of one name.")
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    # A backslash or a drive's letter is a folder to some who unpack.
    if name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name:
        raise ProjectError(f"A file must not leave the archive: {name:.100}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ProjectError(f"Symbolic links are not supported: {name:.100}")
    if entry.flag_bits & _ENCRYPTED:
        raise ProjectError(f"The archive is encrypted: {name:.100}")


def _script_of(archive: zipfile.ZipFile, name: str) -> Script:
    names = {entry.filename for entry in archive.infolist() if not entry.is_dir()}
    if name not in names:
        raise ProjectError(f"Missing file: {name:.100}")
    if PurePosixPath(name).suffix.lower() not in _SCRIPTS:
        raise ProjectError("The script must be a .md or .txt file.")
    if archive.getinfo(name).file_size > SCRIPT_MOST_BYTES:
        raise ProjectError("The script is too long.")
    try:
        script = read_script(archive.read(name).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ProjectError("The script is not UTF-8.") from None
    if script.seconds == 0:
        raise ProjectError("The script is empty.")
    _check_shown(script, names, folder=posixpath.dirname(name))
    return script


def _check_shown(script: Script, names: set[str], *, folder: str) -> None:
    """Find what the script shows, from the script's folder on; spaces may be written as %20."""
    for shown in script.files:
        spellings = {posixpath.normpath(posixpath.join(folder, each)) for each in _spelled(shown)}
        if not spellings & names:
            raise ProjectError(f"Missing file: {shown:.100}")


def _spelled(name: str) -> tuple[str, str]:
    return name, unquote(name)
