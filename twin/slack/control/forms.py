"""What the control endpoints take, as tables: they are read and described by the same rows."""

from aiohttp import web

from twin.slack.control import fields as read
from twin.slack.control.fields import Form, Reader, body_of, pick
from twin.slack.place.model import Json

MOST_ADVANCE_S = 366 * 24 * 3600.0
FASTEST = 100_000
LINK_DISABLED = "link_disabled"
LONGEST_WAIT_S = 60.0

_WAIT: dict[str, Reader] = {"wait_s": read.number(least=0, most=LONGEST_WAIT_S)}
_TARGET: dict[str, Reader] = {"channel": read.text, "ts": read.text, "view_id": read.text}

# What people do, by path under `/__twin/`; each is a method of `Acting` of the same name.
ACTS: dict[str, Form] = {
    "command": (
        {
            "user": read.text,
            "channel": read.text,
            "command": read.text,
            "text": read.text,
            "thread_ts": read.text,
            **_WAIT,
        },
        ("user", "channel"),
    ),
    "submit": (
        {
            "user": read.text,
            "view_id": read.text,
            "values": read.as_is,
            "force": read.switch,
            **_WAIT,
        },
        ("user", "view_id"),
    ),
    "click": (
        {
            "user": read.text,
            **_TARGET,
            "button": read.text,
            "action_id": read.text,
            "block_id": read.text,
            "option": read.as_is,
            "values": read.as_is,
            "confirm": read.switch,
            **_WAIT,
        },
        ("user",),
    ),
    "shortcut": (
        {
            "user": read.text,
            "callback_id": read.text,
            "channel": read.text,
            "ts": read.text,
            "app": read.text,
            **_WAIT,
        },
        ("user", "callback_id"),
    ),
    "suggest": (
        {
            "user": read.text,
            **_TARGET,
            "action_id": read.text,
            "block_id": read.text,
            "value": read.text,
        },
        ("user", "action_id"),
    ),
    "close": (
        {"user": read.text, "view_id": read.text, "clear": read.switch},
        ("user", "view_id"),
    ),
    "say": (
        {"user": read.text, "channel": read.text, "text": read.text, "thread_ts": read.text},
        ("user", "channel", "text"),
    ),
    "open_home": ({"user": read.text, "app": read.text}, ("user",)),
}

# What changes things, by path under `/__twin/`.
FORMS: dict[str, Form] = {
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
    "apps": ({"manifest": read.as_is, "request_url": read.web_url}, ("manifest",)),
    "apps/{id}": (
        {
            "name": read.secret,
            "request_url": read.web_url,
            "signing_secret": read.secret,
            "redirect_urls": read.texts,
            "scopes": read.texts,
            "bot_events": read.texts,
            "is_socket_mode": read.switch,
        },
        (),
    ),
    "apps/{id}/install": ({"team_id": read.text, "scopes": read.texts}, ("team_id",)),
    "apps/{id}/uninstall": ({"team_id": read.text}, ("team_id",)),
    "apps/{id}/socket": (
        {
            "do": read.choice("warn", "disconnect", "drop", LINK_DISABLED),
            "connection": read.count(least=1, most=1_000_000_000),
        },
        ("do",),
    ),
}


async def fields_of(request: web.Request, name: str) -> Json:
    """Read a request to one of these endpoints.

    Raises:
        ControlError: A field is missing, unknown or of the wrong kind.
    """
    fields, needs = (ACTS | FORMS)[name]
    return pick(await body_of(request), fields, needs=needs)
