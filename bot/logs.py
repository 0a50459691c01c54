"""Logging, configured once by the command line and never at import.

Lines go to standard error, so that `--json` output stays clean. Whatever reaches a line, ours or a
library's, passes one processor that takes secrets out; it is the last net, not an excuse.
"""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, Literal, TextIO

import structlog
from pydantic import BaseModel, SecretStr
from structlog.typing import Processor

Format = Literal["console", "json"]

REMOVED = "[removed]"
LIBRARY_EVENT = "library_logged"
"""The fixed event of every line that a library wrote; its words are in the field `said`."""

_SECRET_FIELD = re.compile(
    r"token|secret|password|api_?key|authorization|signature|cookie|^key$|^body$|^url$",
    re.IGNORECASE,
)
_SECRETS = (
    re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+", re.IGNORECASE),  # Slack's tokens.
    re.compile(r"\b[a-z]+_(?:live|test)_[\w-]+", re.IGNORECASE),  # How services mark their keys.
    re.compile(r"\b(?:bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE),
    re.compile(r"(?<=\?)[^\s\"'<>]+"),  # Query strings: signed links carry their secret there.
    re.compile(r"(?<=/d/)[\w-]+"),  # Our own download links.
    re.compile(r"(?<=://)[^\s/@\"']+(?=@)"),  # Credentials of a database address.
)


def configure(
    *,
    level: str,
    log_format: Format | None,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send our lines and the libraries' through the same processors.

    Args:
        level: Least serious line that is written; libraries start at `warning` whatever it says.
        log_format: None takes `console` on a terminal, else `json`.
        secrets: Values that must never be written, whatever they look like.
        stream: None takes standard error.
    """
    stream = stream or sys.stderr
    chosen = log_format or ("console" if stream.isatty() else "json")
    ours = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(ours),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(chosen, Redaction(secrets), has_colors=stream.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for package in ("bot", "storage", "twin"):
        logging.getLogger(package).setLevel(ours)


def warn_of_unknown(names: Iterable[str]) -> None:
    """Name settings that nobody reads, so that a misspelt one is not silent."""
    for name in names:
        structlog.get_logger(__name__).warning("unknown_setting", name=name)


def secrets_in(settings: BaseModel) -> list[str]:
    """List the secret values of settings, each part of a comma list by itself."""
    return [
        part.strip()
        for _name, value in settings
        if isinstance(value, SecretStr)
        for part in value.get_secret_value().split(",")
    ]


class Redaction:
    """Take secrets out of every field: by its name, by how its text looks, and by value."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        exact = [re.compile("|".join(map(re.escape, known)))] if known else []
        self._patterns = (*exact, *_SECRETS)

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Clean one line; a structlog processor."""
        for name, value in event.items():
            event[name] = REMOVED if _SECRET_FIELD.search(name) else self._cleaned(value)
        return event

    def _cleaned(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = value if isinstance(value, str) else str(value)
        for pattern in self._patterns:
            text = pattern.sub(REMOVED, text)
        return text


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        # Plain tracebacks: the rich ones show local variables, and those hold secrets.
        structlog.processors.format_exc_info,
    ]


def _formatter(
    log_format: Format, redaction: Redaction, *, has_colors: bool
) -> structlog.stdlib.ProcessorFormatter:
    drawn: Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        drawn = structlog.dev.ConsoleRenderer(
            colors=has_colors,
            timestamp_key="at",
            exception_formatter=structlog.dev.plain_traceback,
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), _name_foreign],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redaction, drawn],
    )


def _name_foreign(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Give a library's line a fixed event, and its words a field of their own."""
    event["said"] = event["event"]
    event["event"] = LIBRARY_EVENT
    return event
