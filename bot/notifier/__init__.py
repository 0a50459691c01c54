"""The loop that tells people in Slack what they are owed."""

from bot.notifier.lanes import Pacing
from bot.notifier.loop import Notifier
from bot.notifier.messenger import Messenger
from bot.notifier.paying import Payer

__all__ = ["Messenger", "Notifier", "Pacing", "Payer"]
