"""Our own gate, and a retry in place: what services without these would do otherwise."""

import pytest

from bot.core.errors import TransitionNotAllowedError
from bot.core.events import Command, News, Signal
from bot.core.machine import apply
from bot.core.notices import Kind, Route
from bot.core.production import TERMINAL, Copy, CopyState, Failure, PendingCancel, State
from bot.core.transitions import GATE, TABLE
from tests.factories import NOW, later, make_deliverable, make_job, make_production


def after(production, kind, **details):
    """Apply one signal and give what the production becomes."""
    change = apply(production, Signal(kind=kind, **details), now=later(5))
    return production if change is None else change.after


@pytest.mark.parametrize("command", [Command.APPROVE, Command.REJECT])
@pytest.mark.parametrize("state", State)
def test_every_decision_at_the_gate_is_decided_where_the_table_allows_one(state, command):
    """The gate overrides the table exactly where somebody can decide at all, and then ends it."""
    assert ((state, command) in GATE) == ((state, command) in TABLE)
    if (state, command) in GATE:
        assert GATE[state, command] in TERMINAL


def at_gate(**changes):
    """Make a production that the service has finished and that waits here."""
    usual = {"deliverables": (make_deliverable(),), "at_gate": True}
    return make_production(State.AWAITING_APPROVAL, **(usual | changes))


@pytest.mark.parametrize(
    ("command", "state"),
    [(Command.APPROVE, State.COMPLETED), (Command.REJECT, State.REJECTED)],
)
def test_decision_at_the_gate_is_the_last_word(command, state):
    """Nobody else is waited for; who decided stays."""
    decided = after(at_gate(), command, actor_id="U0BO", attempt=1, at_gate=True)
    assert (decided.state, decided.decision.user_id) == (state, "U0BO")


def test_nobody_approves_at_the_gate_what_cannot_be_watched():
    """The gate is no way round that."""
    with pytest.raises(TransitionNotAllowedError, match="nothing_to_watch"):
        after(at_gate(deliverables=()), Command.APPROVE, attempt=1, at_gate=True)


LOST, KEPT = Copy(state=CopyState.LOST), Copy(state=CopyState.KEPT)


@pytest.mark.parametrize(
    ("copies", "links_die", "is_taken"),
    [
        ((LOST, LOST), True, False),
        ((LOST, KEPT), True, True),
        ((LOST, LOST), False, True),
        ((None, None), True, True),
    ],
    ids=["all lost", "one kept", "links live", "no copies"],
)
def test_what_is_lost_for_everybody_cannot_be_approved(copies, links_die, is_taken):
    """Where links die a lost copy is a lost file; where they live the service still has it."""
    files = tuple(make_deliverable(key=str(at), copy=copy) for at, copy in enumerate(copies))
    said = {"attempt": 1, "at_gate": True, "links_die": links_die}
    if is_taken:
        decided = after(at_gate(deliverables=files), Command.APPROVE, **said)
        assert decided.state is State.COMPLETED
        return
    with pytest.raises(TransitionNotAllowedError, match="nothing_to_watch"):
        after(at_gate(deliverables=files), Command.APPROVE, **said)
    assert after(at_gate(deliverables=files), Command.REJECT, **said).state is State.REJECTED


def test_what_waits_at_the_gate_rests_only_once_it_can_be_decided():
    """Without files, or with a cancel under way, looks go on."""
    pending = PendingCancel(user_id="U0ANA", at=NOW)
    assert at_gate().rests
    assert not at_gate(deliverables=()).rests
    assert not at_gate(pending_cancel=pending).rests
    assert not at_gate(at_gate=False).rests


def test_what_was_turned_down_here_stays_so_while_it_is_finished_there():
    """A look that shows it finished still is no news; one that shows it at work again is."""
    rejected = make_production(State.REJECTED, at_gate=True, deliverables=(make_deliverable(),))
    assert after(rejected, News.AWAITING_APPROVAL, at_gate=True).state is State.REJECTED
    assert after(rejected, News.PRODUCING).state is State.PRODUCING


def test_approval_at_the_gate_owes_one_reply():
    """That it is completed, and by whom; not a second one for the approval."""
    signal = Signal(kind=Command.APPROVE, actor_id="U0BO", attempt=1, at_gate=True)
    change = apply(at_gate(), signal, now=later(5))
    replies = [one for one in change.notices if one.route is Route.REPLY]
    assert [one.kind for one in replies] == [Kind.COMPLETED]
    assert replies[0].detail["actor_id"] == "U0BO"


def test_a_retry_in_place_keeps_job_and_attempt():
    """It is requested once more, with the job that is to be taken up."""
    failed = make_production(State.FAILED, failure=Failure(code="X", text="broke"))
    again = after(failed, Command.RETRY, actor_id="U0ANA", attempt=1, round_number=1, in_place=True)
    assert again.state is State.REQUESTED
    assert (again.attempt, again.failure) == (failed.attempt, None)


def test_submitting_again_after_a_retry_in_place_keeps_the_job_too():
    """Otherwise a second, unrelated job would be ordered."""
    unknown = make_production(State.SUBMISSION_UNKNOWN, job=make_job("j1"))
    again = after(
        unknown, Command.SUBMIT_AGAIN, actor_id="U0ANA", attempt=1, round_number=1, in_place=True
    )
    assert (again.state, again.attempt.job.job_id) == (State.REQUESTED, "j1")
