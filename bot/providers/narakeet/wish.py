"""What a sent form asks of Narakeet; pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.core.addresses import UnsafeUrlError, check_url
from bot.core.errors import FormRefusedError, cut
from bot.core.production import FileReference, ProductionRequest
from bot.providers.narakeet.form import (
    ARCHIVE,
    ASSETS,
    AUDIO,
    FASTEST,
    FORMATS,
    SCRIPTS,
    SLOWEST,
    TEXTS,
    VIDEO,
)
from bot.providers.narakeet.settings import NarakeetSettings

SOURCE = "script.md"
"""What the script is called in the archive, whatever it was called before."""

SCRIPT_BYTES = 1_000_000
_ASSET_NAME = re.compile(r"[^\W_][\w ().,+-]{0,99}")
_SOURCE = re.compile(r"[\w (),+-][\w ().,+-]*(?:/[\w (),+-][\w ().,+-]*){0,9}")


@dataclass(frozen=True, kw_only=True)
class VideoWish:
    """A video to be made from a script and files.

    Attributes:
        script: As it was typed, or the file that it is in.
        assets: Files that go along, each under its own name.
    """

    script: str | FileReference
    assets: tuple[FileReference, ...]
    voice: str
    size: str


@dataclass(frozen=True, kw_only=True)
class ArchiveWish:
    """A video to be made from a zip on the web.

    Attributes:
        source: Path of the script within it.
    """

    address: str
    source: str


@dataclass(frozen=True, kw_only=True)
class AudioWish:
    """A text to be read aloud.

    Attributes:
        speed: As the query takes it; empty for the usual.
    """

    text: str | FileReference
    voice: str
    format: str
    speed: str
    has_subtitles: bool


Wish = VideoWish | ArchiveWish | AudioWish


def read_wish(request: ProductionRequest, settings: NarakeetSettings) -> Wish:
    """Read what a person asked for.

    Raises:
        FormRefusedError: Something is missing, does not fit together, or is too long.
    """
    kind = request.value("kind") or VIDEO
    if kind == ARCHIVE:
        return _archive_wish(request, settings)
    read = _audio_wish if kind == AUDIO else _video_wish
    return read(request, settings)


def _video_wish(request: ProductionRequest, settings: NarakeetSettings) -> VideoWish:
    files = request.files("files")
    _check_files(files, settings)
    typed = (request.value("script") or "").strip("\n")
    named = (request.value("source") or "").strip()
    script: str | FileReference = typed
    if not typed.strip():
        script = _chosen_script(files, named)
    elif named:
        text = "There is a script and the name of a script file; it can only be one of them."
        raise FormRefusedError({"source": text})
    assets = tuple(one for one in files if one is not script)
    if any(one.name.casefold() == SOURCE for one in assets):
        text = f"A file is called {SOURCE}, as the script will be; rename it."
        raise FormRefusedError({"files": text})
    return VideoWish(
        script=script,
        assets=assets,
        voice=request.value("voice") or "",
        size=request.value("size") or "",
    )


def _chosen_script(files: Sequence[FileReference], named: str) -> FileReference:
    """Find the script among the files: by its name, or because there is only one."""
    scripts = [one for one in files if _ending(one.name) in SCRIPTS]
    if named:
        scripts = [one for one in scripts if one.name.casefold() == named.casefold()]
        if not scripts:
            raise FormRefusedError({"source": "No uploaded .md or .txt file has this name."})
    if not scripts:
        text = "There is no script: type one, or upload it as .md or .txt."
        raise FormRefusedError({"script": text})
    if len(scripts) > 1:
        text = "Several files could be the script; name the one that is."
        raise FormRefusedError({"source": text})
    if scripts[0].size_bytes > SCRIPT_BYTES:
        raise _too_long("files", f"“{scripts[0].name}” is longer than {SCRIPT_BYTES:,} bytes.")
    return scripts[0]


def _check_files(files: Sequence[FileReference], settings: NarakeetSettings) -> None:
    names = [one.name.casefold() for one in files]
    if len(set(names)) < len(names):
        raise FormRefusedError({"files": "Two files have the same name; rename one of them."})
    odd = next((one.name for one in files if not _is_asset_name(one.name)), None)
    if odd is not None:
        text = f"“{cut(odd, 60)}” is a name that cannot go into a zip; use letters and digits."
        raise FormRefusedError({"files": text})
    if sum(one.size_bytes for one in files) > settings.upload_bytes:
        most = settings.upload_bytes // 1_000_000
        raise _too_long("files", f"The files are larger than {most} MB together.")


def _is_asset_name(name: str) -> bool:
    """Tell whether a name is a plain one, without folders, and of a kind that we take."""
    is_plain = _ASSET_NAME.fullmatch(name) is not None and not name.endswith((" ", "."))
    return is_plain and _ending(name) in (*SCRIPTS, *ASSETS)


def _archive_wish(request: ProductionRequest, settings: NarakeetSettings) -> ArchiveWish:
    source = (request.value("source") or "").strip()
    if not _SOURCE.fullmatch(source) or _ending(source) not in SCRIPTS:
        text = "The script file must be a path within the zip, ending in .md or .txt."
        raise FormRefusedError({"source": text})
    try:
        address = check_url((request.value("address") or "").strip(), base=settings.base_url)
    except UnsafeUrlError as error:
        text = f"The address of the zip cannot be used: {error}."
        raise FormRefusedError({"address": text}) from error
    return ArchiveWish(address=address, source=source)


def _audio_wish(request: ProductionRequest, settings: NarakeetSettings) -> AudioWish:
    typed, files = (request.value("script") or "").strip(), request.files("text_file")
    if bool(typed) is bool(files):
        raise FormRefusedError({"script": "Type the text to read or upload it, one of the two."})
    if len(typed.encode()) > settings.text_bytes:
        raise _too_long("script", f"The text is longer than {settings.text_bytes:,} bytes.")
    kind = request.value("format") or "mp3"
    if kind not in {choice.value for choice in FORMATS}:
        raise FormRefusedError({"format": "Narakeet does not make this kind of audio."})
    if len(files) > 1 or (files and _ending(files[0].name) not in TEXTS):
        text = "The text must be one file of .txt, .md, .srt or .vtt."
        raise FormRefusedError({"text_file": text})
    return AudioWish(
        text=files[0] if files else typed,
        voice=request.value("voice") or "",
        format=kind,
        speed=_speed(request.value("speed")),
        has_subtitles=request.value("subtitles") == "yes",
    )


def _speed(value: str | None) -> str:
    if not value:
        return ""
    try:
        speed = Decimal(value)
        is_taken = SLOWEST <= speed <= FASTEST
    except InvalidOperation:  # No number, or one that nothing compares to.
        is_taken = False
    if not is_taken:
        text = f"The speed must be a number from {SLOWEST:g} to {FASTEST:g}."
        raise FormRefusedError({"speed": text})
    return f"{speed.normalize():f}"


def content_type_of(text: str | FileReference) -> str:
    """Say what a text is sent as."""
    return TEXTS["txt"] if isinstance(text, str) else TEXTS[_ending(text.name)]


def build_body(*, repository_type: str, repository: str, source: str) -> bytes:
    """Write the body of a build (REST page, trigger the build, seen 2026-11-22)."""
    body = {"repositoryType": repository_type, "repository": repository, "source": source}
    return json.dumps(body).encode()


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _too_long(key: str, text: str) -> FormRefusedError:
    return FormRefusedError({key: text}, code="form_too_long")
