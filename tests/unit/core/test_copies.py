"""Copies in the lifecycle: what is put off until they are made, and what becomes of them."""

import pytest

from bot.core.copies import check_linked, is_out_of_sight
from bot.core.errors import TransitionNotAllowedError
from bot.core.events import News, Signal
from bot.core.machine import apply
from bot.core.production import Copy, Copying, CopyState, State
from tests.factories import NOW, later, make_deliverable, make_production

COPYING = Copying(since_at=NOW, then=State.COMPLETED)
FILES = (make_deliverable(),)


def after(production, kind, **details):
    """Apply one signal and give what the production becomes."""
    change = apply(production, Signal(kind=kind, **details), now=later(5))
    return production if change is None else change.after


def test_copying_stays_in_the_state_and_knows_the_files():
    """People see what there is, and nobody is told that it is finished."""
    production = after(
        make_production(State.PRODUCING, collecting_since_at=NOW),
        News.COPYING,
        deliverables=FILES,
        then=State.COMPLETED,
        word="Done",
    )
    assert production.state is State.PRODUCING
    assert production.copying == Copying(since_at=later(5), then=State.COMPLETED)
    assert (production.deliverables, production.provider_word) == (FILES, "Done")
    assert production.collecting_since_at is None


def test_copying_counts_from_its_beginning():
    """Listing the files again does not begin it anew."""
    production = make_production(State.PRODUCING, copying=COPYING, deliverables=FILES)
    again = after(production, News.COPYING, deliverables=FILES, then=State.AWAITING_APPROVAL)
    assert again.copying == Copying(since_at=NOW, then=State.AWAITING_APPROVAL)


@pytest.mark.parametrize("news", [News.COMPLETED, News.PRODUCING, News.FAILED])
def test_copying_ends_with_the_next_look(news):
    """Whatever the service shows then."""
    production = make_production(State.PRODUCING, copying=COPYING, deliverables=FILES)
    assert after(production, news).copying is None


@pytest.mark.parametrize("state", State)
def test_deleted_files_change_no_state(state):
    """Once recorded they stay so, until files are listed anew."""
    production = after(make_production(state), News.FILES_DELETED)
    assert (production.state, production.files_deleted_at) == (state, later(5))
    assert apply(production, Signal(kind=News.FILES_DELETED), now=later(9)) is None


def test_files_listed_anew_are_there_again():
    """A production that was taken up again has files again."""
    production = make_production(State.REJECTED, files_deleted_at=NOW)
    again = after(production, News.COMPLETED, deliverables=FILES)
    assert again.files_deleted_at is None


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (CopyState.WANTED, None),
        (CopyState.KEPT, "no_address"),
        (CopyState.LOST, "copy_lost"),
        (CopyState.DELETED, "copy_deleted"),
    ],
)
def test_dead_link_is_never_handed_out(state, why):
    """Only while a file is still to be copied does the service's own link live."""
    files = (make_deliverable(key="v", copy=Copy(state=state)), make_deliverable(key="w"))
    production = make_production(State.COMPLETED, deliverables=files)
    check_linked(production, "w")
    check_linked(production, "unknown")
    if why is None:
        check_linked(production, "v")
        return
    with pytest.raises(TransitionNotAllowedError) as raised:
        check_linked(production, "v")
    assert raised.value.why == why


LOST, KEPT = Copy(state=CopyState.LOST), Copy(state=CopyState.KEPT)


@pytest.mark.parametrize(
    ("copies", "is_out"),
    [
        ({"video": LOST, "captions": KEPT}, True),
        ({"Audio": LOST}, True),
        ({"video": KEPT, "captions": LOST}, False),
        ({"video": None, "captions": LOST}, False),
        ({"Report": LOST, "Archive": LOST}, True),
        ({"Report": LOST, "Archive": KEPT}, False),
        ({}, False),
    ],
)
def test_what_nobody_can_watch_is_known(copies, is_out):
    """The video counts; where there is none, all that there is."""
    files = tuple(make_deliverable(key=kind, kind=kind, copy=copy) for kind, copy in copies.items())
    production = make_production(State.PRODUCING, deliverables=files)
    assert is_out_of_sight(production, links_die=True) is is_out
    assert not is_out_of_sight(production, links_die=False)
