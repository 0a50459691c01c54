"""What reaches the bot: commands, interactions and events, over HTTP or Socket Mode."""
