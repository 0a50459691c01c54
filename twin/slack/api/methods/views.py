"""The Web API methods of the `views` family."""

from twin.slack.api.access import Call, read_view, seen_user
from twin.slack.errors import SlackError, missing_argument
from twin.slack.place.model import Json, View
from twin.slack.place.wire import view_json


def open_view(call: Call) -> Json:
    """Answer `views.open`; the view is checked before the trigger is used up."""
    content = read_view(call.args, kind="modal")
    trigger = call.modals.redeem(_trigger_id(call), installation=call.installation)
    return _answer(call.modals.open(trigger, content))


def push_view(call: Call) -> Json:
    """Answer `views.push`."""
    content = read_view(call.args, kind="modal")
    trigger = call.modals.redeem(_trigger_id(call), installation=call.installation)
    return _answer(call.modals.push(trigger, content))


def update_view(call: Call) -> Json:
    """Answer `views.update`."""
    view = _named_view(call)
    content = read_view(call.args, kind=view.type)
    _refuse_stale(call, view)
    return _answer(call.modals.update(view, content, installation=call.installation))


def publish_view(call: Call) -> Json:
    """Answer `views.publish`.

    Source: `not_enabled` and `view_too_large`, docs.slack.dev/reference/methods/views.publish, read
        in a copy (hex.pm, slack_kit 1.0.0), 2026-11-22.
    """
    if not call.installation.app.has_home_tab:
        raise SlackError("not_enabled")
    user = call.args.needed("user_id")
    if seen_user(call, user) is None:
        raise SlackError("user_not_found")
    content = read_view(call.args, kind="home")
    old = call.modals.home(user, app_id=call.installation.app.id)
    if old is not None:
        _refuse_stale(call, old)
    return _answer(call.modals.publish(user, content, installation=call.installation))


def _trigger_id(call: Call) -> str:
    if not call.args.has("trigger_id"):
        raise missing_argument("trigger_id")
    return call.args.text("trigger_id") or ""


def _named_view(call: Call) -> View:
    args = call.args
    if not args.has("view_id") and not args.has("external_id"):
        raise missing_argument("view_id")
    view = (
        call.modals.find(args.text("view_id") or "")
        if args.has("view_id")
        else call.modals.find_external(
            args.text("external_id") or "", installation=call.installation
        )
    )
    if view is None or view.bot_id != call.installation.bot_id:
        raise SlackError("not_found")
    return view


def _refuse_stale(call: Call, view: View) -> None:
    given = call.args.text("hash")
    if given and given != view.hash:
        raise SlackError("hash_conflict")


def _answer(view: View) -> Json:
    return {"ok": True, "view": view_json(view)}
