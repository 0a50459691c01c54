"""The control endpoints about apps: register, change, install and uninstall them."""

import itertools
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import web

from twin.slack.control.forms import fields_of
from twin.slack.control.lookups import app_of, installation_of, known_workspace
from twin.slack.control.snapshots import app_snapshot
from twin.slack.errors import ControlError
from twin.slack.manifests import manifest_problems
from twin.slack.place.model import App, Command, Json, Shortcut

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin

APPS_MOST = 100


class AppControl:
    """Answer control requests about apps."""

    def __init__(self, twin: "SlackTwin") -> None:
        self._twin = twin
        self._numbers = itertools.count(2)

    def routes(self) -> list[web.RouteDef]:
        """List the endpoints."""
        return [
            web.get("/__twin/apps", self._show),
            web.post("/__twin/apps", self._register),
            web.post("/__twin/apps/{id}", self._change),
            web.post("/__twin/apps/{id}/install", self._install),
            web.post("/__twin/apps/{id}/uninstall", self._uninstall),
        ]

    async def _show(self, _: web.Request) -> web.Response:
        apps = [self._snapshot(app) for app in self._twin.directory.apps.values()]
        return web.json_response({"apps": apps})

    async def _register(self, request: web.Request) -> web.Response:
        if len(self._twin.directory.apps) >= APPS_MOST:
            raise ControlError(f"there are {APPS_MOST} apps already, as many as there can be")
        values = await fields_of(request, "apps")
        problems = manifest_problems(values["manifest"])
        if problems:
            raise ControlError(f"the manifest is refused: {'; '.join(problems)}")
        app = read_manifest(values["manifest"], number=next(self._numbers))
        app.request_url = values.get("request_url", app.request_url)
        self._twin.directory.register(app)
        return web.json_response(
            {
                "app_id": app.id,
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "signing_secret": app.signing_secret,
                "app_token": app.app_token,
            }
        )

    async def _change(self, request: web.Request) -> web.Response:
        app = app_of(self._twin.directory, request.match_info["id"])
        for name, value in (await fields_of(request, "apps/{id}")).items():
            kind = type(getattr(app, name))
            setattr(app, name, kind(value))
        if not app.is_socket_mode:
            await self._twin.sockets.disable(app)
        return web.json_response(self._snapshot(app))

    async def _install(self, request: web.Request) -> web.Response:
        app = app_of(self._twin.directory, request.match_info["id"])
        values = await fields_of(request, "apps/{id}/install")
        team_id = known_workspace(self._twin.directory, values["team_id"])
        scopes = set(values.get("scopes", app.scopes))
        made = self._twin.directory.install(app, team_id, scopes)
        return web.json_response(
            {
                "team_id": made.team_id,
                "bot_token": made.bot_token,
                "bot_user_id": made.bot_user_id,
                "scopes": sorted(made.scopes),
            }
        )

    async def _uninstall(self, request: web.Request) -> web.Response:
        app = app_of(self._twin.directory, request.match_info["id"])
        values = await fields_of(request, "apps/{id}/uninstall")
        installation = installation_of(
            self._twin.directory, app_id=app.id, team_id=values["team_id"]
        )
        events = await self._twin.change.uninstall(installation)
        return web.json_response({"uninstalled": app.id, "events": events})

    def _snapshot(self, app: App) -> Json:
        return app_snapshot(
            app,
            installations=self._twin.directory.installations(app_id=app.id),
            connections=len(self._twin.sockets.numbers(app.id)),
        )


def read_manifest(manifest: Json, *, number: int) -> App:
    """Make an app of a manifest that was checked, with credentials of its own.

    Args:
        manifest: With the parts that `manifest_problems` has let through.
        number: Goes into its ids.
    """
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    home, oauth = features.get("app_home", {}), manifest.get("oauth_config", {})
    name = manifest["display_information"]["name"]
    return App(
        id=f"A0APP{number}",
        name=name,
        bot_name=features.get("bot_user", {}).get("display_name", name),
        client_id=f"111.{number}",
        client_secret=secrets.token_hex(16),
        signing_secret=secrets.token_hex(16),
        app_token=f"xapp-1-A0APP{number}-{secrets.token_hex(16)}",
        request_url=_request_url(features, settings),
        redirect_urls=tuple(oauth.get("redirect_urls", ())),
        scopes=set(oauth.get("scopes", {}).get("bot", ())),
        bot_events=set(settings.get("event_subscriptions", {}).get("bot_events", ())),
        commands={one["command"]: _command(one) for one in features.get("slash_commands", ())},
        shortcuts={
            one["callback_id"]: Shortcut(
                callback_id=one["callback_id"], kind=one["type"], name=one["name"]
            )
            for one in features.get("shortcuts", ())
        },
        has_home_tab=home.get("home_tab_enabled", False),
        has_messages_tab=home.get("messages_tab_enabled", True),
        is_socket_mode=settings.get("socket_mode_enabled", False),
    )


def _command(written: Json) -> Command:
    return Command(
        name=written["command"],
        description=written.get("description", ""),
        usage_hint=written.get("usage_hint", ""),
        should_escape=written.get("should_escape", False),
    )


def _request_url(features: Json, settings: Json) -> str:
    """Give the one address of the app: for the twin, everything goes to the same."""
    written: list[Any] = [
        settings.get("interactivity", {}).get("request_url"),
        settings.get("event_subscriptions", {}).get("request_url"),
        *(one.get("url") for one in features.get("slash_commands", ())),
    ]
    return next((str(url) for url in written if url), "")
