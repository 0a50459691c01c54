"""Which round of buttons counts: what was pressed once must do nothing when it comes again.

A retry in place leaves the attempt as it is, and a decision taken back leaves the state as it is;
the round is what tells the buttons of before from those of now.
"""

from bot.core.errors import TransitionNotAllowedError
from bot.core.events import Command, News, Signal
from bot.core.production import TERMINAL, Production, State

_ASKED_ANEW = frozenset({Command.SUBMIT_AGAIN, Command.CHANGE_DECISION, News.CANCEL_REFUSED})


def check_current(production: Production, *, attempt: int | None, round_number: int | None) -> None:
    """Refuse what was drawn for an attempt, or a round of buttons, that is over.

    Slack delivers a click more than once, and somebody's question "Are you sure?" may have stood
    open while a colleague pressed the same button.

    Args:
        attempt: What the button was drawn for, as is `round_number`; None where it does not say.

    Raises:
        TransitionNotAllowedError: `superseded` by a newer attempt, or `answered` already.
    """
    if attempt not in {None, production.attempt.number}:
        raise TransitionNotAllowedError("superseded")
    if round_number not in {None, production.round_number}:
        raise TransitionNotAllowedError("answered")


def begins_round(before: Production, target: State, signal: Signal) -> bool:
    """Tell whether people may press anew what was pressed before, so that old buttons must rest."""
    is_revived = before.is_terminal and target not in TERMINAL
    is_made_anew = before.state is State.AWAITING_APPROVAL and target is State.PRODUCING
    return is_revived or is_made_anew or signal.kind in _ASKED_ANEW
