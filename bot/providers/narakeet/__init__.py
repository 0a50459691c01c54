"""Narakeet: videos from scripts and files, and texts read aloud."""

from bot.providers.narakeet.provider import NarakeetProvider
from bot.providers.narakeet.settings import NarakeetSettings

__all__ = ["NarakeetProvider", "NarakeetSettings"]
