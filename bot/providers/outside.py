"""How a service is brought in: what it is built with, and what an outside package says of it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.core.errors import ProviderRefusedError
from bot.core.production import FileReference
from bot.providers.base import Provider, Remembered, Uploads


class Publishing(Protocol):
    """Where an uploaded file gets an address, for services that fetch files themselves."""

    async def publish(self, file: FileReference) -> str:
        """Give the file's public address; it may be asked for again, and lives on for days then.

        Raises:
            ProviderRefusedError: The file is gone, may not be read, or is of a kind that is never
                published.
            ProviderUnavailableError: Not now; code `FILES_UNREACHABLE`, `FILES_NOT_STORED`
                or `FILES_SLOW`.
        """


class NoUploads:
    """`Uploads` where nobody can upload anything: on the command line."""

    async def open(self, file: FileReference) -> AsyncGenerator[bytes, None]:
        """Refuse."""
        raise ProviderRefusedError(f"“{file.name}” cannot be read from here.", code="no_uploads")


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What every service is built with.

    Attributes:
        clock: Gives the moment, aware UTC.
        publishing: None where nobody outside could reach what is published.
    """

    clock: Callable[[], datetime]
    remembered: Remembered
    uploads: Uploads = field(default_factory=NoUploads)
    publishing: Publishing | None = None


@dataclass(frozen=True, kw_only=True)
class OutsideService:
    """What a package of its own says of the service it brings, under its entry point.

    Attributes:
        name: A lower-case word; productions are stored under it.
        label: The service's name for people.
        read_settings: Reads its settings from the environment, whose names begin with a prefix of
            its own; gives None where the service is off. Raises `SettingsError`.
        build: Makes the provider from those settings. Raises `SettingsError`.
    """

    name: str
    label: str
    read_settings: Callable[[Mapping[str, str]], Any | None]
    build: Callable[[Any, Tools], Provider]
