"""The Web API method that lets an app connect in Socket Mode."""

from twin.slack.api.open_methods import OpenCall, OpenMethod
from twin.slack.errors import SlackError
from twin.slack.outbound.sockets import Sockets
from twin.slack.place.model import Json


def methods(sockets: Sockets) -> dict[str, OpenMethod]:
    """Give `apps.connections.open`.

    Source: tier 3 by the method's own page; older libraries say tier 1.
    """

    def open_connection(call: OpenCall) -> Json:
        if call.app is None:
            raise SlackError("not_authed")
        return {"ok": True, "url": sockets.link(call.app)}

    run = OpenMethod(run=open_connection, tier=3, takes_app_token=True)
    return {"apps.connections.open": run}
