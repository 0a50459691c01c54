"""Slack in: listeners, forms and ids; and in `views` everything people read."""
