"""The server side of the twin's page: its files, the state it draws, the stream, the services' desks."""
