"""Finished files put into their thread, and taken away again where the video is rejected."""

from bot.shares.loop import Sharer
from bot.shares.turn import Parts

__all__ = ["Parts", "Sharer"]
