"""What the control endpoints that change something take; acts of people stand with `Control`."""

from aiohttp import web

from twin.slack.control import fields as read
from twin.slack.control.fields import Reader, body_of, pick
from twin.slack.place.model import Json

MOST_ADVANCE_S = 366 * 24 * 3600.0
FASTEST = 100_000

# Path under `/__twin/` → (fields, those that cannot be left out).
FORMS: dict[str, tuple[dict[str, Reader], tuple[str, ...]]] = {
    "app": (
        {
            "request_url": read.web_url,
            "signing_secret": read.secret,
            "scopes": read.texts,
            "bot_events": read.texts,
            "edit_window_s": read.nothing_or(read.number(least=0, most=MOST_ADVANCE_S)),
        },
        (),
    ),
    "token": ({"state": read.choice("ok", "revoked", "inactive", "invalid")}, ("state",)),
    "messages/delete": ({"channel": read.text, "ts": read.text}, ("channel", "ts")),
    "channels/{id}": ({"archived": read.switch, "add": read.texts, "remove": read.texts}, ()),
    "users/{id}": (
        {
            "deleted": read.switch,
            "is_admin": read.switch,
            "is_restricted": read.switch,
            "is_ultra_restricted": read.switch,
            "is_stranger": read.switch,
            "team_id": read.secret,
            "real_name": read.secret,
            "locale": read.secret,
            "title": read.text,
        },
        (),
    ),
    "groups/{id}": ({"users": read.texts}, ("users",)),
    "clock": (
        {
            "advance_s": read.number(least=0, most=MOST_ADVANCE_S),
            "speed": read.number(least=0, most=FASTEST),
        },
        (),
    ),
    "limits": (
        {
            "method": read.secret,
            "per_minute": read.count(least=0, most=1_000_000),
            "off": read.switch,
        },
        ("method",),
    ),
}


async def fields_of(request: web.Request, name: str) -> Json:
    """Read a request to one of the endpoints above.

    Raises:
        ControlError: A field is missing, unknown or of the wrong kind.
    """
    fields, needs = FORMS[name]
    return pick(await body_of(request), fields, needs=needs)
