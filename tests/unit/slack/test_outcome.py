"""What the card and the thread say of a video that is made: its cost, its sizes, its time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.notices import Kind
from bot.core.production import Copy, CopyState, Failure, State
from bot.providers.base import Capabilities
from bot.slack.views.card import build_card
from bot.slack.views.lists import build_status
from bot.slack.views.thread import build_reply
from tests.unit.slack.factory import EVERY_STATE, FILES, NOW, make_face, make_production, visible

COST = "12.5 credits"
DYING = Capabilities(links_die=True)


def kept(**changes):
    """Make a copy that is kept."""
    copy = Copy(state=CopyState.KEPT, at=NOW, file="f", size_bytes=52_000, sha256="0")
    return replace(copy, **changes)


def made(state=State.COMPLETED, copy=None, **changes):
    """Make a production whose files we have copies of."""
    files = tuple(replace(one, copy=copy or kept()) for one in FILES)
    return make_production(state, deliverables=files, **changes)


def drawn(production, **face):
    """Draw a card; gives what is seen."""
    return visible(build_card(production, make_face(**face))["blocks"])


@pytest.mark.parametrize("name", ["awaiting", "completed", "rejected", "cancelled"])
def test_card_says_what_it_cost(name):
    """Once it is made, in the service's own units."""
    assert f"It cost {COST}." in drawn(replace(EVERY_STATE[name], cost=COST))
    assert "It cost" not in drawn(EVERY_STATE[name])


@pytest.mark.parametrize("name", ["requested", "queued", "producing"])
def test_card_of_a_retry_under_way_names_no_cost(name):
    """What the job had cost before is not what it will."""
    assert "It cost" not in drawn(replace(EVERY_STATE[name], cost=COST))


def test_failure_that_was_charged_says_how_much():
    """Instead of leaving it open."""
    production = replace(EVERY_STATE["failed"], cost=COST)
    for words in (drawn(production), build_reply(Kind.FAILED, production, {}, make_face())["text"]):
        assert f"It cost {COST} all the same." in words
        assert "whether it was charged" not in words


def test_reply_and_status_say_what_it_cost():
    """Where people are told, and where they ask."""
    production = replace(EVERY_STATE["completed"], cost=COST)
    reply = build_reply(Kind.COMPLETED, production, {}, make_face())["text"]
    assert reply.endswith(f"It cost {COST}.")
    status = build_status(production, make_face())
    assert f"It cost {COST}." in visible(status["blocks"])


def test_cost_is_words_and_no_mark():
    """It comes from the service."""
    card = build_card(replace(EVERY_STATE["completed"], cost="<!channel>"), make_face())
    assert "<!channel>" not in str(card)


def test_card_shows_the_size_that_we_counted():
    """Where the service names none, or a wrong one."""
    assert "autumn.vtt · 52 kB" in drawn(made())
    assert "autumn-16x9.mp4 · 52 kB" in drawn(made())
    assert "autumn-16x9.mp4 · 18 MB" in drawn(EVERY_STATE["completed"])


def test_card_says_until_when_files_are_kept():
    """Counted from the end of the production, or from a copy that came later."""
    words = "The files are kept until <!date^1803117720^{date_short_pretty}|20 Feb 10:02 UTC>."
    assert words in drawn(made(), keep_days=90, capabilities=DYING)
    assert "Our copies of the files are kept until" in drawn(made(), keep_days=90)
    later = made(copy=kept(at=NOW + timedelta(days=1)))
    assert "|21 Feb 10:02 UTC>" in drawn(later, keep_days=90, capabilities=DYING)


@pytest.mark.parametrize(
    ("production", "keep_days"),
    [
        (made(), 0),
        (EVERY_STATE["completed"], 90),
        (made(State.AWAITING_APPROVAL), 90),
        (made(State.REJECTED), 90),
        (made(copy=kept(state=CopyState.LOST)), 90),
        (made(copy=kept(state=CopyState.DELETED), files_deleted_at=NOW), 90),
    ],
    ids=["for ever", "no copies", "not ended", "rejected", "lost", "deleted"],
)
def test_card_promises_nothing_that_is_not_kept(production, keep_days):
    """Where nothing is kept, or for ever, no day is named."""
    assert "are kept until" not in drawn(production, keep_days=keep_days, capabilities=DYING)


def test_what_was_never_ordered_cost_nothing():
    """Whatever the attempt before it had cost."""
    failure = Failure(code="invalid_request", text="No script.")
    production = make_production(State.FAILED, job=None, failure=failure)
    assert "It cost" not in drawn(production)
