"""TechForge Innovate's TFI Studio, spoken to through its API."""

from bot.providers.techforge.provider import TechForgeProvider
from bot.providers.techforge.settings import TechForgeSettings

__all__ = ["TechForgeProvider", "TechForgeSettings"]
