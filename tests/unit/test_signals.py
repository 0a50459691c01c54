"""What a service's answers mean as signals."""

import pytest

from bot.core.events import News
from bot.core.production import State
from bot.tracker.signals import needs_files
from tests.factories import make_deliverable, make_production

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
