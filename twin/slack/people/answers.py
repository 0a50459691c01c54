"""What the bot may answer to a command and to a form, and what that does in the workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.foreign_json import read_json
from twin.slack.api.access import checked_view
from twin.slack.api.response_urls import Grant, ResponseUrls
from twin.slack.errors import SlackError
from twin.slack.outbound.outcomes import Outcome
from twin.slack.place.modals import Modals
from twin.slack.place.model import Installation, Json, View
from twin.slack.place.wire import view_json
from twin.slack.text import inputs


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Where a form stands, and the app it belongs to."""

    modals: Modals
    installation: Installation


def show_command_answer(outcome: Outcome, grant: Grant, response_urls: ResponseUrls) -> str | None:
    """Show what came back with the ack of a command, to the person or the channel.

    Returns:
        The error the person is shown instead, or None.
    """
    answer = _command_answer(outcome.body)
    if not answer:
        return None
    try:
        response_urls.answer(grant, answer)
    except SlackError:
        return "invalid_command_response"
    return None


def _command_answer(body: str) -> Json:
    """Read what is to be shown; nothing where an ack has neither text nor blocks.

    Bolt for JavaScript acks with `{}` over a socket (slackapi/node-slack-sdk#1455).
    """
    if not body.strip():
        return {}
    try:
        value = read_json(body)
    except ValueError:
        return {"text": body}
    if not isinstance(value, dict):
        return {"text": body}
    if not value.keys() & {"text", "blocks"}:
        return {}
    return {key: value[key] for key in ("text", "blocks", "response_type") if key in value}


def apply_form_answer(
    outcome: Outcome, view: View, *, modals: Modals, installation: Installation
) -> Json:
    """Do what the bot answered to a form.

    Returns:
        `response_action` (None for a plain close), `error` (what the person is shown, or None),
        and by action: `errors`, `errors_by_label`, or the new `view`.
    """
    if outcome.error is not None:
        return {"response_action": None, "error": outcome.error}
    try:
        answer = read_json(outcome.body) if outcome.body.strip() else {}
    except ValueError:
        return _useless("the answer is not JSON")
    if not isinstance(answer, dict):
        return _useless("the answer is no object")
    view = modals.find(view.id) or view
    if not answer:
        modals.close(view)
        return {"response_action": None, "error": None}
    action = answer.get("response_action")
    if not isinstance(action, str) or action not in _ACTIONS:
        return _useless(f"response_action must be one of {', '.join(_ACTIONS)}")
    return {"response_action": action, "error": None} | _ACTIONS[action](
        answer, view, Shown(modals=modals, installation=installation)
    )


def _useless(why: str) -> Json:
    return {"response_action": None, "error": f"invalid_response: {why}"}


def _show_errors(answer: Json, view: View, _: Shown) -> Json:
    errors: Any = answer.get("errors")
    labels = {block["block_id"]: block["label"]["text"] for block in inputs(view.blocks)}
    if not isinstance(errors, dict) or not errors:
        return {"error": "invalid_response: errors must be an object with at least one entry"}
    for block_id, text in errors.items():
        if block_id not in labels:
            return {"error": f"invalid_response: no input block {block_id!r}"}
        if not isinstance(text, str) or not text:
            return {"error": f"invalid_response: no text for {block_id!r}"}
    by_label = {labels[block_id]: text for block_id, text in errors.items()}
    return {"errors": errors, "errors_by_label": by_label}


def _update(answer: Json, view: View, shown: Shown) -> Json:
    return _put(
        answer,
        lambda content: shown.modals.update(view, content, installation=shown.installation),
    )


def _push(answer: Json, view: View, shown: Shown) -> Json:
    return _put(
        answer,
        lambda content: shown.modals.push_over(view, content, installation=shown.installation),
    )


def _put(answer: Json, put: Callable[[Json], View]) -> Json:
    """Put the answer's view on the screen, or say why it cannot be."""
    try:
        newer = put(checked_view(answer.get("view"), kind="modal"))
    except SlackError as error:
        return _bad_view(error)
    return {"view": view_json(newer)}


def _bad_view(error: SlackError) -> Json:
    messages = error.extra.get("response_metadata", {}).get("messages", [error.word])
    return {"error": f"invalid_response: {'; '.join(messages)}"}


def _clear(_: Json, view: View, shown: Shown) -> Json:
    shown.modals.clear(view.user)
    return {}


_ACTIONS: dict[str, Callable[[Json, View, Shown], Json]] = {
    "errors": _show_errors,
    "update": _update,
    "push": _push,
    "clear": _clear,
}
