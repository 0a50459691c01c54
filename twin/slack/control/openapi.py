"""The local Slack's control endpoints as an OpenAPI document, from the tables they are read by."""

from collections.abc import Iterable
from typing import Any

from twin.faults import fault_schema
from twin.openapi import Operation, build_document
from twin.slack.control.fields import Form
from twin.slack.control.forms import ACTS, FORMS, LONGEST_WAIT_S
from twin.slack.place.model import Json

_ABOUT = (
    "Act as the people of a local Slack, look at what is there, change it, and make bad days. Acts "
    "answer with `error`: null, what the person is shown, or `client: …` where their own client "
    "would not have let them. Web pages of other origins are refused with 403."
)
_TEXT: Json = {"type": "string"}
_NEEDED: Json = {**_TEXT, "required": True}
_EVENT: Json = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "minLength": 1},
        "force": {"type": "boolean"},
        "app_id": _TEXT,
        "team_id": _TEXT,
    },
    "required": ["type"],
}
_UPLOAD: Json = {
    "type": "object",
    "properties": {
        "user": _TEXT,
        "channel": _TEXT,
        "thread_ts": _TEXT,
        "text": _TEXT,
        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
    },
    "required": ["user", "file"],
}
_JOURNAL: dict[str, Json] = {
    "after": {"type": "integer", "minimum": 0},
    "wait_s": {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT_S},
}

_ACTS = {
    "command": "Type a slash command as a person.",
    "submit": "Fill in and send a form.",
    "click": "Click a button, or choose in a select, a menu or a picker.",
    "suggest": "Ask for the options of an external select.",
    "shortcut": "Run a global or message shortcut.",
    "close": "Close a form.",
    "say": "Write a message as a person.",
    "open_home": "Open an app's Home tab.",
}
_CHANGES = {
    "app": "Change how the seeded app is set up.",
    "token": "Change what becomes of the seeded app's token.",
    "messages/delete": "Delete any message.",
    "channels/{id}": "Archive a channel, or let people in or out.",
    "users/{id}": "Change a person.",
    "groups/{id}": "Change who is in a user group.",
    "clock": "Move time on by hand, or change how fast it goes.",
    "limits": "Change a method's rate limit, or that of all with `*`.",
    "apps": "Register an app by its manifest, and give its credentials.",
    "apps/{id}": "Change an app.",
    "apps/{id}/install": "Install an app in a workspace, and give its bot token.",
    "apps/{id}/uninstall": "Take an app out of a workspace.",
    "apps/{id}/socket": "Disturb an app's Socket Mode connections.",
}
_LOOKS: dict[str, tuple[str, dict[str, Json]]] = {
    "app": ("Show how the seeded app is set up.", {}),
    "apps": ("List every app with where it is installed, without secrets.", {}),
    "messages": (
        "List a channel's or a thread's messages, and the private ones apart.",
        {"channel": _NEEDED, "thread_ts": _TEXT},
    ),
    "views": (
        "List a person's open forms, and their Home tab of an app.",
        {"user": _NEEDED, "app": _TEXT},
    ),
    "channels": ("List every workspace's conversations.", {}),
    "users": ("List every workspace's people and bots.", {}),
    "groups": ("List every workspace's user groups.", {}),
    "files/{file_id}": ("Show a file's bytes as a person of the workspace sees them.", {}),
    "faults": ("List the rules in force.", {}),
    "journal": ("List what went over the wire, waiting for it if asked to.", _JOURNAL),
    "page/state": (
        "Show everything that one person sees, for the page.",
        {"user": _TEXT, "channel": _TEXT, "thread": _TEXT},
    ),
    "openapi.json": ("Show this document.", {}),
}


def document() -> Json:
    """Write the document."""
    return build_document(_operations(), title="Local Slack, control", about=_ABOUT)


def _operations() -> Iterable[Operation]:
    for name, form in ACTS.items():
        yield _change(name, _ACTS[name], form)
    for name, form in FORMS.items():
        yield _change(name, _CHANGES[name], form)
    for name, (summary, query) in _LOOKS.items():
        yield Operation(call=f"GET /__twin/{name}", summary=summary, query=query)
    yield from _others()


def _others() -> Iterable[Operation]:
    """List those whose bodies are read otherwise than by a table of fields."""
    yield Operation(
        call="POST /__twin/event", summary="Send an event if subscribed or forced.", body=_EVENT
    )
    yield Operation(
        call="POST /__twin/upload",
        summary="Upload files as a person.",
        body=_UPLOAD,
        media="multipart/form-data",
    )
    yield Operation(
        call="POST /__twin/faults",
        summary="Add a rule behind those that stand.",
        body=fault_schema(),
    )
    yield Operation(call="DELETE /__twin/faults", summary="Drop every rule.")
    yield Operation(call="DELETE /__twin/faults/{id}", summary="Drop one rule.")
    yield Operation(
        call="GET /__twin/page/stream",
        summary="Tell, as server-sent events, that something the page shows has changed.",
        answers="text/event-stream",
    )
    for method in ("GET", "POST", "DELETE"):
        yield Operation(
            call=f"{method} /__twin/services/{{name}}/{{path}}",
            summary="Pass a call on to the control endpoints of a service.",
            body=None if method == "GET" else {},
        )


def _change(name: str, summary: str, form: Form) -> Operation:
    fields, needs = form
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {field: reader.schema for field, reader in fields.items()},
        "additionalProperties": False,
    }
    if needs:
        schema["required"] = list(needs)
    return Operation(call=f"POST /__twin/{name}", summary=summary, body=schema)
