"""What a workspace is: people, channels, messages, forms on screen. Knows no HTTP."""
