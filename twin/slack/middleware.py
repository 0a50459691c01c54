"""What happens around every request: calls of the bot are noted, open pages are told."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from twin.foreign_json import read_json
from twin.journal import Journal
from twin.pulse import Pulse
from twin.secrecy import body_shown, values_shown
from twin.slack.api.arguments import read_sent, read_token
from twin.slack.api.webapi import SENT
from twin.slack.files.routes import carries_file
from twin.slack.outbound.links import PATH as LINK_PATH
from twin.slack.page.routes import is_page_path
from twin.slack.place.directory import Directory
from twin.slack.place.model import Json

_HIDDEN = frozenset({"client_secret", "code"})


def beating(pulse: Pulse) -> Middleware:
    """Build the middleware that tells open pages after every act and change by control."""

    @web.middleware
    async def beat(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        finally:
            if request.method != "GET" and request.path.startswith("/__twin/"):
                pulse.bump()

    return beat


def recording(journal: Journal, directory: Directory) -> Middleware:
    """Build the middleware that notes every call of the bot, those a fault hits included."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        method = request.match_info.get("method")
        if is_page_path(request.path) or request.path == LINK_PATH:
            return await handler(request)
        is_file = carries_file(request.path)
        sent = request[SENT] = read_token(request) if is_file else await read_sent(request)
        answer = await handler(request)
        was_cut = request.transport is None or request.transport.is_closing()
        caller = directory.by_token(sent.token or "")
        await journal.record(
            direction="in",
            what=method or ("file" if is_file else "response_url"),
            status=None if was_cut else answer.status,
            answer=None if is_file else _word(answer),
            app_id=caller.app.id if caller else None,
            team_id=caller.team_id if caller else None,
            args=_shown(sent.arguments.values),
            body=body_shown(
                None if is_file else getattr(answer, "body", None), content_type=answer.content_type
            ),
        )
        return answer

    return record


def _shown(args: Json) -> Json:
    return values_shown({name: one for name, one in args.items() if name not in _HIDDEN})


def _word(answer: web.StreamResponse) -> str | None:
    """Give `ok` or the error word of an answer."""
    body = answer.body if isinstance(answer, web.Response) else None
    if not isinstance(body, bytes):
        return None
    try:
        value = read_json(body)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    return "ok" if value.get("ok") is True else str(value.get("error"))
