"""What the tests of installing share: an app with a redirect URL, and a person with a browser."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from tests.unit.twin.slack.support import client_of
from twin.slack.app import SlackTwin
from twin.slack.install.page import PATH
from twin.slack.place.model import App

REDIRECT = "https://bot.example.com/slack/oauth_redirect?from=slack"
SECOND_REDIRECT = "http://127.0.0.1:3000/slack/oauth_redirect"
SCOPES = ["chat:write", "commands"]


def manifest(*, request_url: str, redirect_urls: list[str]) -> dict[str, Any]:
    """Make the manifest of a small app."""
    return {
        "display_information": {"name": "Tally <b>"},
        "features": {
            "bot_user": {"display_name": "tally"},
            "slash_commands": [{"command": "/tally", "url": request_url, "description": "Count"}],
        },
        "oauth_config": {"redirect_urls": redirect_urls, "scopes": {"bot": SCOPES}},
        "settings": {
            "event_subscriptions": {
                "request_url": request_url,
                "bot_events": ["tokens_revoked", "app_uninstalled"],
            }
        },
    }


async def register(
    twin: SlackTwin, *, request_url: str, redirect_urls: list[str] | None = None
) -> App:
    """Register a small app at a twin, as a script would."""
    urls = redirect_urls or [REDIRECT, SECOND_REDIRECT]
    body = {"manifest": manifest(request_url=request_url, redirect_urls=urls)}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{twin.url}/__twin/apps", json=body) as response,
    ):
        answer = await response.json()
    return twin.directory.apps[answer["app_id"]]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page, or where the browser was sent instead."""

    status: int
    text: str
    location: str

    @property
    def sent_back(self) -> dict[str, str]:
        """What the app is told in the address."""
        query = parse_qs(urlsplit(self.location).query, keep_blank_values=True)
        return {name: values[0] for name, values in query.items()}

    @property
    def ticket(self) -> str:
        """The one-use ticket in the form."""
        found = re.search(r'name="ticket" value="([^"]+)"', self.text)
        assert found is not None, self.text
        return unescape(found[1])

    @property
    def people(self) -> list[str]:
        """Who is offered as the one who installs."""
        return re.findall(r'<option value="([^"]+)"', self.text)


class Browser:
    """Walk through an installation as a person does, without following redirects."""

    def __init__(self, session: aiohttp.ClientSession, *, twin_url: str) -> None:
        self._session = session
        self._page = f"{twin_url}{PATH}"

    async def open(self, **query: str) -> Shown:
        """Open an install link."""
        return await self.get(f"{self._page}?{urlencode(query)}")

    async def get(self, url: str, **options: Any) -> Shown:
        """Open any address."""
        async with self._session.get(url, allow_redirects=False, **options) as response:
            return await _shown(response)

    async def send(self, **form: str) -> Shown:
        """Send the form."""
        async with self._session.post(self._page, data=form, allow_redirects=False) as response:
            return await _shown(response)

    async def install(self, app: App, *, user: str = "U0ANA", **query: str) -> Shown:
        """Open a link and allow what it asks for."""
        link = {"client_id": app.client_id, "scope": ",".join(SCOPES), **query}
        page = await self.open(**link)
        return await self.send(ticket=page.ticket, user=user, decision="allow")


async def exchange(twin: SlackTwin, app: App, code: str, **changes: str) -> dict[str, Any]:
    """Fetch a token for a code with the official client, with the app's credentials."""
    sent = {"client_id": app.client_id, "client_secret": app.client_secret, "code": code}
    async with client_of(twin, token=None) as client:
        answer: dict[str, Any] = (await client.oauth_v2_access(**{**sent, **changes})).data
    return answer


async def _shown(response: aiohttp.ClientResponse) -> Shown:
    location = response.headers.get("Location", "")
    return Shown(status=response.status, text=await response.text(), location=location)
