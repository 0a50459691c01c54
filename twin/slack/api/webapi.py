"""The Web API: a table of methods, and the way every call takes through token, limit and scope."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from twin.slack.api.access import Call, missing_scope
from twin.slack.api.arguments import Arguments, Sent, read_sent
from twin.slack.api.limits import Limits
from twin.slack.api.methods import (
    channels,
    chat,
    conversations,
    files,
    people,
    reactions,
    views,
)
from twin.slack.api.open_methods import OpenCall, OpenMethod
from twin.slack.errors import SlackError
from twin.slack.files.store import Files
from twin.slack.outbound.events import Events
from twin.slack.outbound.pictures import Pictures
from twin.slack.place.directory import Directory
from twin.slack.place.modals import Modals
from twin.slack.place.model import App, Installation, Json

SENT = web.RequestKey("sent", Sent)


@dataclass(frozen=True, kw_only=True)
class Method:
    """One Web API method that takes a bot token.

    Attributes:
        tier: Rate limit tier, 1 to 4; None where another limit holds.
        scope: What the token must have; None where it depends on the arguments or nothing is asked.
        takes_json: Whether arguments may come as JSON; elsewhere Slack does not look at them.
        fetches: Whether the pictures of what it is to show are fetched first.
    """

    run: Callable[[Call], Json]
    tier: int | None
    scope: str | None = None
    takes_json: bool = True
    fetches: bool = False


# Tiers: the methods' own pages and slack-morphism-rust, which encodes them; read in copies,
# 2026-11-21.
# Which take no JSON: their pages, as HubSpot/slack-client encodes them; of users.info and users.list
# also met by callers (kortix-ai/suna#6616), read 2026-11-22.
METHODS: dict[str, Method] = {
    "auth.test": Method(run=people.auth_test, tier=4),
    "chat.postMessage": Method(run=chat.post_message, tier=None, scope="chat:write", fetches=True),
    "chat.postEphemeral": Method(run=chat.post_ephemeral, tier=4, scope="chat:write", fetches=True),
    "chat.update": Method(run=chat.update, tier=3, scope="chat:write", fetches=True),
    "chat.delete": Method(run=chat.delete, tier=3, scope="chat:write"),
    "chat.getPermalink": Method(run=chat.get_permalink, tier=4, takes_json=False),
    "bots.info": Method(run=people.bots_info, tier=3, scope="users:read", takes_json=False),
    "conversations.info": Method(run=conversations.info, tier=3, takes_json=False),
    "conversations.members": Method(run=conversations.members, tier=4, takes_json=False),
    "conversations.history": Method(run=conversations.history, tier=3, takes_json=False),
    "conversations.replies": Method(run=conversations.replies, tier=3, takes_json=False),
    "conversations.open": Method(run=conversations.open_conversation, tier=3, scope="im:write"),
    "conversations.list": Method(run=channels.list_channels, tier=2, takes_json=False),
    "conversations.join": Method(run=channels.join, tier=3, scope="channels:join"),
    "conversations.leave": Method(run=channels.leave, tier=3),
    "conversations.invite": Method(run=channels.invite, tier=3),
    "files.completeUploadExternal": Method(run=files.complete_upload, tier=4, scope="files:write"),
    "files.delete": Method(run=files.delete, tier=3, scope="files:write"),
    # The page names JSON too, but it was met with `invalid_arguments` by all who tried.
    "files.getUploadURLExternal": Method(
        run=files.get_upload_url, tier=4, scope="files:write", takes_json=False
    ),
    "files.info": Method(run=files.info, tier=4, scope="files:read", takes_json=False),
    "files.list": Method(run=files.list_files, tier=3, scope="files:read", takes_json=False),
    "reactions.add": Method(run=reactions.add, tier=3, scope="reactions:write"),
    "reactions.get": Method(run=reactions.get, tier=3, scope="reactions:read", takes_json=False),
    "reactions.remove": Method(run=reactions.remove, tier=2, scope="reactions:write"),
    "users.conversations": Method(run=channels.list_joined, tier=3, takes_json=False),
    "users.info": Method(run=people.users_info, tier=4, scope="users:read", takes_json=False),
    "users.list": Method(run=people.users_list, tier=2, scope="users:read", takes_json=False),
    "usergroups.list": Method(
        run=people.groups_list, tier=2, scope="usergroups:read", takes_json=False
    ),
    "usergroups.users.list": Method(
        run=people.group_users, tier=2, scope="usergroups:read", takes_json=False
    ),
    "team.info": Method(run=people.team_info, tier=3, scope="team:read", takes_json=False),
    "views.open": Method(run=views.open_view, tier=4),
    "views.push": Method(run=views.push_view, tier=4),
    "views.update": Method(run=views.update_view, tier=4),
    "views.publish": Method(run=views.publish_view, tier=4),
}

# Methods that need nothing but their arguments; others are handed in with what they need.
OPEN_METHODS: dict[str, OpenMethod] = {"api.test": OpenMethod(run=people.api_test, tier=4)}

_TOKEN_ERRORS = {
    "revoked": "token_revoked",
    "inactive": "account_inactive",
    "invalid": "invalid_auth",
}

_HIDES_SCOPES = {"not_authed", "invalid_auth", "unknown_method"}


def installation_of(directory: Directory, token: str | None) -> Installation:
    """Find the installation that a bot token stands for.

    Raises:
        SlackError: There is no token, or it is no bot token that still works.
    """
    if token is None:
        raise SlackError("not_authed")
    installation = directory.by_token(token)
    if installation is None:
        is_other_kind = directory.app_by_token(token) is not None
        raise SlackError("not_allowed_token_type" if is_other_kind else "invalid_auth")
    if installation.token_state in _TOKEN_ERRORS:
        raise SlackError(_TOKEN_ERRORS[installation.token_state])
    return installation


class WebApi:
    """Answer what apps call.

    Args:
        pictures: Fetches what messages show.
        open_methods: By name, beside METHODS; they bring what they need with them.
        base_url: Gives the twin's own address, known once it listens.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        files: Files,
        modals: Modals,
        limits: Limits,
        events: Events,
        pictures: Pictures,
        open_methods: Mapping[str, OpenMethod],
        base_url: Callable[[], str],
    ) -> None:
        self._directory = directory
        self._files = files
        self._modals = modals
        self._limits = limits
        self._events = events
        self._pictures = pictures
        self._open_methods = {**OPEN_METHODS, **open_methods}
        self._base_url = base_url

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call; whatever was sent, the answer is Slack's and never a 500."""
        sent = request.get(SENT) or await read_sent(request)
        name = request.match_info["method"]
        try:
            answer = self._run(name, sent, unfetched=await self._unfetched(name, sent))
        except SlackError as error:
            answer = error.as_json()
        return self._respond(answer, sent=sent, method=METHODS.get(name))

    async def _unfetched(self, name: str, sent: Sent) -> list[str]:
        """Fetch the pictures of a message; what else is wrong with the call is told first."""
        method = METHODS.get(name)
        is_known = self._directory.by_token(sent.token or "") is not None
        if method is None or not method.fetches or not is_known:
            return []
        try:
            named = ("blocks", "attachments")
            shown = {one: sent.arguments.structure(one, error="unreadable") for one in named}
        except SlackError:
            return []
        return await self._pictures.problems(shown)

    def _run(self, name: str, sent: Sent, *, unfetched: list[str]) -> Json:
        if name in self._open_methods:
            return self._run_open(name, self._open_methods[name], sent)
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method")
        installation = installation_of(self._directory, sent.token)
        self._count(name, method.tier, installation.app.id, installation.team_id)
        if method.scope is not None and method.scope not in installation.scopes:
            raise missing_scope(method.scope, installation.scopes)
        if sent.refusal is not None:
            raise sent.refusal
        ignored = sent.is_json and not method.takes_json
        args = Arguments(values={}) if ignored else sent.arguments
        return method.run(self._call(args, installation, unfetched))

    def _run_open(self, name: str, method: OpenMethod, sent: Sent) -> Json:
        app = self._authenticate_app(sent) if method.takes_app_token else None
        self._count(name, method.tier, app.id if app else "")
        if sent.refusal is not None:
            raise sent.refusal
        return method.run(
            OpenCall(
                args=sent.arguments,
                app=app,
                token=sent.token,
                basic=sent.basic,
                directory=self._directory,
                base_url=self._base_url(),
            )
        )

    def _authenticate_app(self, sent: Sent) -> App:
        """Find whose app-level token it is, which only counts in the header of a POST."""
        if not sent.is_post:
            raise SlackError("insecure_request")
        if sent.token is None:
            raise SlackError("not_authed")
        app = self._directory.app_by_token(sent.token) if sent.has_bearer else None
        if app is None:
            is_other_kind = self._directory.by_token(sent.token) is not None
            raise SlackError("not_allowed_token_type" if is_other_kind else "invalid_auth")
        return app

    def _count(self, name: str, tier: int | None, *caller: str) -> None:
        wait_s = self._limits.wait_s(name, tier=tier, caller=caller)
        if wait_s is not None:
            raise SlackError("ratelimited", retry_after=wait_s)

    def _call(self, args: Arguments, installation: Installation, unfetched: list[str]) -> Call:
        return Call(
            args=args,
            installation=installation,
            workspace=self._directory.workspaces[installation.team_id],
            directory=self._directory,
            files=self._files,
            modals=self._modals,
            limits=self._limits,
            events=self._events,
            base_url=self._base_url(),
            unfetched=unfetched,
        )

    def _respond(self, answer: Json, *, sent: Sent, method: Method | None) -> web.Response:
        headers = {"x-slack-req-id": secrets.token_hex(16)}
        installation = self._directory.by_token(sent.token or "")
        if installation is not None and answer.get("error") not in _HIDES_SCOPES:
            headers["x-oauth-scopes"] = ",".join(sorted(installation.scopes))
            if method is not None and method.scope is not None:
                headers["x-accepted-oauth-scopes"] = method.scope
        if "retry_after" in answer:
            return rate_limited(answer["retry_after"], headers=headers)
        if not sent.has_charset:
            answer = _warned(answer, "missing_charset")
        return web.json_response(answer, headers=headers)


def rate_limited(seconds: float, *, headers: dict[str, str] | None = None) -> web.Response:
    """Answer 429 and say how long to wait, at least a second."""
    wait_s = max(1, round(seconds))
    return web.json_response(
        {"ok": False, "error": "ratelimited"},
        status=429,
        headers={**(headers or {}), "Retry-After": str(wait_s)},
    )


def _warned(answer: Json, word: str) -> Json:
    metadata = {**answer.get("response_metadata", {}), "warnings": [word]}
    return {**answer, "warning": word, "response_metadata": metadata}
