"""TechForge's form, which the chosen project shapes, and what it becomes on the wire; pure."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.core.addresses import UnsafeUrlError, check_url
from bot.core.errors import FormRefusedError
from bot.core.form import (
    ADDRESS_LONGEST,
    Choice,
    Field,
    FileField,
    Form,
    NumberField,
    SelectField,
    TextField,
    unasked,
)
from bot.core.production import Answer, ProductionRequest
from bot.providers.techforge.reading import Asked, Project, read_id
from bot.providers.techforge.settings import TechForgeSettings
from bot.providers.techforge.words import (
    IMAGE_GENERATION,
    JOB_TYPES,
    LABEL,
    MAKES,
    MUSIC_VERSION,
    NAME,
    WITH_MUSIC,
)

PROJECT = "project"
TOPIC_LONGEST = 500
TEXT_LONGEST = 3000
LEFT_OUT_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Medium:
    """A kind of field that takes a file.

    Attributes:
        wire: What its address is called on the wire.
        what: What the form calls such a file.
        extensions: What may be uploaded; no document says what TechForge reads.
    """

    wire: str
    what: str
    extensions: tuple[str, ...]


MEDIA: Mapping[str, Medium] = {
    "image": Medium(
        wire="image_url",
        what="a picture",
        extensions=("png", "jpg", "jpeg", "webp", "gif"),
    ),
    "audio": Medium(
        wire="audio_url",
        what="a recording",
        extensions=("mp3", "wav", "m4a", "aac", "ogg", "flac"),
    ),
}
"""Kinds of fields that take a file."""

NO_PUBLIC_URL = "Nothing can be uploaded here, because PUBLIC_URL is not set."
TOO_MANY = "Nothing can be uploaded here, because this project asks for too much."

_MUSIC_URL = "music.url"
_MUSIC_VOLUME = "music.volume"
_MUSIC_START = "music.start"


def build_form(
    projects: Sequence[Project],
    settings: TechForgeSettings,
    *,
    chosen: Project | None,
    asked: Sequence[Asked],
    credits_left: float | None,
    takes_files: bool = False,
) -> Form:
    """Build the form.

    Args:
        chosen: The project whose fields are asked for; None before one is chosen.
        asked: The fields of the chosen project.
        credits_left: The balance, or None where it is not known.
        takes_files: Whether uploaded files can be given an address.
    """
    fields: list[Field] = [
        TextField(
            key="topic",
            label="Topic",
            hint="Names the thread here; TechForge is sent the fields below.",
            max_length=TOPIC_LONGEST,
        ),
        SelectField(
            key=PROJECT,
            label="Project",
            choices=tuple(map(_choice, _by_type(projects))),
            hint="What is asked below depends on it.",
            initial=choice_value(projects[0]) if len(projects) == 1 else None,
            reshapes=True,
        ),
    ]
    notes = (_left_out(asked), _note(credits_left, settings))
    note = " ".join(words for words in notes if words)
    form = Form(provider=NAME, fields=tuple(fields), note=note or None)
    if chosen is None:
        return form
    asks = partial(_with_fields, form, chosen, asked, settings)
    whole = asks(no_files=None if takes_files else NO_PUBLIC_URL)
    # An upload stands beside its address, and a form has an end.
    return asks(no_files=TOO_MANY) if takes_files and unasked(whole) else whole


def _left_out(asked: Sequence[Asked]) -> str | None:
    """Say what the project asks for and the form does not: a job is made, and paid for, without."""
    missing = [one.label for one in asked if not one.is_askable]
    if not missing:
        return None
    names = ", ".join(f"“{label}”" for label in missing[:LEFT_OUT_NAMED])
    more = len(missing) - LEFT_OUT_NAMED
    which = f"{names} and {more} more" if more > 0 else names
    return (
        f"{which} can't be asked here and would stay empty. To fill everything in, use the TFI "
        "Studio."
    )


def _with_fields(
    form: Form,
    project: Project,
    asked: Sequence[Asked],
    settings: TechForgeSettings,
    *,
    no_files: str | None,
) -> Form:
    """Add what a project asks for.

    Args:
        no_files: Why nothing can be uploaded, as a sentence; None where it can.
    """
    media = partial(_media_field, settings=settings, no_files=no_files)
    fields = [_field(one, media) for one in asked if one.is_askable]
    fields += _music_fields(project, settings, media)
    makes = MAKES.get(project.job_type or settings.job_type, form.makes)
    return replace(form, fields=(*form.fields, *fields), makes=makes)


def _by_type(projects: Sequence[Project]) -> list[Project]:
    """Keep projects of a type together, since each type is a heading; else as they are listed."""
    order = {name: place for place, name in enumerate(JOB_TYPES)}
    return sorted(projects, key=lambda one: order.get(one.job_type, len(order)))


def choice_value(project: Project) -> str:
    """Name a project with the type of its jobs, so that a sent form needs no look-up."""
    return f"{project.project_id}/{project.job_type}"


def _choice(project: Project) -> Choice:
    group = JOB_TYPES.get(project.job_type, "Others")
    return Choice(value=choice_value(project), name=project.name, group=group)


def find_chosen(projects: Sequence[Project], chosen: Mapping[str, str]) -> Project | None:
    """Find the project that is chosen; None for none, or for one that is gone."""
    return next((one for one in projects if choice_value(one) == chosen.get(PROJECT)), None)


def _field(asked: Asked, media: Callable[..., Field]) -> Field:
    """Ask for a value; a kind we do not know is a text, as is one that the project leaves out."""
    is_required = asked.is_required is True
    if asked.kind in MEDIA:
        key = f"{asked.kind}.{asked.name}"
        return media(key, asked.label, MEDIA[asked.kind], is_required=is_required)
    return TextField(
        key=f"text.{asked.name}",
        label=asked.label,
        max_length=TEXT_LONGEST,
        is_required=is_required,
        is_multiline=True,
    )


def _media_field(
    key: str,
    label: str,
    medium: Medium,
    *,
    is_required: bool,
    settings: TechForgeSettings,
    no_files: str | None,
) -> Field:
    """Ask for a file, or for its address alone where nothing can be uploaded."""
    if no_files is not None:
        return TextField(
            key=key,
            label=label,
            hint=f"Address of {medium.what}, https and reachable from anywhere. {no_files}",
            max_length=ADDRESS_LONGEST,
            is_required=is_required,
        )
    return FileField(
        key=key,
        label=label,
        extensions=medium.extensions,
        max_bytes=settings.upload_bytes,
        is_required=is_required,
        takes_address=True,
    )


def _music_fields(
    project: Project, settings: TechForgeSettings, media: Callable[..., Field]
) -> list[Field]:
    if not _has_music(project.job_type or settings.job_type, settings):
        return []
    return [
        media(_MUSIC_URL, "Background music", MEDIA["audio"], is_required=False),
        NumberField(
            key=_MUSIC_VOLUME,
            label="Volume of the music",
            hint="From 0 to 1.",
            min_value=0,
            max_value=1,
            is_decimal=True,
            is_required=False,
        ),
        NumberField(
            key=_MUSIC_START,
            label="Start of the music",
            hint="Seconds into the recording from which it is played.",
            min_value=0,
            is_decimal=True,
            is_required=False,
        ),
    ]


def _has_music(job_type: str, settings: TechForgeSettings) -> bool:
    return job_type in WITH_MUSIC and settings.version == MUSIC_VERSION


def _note(credits_left: float | None, settings: TechForgeSettings) -> str | None:
    """Say what is left; what a job costs is not documented."""
    if credits_left is None:
        return None
    words = f"{LABEL} has {credits_words(credits_left)} left."
    if credits_left > settings.credits_floor:
        return f"{words} What this costs is known when it is done."
    return f"{words} That may be too few; have some added in the TFI Studio first."


def credits_words(amount: float) -> str:
    """Write a number of credits."""
    number = f"{amount:,.2f}".rstrip("0").rstrip(".")
    return f"{number} credit" if amount == 1 else f"{number} credits"


def project_of(request: ProductionRequest) -> tuple[str, str] | None:
    """Give the project that a request is for with its type of jobs; None where it names none."""
    project_id, _, job_type = (request.value(PROJECT) or "").partition("/")
    known = read_id(project_id)
    return None if known is None else (known, job_type)


def build_submit(
    request: ProductionRequest, settings: TechForgeSettings, *, base_url: str
) -> dict[str, Any]:
    """Build the body of a submit without its `session_id` (jobs-v2, seen 2026-11-21).

    Raises:
        FormRefusedError: It names no project, or an address that cannot be used.
    """
    project = project_of(request)
    if project is None:
        text = "The form names no project that TechForge could know. Choose another one."
        raise FormRefusedError({PROJECT: text})
    _check_addresses(request, base_url=base_url)
    project_id, own_type = project
    job_type = own_type or settings.job_type
    source = "project_id" if job_type == IMAGE_GENERATION else "template_id"
    body = {
        source: project_id,
        "job_type": job_type,
        "version": settings.version,
        "values": dict(_values(request)),
    }
    return body | (_music(request) if _has_music(job_type, settings) else {})


def complaints(
    request: ProductionRequest, form: Form, settings: TechForgeSettings, *, base_url: str
) -> Mapping[str, str]:
    """Say what keeps a form from being ordered, by field."""
    try:
        build_submit(request, settings, base_url=base_url)
    except FormRefusedError as error:
        return error.fields
    asked = [one.key for one in form.fields if _is_value(one.key)]
    if not asked or any(_is_value(one.key) for one in request.answers):
        return {}
    # TechForge makes, and charges, something of nothing.
    return {asked[0]: "Fill in at least one field: TechForge would have nothing to work with."}


def _is_value(key: str) -> bool:
    """Tell whether a field is the project's own."""
    kind, _, name = key.partition(".")
    return bool(name) and (kind in MEDIA or kind == "text")


def _check_addresses(request: ProductionRequest, *, base_url: str) -> None:
    """Let addresses pass that TechForge can reach; uploads get one of ours later."""
    errors: dict[str, str] = {}
    for answer in request.answers:
        if not _is_address(answer):
            continue
        try:
            check_url(answer.value.strip(), base=base_url)
        except UnsafeUrlError as error:
            errors[answer.key] = f"The address under “{answer.label}” cannot be used: {error}."
    if errors:
        raise FormRefusedError(errors, code="bad_address")


def _is_address(answer: Answer) -> bool:
    kind, _, name = answer.key.partition(".")
    is_media = bool(name) and kind in MEDIA
    is_typed = not answer.files and bool(answer.value.strip())
    return is_typed and (is_media or answer.key == _MUSIC_URL)


def _values(request: ProductionRequest) -> Iterator[tuple[str, Any]]:
    for answer in request.answers:
        kind, _, name = answer.key.partition(".")
        value = answer.value.strip()
        if not name or not value:
            continue
        if kind in MEDIA:
            yield name, {MEDIA[kind].wire: value}
        elif kind == "text":
            yield name, answer.value


def _music(request: ProductionRequest) -> dict[str, Any]:
    url = (request.value(_MUSIC_URL) or "").strip()
    if not url:
        return {"background_music": None}
    numbers = {
        "background_volume": _number(request, _MUSIC_VOLUME, most=1),
        "background_start": _number(request, _MUSIC_START, most=math.inf),
    }
    known = {name: number for name, number in numbers.items() if number is not None}
    return {"background_music": url} | known


def _number(request: ProductionRequest, key: str, *, most: float) -> float | None:
    text = request.value(key)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most or not math.isfinite(number):
        raise FormRefusedError({key: "This number is out of range."})
    return number
