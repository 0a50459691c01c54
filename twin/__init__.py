"""The offline twin: a local Slack and local video services, each a real HTTP server.

It is written from the vendors' contracts and imports nothing from `bot` or `storage`, so that a
mistake in one is not repeated in the other. A double that forgives what the real service refuses
is worse than none; the one leniency meant is that loopback `http` is taken where `https` is asked.
"""
