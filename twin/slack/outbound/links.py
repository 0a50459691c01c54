"""Addresses of Socket Mode connections, each good for one use."""

import secrets
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from twin.slack.place.model import App

PATH = "/link/"


class Links:
    """Make links and take them back.

    Args:
        base_url: Gives the twin's own address, known once it listens.
    """

    def __init__(self, base_url: Callable[[], str]) -> None:
        self._base_url = base_url
        self._apps: dict[str, App] = {}  # By ticket.

    def make(self, app: App) -> str:
        """Make an address that an app can connect to."""
        ticket = secrets.token_hex(16)
        self._apps[ticket] = app
        base = self._base_url().replace("http", "ws", 1)
        query = urlencode({"ticket": ticket, "app_id": app.id})
        return f"{base}{PATH}?{query}"

    def redeem(self, query: Mapping[str, str]) -> App | None:
        """Use a link up by its query; None where it is made up, used up or another app's."""
        app = self._apps.get(query.get("ticket", ""))
        if app is None or query.get("app_id", app.id) != app.id:
            return None
        return self._apps.pop(query["ticket"])
