"""Our own copies of finished files: made before links die, deleted when their time is over."""

from bot.copies.loop import Copier, CopyRules
from bot.copies.retention import Retention

__all__ = ["Copier", "CopyRules", "Retention"]
