"""Titlecard for Greenlight: what `greenlight.providers` is told of it."""

from bot.providers.outside import OutsideService

from .provider import Titlecard
from .settings import read_settings

SERVICE = OutsideService(
    name="titlecard", label="Titlecard", read_settings=read_settings, build=Titlecard
)
