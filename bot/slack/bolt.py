"""Slack's client and Bolt, set up so that neither does anything twice or behind our back."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import on_bolt_error
from bot.slack.listeners import Listeners

Bolt = AsyncApp
"""What dispatches; so called where nothing else of the library is needed."""

TIMEOUT_S = 15
"""Whole time of one Web API call, in seconds."""


def build_client(token: SecretStr | None, api_url: str) -> AsyncWebClient:
    """Build the client of one workspace.

    It has no retry handlers, since the default one posts twice after a dropped connection, and no
    session, so that each call has a connection of its own: one that was closed meanwhile would
    make "not sent" look like "unknown".
    """
    secret = token.get_secret_value() if token is not None else None
    return AsyncWebClient(token=secret, base_url=api_url, timeout=TIMEOUT_S, retry_handlers=[])


def build_bolt(client: AsyncWebClient, listeners: Listeners) -> AsyncApp:
    """Build the Bolt app that dispatches what Slack sends.

    Our web layer has verified the raw bytes before, because Bolt 1.30 answers 500 to malformed
    headers and bodies. Without `authorize` Bolt would ask Slack who we are before the first
    command is served, out of the three seconds it has.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    with _told_nothing():
        app = AsyncApp(
            name="greenlight",
            # A token beside `authorize` would only earn a warning.
            client=build_client(None, client.base_url),
            authorize=authorize,
            request_verification_enabled=False,
            attaching_function_token_enabled=False,
        )
    app.error(on_bolt_error)
    listeners.register(app)
    return app


@contextmanager
def _told_nothing() -> Iterator[None]:
    """Keep Bolt quiet about the token it finds in the environment and rightly leaves alone."""
    logger = logging.getLogger("slack_bolt.AsyncApp")

    def is_wanted(_record: logging.LogRecord) -> bool:
        return False

    logger.addFilter(is_wanted)  # Bolt sets the level anew itself, so a level would not do.
    try:
        yield
    finally:
        logger.removeFilter(is_wanted)
