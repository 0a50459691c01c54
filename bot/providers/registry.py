"""The services this program knows, by name, and those that outside packages bring.

Besides a service's own module this is the only place that names it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from bot.core.errors import SettingsError, cut
from bot.providers.base import Provider, Remembered, Uploads
from bot.providers.jarai import Enrolment as JaraiEnrolment
from bot.providers.jarai import JaraiProvider, JaraiSettings
from bot.providers.narakeet import NarakeetProvider, NarakeetSettings
from bot.providers.outside import NoUploads, OutsideService, Publishing, Tools
from bot.providers.switched_off import Services
from bot.providers.techforge import TechForgeProvider, TechForgeSettings

__all__ = [
    "FACTORIES",
    "JaraiEnrolment",
    "JaraiSettings",
    "NarakeetSettings",
    "TechForgeSettings",
    "build_providers",
    "outside_services",
    "outside_settings",
]

GROUP = "greenlight.providers"
"""Entry points of outside packages; each names an `OutsideService`."""


def _jarai(settings: JaraiSettings, tools: Tools) -> Provider:
    return JaraiProvider(settings, clock=tools.clock, remembered=tools.remembered)


def _narakeet(settings: NarakeetSettings, tools: Tools) -> Provider:
    return NarakeetProvider(
        settings, clock=tools.clock, remembered=tools.remembered, uploads=tools.uploads
    )


def _techforge(settings: TechForgeSettings, tools: Tools) -> Provider:
    return TechForgeProvider(
        settings, clock=tools.clock, remembered=tools.remembered, publishing=tools.publishing
    )


FACTORIES: Mapping[str, Callable[[Any, Tools], Provider]] = {
    "jarai": _jarai,
    "narakeet": _narakeet,
    "techforge": _techforge,
}
"""The built-in services, in the order in which forms offer them."""

_LABELS: Mapping[str, str] = {
    one.name: one.label for one in (JaraiProvider, NarakeetProvider, TechForgeProvider)
}


def build_providers(
    settings: Mapping[str, Any],
    *,
    clock: Callable[[], datetime],
    remembered: Remembered,
    uploads: Uploads | None = None,
    publishing: Publishing | None = None,
) -> Services:
    """Build the services that are on: the built-in ones first, then the others by name.

    One that is off is stood in for.

    Args:
        settings: By the service's name. Those of a built-in one have an `api_key`, empty where it
            is off; those of an outside one are what `outside_settings` gave.
        uploads: None where nobody can upload anything.
        publishing: None where nobody outside could reach what is published.

    Raises:
        SettingsError: What is set cannot work.
    """
    tools = Tools(
        clock=clock,
        remembered=remembered,
        uploads=uploads or NoUploads(),
        publishing=publishing,
    )
    built = {
        name: build(settings[name], tools)
        for name, build in FACTORIES.items()
        if name in settings and settings[name].api_key
    }
    if settings.keys() <= FACTORIES.keys():
        return Services(built, label_of=_label_of)
    outside = {
        name: service.build(settings[name], tools)
        for name, service in outside_services().items()
        if name in settings
    }
    return Services(built | outside, label_of=_label_of)


def _label_of(name: str) -> str:
    """Give the name for people of a service that may be off, or gone with its package."""
    if name in _LABELS:
        return _LABELS[name]
    try:
        outside = outside_services()
    except SettingsError:
        outside = {}
    return outside[name].label if name in outside else name.capitalize()


def outside_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Read the settings of the outside services that are on, by name.

    Raises:
        SettingsError: A package cannot be used, or a setting of its service is wrong.
    """
    read = {
        name: service.read_settings(environment) for name, service in outside_services().items()
    }
    return {name: settings for name, settings in read.items() if settings is not None}


def outside_services() -> dict[str, OutsideService]:
    """Load what installed packages bring, in the order of their names.

    Raises:
        SettingsError: Names the package that cannot be used, and why.
    """
    services: dict[str, OutsideService] = {}
    for entry in sorted(_entries(), key=lambda one: one.name):
        service = _load(entry)
        if service.name in services or service.name in FACTORIES:
            raise SettingsError(_named(entry), f"brings {service.name!r}, which is there already")
        services[service.name] = service
    return services


def _entries() -> Iterable[EntryPoint]:
    return entry_points(group=GROUP)


def _load(entry: EntryPoint) -> OutsideService:
    try:
        service = entry.load()  # Foreign code, which may raise anything while it is imported.
    except Exception as error:
        why = cut(f"{type(error).__name__}: {error}", 160)
        raise SettingsError(_named(entry), f"could not be loaded ({why})") from error
    if not isinstance(service, OutsideService):
        raise SettingsError(_named(entry), "must name an OutsideService of bot.providers.outside")
    if not (service.name.isidentifier() and service.name.islower() and service.name.isascii()):
        raise SettingsError(_named(entry), "must call its service by one lower-case word")
    return service


def _named(entry: EntryPoint) -> str:
    package = f" of the package {entry.dist.name}" if entry.dist is not None else ""
    return f"The service {entry.name!r}{package}"
