"""The HTTP endpoints: Slack, provider webhooks, downloads, health and metrics."""
