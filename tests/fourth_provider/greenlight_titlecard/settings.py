"""Titlecard's settings: environment variables that begin with `TITLECARD_`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.core.errors import SettingsError
from bot.providers.urls import is_loopback


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator sets.

    Attributes:
        max_bytes: Longest answer that is read.
    """

    api_key: str = field(repr=False)
    base_url: str = "https://api.titlecard.example"
    max_bytes: int = 2_000_000


def read_settings(environment: Mapping[str, str]) -> Settings | None:
    """Read them; None where no key is set, which switches the service off."""
    api_key = environment.get("TITLECARD_API_KEY", "").strip()
    if not api_key:
        return None
    base_url = environment.get("TITLECARD_BASE_URL", "").strip() or Settings.base_url
    if urlsplit(base_url).scheme != "https" and not is_loopback(base_url):
        raise SettingsError("TITLECARD_BASE_URL", "must be an https address")
    return Settings(api_key=api_key, base_url=base_url.rstrip("/"))
