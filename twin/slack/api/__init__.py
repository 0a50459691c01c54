"""The Web API: what the bot calls."""
