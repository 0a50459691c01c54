"""What a request from Slack says: parsed once, and refused where Bolt or a listener would trip.

A good signature, or Slack's own socket, says who sent it, not that it makes sense. What is checked
here is what is read without looking first; what lies deeper (values, metadata, form fields) is read strictly in
`bot.slack`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard
from urllib.parse import parse_qsl

from bot.slack.ids import AT_HOME, IN_FORMS

Json = dict[str, Any]

_OBJECTS = (
    "user",
    "team",
    "enterprise",
    "channel",
    "container",
    "message",
    "view",
    "event",
)
_LISTS = ("actions", "authorizations", "response_urls")
_COMMAND = ("command", "user_id", "channel_id", "trigger_id")


def read_request(text: str, content_type: str) -> Json | None:
    """Parse a body: an event in JSON, an interaction in its `payload`, or a command's fields.

    Returns:
        None where it is none of these.
    """
    if content_type.split(";", maxsplit=1)[0].strip() == "application/json":
        event = _json(text)
        return event if _is_event(event) else None
    fields = dict(parse_qsl(text, keep_blank_values=True))
    if "payload" in fields:
        payload = _json(fields["payload"])
        return payload if _is_interaction(payload) else None
    is_check = fields.get("ssl_check") == "1"
    return fields if is_check or _has(fields, *_COMMAND) else None


def read_payload(kind: str, payload: object) -> Json | None:
    """Read what an envelope of Socket Mode holds.

    Args:
        kind: The envelope's type: `slash_commands`, `interactive` or `events_api`.

    Returns:
        None where it is none of these, or makes no sense.
    """
    check = _BY_KIND.get(kind)
    if check is None or not _is_storable(payload) or not check(payload):
        return None
    return dict(payload) if isinstance(payload, Mapping) else None


def _json(text: str) -> object:
    """Parse JSON; None for what is none, and for half characters, which nothing can store."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if _is_storable(value) else None


def _is_storable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _is_event(body: object) -> TypeGuard[Json]:
    if not _has_shape(body) or not _has(body, "type"):
        return False
    if body["type"] != "event_callback":
        return True
    event = body.get("event")
    return _has(event, "type") and _is_known_event(event)


def _is_known_event(event: Any) -> bool:
    """Tell whether an event that we listen to says what we read."""
    return event["type"] != "app_home_opened" or _has(event, "user", "tab")


def _is_interaction(body: object) -> TypeGuard[Json]:
    if not _has_shape(body) or not _has(body, "type") or not _has(body.get("user"), "id"):
        return False
    check = _BY_TYPE.get(body["type"])
    return check is None or check(body)


def _is_click(body: Json) -> bool:
    actions = body.get("actions")
    return (
        bool(actions)
        and all(_has(action, "action_id") for action in actions or ())
        and (_has(body.get("channel"), "id") or _is_at_home(body) or _is_in_form(body))
        and _has(body, "trigger_id")
        and _has_texts(body.get("container") or {}, "message_ts", "thread_ts")
    )


def _is_at_home(body: Json) -> bool:
    """Tell whether a click was in the Home tab, on something that stands there."""
    clicked = {action["action_id"] for action in body["actions"]}
    return _has(body.get("view"), "id") and clicked <= AT_HOME


def _is_in_form(body: Json) -> bool:
    """Tell whether something was chosen in an open form, in a field that tells us so."""
    clicked = {action["action_id"] for action in body["actions"]}
    view = body.get("view")
    return _has(view, "id", "type", "hash", "callback_id") and clicked <= IN_FORMS


def _is_search(body: Json) -> bool:
    is_typed = isinstance(body.get("value"), str)
    return is_typed and _has(body, "action_id", "block_id") and _has(body.get("view"), "id")


def _is_shortcut(body: Json) -> bool:
    return _has(body, "callback_id", "trigger_id")


def _is_form(body: Json) -> bool:
    return _has(body.get("view"), "id", "type", "callback_id")


_BY_TYPE: Mapping[str, Callable[[Json], bool]] = {
    "block_actions": _is_click,
    "block_suggestion": _is_search,
    "shortcut": _is_shortcut,
    "view_submission": _is_form,
    "view_closed": _is_form,
}


def _has_shape(body: object) -> TypeGuard[Json]:
    """Tell whether objects are objects and lists are lists of objects, where they are there."""
    if not isinstance(body, dict):
        return False
    lists = [body[name] for name in _LISTS if body.get(name) is not None]
    if not all(isinstance(one, list) for one in lists):
        return False
    objects = [body[name] for name in _OBJECTS if body.get(name) is not None]
    parts = [*objects, *(part for one in lists for part in one)]
    return all(isinstance(part, dict) for part in parts) and _has_texts(body, "response_url")


def _has(part: object, *names: str) -> bool:
    """Tell whether something is an object in which all these are texts and not empty."""
    return isinstance(part, dict) and all(
        isinstance(part.get(name), str) and part[name] for name in names
    )


def _has_texts(part: Json, *names: str) -> bool:
    """Tell whether these are texts where they are there."""
    return all(isinstance(part.get(name, ""), str | None) for name in names)


def _is_command(body: Any) -> bool:
    return _has(body, *_COMMAND) and _has_texts(body, "text", "response_url")


_BY_KIND: Mapping[str, Callable[[Any], bool]] = {
    "slash_commands": _is_command,
    "interactive": _is_interaction,
    "events_api": _is_event,
}
"""Envelope type to the check of what is in it."""
