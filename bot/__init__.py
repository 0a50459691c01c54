"""Greenlight: one Slack thread from the wish for a video to its finished files."""
