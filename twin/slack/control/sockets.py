"""The control endpoint that disturbs Socket Mode connections."""

from typing import TYPE_CHECKING

from aiohttp import web

from twin.slack.control.forms import LINK_DISABLED, fields_of
from twin.slack.control.lookups import app_of
from twin.slack.errors import ControlError

if TYPE_CHECKING:
    from twin.slack.app import SlackTwin


class SocketControl:
    """Answer control requests about connections."""

    def __init__(self, twin: "SlackTwin") -> None:
        self._twin = twin

    def routes(self) -> list[web.RouteDef]:
        """List the endpoints."""
        return [web.post("/__twin/apps/{id}/socket", self._disturb)]

    async def _disturb(self, request: web.Request) -> web.Response:
        """Disturb one connection or all; says which, and which are left."""
        app = app_of(self._twin.directory, request.match_info["id"])
        values = await fields_of(request, "apps/{id}/socket")
        do, number = values["do"], values.get("connection")
        sockets = self._twin.sockets
        if number is not None and number not in sockets.numbers(app.id):
            raise ControlError(f"there is no connection {number} of {app.id}")
        if do != LINK_DISABLED:
            met = await sockets.disturb(app, do=do, number=number)
        elif number is None:
            met = await sockets.disable(app)
        else:
            raise ControlError("link_disabled is about every connection; leave connection out")
        return web.json_response({"met": met, "connections": sockets.numbers(app.id)})
