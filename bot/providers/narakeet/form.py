"""What Narakeet's form asks; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.form import (
    NOTHING_CHOSEN,
    Choice,
    Field,
    FileField,
    Form,
    NumberField,
    SearchField,
    SelectField,
    TextField,
)
from bot.providers.narakeet.reading import Voice, read_voices
from bot.providers.narakeet.settings import NarakeetSettings
from bot.providers.narakeet.words import NAME
from bot.providers.reading import UnreadableError

VIDEO, ARCHIVE, AUDIO = "video", "archive", "audio"
KINDS = (
    Choice(value=VIDEO, name="A video from a script"),
    Choice(value=ARCHIVE, name="A video from a zip on the web"),
    Choice(value=AUDIO, name="Audio, read aloud"),
)
FORMATS = (
    Choice(value="mp3", name="MP3"),
    Choice(value="m4a", name="M4A"),
    Choice(value="wav", name="WAV, uncompressed"),
)
SCRIPTS = ("md", "txt")
TEXTS: Mapping[str, str] = {
    "md": "text/plain",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
}
"""Files that can be read aloud, with what they are sent as."""

ASSETS = ("jpg", "jpeg", "png", "gif", "mp4", "mov", "mp3", "m4a", "wav")
TOPIC_LONGEST = 500
SCRIPT_LONGEST = 3000
"""Slack takes no more in one input; a longer script is uploaded."""

ADDRESS_LONGEST = 2048
SLOWEST, FASTEST = 0.25, 4.0
"""No document has bounds for the speed; beyond these nobody would listen."""


def build_form(
    settings: NarakeetSettings, *, chosen: Mapping[str, str] = NOTHING_CHOSEN, note: str | None
) -> Form:
    """Build the form of the kind that is chosen."""
    kind = chosen.get("kind", VIDEO)
    fields: tuple[Field, ...] = (
        TextField(
            key="topic",
            label="Topic",
            hint="What it is about, in a few words. The thread is named after it.",
            max_length=TOPIC_LONGEST,
        ),
        SelectField(key="kind", label="Make", choices=KINDS, initial=VIDEO, reshapes=True),
    )
    parts = {ARCHIVE: _archive_fields, AUDIO: _audio_fields}
    return Form(
        provider=NAME,
        fields=fields + parts.get(kind, _video_fields)(settings),
        note=note,
        makes="audio" if kind == AUDIO else "a video",
    )


def _video_fields(settings: NarakeetSettings) -> tuple[Field, ...]:
    return (
        _script(
            "What is said. ![](cover.png) on a line of its own shows that picture of the files "
            "below; three dashes on one begin the next scene."
        ),
        FileField(
            key="files",
            label="Files",
            hint="Pictures, clips and sounds that the script names, or a longer script as .md.",
            extensions=(*SCRIPTS, *ASSETS),
            max_files=10,
            max_bytes=settings.upload_bytes,
            max_total_bytes=settings.upload_bytes,
            is_required=False,
        ),
        TextField(
            key="source",
            label="Script file",
            hint="Only where several .md or .txt files are uploaded: the name of the script.",
            max_length=100,
            is_required=False,
        ),
        _voice(),
        SelectField(
            key="size",
            label="Size",
            choices=tuple(Choice(value=size, name=size) for size in settings.sizes),
            hint="If the script itself sets a size, that one is used.",
            is_required=False,
        ),
    )


def _archive_fields(_: NarakeetSettings) -> tuple[Field, ...]:
    return (
        TextField(
            key="address",
            label="Address of the zip",
            hint="An https address that the whole world can fetch, since Narakeet will.",
            max_length=ADDRESS_LONGEST,
        ),
        TextField(
            key="source",
            label="Script file",
            hint="Its path within the zip, such as script.md.",
            max_length=200,
        ),
    )


def _audio_fields(settings: NarakeetSettings) -> tuple[Field, ...]:
    return (
        _script("The text to read; three dashes on a line of their own make a pause."),
        FileField(
            key="text_file",
            label="Text as a file",
            hint="Instead of the script above: .txt, .md, or subtitles as .srt or .vtt.",
            extensions=tuple(TEXTS),
            max_bytes=settings.text_bytes,
            is_required=False,
        ),
        _voice(),
        SelectField(key="format", label="Format", choices=FORMATS, initial="mp3"),
        NumberField(
            key="speed",
            label="Speed",
            hint="1 is the voice's own; 1.1 is a tenth faster.",
            min_value=SLOWEST,
            max_value=FASTEST,
            is_decimal=True,
            is_required=False,
        ),
        SelectField(
            key="subtitles",
            label="Subtitles",
            choices=(Choice(value="yes", name="Subtitles as SRT and VTT"),),
            is_required=False,
        ),
    )


def _script(hint: str) -> TextField:
    return TextField(
        key="script",
        label="Script",
        hint=hint,
        max_length=SCRIPT_LONGEST,
        is_required=False,
        is_multiline=True,
    )


def _voice() -> SearchField:
    hint = "Type a name or a language. Left empty, Narakeet takes its own."
    return SearchField(key="voice", label="Voice", hint=hint, is_required=False)


def voice_choices(voices: Sequence[Voice]) -> tuple[Choice, ...]:
    """List the voices as options."""
    return tuple(
        Choice(value=voice.name, name=f"{voice.name.title()}, {voice.language}") for voice in voices
    )


def voices_to_json(voices: Sequence[Voice]) -> list[dict[str, str]]:
    """Write voices to be remembered, in the shape that `read_voices` takes."""
    return [{"name": voice.name, "language": voice.language} for voice in voices]


def recalled_voices(value: Any) -> tuple[Voice, ...]:
    """Read voices that were remembered; none where an older version wrote something else."""
    try:
        return read_voices(value)
    except UnreadableError:
        return ()


def cost_words(seconds: int | None) -> str | None:
    """Say what was spent on what was made: as much credit as it is long (account credits page)."""
    if seconds is None:
        return None
    return "1 second of credit" if seconds == 1 else f"{seconds:,} seconds of credit"


def credits_note(seconds: int) -> str:
    """Say what is left and what it is spent on."""
    if seconds == 0:
        return "The Narakeet account has no credits left, so it would refuse this."
    span = f"{seconds} seconds" if seconds < 120 else f"{seconds // 60:,} minutes"  # noqa: PLR2004
    return f"The account has credits for {span}. What is made uses up as much as it is long."
