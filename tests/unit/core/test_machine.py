"""The lifecycle table and the function that applies signals to productions."""

import pytest

from bot.core.errors import TransitionNotAllowedError
from bot.core.events import Command, News, Signal
from bot.core.machine import apply
from bot.core.production import (
    LOOKED_AT,
    Decision,
    Failure,
    PendingCancel,
    Problem,
    Progress,
    State,
    Verdict,
)
from bot.core.transitions import STALE, TABLE
from tests.factories import NOW, later, make_deliverable, make_job, make_production

APPROVED = Decision(verdict=Verdict.APPROVE, user_id="U0BO", at=NOW, attempt=1)
REJECTED = Decision(verdict=Verdict.REJECT, user_id="U0BO", at=NOW, attempt=1, reason="Too long")


def after(production, kind, **details):
    """Apply one signal and give what the production becomes."""
    change = apply(production, Signal(kind=kind, **details), now=later(5))
    return production if change is None else change.after


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("news", News)
def test_every_pair_of_state_and_news_is_decided_once(state, news):
    """Each (state, news) pair stands in the table or is declared stale, never both."""
    assert ((state, news) in TABLE) != ((state, news) in STALE)


@pytest.mark.parametrize(("state", "news"), sorted(STALE))
def test_stale_news_changes_no_state_and_never_raises(state, news):
    """News that does not fit leaves the state alone."""
    assert after(make_production(state), news).state is state


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("command", Command)
def test_commands_outside_the_table_are_refused(state, command):
    """A command that does not fit raises, and says why."""
    if (state, command) in TABLE:
        return
    with pytest.raises(TransitionNotAllowedError, match="too_late"):
        apply(make_production(state), Signal(kind=command, actor_id="U0BO"), now=NOW)


def test_the_main_story_reaches_completed():
    """Requested, submitting, queued, producing, review, distributing, completed."""
    production = make_production()
    production = after(production, News.SUBMISSION_BEGUN)
    assert production.state is State.SUBMITTING
    production = after(production, News.ACCEPTED, job=make_job("j9"), word="Queued")
    assert (production.state, production.attempt.job.job_id) == (State.QUEUED, "j9")
    production = after(production, News.PRODUCING, word="Producing")
    production = after(
        production,
        News.AWAITING_APPROVAL,
        word="AwaitingApproval",
        deliverables=(make_deliverable(),),
    )
    production = after(production, Command.APPROVE, actor_id="U0BO", attempt=1)
    assert production.state is State.AWAITING_APPROVAL
    assert production.decision.user_id == "U0BO"
    production = after(production, News.DISTRIBUTING, word="Distributing")
    production = after(production, News.COMPLETED, word="Published")
    assert production.state is State.COMPLETED
    assert production.version == make_production().version + 7


def test_every_change_has_one_event_numbered_like_the_version():
    """History has no gaps: event number and version go together."""
    change = apply(make_production(State.QUEUED), Signal(kind=News.PRODUCING), now=later(9))
    assert change.event.number == change.after.version == change.before.version + 1
    assert (change.event.before, change.event.after) == (State.QUEUED, State.PRODUCING)
    assert change.event.at == later(9)


def test_the_same_look_twice_is_no_change():
    """A look that shows what we know owes nothing."""
    production = make_production(State.PRODUCING, provider_word="Producing")
    assert apply(production, Signal(kind=News.PRODUCING, word="Producing"), now=NOW) is None


def test_looks_may_jump_forward():
    """Polling samples: queued may be followed by completed."""
    assert after(make_production(State.QUEUED), News.COMPLETED).state is State.COMPLETED


def test_stale_news_still_shows_the_services_word():
    """The card shows the service's own word even where our state stays."""
    production = after(make_production(State.DISTRIBUTING), News.PRODUCING, word="Producing")
    assert (production.state, production.provider_word) == (State.DISTRIBUTING, "Producing")


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED, State.REJECTED])
def test_news_of_life_reopens_what_had_ended(state):
    """An operator may revive a job; then the production goes on and the failure is gone."""
    production = make_production(state, failure=Failure(code="X", text="broke"))
    reopened = after(production, News.PRODUCING, word="Producing")
    assert (reopened.state, reopened.failure) == (State.PRODUCING, None)


def test_a_completed_production_stays_completed():
    """Nothing re-opens what was published."""
    assert after(make_production(State.COMPLETED), News.FAILED).state is State.COMPLETED


def test_second_decision_names_who_decided_first():
    """Two people at once: the second is told who won."""
    production = make_production(
        State.AWAITING_APPROVAL, decision=APPROVED, deliverables=(make_deliverable(),)
    )
    with pytest.raises(TransitionNotAllowedError) as refused:
        after(production, Command.REJECT, actor_id="U0MEI", attempt=1)
    assert (refused.value.why, refused.value.by_id) == ("decided", "U0BO")


def test_nobody_approves_what_cannot_be_watched():
    """Approve needs files; reject does not."""
    production = make_production(State.AWAITING_APPROVAL)
    with pytest.raises(TransitionNotAllowedError, match="nothing_to_watch"):
        after(production, Command.APPROVE, actor_id="U0BO", attempt=1)
    assert after(production, Command.REJECT, actor_id="U0BO", attempt=1).decision is not None


def test_a_decision_can_be_changed_until_the_service_moves():
    """Change decision takes it back; once distributing it is too late."""
    production = make_production(State.AWAITING_APPROVAL, decision=APPROVED)
    assert after(production, Command.CHANGE_DECISION, actor_id="U0BO", attempt=1).decision is None
    with pytest.raises(TransitionNotAllowedError, match="too_late"):
        after(make_production(State.DISTRIBUTING), Command.CHANGE_DECISION, attempt=1)


def test_changing_no_decision_is_refused():
    """There is nothing to change before somebody decided."""
    with pytest.raises(TransitionNotAllowedError, match="undecided"):
        after(make_production(State.AWAITING_APPROVAL), Command.CHANGE_DECISION, attempt=1)


def test_a_click_on_an_old_attempt_is_superseded():
    """Buttons carry the attempt; v1's buttons do nothing to v2."""
    with pytest.raises(TransitionNotAllowedError, match="superseded"):
        after(make_production(State.QUEUED, number=2), Command.CANCEL, attempt=1)


def test_cancel_before_sending_ends_it_at_once():
    """Nothing was sent, so nobody needs to be asked."""
    production = after(make_production(), Command.CANCEL, actor_id="U0ANA", attempt=1)
    assert (production.state, production.ending.user_id) == (State.CANCELLED, "U0ANA")


def test_cancel_of_a_running_job_waits_for_the_service():
    """The state stays until a look shows it; a second cancel is refused."""
    production = after(
        make_production(State.PRODUCING), Command.CANCEL, actor_id="U0ANA", attempt=1
    )
    assert production.state is State.PRODUCING
    with pytest.raises(TransitionNotAllowedError, match="already_asked"):
        after(production, Command.CANCEL, actor_id="U0MEI", attempt=1)
    cancelled = after(production, News.CANCELLED, word="Cancelled")
    assert (cancelled.state, cancelled.ending.user_id) == (State.CANCELLED, "U0ANA")


def test_cancel_during_submission_holds_when_nothing_was_sent():
    """A submission that did not leave is not tried again once somebody cancelled."""
    production = make_production(
        State.SUBMITTING, pending_cancel=PendingCancel(user_id="U0ANA", at=NOW)
    )
    assert after(production, News.NOT_SENT).state is State.CANCELLED
    assert after(production, News.ACCEPTED, job=make_job()).pending_cancel is not None


def test_a_refused_cancel_is_forgotten():
    """Too late: the production goes on without a pending cancel."""
    production = make_production(
        State.PRODUCING, pending_cancel=PendingCancel(user_id="U0ANA", at=NOW)
    )
    assert after(production, News.CANCEL_REFUSED).pending_cancel is None


def test_rejection_with_cancel_asks_the_service_to_cancel():
    """Where so configured, a rejection also cancels the job."""
    production = after(
        make_production(State.AWAITING_APPROVAL),
        Command.REJECT,
        actor_id="U0BO",
        attempt=1,
        reason="Too long",
        cancels=True,
    )
    assert production.pending_cancel.user_id == "U0BO"


def test_cancelled_after_a_rejection_reads_as_rejected():
    """What the Studio cancels after our rejection is rejected, not cancelled."""
    production = make_production(State.AWAITING_APPROVAL, decision=REJECTED)
    assert after(production, News.CANCELLED).state is State.REJECTED


@pytest.mark.parametrize("command", [Command.RETRY, Command.SUBMIT_AGAIN])
def test_trying_again_makes_the_next_attempt_in_the_same_thread(command):
    """v2 starts from nothing but the request and the thread."""
    state = State.FAILED if command is Command.RETRY else State.SUBMISSION_UNKNOWN
    production = make_production(state, failure=Failure(code="X", text=""))
    again = after(production, command, actor_id="U0ANA", attempt=1)
    assert (again.state, again.attempt.number, again.attempt.job) == (State.REQUESTED, 2, None)
    assert (again.thread_ts, again.failure) == (production.thread_ts, None)


def test_linking_gives_the_attempt_its_job():
    """After a person linked a job, it is followed like any other."""
    production = make_production(State.SUBMISSION_UNKNOWN, failure=Failure(code=None, text="?"))
    linked = after(production, Command.LINK, actor_id="U0ANA", attempt=1, job=make_job("j7"))
    assert (linked.state, linked.attempt.job.job_id) == (State.QUEUED, "j7")
    assert linked.failure is None


def test_giving_up_ends_it_with_a_name():
    """Give up is a person's ending."""
    gone = after(
        make_production(State.SUBMISSION_UNKNOWN), Command.GIVE_UP, actor_id="U0SAM", attempt=1
    )
    assert (gone.state, gone.ending.user_id) == (State.CANCELLED, "U0SAM")


def test_the_thread_never_moves_but_the_card_may():
    """A card posted anew takes over the edits; the thread stays."""
    production = after(make_production(), News.CARD_POSTED, ts="9.9")
    assert (production.thread_ts, production.card_ts) == ("1700000000.000100", "9.9")


def test_a_card_that_cannot_be_posted_stops_the_production():
    """Nothing is submitted without a thread."""
    production = make_production(thread_ts=None, card_ts=None)
    refused = after(production, News.CARD_REFUSED, failure=Failure(code="card_refused", text="x"))
    assert refused.state is State.FAILED


def test_progress_is_a_change_and_leaves_with_the_state():
    """Steps show while producing, and are gone afterwards."""
    step = Progress(stage="Visuals", step="Images", step_number=6, total_steps=15)
    production = after(make_production(State.PRODUCING), News.PRODUCING, progress=step)
    assert production.progress == step
    assert after(production, News.AWAITING_APPROVAL).progress is None


def test_how_far_it_was_stays_where_it_failed_and_until_it_lives_again():
    """A failure names its step, however often it is seen; a job that is revived begins anew."""
    step = Progress(stage="Visuals", step="Images", step_number=6, total_steps=15)
    failed = after(make_production(State.PRODUCING, progress=step), News.FAILED)
    assert failed.progress == step
    assert after(failed, News.FAILED, word="Failed again").progress == step
    revived = after(failed, News.PRODUCING)
    assert revived.progress is None
    first = Progress(stage="Write", step_number=1, total_steps=15)
    assert after(revived, News.STEP_DONE, progress=first).progress == first
    assert after(failed, Command.RETRY).progress is None


def test_the_same_problem_is_told_once():
    """A problem that lasts keeps its beginning and is no new change."""
    problem = Problem(kind="unreachable", text="no route", since_at=NOW)
    production = after(make_production(State.QUEUED), News.UNCLEAR, problem=problem)
    again = Problem(kind="unreachable", text="other words", since_at=later(60))
    assert apply(production, Signal(kind=News.UNCLEAR, problem=again), now=later(60)) is None
    assert after(production, News.QUEUED).problem is None


@pytest.mark.parametrize("state", sorted(LOOKED_AT))
def test_collecting_remembers_since_when(state):
    """Promised files are waited for from the first look that missed them."""
    production = after(make_production(state), News.COLLECTING, word="AwaitingApproval")
    assert production.collecting_since_at == later(5)
    assert apply(production, Signal(kind=News.COLLECTING), now=later(50)) is None


def test_a_rerun_drops_the_decision():
    """What was approved is no longer what is being made."""
    production = make_production(State.AWAITING_APPROVAL, decision=APPROVED)
    assert after(production, News.PRODUCING).decision is None
    assert after(production, News.DISTRIBUTING).decision == APPROVED


def test_lateness_is_said_once_and_ends_with_the_state():
    """Overdue marks the state; the next state starts clean."""
    production = after(make_production(State.QUEUED), News.OVERDUE)
    assert production.is_late
    assert apply(production, Signal(kind=News.OVERDUE), now=later(9)) is None
    assert not after(production, News.PRODUCING).is_late


def test_a_step_moves_the_progress_on_but_never_back():
    """Webhooks come late and out of order; a look is what shows a step back."""
    sixth, fifth = Progress(step="Images", step_number=6), Progress(step="Stock", step_number=5)
    production = after(make_production(State.PRODUCING), News.STEP_DONE, progress=sixth)
    assert production.progress == sixth
    assert apply(production, Signal(kind=News.STEP_DONE, progress=fifth), now=NOW) is None
    assert after(production, News.PRODUCING, progress=fifth).progress == fifth


def test_a_late_step_leaves_the_review_alone():
    """A step that arrives after the review began neither re-opens it nor drops the decision."""
    production = make_production(State.AWAITING_APPROVAL, decision=APPROVED)
    assert apply(production, Signal(kind=News.STEP_DONE, progress=Progress()), now=NOW) is None


def test_taking_a_rejection_back_takes_its_cancel_back():
    """A video that is open again must not be deleted by the rejection it no longer has."""
    rejected = after(
        make_production(State.AWAITING_APPROVAL),
        Command.REJECT,
        actor_id="U0BO",
        attempt=1,
        cancels=True,
    )
    assert after(rejected, Command.CHANGE_DECISION, attempt=1).pending_cancel is None


def test_taking_a_decision_back_leaves_somebody_elses_cancel():
    """A cancel that was asked for by its own button stands."""
    pending = PendingCancel(user_id="U0ANA", at=later(1))
    production = make_production(State.AWAITING_APPROVAL, decision=APPROVED, pending_cancel=pending)
    assert after(production, Command.CHANGE_DECISION, attempt=1).pending_cancel == pending


def test_a_decision_whose_cancel_was_sent_can_no_longer_be_changed():
    """What the service was told cannot be taken back here."""
    pending = PendingCancel(user_id="U0BO", at=NOW, sent_at=NOW)
    production = make_production(State.AWAITING_APPROVAL, decision=REJECTED, pending_cancel=pending)
    with pytest.raises(TransitionNotAllowedError, match="too_late"):
        after(production, Command.CHANGE_DECISION, attempt=1)


def test_nobody_approves_what_is_being_cancelled():
    """The approval could not hold."""
    pending = PendingCancel(user_id="U0ANA", at=NOW)
    production = make_production(
        State.AWAITING_APPROVAL, deliverables=(make_deliverable(),), pending_cancel=pending
    )
    with pytest.raises(TransitionNotAllowedError, match="already_asked"):
        after(production, Command.APPROVE, actor_id="U0BO", attempt=1)


def test_a_cancel_asked_for_while_submitting_outlives_the_unknown():
    """Once the job is found after all, it is cancelled; a new attempt is not."""
    pending = PendingCancel(user_id="U0ANA", at=NOW)
    production = make_production(State.SUBMITTING, pending_cancel=pending)
    unknown = after(production, News.UNCERTAIN)
    linked = after(unknown, Command.LINK, actor_id="U0ANA", attempt=1, job=make_job())
    assert linked.pending_cancel == pending
    assert after(unknown, Command.SUBMIT_AGAIN, attempt=1).pending_cancel is None


def test_collecting_shows_that_the_service_answers_again():
    """The card must not say that it cannot be reached while it lists no files yet."""
    problem = Problem(kind="unreachable", text="no route", since_at=NOW)
    production = make_production(State.PRODUCING, problem=problem)
    assert after(production, News.COLLECTING).problem is None


def test_news_of_an_earlier_attempt_changes_nothing():
    """A late answer to v1 must not become v2's job."""
    production = make_production(State.SUBMITTING, number=2)
    late = Signal(kind=News.ACCEPTED, attempt=1, job=make_job("j1"))
    assert apply(production, late, now=NOW) is None


def test_what_it_cost_is_kept_and_leaves_with_the_attempt():
    """A look that does not say it again takes nothing away."""
    production = after(make_production(State.PRODUCING), News.FAILED, cost="3 credits")
    assert production.cost == "3 credits"
    assert after(production, News.PRODUCING).cost == "3 credits"
    assert after(production, Command.RETRY, actor_id="U0ANA", attempt=1).cost is None


def test_what_it_cost_is_known_while_copies_are_made():
    """The look that brings both is the last one."""
    files = (make_deliverable(),)
    production = after(
        make_production(State.PRODUCING),
        News.COPYING,
        then=State.COMPLETED,
        deliverables=files,
        cost="31 seconds of credit",
    )
    assert production.cost == "31 seconds of credit"
