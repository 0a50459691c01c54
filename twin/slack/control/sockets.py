"""The control endpoint that disturbs Socket Mode connections."""

from typing import TYPE_CHECKING

from aiohttp import web

from twin.slack.control import fields as read
from twin.slack.control.fields import Reader, body_of, pick
from twin.slack.errors import ControlError

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin

_LINK_DISABLED = "link_disabled"
_FIELDS: dict[str, Reader] = {
    "do": read.choice("warn", "disconnect", "drop", _LINK_DISABLED),
    "connection": read.count(least=1, most=1_000_000_000),
}
# Path under `/__twin/` → (fields, those that cannot be left out).
FORMS: dict[str, tuple[dict[str, Reader], tuple[str, ...]]] = {
    "apps/{id}/socket": (_FIELDS, ("do",))
}


class SocketControl:
    """Answer control requests about connections."""

    def __init__(self, twin: "SlackTwin") -> None:
        self._twin = twin

    def routes(self) -> list[web.RouteDef]:
        """List the endpoints."""
        return [web.post("/__twin/apps/{id}/socket", self._disturb)]

    async def _disturb(self, request: web.Request) -> web.Response:
        """Disturb one connection or all; says which, and which are left."""
        app = self._twin.directory.apps.get(request.match_info["id"])
        if app is None:
            raise ControlError(f"there is no app {request.match_info['id']!r}")
        values = pick(await body_of(request), _FIELDS, needs=("do",))
        do, number = values["do"], values.get("connection")
        sockets = self._twin.sockets
        if number is not None and number not in sockets.numbers(app.id):
            raise ControlError(f"there is no connection {number} of {app.id}")
        if do != _LINK_DISABLED:
            met = await sockets.disturb(app, do=do, number=number)
        elif number is None:
            met = await sockets.disable(app)
        else:
            raise ControlError("link_disabled is about every connection; leave connection out")
        return web.json_response({"met": met, "connections": sockets.numbers(app.id)})
