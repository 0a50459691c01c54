"""A small language for saying what a JSON value may be.

A check is a function of a value, where it stands (a JSON pointer) and the list that takes what is
wrong with it. Checks are built from checks, so that a block reads as a table of its fields.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from twin.slack.model import Json

Problems = list[str]
Check = Callable[[Any, str, Problems], None]
Rule = Callable[[Json, str, Problems], None]

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def add(problems: Problems, at: str, words: str) -> None:
    """Note a problem the way Slack words it."""
    problems.append(f"[ERROR] {words} [json-pointer:{at}]")


def run(check: Check, value: Any, *, at: str) -> Problems:
    """List what is wrong with a value; empty means nothing."""
    problems: Problems = []
    check(value, at, problems)
    return problems


def string(*, most: int | None = None, least: int = 1) -> Check:
    """Accept text of a length within bounds."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            add(problems, at, "must be a string")
        elif len(value) < least:
            add(problems, at, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            add(problems, at, f"must be less than {most + 1} characters")

    return check


def web_address(*, most: int = 3000, only_https: bool = False) -> Check:
    """Accept a web address; loopback `http` passes for `https`, the twin's one leniency."""

    def check(value: Any, at: str, problems: Problems) -> None:
        count = len(problems)
        string(most=most)(value, at, problems)
        if len(problems) == count and not _is_web_address(value, only_https=only_https):
            add(problems, at, "must be a valid URL")

    return check


def _is_web_address(text: str, *, only_https: bool) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if not parts.hostname or any(sign.isspace() for sign in text):
        return False
    is_open = not only_https or parts.hostname in _LOOPBACK
    return parts.scheme == "https" or (parts.scheme == "http" and is_open)


def flag(value: Any, at: str, problems: Problems) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        add(problems, at, "must be a boolean")


def whole(*, least: int, most: int) -> Check:
    """Accept a whole number within bounds."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            add(problems, at, "must be an integer")
        elif not least <= value <= most:
            add(problems, at, f"must be between {least} and {most}")

    return check


def one_of(*words: str) -> Check:
    """Accept one of a few words."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if value not in words:
            add(problems, at, f"must be one of: {', '.join(words)}")

    return check


def listed(item: Check, *, most: int, least: int = 1) -> Check:
    """Accept a list of so many items that each pass."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            add(problems, at, "must be an array")
            return
        if len(value) < least:
            add(problems, at, f"no less than {least} items allowed")
        if len(value) > most:
            add(problems, at, f"no more than {most} items allowed")
        for index, one in enumerate(value):
            item(one, f"{at}/{index}", problems)

    return check


def anything(value: Any, at: str, problems: Problems) -> None:
    """Accept whatever stands there, because another rule looks at it."""


def shape(
    fields: Mapping[str, Check], *, needs: tuple[str, ...] = (), rules: tuple[Rule, ...] = ()
) -> Check:
    """Accept an object with these fields and no others.

    Args:
        fields: What each field must be; the `type` it was chosen by has been taken out.
        needs: Fields that cannot be left out.
        rules: Checks over several fields, run only when each field is right by itself.
    """

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            add(problems, at, "must provide an object")
            return
        count = len(problems)
        for name in needs:
            if name not in value:
                add(problems, at, f"missing required field: {name}")
        for name, one in value.items():
            _check_field(fields, name, one, at, problems)
        if len(problems) == count:
            for rule in rules:
                rule(value, at, problems)

    return check


def _check_field(
    fields: Mapping[str, Check], name: str, value: Any, at: str, problems: Problems
) -> None:
    if name in fields:
        fields[name](value, f"{at}/{name}", problems)
    else:
        add(problems, at, f"invalid additional property: {name}")


def typed(table: Mapping[str, Check], *, what: str = "type") -> Check:
    """Accept an object whose `type` stands in the table, and passes what the table says."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            add(problems, at, "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            add(problems, at, "missing required field: type")
        elif not isinstance(kind, str) or kind not in table:
            add(problems, f"{at}/type", f"unsupported {what}: {kind!r:.60}")
        else:
            rest = {name: one for name, one in value.items() if name != "type"}
            table[kind](rest, at, problems)

    return check
