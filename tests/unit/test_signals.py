"""What a service's answers mean as signals."""

import pytest

from bot.core.errors import (
    FILES_NOT_STORED,
    FILES_SLOW,
    FILES_UNREACHABLE,
    ProviderUnavailableError,
)
from bot.core.events import News, Signal
from bot.core.production import Copy, Copying, CopyState, Problem, State
from bot.slack.views.lines import state_line
from bot.tracker.signals import (
    after_copies,
    needs_files,
    problem_kind,
    signal_of_copies,
    with_copies,
)
from tests.factories import NOW, make_deliverable, make_production
from tests.unit.slack.factory import make_face

FILES = (make_deliverable(),)


@pytest.mark.parametrize(
    ("state", "news", "row", "expected"),
    [
        (State.PRODUCING, News.PRODUCING, {}, False),
        (State.PRODUCING, News.AWAITING_APPROVAL, {}, True),
        (State.DISTRIBUTING, News.COMPLETED, {"deliverables": FILES}, True),
        (State.AWAITING_APPROVAL, News.AWAITING_APPROVAL, {}, True),
        (State.AWAITING_APPROVAL, News.AWAITING_APPROVAL, {"deliverables": FILES}, False),
        (
            State.AWAITING_APPROVAL,
            News.AWAITING_APPROVAL,
            {"deliverables": FILES, "hints": 4, "listed_at_hints": 4},
            False,
        ),
        (
            State.AWAITING_APPROVAL,
            News.AWAITING_APPROVAL,
            {"deliverables": FILES, "hints": 5, "listed_at_hints": 4},
            True,
        ),
        (State.AWAITING_APPROVAL, News.DISTRIBUTING, {}, False),
    ],
)
def test_files_are_listed_on_entering_review_and_when_more_may_have_come(
    state, news, row, expected
):
    """Each listing costs a request, so files are listed only where they may be new."""
    assert needs_files(make_production(state, **row), news) is expected


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (FILES_UNREACHABLE, "files"),
        (FILES_NOT_STORED, "store"),
        (FILES_SLOW, "slow"),
        ("http_error", "unreachable"),
    ],
)
def test_trouble_with_uploads_is_not_the_services(code, kind):
    """Whose it is stands on the card."""
    assert problem_kind(ProviderUnavailableError("away", code=code)) == kind
    words = state_line(
        make_production(problem=Problem(kind=kind, text="away", since_at=NOW)), make_face()
    )
    assert ("JARAI can" in words) == (kind == "unreachable")


WANTED, KEPT = Copy(state=CopyState.WANTED), Copy(state=CopyState.KEPT)


def listed(copy):
    """Make news of finished files, each with its copy."""
    files = (make_deliverable(copy=copy),)
    return Signal(kind=News.COMPLETED, deliverables=files, word="Done", cost="3 credits")


def test_news_of_finished_files_waits_for_their_copies():
    """What follows is kept with it."""
    signal = after_copies(make_production(State.PRODUCING), listed(WANTED))
    assert (signal.kind, signal.then, signal.word) == (News.COPYING, State.COMPLETED, "Done")
    assert len(signal.deliverables) == 1
    assert signal.cost == "3 credits"


@pytest.mark.parametrize(
    ("state", "copy"),
    [(State.PRODUCING, KEPT), (State.COMPLETED, WANTED), (State.FAILED, WANTED)],
    ids=["kept already", "no news", "ended before"],
)
def test_nothing_is_put_off_where_nobody_waits(state, copy):
    """Copies are made all the same."""
    signal = listed(copy)
    assert after_copies(make_production(state), signal) is signal


def test_known_copies_are_not_wanted_again():
    """A file listed again keeps its copy; a new one wants one."""
    production = make_production(State.PRODUCING, deliverables=(make_deliverable(copy=KEPT),))
    files = (make_deliverable(), make_deliverable(key="new"))
    assert [one.copy for one in with_copies(files, production)] == [KEPT, WANTED]


@pytest.mark.parametrize(("copy", "is_ready"), [(WANTED, False), (KEPT, True), (None, True)])
def test_what_was_put_off_is_said_once_every_copy_is_settled(copy, is_ready):
    """With the files as they are by then."""
    production = make_production(
        State.PRODUCING,
        copying=Copying(since_at=NOW, then=State.AWAITING_APPROVAL),
        deliverables=(make_deliverable(copy=copy),),
    )
    signal = signal_of_copies(production)
    assert (signal is not None) is is_ready
    if signal is not None:
        assert (signal.kind, signal.deliverables) == (
            News.AWAITING_APPROVAL,
            production.deliverables,
        )
