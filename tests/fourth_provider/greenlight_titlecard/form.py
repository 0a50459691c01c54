"""Titlecard's form, and what it becomes on the wire; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.form import (
    Choice,
    Field,
    FileField,
    Form,
    NumberField,
    SearchField,
    SelectField,
    TextField,
)
from bot.core.production import ProductionRequest
from bot.providers.reading import read_count, read_items, read_text

IMAGE_MOST_BYTES = 200_000


@dataclass(frozen=True, kw_only=True)
class OtherField:
    """A field of a kind that Greenlight has no widget for, so that it becomes a text."""

    key: str
    label: str
    kind: str
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Style:
    """A kind of title; each asks for its own fields."""

    style_id: str
    name: str
    credits: int
    fields: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What there is to choose from, and what is left to spend."""

    styles: tuple[Style, ...]
    credits_left: int


def build_form(catalogue: Catalogue, chosen: Mapping[str, str]) -> Form:
    """Build the form for the style that is chosen, or one that only asks for a style."""
    style = next((one for one in catalogue.styles if one.style_id == chosen.get("style")), None)
    fields: tuple[Field, ...] = (
        TextField(key="topic", label="Topic", hint="The words of the title.", max_length=120),
        SelectField(
            key="style",
            label="Style",
            choices=tuple(Choice(value=one.style_id, name=one.name) for one in catalogue.styles),
            hint="Each style asks for other things.",
            reshapes=True,
        ),
        *(style.fields if style is not None else ()),
    )
    return Form(provider="titlecard", fields=fields, note=_note(catalogue, style))


def _note(catalogue: Catalogue, style: Style | None) -> str:
    left = f"{catalogue.credits_left} credits are left."
    return left if style is None else f"Costs {style.credits} credits; {left}"


def read_catalogue(value: Mapping[str, Any]) -> Catalogue:
    """Read `GET /styles`."""
    styles = tuple(_style(one) for one in read_items(value, "styles"))
    return Catalogue(styles=styles, credits_left=read_count(value, "credits") or 0)


def _style(item: Mapping[str, Any]) -> Style:
    return Style(
        style_id=read_text(item, "id") or "",
        name=read_text(item, "name") or "(no name)",
        credits=read_count(item, "credits") or 0,
        fields=tuple(_field(one) for one in read_items(item, "fields")),
    )


def _field(item: Mapping[str, Any]) -> Any:
    key, label = read_text(item, "id") or "", read_text(item, "label") or ""
    kind = read_text(item, "kind")
    if kind == "seconds":
        return NumberField(key=key, label=label, min_value=1, max_value=30, is_decimal=True)
    if kind == "font":
        return SearchField(key=key, label=label, hint="Type a part of its name.")
    if kind == "images":
        return FileField(
            key=key,
            label=label,
            extensions=("png", "jpg"),
            max_files=3,
            max_bytes=IMAGE_MOST_BYTES,
            max_total_bytes=2 * IMAGE_MOST_BYTES,
            is_required=False,
        )
    if kind == "text":
        return TextField(key=key, label=label, max_length=200, is_required=False)
    return OtherField(key=key, label=label, kind=kind or "")


def read_fonts(value: Mapping[str, Any]) -> list[dict[str, str]]:
    """Read `GET /fonts`, in the shape in which it is remembered."""
    items = read_items(value, "fonts")
    return [
        {"id": read_text(one, "id") or "", "name": read_text(one, "name") or ""} for one in items
    ]


def build_clip(request: ProductionRequest, uploads: Sequence[str]) -> dict[str, Any]:
    """Build the body of `POST /clips`."""
    values = {one.key: one.value for one in request.answers if not one.files}
    values.pop("topic", None)
    return {
        "title": request.topic,
        "style": values.pop("style", ""),
        "values": values,
        "images": list(uploads),
    }
