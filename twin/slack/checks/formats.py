"""Texts that must be more than text: addresses, dates, times, numbers."""

import re
from datetime import date
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from jsonschema import FormatChecker

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

# What Slack says of a text that is none of the kind.
WORDS = {
    "web-address": "must be a valid URL",
    "https-address": "must be a valid URL",
    "date": "must be a date as YYYY-MM-DD",
    "time": "must be a time as HH:mm",
    "number": "must be a number as a string",
}
FORMATS = FormatChecker(formats=())


def split_address(text: str) -> SplitResult | None:
    """Take a web address apart; None if it is none."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and host
    return parts if is_web and text.isprintable() and " " not in text else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_loopback_address(value: object) -> bool:
    """Say whether a text is an address of something on this machine."""
    parts = split_address(value) if isinstance(value, str) else None
    return parts is not None and _is_loopback(parts.hostname or "")


@FORMATS.checks("web-address")
def is_web_address(value: object) -> bool:
    """Say whether a text is an address a browser can open."""
    return not isinstance(value, str) or split_address(value) is not None


@FORMATS.checks("https-address")
def is_https_address(value: object) -> bool:
    """Say whether an address is safe from eavesdroppers; loopback is, the twin's one leniency."""
    parts = split_address(value) if isinstance(value, str) else None
    if parts is None:
        return not isinstance(value, str)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


@FORMATS.checks("date")
def is_date(value: object) -> bool:
    """Say whether there is such a day."""
    if not isinstance(value, str):
        return True
    try:
        return _DATE.fullmatch(value) is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False


@FORMATS.checks("time")
def is_time(value: object) -> bool:
    """Say whether the clock shows such a time."""
    return not isinstance(value, str) or _TIME.fullmatch(value) is not None


@FORMATS.checks("number")
def is_number(value: object) -> bool:
    """Say whether a text is a number in digits."""
    return not isinstance(value, str) or _NUMBER.fullmatch(value) is not None
