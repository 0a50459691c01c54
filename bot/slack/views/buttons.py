"""Which buttons make sense now, the likely one first; what costs asks before it is done."""

from collections.abc import Callable, Mapping

from bot.core.copies import can_be_watched
from bot.core.production import Production, State
from bot.slack.ids import Action, ButtonValue, build_value
from bot.slack.views.face import Face
from bot.slack.views.parts import Json, button, confirm, cut, is_usable_url

Buttons = Callable[[Production, Face], list[Json]]


def build_buttons(production: Production, face: Face) -> list[Json]:
    """Build the buttons of a card, at most five, the first being the likely one."""
    if face.capabilities.is_off:
        return _WHILE_OFF.get(production.state, _none)(production, face)
    return _BUTTONS[production.state](production, face)


def _button(
    production: Production,
    action: Action,
    words: str,
    *,
    style: str | None = None,
    asks: Json | None = None,
) -> Json:
    about = ButtonValue(
        production_id=production.id,
        attempt=production.attempt.number,
        round_number=production.round_number,
    )
    return button(words, action_id=action, value=build_value(about), style=style, asks=asks)


def _studio(face: Face, *, style: str | None = None) -> list[Json]:
    url = face.console_url
    if not is_usable_url(url):
        return []
    return [button("Open in Studio", action_id=Action.OPEN_STUDIO, url=url, style=style)]


def _cancel(production: Production, costs: str) -> Json:
    asks = confirm("Cancel this video?", costs, yes="Yes, cancel it")
    return _button(production, Action.CANCEL, "Cancel", style="danger", asks=asks)


def _label(face: Face) -> str:
    return cut(face.label, 40)


def _requested(production: Production, face: Face) -> list[Json]:
    costs = f"Nothing has been sent to {_label(face)} yet, so nothing is charged."
    return [_cancel(production, costs)]


def _none(_production: Production, _face: Face) -> list[Json]:
    return []


def _unknown(production: Production, face: Face) -> list[Json]:
    label = _label(face)
    twice = confirm(
        "Send it a second time?",
        f"If {label} did get the first request, the video is made and charged twice.",
        yes="Yes, send again",
    )
    link = _button(production, Action.LINK_EXISTING, "Link existing", style="primary")
    return [
        *([link] if face.capabilities.finds_by_id else []),
        _button(production, Action.SUBMIT_AGAIN, "Submit again", asks=twice),
        *_give_up(production, face),
    ]


def _give_up(production: Production, face: Face) -> list[Json]:
    leave = confirm(
        "Stop following this?",
        f"If {_label(face)} did get the request, it still makes and charges the video. "
        "Nobody is told here when it is ready.",
        yes="Yes, give up",
    )
    return [_button(production, Action.GIVE_UP, "Give up", style="danger", asks=leave)]


def _running(production: Production, face: Face) -> list[Json]:
    if production.pending_cancel is not None or not face.capabilities.has_cancel:
        return _studio(face)
    costs = (
        f"What is made so far is lost. What {_label(face)} has already spent on it "
        "may still be charged."
    )
    return [_cancel(production, costs), *_studio(face)]


def _awaiting(production: Production, face: Face) -> list[Json]:
    if production.decision is not None:
        return _decided(production, face)
    if production.pending_cancel is not None:
        return _studio(face)
    approve = _button(production, Action.APPROVE, "Approve", style="primary")
    reject = _button(production, Action.REJECT, "Reject", style="danger")
    if can_be_watched(production, links_die=face.capabilities.links_die):
        return [approve, reject, *_studio(face)]
    # Nobody can approve what they cannot watch.
    if not production.deliverables:  # They may be listed yet.
        return [reject, *_studio(face)]
    again = _button(production, Action.AGAIN, "Again with changes")
    return [reject, again, *_studio(face)]


def _decided(production: Production, face: Face) -> list[Json]:
    if not face.capabilities.decides_in_console:
        return []
    asks = confirm(
        "Take the decision back?",
        "The video then waits for approval again, and those who may decide are asked anew.",
        yes="Yes, take it back",
    )
    change = _button(production, Action.CHANGE_DECISION, "Change decision", asks=asks)
    return [*_studio(face, style="primary"), change]


def _distributing(_production: Production, face: Face) -> list[Json]:
    return _studio(face)


def _again(production: Production, _face: Face) -> list[Json]:
    return [_button(production, Action.AGAIN, "Again")]


def _failed(production: Production, face: Face) -> list[Json]:
    is_same_job = face.capabilities.retries_in_place and production.attempt.job is not None
    asks = _asks_again(face) if is_same_job else _asks_anew(face)
    is_of_form = production.failure is not None and production.failure.is_of_form
    first, second = (None, "primary") if is_of_form else ("primary", None)
    retry = _button(production, Action.RETRY, "Retry", style=first, asks=asks)
    change = _button(production, Action.AGAIN, "Again with changes", style=second)
    steps = (change, retry) if is_of_form else (retry, change)
    # What was never sent is not there to be looked at.
    return [*steps, *(_studio(face) if production.attempt.job is not None else [])]


def _asks_anew(face: Face) -> Json:
    return confirm(
        "Send it again?",
        f"The same request goes to {_label(face)} once more, as a new video that is charged "
        "like any other.",
        yes="Yes, send it again",
    )


def _asks_again(face: Face) -> Json:
    return confirm(
        "Let it try again?",
        f"{_label(face)} takes the same job up again. It may be charged once more.",
        yes="Yes, try again",
    )


_BUTTONS: Mapping[State, Buttons] = {
    State.REQUESTED: _requested,
    State.SUBMITTING: _none,
    State.SUBMISSION_UNKNOWN: _unknown,
    State.QUEUED: _running,
    State.PRODUCING: _running,
    State.AWAITING_APPROVAL: _awaiting,
    State.DISTRIBUTING: _distributing,
    State.COMPLETED: _again,
    State.FAILED: _failed,
    State.REJECTED: _again,
    State.CANCELLED: _again,
}
_WHILE_OFF: Mapping[State, Buttons] = {
    State.REQUESTED: _requested,
    State.SUBMISSION_UNKNOWN: _give_up,
}
"""What needs no service, for while it is switched off."""
