"""Buttons of a round that is over do nothing, whatever they were for."""

import pytest

from bot.core.errors import TransitionNotAllowedError
from bot.core.events import Command, News, Signal
from bot.core.machine import apply
from bot.core.production import Decision, PendingCancel, State, Verdict
from tests.factories import NOW, later, make_deliverable, make_production

APPROVED = Decision(verdict=Verdict.APPROVE, user_id="U0BO", at=NOW, attempt=1)
ASKED = PendingCancel(user_id="U0ANA", at=NOW)


def after(production, kind, **details):
    """Apply one signal and give what the production becomes."""
    change = apply(production, Signal(kind=kind, **details), now=later(5))
    return production if change is None else change.after


@pytest.mark.parametrize("command", Command)
@pytest.mark.parametrize("state", State)
def test_no_command_of_an_older_round_does_anything(command, state):
    """It is refused before anything else is asked, in every state."""
    production = make_production(state, round_number=2)
    with pytest.raises(TransitionNotAllowedError, match="answered"):
        after(production, command, attempt=1, round_number=1)


@pytest.mark.parametrize(
    ("production", "kind"),
    [
        (make_production(State.FAILED), Command.RETRY),
        (make_production(State.SUBMISSION_UNKNOWN), Command.SUBMIT_AGAIN),
        (make_production(State.FAILED), News.PRODUCING),
        (make_production(State.CANCELLED), News.QUEUED),
        (make_production(State.AWAITING_APPROVAL), News.PRODUCING),
        (make_production(State.AWAITING_APPROVAL, decision=APPROVED), Command.CHANGE_DECISION),
        (make_production(State.PRODUCING, pending_cancel=ASKED), News.CANCEL_REFUSED),
    ],
)
def test_what_is_open_anew_begins_a_round(production, kind):
    """What people pressed before is asked of them again, so the old buttons must rest."""
    assert after(production, kind).round_number == 2


@pytest.mark.parametrize(
    ("production", "kind"),
    [
        (make_production(State.QUEUED), News.PRODUCING),
        (make_production(State.PRODUCING), News.AWAITING_APPROVAL),
        (make_production(State.PRODUCING), News.FAILED),
        (make_production(State.SUBMITTING), News.NOT_SENT),
        (make_production(State.PRODUCING), Command.CANCEL),
    ],
)
def test_what_goes_its_way_leaves_the_round(production, kind):
    """A button pressed while its card is just being drawn anew still counts."""
    assert after(production, kind).round_number == 1


def test_a_button_of_before_rounds_pays_for_nothing_in_place():
    """The attempt stays, so nothing tells whether it has been pressed before."""
    failed = make_production(State.FAILED)
    with pytest.raises(TransitionNotAllowedError, match="uncounted"):
        after(failed, Command.RETRY, attempt=1, in_place=True)
    retried = after(failed, Command.RETRY, attempt=1, round_number=1, in_place=True)
    assert retried.state is State.REQUESTED


def test_a_button_of_before_rounds_still_begins_the_next_attempt():
    """There the number of the attempt tells a second click from the first."""
    failed = make_production(State.FAILED)
    retried = after(failed, Command.RETRY, attempt=1)
    assert retried.attempt.number == 2


def test_a_button_of_before_rounds_still_decides():
    """Nothing is paid for by it."""
    waiting = make_production(State.AWAITING_APPROVAL, deliverables=(make_deliverable(),))
    assert after(waiting, Command.APPROVE, attempt=1, actor_id="U0BO").decision is not None
