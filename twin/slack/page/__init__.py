"""What the twin's page asks for: its files, what it draws, the stream, the services' desks."""
