"""The Web API: a table of methods, and the way every call takes through token, limit and scope."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from twin.slack import (
    methods_chat,
    methods_conversations,
    methods_people,
    methods_views,
)
from twin.slack.access import Call, missing_scope
from twin.slack.arguments import Arguments, Sent, read_sent
from twin.slack.errors import SlackError
from twin.slack.limits import Limits
from twin.slack.modals import Modals
from twin.slack.model import Json
from twin.slack.workspace import Workspace

SENT = web.RequestKey("sent", Sent)


@dataclass(frozen=True, kw_only=True)
class Method:
    """One Web API method.

    Attributes:
        tier: Rate limit tier, 1 to 4; None where another limit holds.
        scope: What the token must have; None where it depends on the arguments or nothing is asked.
    """

    run: Callable[[Call], Json]
    tier: int | None
    scope: str | None = None


_chat = methods_chat
_conversations = methods_conversations
_people = methods_people
_views = methods_views

# Tiers: the methods' own pages and slack-morphism-rust, which encodes them, read 2026-11-21.
METHODS: dict[str, Method] = {
    "auth.test": Method(run=_people.auth_test, tier=4),
    "chat.postMessage": Method(run=_chat.post_message, tier=None, scope="chat:write"),
    "chat.postEphemeral": Method(run=_chat.post_ephemeral, tier=4, scope="chat:write"),
    "chat.update": Method(run=_chat.update, tier=3, scope="chat:write"),
    "chat.delete": Method(run=_chat.delete, tier=3, scope="chat:write"),
    "chat.getPermalink": Method(run=_chat.get_permalink, tier=4),
    "conversations.info": Method(run=_conversations.info, tier=3),
    "conversations.members": Method(run=_conversations.members, tier=4),
    "conversations.history": Method(run=_conversations.history, tier=3),
    "conversations.replies": Method(run=_conversations.replies, tier=3),
    "conversations.open": Method(run=_conversations.open_conversation, tier=3, scope="im:write"),
    "users.info": Method(run=_people.users_info, tier=4, scope="users:read"),
    "usergroups.list": Method(run=_people.groups_list, tier=2, scope="usergroups:read"),
    "usergroups.users.list": Method(run=_people.group_users, tier=2, scope="usergroups:read"),
    "team.info": Method(run=_people.team_info, tier=3, scope="team:read"),
    "views.open": Method(run=_views.open_view, tier=4),
    "views.push": Method(run=_views.push_view, tier=4),
    "views.update": Method(run=_views.update_view, tier=4),
    "views.publish": Method(run=_views.publish_view, tier=4),
}

_TOKEN_ERRORS = {
    "revoked": "token_revoked",
    "inactive": "account_inactive",
    "invalid": "invalid_auth",
}


class WebApi:
    """Answer the bot's calls.

    Args:
        base_url: Gives the twin's own address, known once it listens.
    """

    def __init__(
        self,
        *,
        workspace: Workspace,
        modals: Modals,
        limits: Limits,
        base_url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._modals = modals
        self._limits = limits
        self._base_url = base_url

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call; whatever was sent, the answer is Slack's and never a 500."""
        sent = request.get(SENT) or await read_sent(request)
        name = request.match_info["method"]
        try:
            answer = self._run(name, sent)
        except SlackError as error:
            answer = error.as_json()
        return self._respond(answer, sent=sent, method=METHODS.get(name))

    def _run(self, name: str, sent: Sent) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method")
        self._authenticate(sent)
        wait_s = self._limits.wait_s(name, tier=method.tier)
        if wait_s is not None:
            raise SlackError("ratelimited", retry_after=wait_s)
        if method.scope is not None and method.scope not in self._workspace.app.scopes:
            raise missing_scope(method.scope, self._workspace.app.scopes)
        if sent.refusal is not None:
            raise sent.refusal
        return method.run(self._call(sent.arguments))

    def _authenticate(self, sent: Sent) -> None:
        app = self._workspace.app
        if sent.token is None:
            raise SlackError("not_authed")
        if sent.token != app.bot_token:
            raise SlackError("invalid_auth")
        if app.token_state in _TOKEN_ERRORS:
            raise SlackError(_TOKEN_ERRORS[app.token_state])

    def _call(self, args: Arguments) -> Call:
        return Call(
            args=args,
            workspace=self._workspace,
            modals=self._modals,
            limits=self._limits,
            base_url=self._base_url(),
        )

    def _respond(self, answer: Json, *, sent: Sent, method: Method | None) -> web.Response:
        headers = {"x-slack-req-id": secrets.token_hex(16)}
        if answer.get("error") not in {"not_authed", "invalid_auth", "unknown_method"}:
            headers["x-oauth-scopes"] = ",".join(sorted(self._workspace.app.scopes))
            if method is not None and method.scope is not None:
                headers["x-accepted-oauth-scopes"] = method.scope
        if answer.get("error") == "ratelimited":
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
