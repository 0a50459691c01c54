"""JARAI, spoken to through its Partner API."""

from bot.providers.jarai.enrolment import Enrolment
from bot.providers.jarai.provider import JaraiProvider
from bot.providers.jarai.settings import JaraiSettings

__all__ = ["Enrolment", "JaraiProvider", "JaraiSettings"]
