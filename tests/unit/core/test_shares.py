"""What is put into a thread by itself, what is left out, and what a person may ask for."""

import pytest

from bot.core.errors import TransitionNotAllowedError
from bot.core.production import Copy, CopyState, Share, ShareState, State
from bot.core.shares import (
    ASKED_MOST_BYTES,
    FILES_MOST,
    NOT_KEPT,
    TAKEN_BACK,
    TOO_LARGE,
    files_to_share,
    share_under_way,
    why_not_shared,
)
from tests.factories import NOW, make_deliverable, make_production

MOST = 1000


def copied(key="v", *, state=CopyState.KEPT, counted=5, **facts):
    """Make a file of which we have a copy."""
    size = counted if state is CopyState.KEPT else None
    return make_deliverable(key=key, copy=Copy(state=state, size_bytes=size), **facts)


def shared(*files, before=State.DISTRIBUTING, after=State.COMPLETED, most_bytes=MOST):
    """List what a change from one state to another puts into the thread."""
    ended = make_production(after, deliverables=files)
    return files_to_share(make_production(before), ended, most_bytes=most_bytes)


@pytest.mark.parametrize("before", sorted(set(State) - {State.COMPLETED}))
def test_files_are_shared_when_the_video_is_completed(before):
    """However it came to be."""
    assert shared(copied(), before=before) == ("v",)


@pytest.mark.parametrize("after", sorted(set(State) - {State.COMPLETED}))
def test_files_are_shared_in_no_other_state(after):
    """What may still be rejected cannot be taken back from whoever saved it."""
    assert shared(copied(), after=after) == ()


def test_files_are_shared_once():
    """A change after completion brings nothing again."""
    assert shared(copied(), before=State.COMPLETED) == ()


def test_without_a_limit_nothing_is_shared():
    """The setting is off by default."""
    assert shared(copied(), most_bytes=0) == ()


def test_video_comes_first_and_long_lists_end():
    """As on the card."""
    others = [copied(f"c{number}", kind="captions") for number in range(FILES_MOST)]
    keys = shared(*others, copied("v"))
    assert keys[:2] == ("v", "c0")
    assert len(keys) == FILES_MOST


@pytest.mark.parametrize(
    ("file", "is_shared"),
    [
        (copied(counted=MOST), True),
        (copied(counted=MOST + 1), False),
        (copied(counted=5, size_bytes=MOST + 1), True),
        (copied(state=CopyState.WANTED, size_bytes=MOST + 1), False),
        (copied(state=CopyState.WANTED), True),
        (copied(state=CopyState.WANTED, size_bytes=0), True),
        (copied(state=CopyState.LOST), False),
        (copied(state=CopyState.DELETED), False),
        (make_deliverable(), False),
    ],
    ids=[
        "fits",
        "too long",
        "listed wrongly",
        "listed too long",
        "of unknown length",
        "listed without one",
        "lost",
        "deleted",
        "not copied",
    ],
)
def test_only_copies_that_fit_are_shared(file, is_shared):
    """What was counted counts more than what was listed."""
    assert shared(file) == (("v",) if is_shared and file.key == "v" else ())


@pytest.mark.parametrize(
    ("file", "is_taken_back", "why"),
    [
        (copied(counted=MOST), False, None),
        (copied(counted=MOST + 1), False, TOO_LARGE),
        (copied(state=CopyState.LOST), False, NOT_KEPT),
        (copied(), True, TAKEN_BACK),
    ],
)
def test_a_last_look_may_keep_a_file_out(file, is_taken_back, why):
    """By then its length is known, and what was rejected meanwhile too."""
    assert why_not_shared(file, most_bytes=MOST, is_taken_back=is_taken_back) == why


@pytest.mark.parametrize("state", sorted(ShareState))
def test_what_is_on_its_way_is_not_asked_for_twice(state):
    """What was refused or taken away may be asked for again."""
    share = Share(state=state, at=NOW)
    production = make_production(State.AWAITING_APPROVAL, deliverables=(_with(share),))
    is_over = state in {ShareState.REFUSED, ShareState.WITHDRAWN}
    assert share_under_way(production, "v") == (None if is_over else share)


def _with(share):
    return make_deliverable(
        key="v", share=share, copy=Copy(state=CopyState.KEPT, size_bytes=ASKED_MOST_BYTES)
    )


def test_nobody_can_ask_for_what_is_too_long_for_slack():
    """The person is told; the file is not lost."""
    file = copied(counted=ASKED_MOST_BYTES + 1)
    with pytest.raises(TransitionNotAllowedError) as raised:
        share_under_way(make_production(State.COMPLETED, deliverables=(file,)), "v")
    assert raised.value.why == "too_large_to_share"


def test_file_that_is_not_listed_any_more_cannot_be_asked_for():
    """A service may list other files on a later look."""
    with pytest.raises(TransitionNotAllowedError) as raised:
        share_under_way(make_production(State.COMPLETED, deliverables=(copied("w"),)), "v")
    assert raised.value.why == "not_listed"
