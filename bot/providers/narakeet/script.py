"""Scripts: as bytes of a file, and with the properties that a form sets; pure.

A script may begin with a header, a YAML mapping between lines of three dashes, which sets size and
voice of the whole video (formatting reference, header, seen 2026-11-22).
"""

import json
import re
from collections.abc import Mapping

_HEADER = re.compile(r"---[ \t]*\n(?P<lines>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PROPERTY = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z][\w-]*|\d+p", re.ASCII)
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def with_properties(script: str, properties: Mapping[str, str]) -> str:
    """Set properties in a script's header; what the script sets itself stays as it is.

    Args:
        properties: Name to value; empty values are left out.
    """
    script = script.replace("\r\n", "\n")
    header = _HEADER.match(script)
    lines, rest = (header["lines"], script[header.end() :]) if header else ("", script)
    known = {name.lower() for name in _PROPERTY.findall(lines)}
    added = "".join(
        f"{name}: {_written(value)}\n"
        for name, value in properties.items()
        if value and name not in known
    )
    if not added:
        return script
    return f"---\n{added}{lines}---\n{rest if header else f'{chr(10)}{rest}'}"


def _written(value: str) -> str:
    """Write a value so that YAML reads it as this very text."""
    is_plain = _PLAIN.fullmatch(value) is not None and value.lower() not in _YAML_WORDS
    return value if is_plain else json.dumps(value, ensure_ascii=False)
