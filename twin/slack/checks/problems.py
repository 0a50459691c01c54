"""Say what is wrong the way Slack says it: words and a JSON pointer."""

from collections.abc import Iterable
from typing import Any, Self

from jsonschema.exceptions import ValidationError

from twin.foreign_json import Json
from twin.slack.checks.formats import WORDS

INVALID_BLOCKS = "invalid_blocks"
_KINDS = {
    "string": "must be a string",
    "boolean": "must be a boolean",
    "integer": "must be an integer",
    "number": "must be a number",
    "array": "must be an array",
    "object": "must provide an object",
}
# Slack words a length by the first one that is refused or passes, hence the step.
_MEASURES = {
    "minLength": ("must be more than {} characters", -1),
    "maxLength": ("must be less than {} characters", +1),
    "minItems": ("no less than {} items allowed", 0),
    "maxItems": ("no more than {} items allowed", 0),
    "minimum": ("must be at least {}", 0),
    "maximum": ("must be at most {}", 0),
}


class Problem(str):
    """A sentence for `response_metadata.messages`, and the error word it calls for.

    Attributes:
        error: What the method answers with if this is wrong in a message.
    """

    __slots__ = ("error",)
    error: str

    def __new__(cls, words: str, *, at: str, error: str = INVALID_BLOCKS) -> Self:
        """Make a problem at a JSON pointer."""
        made = super().__new__(cls, f"[ERROR] {words} [json-pointer:{at}]")
        made.error = error
        return made


def error_word(problems: Iterable[str]) -> str:
    """Give the error a message is refused with: that of the first problem.

    Source: two tables and too much markdown have words of their own
        (docs.slack.dev/reference/block-kit/blocks/table-block, slackapi/bolt-js#2509).
    """
    return next((one.error for one in problems if isinstance(one, Problem)), INVALID_BLOCKS)


def told(errors: Iterable[ValidationError], *, at: str) -> list[str]:
    """Put the findings of `jsonschema` in Slack's words, each once."""
    found: list[str] = [
        Problem(words, at=f"{at}{_pointer(error.absolute_path)}")
        for error in errors
        for words in _words(error)
    ]
    return list(dict.fromkeys(found))


def _pointer(path: Iterable[str | int]) -> str:
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)


def _words(error: ValidationError) -> list[str]:
    given: Any = error.instance
    limit: Any = error.validator_value
    match error.validator:
        case "type":
            return [_KINDS[limit]]
        case "required":
            return [f"missing required field: {name}" for name in limit if name not in given]
        case "additionalProperties":
            return _strange_names(given, error.schema)
        case "oneOf":
            return _choices(given, limit)
        case "enum":
            return [f"must be one of: {', '.join(map(str, limit))}"]
        case "format":
            return [WORDS[limit]]
        case "minLength" | "maxLength" | "minItems" | "maxItems" | "minimum" | "maximum" as measure:
            words, step = _MEASURES[measure]
            return [words.format(limit + step)]
        case _:
            return [error.message]


def _strange_names(given: Json, schema: Any) -> list[str]:
    strange = [name for name in given if name not in schema["properties"]]
    return [f"invalid additional property: {name:.60}" for name in strange]


def _choices(given: Any, choices: list[Json]) -> list[str]:
    if not isinstance(given, dict):
        return []  # It has been told to be an object.
    names = [name for choice in choices for name in choice["required"]]
    return [f"must provide exactly one of: {', '.join(names)}"]
