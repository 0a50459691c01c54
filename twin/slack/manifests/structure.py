"""Check a manifest against the generated schema and say in words what does not fit."""

import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from twin.foreign_json import Json
from twin.slack.manifests.problem import Problem, pointer

SCHEMA_PATH = Path(__file__).with_name("manifest.schema.json")
_LONGEST_QUOTE = 60

_KINDS = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}

# Keyword of the schema → words, from what it demands and what was found.
_WORDS: dict[str, Callable[[Any, Any], str]] = {
    "enum": lambda _, found: f"not a known value: {_quoted(found)}",
    "maxItems": lambda most, _: f"no more than {most} items allowed",
    "maxLength": lambda most, _: f"must be less than {most + 1} characters",
    "maxProperties": lambda most, _: f"no more than {most} properties allowed",
    "minItems": lambda least, _: f"no less than {least} items allowed",
    "minLength": lambda least, _: f"must be more than {least - 1} characters",
    "pattern": lambda pattern, _: f"must match {pattern}",
    "type": lambda kind, _: f"must be {_KINDS[kind]}",
    "uniqueItems": lambda *_: "items must be unique",
}


def structure_problems(manifest: Any) -> list[Problem]:
    """List what has the wrong shape, sorted by place."""
    # Of two fields that are missing the library tells twice, each time of both: hence a set.
    found = {one for error in _validator().iter_errors(manifest) for one in _problems(error)}
    return sorted(found, key=lambda one: (one.at, one.words))


@cache
def known_scopes() -> frozenset[str]:
    """Give the scopes that a bot can be granted."""
    return frozenset(_schema()["$defs"]["BotScope"]["enum"])


@cache
def _schema() -> Json:
    schema: Json = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_schema())


def _problems(error: ValidationError) -> Iterable[Problem]:
    demanded: Any = error.validator_value
    found: Any = error.instance
    schema: Any = error.schema
    if error.validator == "required":
        missing = [name for name in demanded if name not in found]
        return [_problem(error, name, "missing required field") for name in missing]
    if error.validator == "additionalProperties":
        unknown = [name for name in found if name not in schema["properties"]]
        return [_problem(error, name, "no such field") for name in unknown]
    words = _WORDS[str(error.validator)](demanded, found)
    return [Problem(at=pointer(error.absolute_path), words=words)]


def _problem(error: ValidationError, name: object, words: str) -> Problem:
    at = pointer([*error.absolute_path, _quoted(name)])
    return Problem(at=at, words=f"{words}: {_quoted(name)}")


def _quoted(found: object) -> str:
    return str(found)[:_LONGEST_QUOTE]
