"""The services this program knows, by name; besides a service's own module the only such place."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.providers.base import Provider, Remembered
from bot.providers.jarai import Enrolment as JaraiEnrolment
from bot.providers.jarai import JaraiProvider, JaraiSettings

__all__ = ["FACTORIES", "JaraiEnrolment", "JaraiSettings", "build_providers"]

FACTORIES: Mapping[str, Callable[..., Provider]] = {"jarai": JaraiProvider}
"""Each takes its settings, `clock` and `remembered`."""


def build_providers(
    settings: Mapping[str, Any], *, clock: Callable[[], datetime], remembered: Remembered
) -> dict[str, Provider]:
    """Build the services whose key is set, in the order of `FACTORIES`.

    Args:
        settings: Settings by the service's name; each has an `api_key`, empty where it is off.

    Raises:
        SettingsError: What is set cannot work.
    """
    return {
        name: build(settings[name], clock=clock, remembered=remembered)
        for name, build in FACTORIES.items()
        if name in settings and settings[name].api_key
    }
