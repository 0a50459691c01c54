"""From what an operator sets to what each video service's module takes."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic_settings import DotEnvSettingsSource

from bot.catalog import Catalog, Named
from bot.core.errors import SettingsError
from bot.core.form import Choice
from bot.core.production import State
from bot.core.schedule import Pace
from bot.providers.desks import PartnerDesk
from bot.providers.outside import OutsideService
from bot.providers.registry import (
    JaraiEnrolment,
    JaraiSettings,
    NarakeetSettings,
    TechForgeSettings,
    outside_services,
    outside_settings,
)
from bot.settings import MEGABYTE, Settings, split


def service_settings(settings: Settings, catalog: Catalog) -> Mapping[str, Any]:
    """Give the settings of every service whose key is set, by its name.

    Raises:
        SettingsError: No key is set, or the catalog lacks what a service needs.
    """
    chosen = outside_settings(_environment())
    if settings.jarai_api_key is not None:
        chosen["jarai"] = _jarai(settings, catalog, settings.jarai_api_key.get_secret_value())
    if settings.narakeet_api_key is not None:
        api_key = settings.narakeet_api_key.get_secret_value()
        chosen["narakeet"] = _narakeet(settings, catalog, api_key)
    if settings.techforge_api_key is not None:
        api_key = settings.techforge_api_key.get_secret_value()
        chosen["techforge"] = _techforge(settings, catalog, api_key)
    if not chosen:
        names = "JARAI_API_KEY, NARAKEET_API_KEY or TECHFORGE_API_KEY"
        raise SettingsError(names, "must be set: no video service is switched on")
    return chosen


def outside_services_off() -> list[OutsideService]:
    """List the outside services that are installed and have no key.

    Raises:
        SettingsError: A package cannot be used, or a setting of its service is wrong.
    """
    environment = _environment()
    return [
        service
        for service in outside_services().values()
        if service.read_settings(environment) is None
    ]


def _environment() -> Mapping[str, str]:
    """Gather the environment over `.env`, as our own settings are read."""
    file = DotEnvSettingsSource(Settings).env_vars
    listed = {name.upper(): value for name, value in file.items() if value is not None}
    return {**listed, **os.environ}


def open_partner_desk(settings: Settings, *, clock: Callable[[], datetime]) -> PartnerDesk:
    """Give the place where one becomes a partner of JARAI; no key and no catalog are needed.

    Raises:
        ProviderRefusedError: The generation that is set has none.
    """
    return JaraiEnrolment(
        dialect=settings.jarai_dialect,
        base_url=settings.jarai_base_url,
        timeout_s=settings.look_timeout_s,
        clock=clock,
    )


def webhook_secrets(settings: Settings, provider: str) -> tuple[str, ...]:
    """Give the configured signing secrets of a service's webhooks."""
    return split(getattr(settings, f"{provider}_webhook_secret", None))


def service_pace(settings: Settings, provider: str) -> Pace:
    """Give how often a service is looked at and when it is late; its own settings come first.

    One that is switched off has a pace, too.
    """
    pace = settings.pace()
    return replace(
        pace,
        look_s=_paced(pace.look_s, settings, f"{provider}_look"),
        deadline_s=_paced(pace.deadline_s, settings, f"{provider}_late"),
    )


def _paced(common: Mapping[State, float], settings: Settings, prefix: str) -> dict[State, float]:
    return {
        state: getattr(settings, f"{prefix}_{state.value}_s", seconds)
        for state, seconds in common.items()
    }


def _jarai(settings: Settings, catalog: Catalog, api_key: str) -> JaraiSettings:
    listed = catalog.jarai
    if listed is None:
        raise SettingsError("CATALOG", "must have a [jarai] part while JARAI_API_KEY is set")
    return JaraiSettings(
        api_key=api_key,
        base_url=settings.jarai_base_url,
        dialect=settings.jarai_dialect,
        languages=_choices(listed.languages),
        countries=_choices(listed.countries),
        project_types=tuple(
            Choice(value=kind.slug, name=kind.name) for kind in listed.project_types
        ),
        console_url=listed.console_url,
        reject_cancels=listed.reject_cancels,
        look_timeout_s=settings.look_timeout_s,
        submit_timeout_s=settings.submit_timeout_s,
        sends_idempotency_key=settings.jarai_idempotency_key,
        per_minute=settings.jarai_requests_per_minute,
        per_day=settings.jarai_requests_per_day,
    )


def _narakeet(settings: Settings, catalog: Catalog, api_key: str) -> NarakeetSettings:
    return NarakeetSettings(
        api_key=api_key,
        base_url=settings.narakeet_base_url,
        sizes=catalog.narakeet.sizes,
        look_timeout_s=settings.look_timeout_s,
        submit_timeout_s=settings.submit_timeout_s,
        upload_timeout_s=settings.narakeet_upload_timeout_s,
        text_bytes=settings.narakeet_text_bytes,
        upload_bytes=settings.narakeet_upload_mb * MEGABYTE,
        grace_s=settings.narakeet_grace_s,
        max_age_s=settings.narakeet_max_age_s,
        per_day=settings.narakeet_requests_per_day,
    )


def _techforge(settings: Settings, catalog: Catalog, api_key: str) -> TechForgeSettings:
    return TechForgeSettings(
        api_key=api_key,
        base_url=settings.techforge_base_url,
        console_url=catalog.techforge.console_url,
        job_type=settings.techforge_job_type,
        version=settings.techforge_version,
        status_aliases=catalog.techforge.status_aliases,
        credits_floor=settings.techforge_credits_floor,
        upload_bytes=settings.techforge_upload_mb * MEGABYTE,
        look_timeout_s=settings.look_timeout_s,
        submit_timeout_s=settings.submit_timeout_s,
        per_minute=settings.techforge_requests_per_minute,
        per_day=settings.techforge_requests_per_day,
    )


def _choices(named: tuple[Named, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(value=one.id, name=one.name) for one in named)
