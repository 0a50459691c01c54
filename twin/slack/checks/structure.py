"""What one value may be by itself: Slack's types and limits, ready for `jsonschema`.

The generated schema offers a choice of twenty blocks and thirty elements wherever one may stand.
Trying each would be slow, and would leave twenty complaints to pick from; so references are filled
in once, and a choice becomes a table that `type` looks up.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from twin.foreign_json import Json
from twin.slack.checks.formats import FORMATS
from twin.slack.checks.limits import add_limits
from twin.slack.checks.surfaces import SURFACES, Surface

BY_TYPE = "byType"
BLOCKS_PER_MESSAGE = 50


def read_schema() -> Json:
    """Read the generated schema as it stands."""
    text = files(__package__).joinpath("slack_types.schema.json").read_text(encoding="utf-8")
    schema: Json = json.loads(text)
    return schema


class _Filling:
    """Fill in references, and turn choices into tables.

    Args:
        definitions: What references refer to.
    """

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions
        self._filled: dict[str, Json] = {}

    def named(self, name: str) -> Json:
        """Give a definition with nothing left to look up."""
        if name not in self._filled:
            self._filled[name] = self._fill(self._definitions[name])
        return self._filled[name]

    def _fill(self, schema: Json) -> Json:
        if schema.keys() == {"$ref"}:
            return self.named(_name(schema))
        if "$ref" in schema:
            beside = {key: one for key, one in schema.items() if key != "$ref"}
            return self._fill(_narrowed(self._definitions[_name(schema)], beside))
        if "anyOf" in schema:
            return self._table(schema)
        filled = dict(schema)
        if "items" in schema:
            filled["items"] = self._fill(schema["items"])
        if "properties" in schema:
            filled["properties"] = {
                name: self._fill(one) for name, one in schema["properties"].items()
            }
        return _told_by_type(filled)

    def _table(self, schema: Json) -> Json:
        beside = {key: one for key, one in schema.items() if key != "anyOf"}
        table: Json = {}
        for branch in schema["anyOf"]:
            table |= self._fill(_narrowed(branch, beside))[BY_TYPE]
        return {BY_TYPE: table}


def _name(schema: Json) -> str:
    name: str = schema["$ref"].removeprefix("#/$defs/")
    return name


def _narrowed(schema: Json, more: Json) -> Json:
    """Add what stands beside a reference; where both speak, the nearer wins."""
    merged = dict(schema)
    for key, one in more.items():
        both_objects = isinstance(one, dict) and isinstance(merged.get(key), dict)
        merged[key] = _narrowed(merged[key], one) if both_objects else one
    return merged


def _told_by_type(schema: Json) -> Json:
    """Make a one-row table of an object that has a fixed `type`."""
    kind = schema.get("properties", {}).get("type", {}).get("const")
    if kind is None:
        return schema
    rest = {key: one for key, one in schema.items() if key != "type"}
    rest["properties"] = {**schema["properties"], "type": True}
    rest["required"] = [name for name in schema["required"] if name != "type"]
    # A remote file shows in what is read, also inside other blocks; it is never sent.
    return {BY_TYPE: {kind: rest} if SURFACES.get(kind, True) else {}}


def _by_type(
    validator: Validator, table: Json, instance: Any, _schema: Json
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        yield ValidationError("must provide an object")
        return
    kind = instance.get("type")
    if kind is None:
        yield ValidationError("missing required field: type")
    elif not isinstance(kind, str) or kind not in table:
        yield ValidationError(f"unsupported type: {kind!r:.60}", path=["type"])
    else:
        yield from _descend(validator, table[kind], instance)


def _properties(
    validator: Validator, properties: Json, instance: Any, _schema: Json
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name, value in instance.items():
            if properties.get(name, True) is not True:
                yield from _descend(validator, properties[name], value, step=name)


def _items(
    validator: Validator, item: Json, instance: Any, _schema: Json
) -> Iterator[ValidationError]:
    if isinstance(instance, list):
        for index, value in enumerate(instance):
            yield from _descend(validator, item, value, step=index)


def _descend(
    validator: Validator, schema: Json, instance: Any, *, step: str | int | None = None
) -> Iterator[ValidationError]:
    """Go one level down as `Validator.descend` does, without looking for references.

    None are left, and looking is two thirds of the time that a card takes.
    """
    for keyword, value in schema.items():
        for error in _CHECKS[keyword](validator, value, instance, schema) or ():
            if keyword not in _GOING_DOWN:
                error.validator, error.validator_value = keyword, value
                error.instance, error.schema = instance, schema
            if step is not None:
                error.path.appendleft(step)
            yield error


_GOING_DOWN = {BY_TYPE: _by_type, "properties": _properties, "items": _items}
_Validator = extend(Draft202012Validator, _GOING_DOWN)  # type: ignore[no-untyped-call]
_CHECKS = _Validator.VALIDATORS


def _validator(schema: Json) -> Validator:
    made: Validator = _Validator(schema, format_checker=FORMATS)
    return made


@cache
def _filling() -> _Filling:
    return _Filling(add_limits(read_schema()["$defs"]))


def _blocks_on(surface: Surface, *, most: int) -> Json:
    table = _filling().named("KnownBlock")[BY_TYPE]
    here = {kind: one for kind, one in table.items() if surface in SURFACES[kind]}
    return {"type": "array", "maxItems": most, "items": {BY_TYPE: here}}


@cache
def message_blocks() -> Validator:
    """Check the blocks of a message, each by itself."""
    return _validator(_blocks_on("message", most=BLOCKS_PER_MESSAGE))


@cache
def view() -> Validator:
    """Check a modal or a Home tab, each part by itself."""
    table: Json = {}
    surfaces: tuple[tuple[Surface, str], ...] = (("modal", "ModalView"), ("home", "HomeView"))
    for surface, name in surfaces:
        whole = _filling().named(name)[BY_TYPE][surface]
        blocks = _blocks_on(surface, most=whole["properties"]["blocks"]["maxItems"])
        table[surface] = {**whole, "properties": {**whole["properties"], "blocks": blocks}}
    return _validator({BY_TYPE: table})


@cache
def suggestions() -> Validator:
    """Check an answer to `block_suggestion`: what a menu offers, or nothing at all."""
    menu = _filling().named("StaticSelect")[BY_TYPE]["static_select"]["properties"]
    offered = {name: {**menu[name], "minItems": 0} for name in ("options", "option_groups")}
    return _validator({"type": "object", "additionalProperties": False, "properties": offered})
