"""Socket Mode: everything Slack would send to `/slack/events`, over connections that we open."""

from bot.sockets.line import Patience
from bot.sockets.sockets import Sockets

__all__ = ["Patience", "Sockets"]
