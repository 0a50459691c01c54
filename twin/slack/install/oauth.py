"""OAuth v2: codes for those who allow an app, tokens for codes, and the end of tokens.

Source: docs.slack.dev/authentication/installing-with-oauth and the pages of `oauth.v2.access`,
    `auth.revoke` and `apps.uninstall`, read in copies, 2026-11-22.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from twin.slack.api.open_methods import OpenCall, OpenMethod
from twin.slack.api.webapi import installation_of
from twin.slack.errors import SlackError
from twin.slack.people.changes import Changes
from twin.slack.place.directory import Directory
from twin.slack.place.model import App, Installation, Json, User

CODE_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an install link asks for, checked.

    Attributes:
        scopes: For the bot; at least one.
        redirect_uri: Where the person is sent afterwards.
        is_redirect_given: Whether the link named it; then the exchange must name it too.
        state: Goes back as it came.
        team_id: The one workspace the link is for, or None.
    """

    app: App
    scopes: frozenset[str]
    redirect_uri: str
    is_redirect_given: bool
    state: str
    team_id: str | None


@dataclass(kw_only=True)
class _Grant:
    """What a person allowed, waiting for the app to fetch it."""

    asked: Asked
    user: User
    until: datetime
    is_used: bool = False


class Oauth:
    """Hand out codes, exchange them for bot tokens, and revoke those.

    Args:
        now: The twin's moment, aware UTC.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        change: Changes,
        now: Callable[[], datetime],
    ) -> None:
        self._directory = directory
        self._change = change
        self._now = now
        self._grants: dict[str, _Grant] = {}

    def methods(self) -> dict[str, OpenMethod]:
        """Give the Web API methods, which authenticate in ways of their own."""
        return {
            "oauth.v2.access": OpenMethod(run=self.access, tier=4),
            "auth.revoke": OpenMethod(run=self.revoke, tier=3),
            # Slack's tier is 1 for each app and workspace; here all are counted together.
            "apps.uninstall": OpenMethod(run=self.uninstall, tier=2),
        }

    def grant(self, asked: Asked, user: User) -> str:
        """Note what a person allowed.

        Returns:
            The code that the app fetches a token with, once and within ten minutes.
        """
        code = f"{len(self._grants) + 1}.{asked.app.client_id}.{secrets.token_hex(32)}"
        self._grants[code] = _Grant(asked=asked, user=user, until=self._now() + CODE_LIFE)
        return code

    def access(self, call: OpenCall) -> Json:
        """Answer `oauth.v2.access`: install the app, or add to what it was granted before."""
        app = _client(call)
        if call.args.text("grant_type") not in {None, "", "authorization_code"}:
            raise SlackError("invalid_grant_type")
        grant = self._usable(call.args.text("code") or "", app)
        _check_redirect(grant.asked, call.args.text("redirect_uri"))
        grant.is_used = True
        made = self._directory.install(app, grant.user.team_id, set(grant.asked.scopes))
        return {
            "ok": True,
            "app_id": app.id,
            "authed_user": {"id": grant.user.id},
            "scope": ",".join(sorted(made.scopes)),
            "token_type": "bot",
            "access_token": made.bot_token,
            "bot_user_id": made.bot_user_id,
            "team": {"id": made.team_id, "name": self._directory.workspaces[made.team_id].name},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _usable(self, code: str, app: App) -> _Grant:
        grant = self._grants.get(code)
        if grant is None or grant.asked.app is not app:
            raise SlackError("invalid_code")
        if grant.is_used:
            raise SlackError("code_already_used")
        if self._now() >= grant.until:
            raise SlackError("invalid_code")
        return grant

    def revoke(self, call: OpenCall) -> Json:
        """Answer `auth.revoke`: with its only token gone, the app is gone from the workspace."""
        installation = installation_of(call.directory, call.token)
        if call.args.flag("test"):
            return {"ok": True, "revoked": False}
        self._end(installation)
        installation.token_state = "revoked"  # noqa: S105 - a state, not a token
        return {"ok": True, "revoked": True}

    def uninstall(self, call: OpenCall) -> Json:
        """Answer `apps.uninstall`."""
        installation = installation_of(call.directory, call.token)
        if _client(call) is not installation.app:
            raise SlackError("client_id_token_mismatch")
        self._end(installation)
        return {"ok": True}

    def _end(self, installation: Installation) -> None:
        """Take an app out at once; it is told after the answer, as Slack does."""
        self._change.uninstall_soon(installation)


def _client(call: OpenCall) -> App:
    """Find the app whose id and secret a call brings, by basic authentication or as arguments."""
    client_id, secret = call.basic or (call.args.text("client_id"), call.args.text("client_secret"))
    apps = [app for app in call.directory.apps.values() if app.client_id == client_id]
    if not apps:
        raise SlackError("invalid_client_id")
    if secret != apps[0].client_secret:
        raise SlackError("bad_client_secret")
    return apps[0]


def _check_redirect(asked: Asked, named: str | None) -> None:
    """Refuse another address than the link's; one it did not name may be left out here too."""
    if named is None and not asked.is_redirect_given:
        return
    if named != asked.redirect_uri:
        raise SlackError("bad_redirect_uri")
