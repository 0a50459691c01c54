"""Which messages a change owes."""

import pytest

from bot.core.events import Command, News, Signal
from bot.core.machine import apply
from bot.core.notices import BROADCAST, Kind, Priority, Route
from bot.core.production import (
    Copy,
    Copying,
    CopyState,
    Decision,
    Failure,
    PendingCancel,
    Problem,
    Progress,
    State,
    Verdict,
)
from tests.factories import NOW, make_deliverable, make_production

APPROVED = Decision(verdict=Verdict.APPROVE, user_id="U0BO", at=NOW, attempt=1)
REJECTED = Decision(verdict=Verdict.REJECT, user_id="U0BO", at=NOW, attempt=1, reason="Too long")
FILES = (make_deliverable(),)


def owed(production, kind, **details):
    """List (route, kind) of the messages owed."""
    change = apply(production, Signal(kind=kind, **details), now=NOW)
    return [(notice.route, notice.kind) for notice in change.notices]


CASES = [
    (State.PRODUCING, News.AWAITING_APPROVAL, {}, {"deliverables": FILES}, [Kind.REVIEW]),
    (State.PRODUCING, News.FAILED, {}, {"failure": Failure(code="X", text="")}, [Kind.FAILED]),
    (State.SUBMITTING, News.UNCERTAIN, {}, {}, [Kind.UNKNOWN]),
    (State.SUBMITTING, News.REFUSED, {}, {}, [Kind.FAILED]),
    (State.DISTRIBUTING, News.COMPLETED, {}, {}, [Kind.COMPLETED]),
    (State.QUEUED, News.PRODUCING, {}, {}, []),
    (State.AWAITING_APPROVAL, News.DISTRIBUTING, {"decision": APPROVED}, {}, []),
    (State.AWAITING_APPROVAL, News.DISTRIBUTING, {}, {}, [Kind.RELEASED_UNASKED]),
    (
        State.AWAITING_APPROVAL,
        News.DISTRIBUTING,
        {"decision": REJECTED},
        {},
        [Kind.AGAINST_DECISION],
    ),
    (
        State.AWAITING_APPROVAL,
        News.CANCELLED,
        {"decision": APPROVED},
        {},
        [Kind.AGAINST_DECISION, Kind.CANCELLED],
    ),
    (State.AWAITING_APPROVAL, News.CANCELLED, {"decision": REJECTED}, {}, [Kind.REJECTED]),
    (State.FAILED, News.PRODUCING, {}, {}, [Kind.REOPENED]),
    (State.FAILED, News.AWAITING_APPROVAL, {}, {}, [Kind.REOPENED, Kind.REVIEW]),
    (State.QUEUED, News.OVERDUE, {}, {}, [Kind.OVERDUE]),
    (
        State.PRODUCING,
        News.DISTRIBUTING,
        {"pending_cancel": PendingCancel(user_id="U0ANA", at=NOW)},
        {},
        [Kind.CANCEL_TOO_LATE],
    ),
]


@pytest.mark.parametrize(("state", "news", "row", "details", "kinds"), CASES)
def test_milestones_are_replies_and_everything_edits_the_card(state, news, row, details, kinds):
    """Each change edits the card, and only what somebody must know is a reply as well."""
    told = owed(make_production(state, **row), news, **details)
    assert told == [(Route.EDIT, Kind.CARD), *((Route.REPLY, kind) for kind in kinds)]


def test_posting_the_card_owes_nothing():
    """The card shows the row already."""
    assert owed(make_production(thread_ts=None, card_ts=None), News.CARD_POSTED, ts="1.1") == []


def test_decisions_are_said_aloud():
    """The requester learns who decided, from a reply."""
    production = make_production(State.AWAITING_APPROVAL, deliverables=FILES)
    told = owed(production, Command.APPROVE, actor_id="U0BO", attempt=1)
    assert (Route.REPLY, Kind.APPROVED) in told


def test_without_a_thread_people_are_told_directly():
    """A card that Slack refused leaves only a direct message."""
    production = make_production(thread_ts=None, card_ts=None)
    told = owed(production, News.CARD_REFUSED, failure=Failure(code="card_refused", text="x"))
    assert (Route.DIRECT, Kind.CARD_REFUSED) in told


def test_a_retry_without_a_thread_posts_the_card_first():
    """There is nothing to edit yet."""
    production = make_production(State.FAILED, thread_ts=None, card_ts=None)
    assert owed(production, Command.RETRY, attempt=1)[0] == (Route.CARD, Kind.CARD)


def test_an_answer_nobody_understands_alerts_the_people_on_call():
    """Nonsense goes to the on-call channel, not into the thread."""
    problem = Problem(kind="nonsense", text="not JSON", since_at=NOW)
    told = owed(make_production(State.QUEUED), News.UNCLEAR, problem=problem)
    assert told == [(Route.EDIT, Kind.CARD), (Route.ALERT, Kind.NONSENSE)]


@pytest.mark.parametrize(
    ("state", "news", "details", "priority"),
    [
        (State.PRODUCING, News.FAILED, {}, Priority.URGENT),
        (State.PRODUCING, News.AWAITING_APPROVAL, {}, Priority.URGENT),
        (State.QUEUED, News.PRODUCING, {}, Priority.STATE),
        (State.PRODUCING, News.PRODUCING, {"progress": Progress(step="x")}, Priority.PROGRESS),
    ],
)
def test_what_matters_is_edited_first(state, news, details, priority):
    """Failures and reviews go before states, and states before steps."""
    change = apply(make_production(state), Signal(kind=news, **details), now=NOW)
    assert change.notices[0].priority is priority


def test_only_the_end_is_shown_in_the_channel():
    """Completed and failed are broadcast, nothing else."""
    assert {Kind.COMPLETED, Kind.FAILED} == BROADCAST


def test_a_step_back_after_approval_names_who_approved():
    """The decision is gone from the row, so the reply has to carry it."""
    production = make_production(State.AWAITING_APPROVAL, decision=APPROVED)
    change = apply(production, Signal(kind=News.PRODUCING), now=NOW)
    reply = change.notices[1]
    assert (reply.kind, reply.detail["decided_by"]) == (Kind.AGAINST_DECISION, "U0BO")


def test_a_new_problem_is_shown_as_soon_as_a_new_state():
    """Nobody should read "checked just now" while the service cannot be reached."""
    problem = Problem(kind="unreachable", text="no route", since_at=NOW)
    change = apply(
        make_production(State.QUEUED), Signal(kind=News.UNCLEAR, problem=problem), now=NOW
    )
    assert change.notices[0].priority is Priority.STATE


@pytest.mark.parametrize(("state", "is_said"), [(CopyState.LOST, True), (CopyState.KEPT, False)])
def test_files_that_could_not_be_copied_are_said_to_those_who_must_act(state, is_said):
    """In the thread and to the people on call; what was kept is nobody's news."""
    files = (make_deliverable(copy=Copy(state=state)),)
    copying = Copying(since_at=NOW, then=State.COMPLETED)
    production = make_production(State.PRODUCING, copying=copying, deliverables=files)
    told = owed(production, News.COMPLETED, deliverables=files)
    assert ((Route.REPLY, Kind.FILES_LOST) in told) is is_said
    assert ((Route.ALERT, Kind.FILES_LOST) in told) is is_said


@pytest.mark.parametrize("news", [News.COPYING, News.FILES_DELETED])
def test_what_becomes_of_copies_edits_the_card_alone(news):
    """It is shown as soon as a new state is, and notifies nobody."""
    signal = Signal(kind=news, deliverables=FILES, then=State.COMPLETED)
    change = apply(make_production(State.PRODUCING), signal, now=NOW)
    assert [(one.route, one.priority) for one in change.notices] == [(Route.EDIT, Priority.STATE)]
