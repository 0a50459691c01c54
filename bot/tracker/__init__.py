"""The loop that changes and observes jobs at the services; nothing else does."""

from bot.tracker.loop import Tracker, TrackerRules

__all__ = ["Tracker", "TrackerRules"]
