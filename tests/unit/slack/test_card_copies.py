"""What the card says of our copies: under way, lost, deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.production import Copy, Copying, CopyState, State
from bot.slack.views.card import build_card
from tests.unit.slack.factory import EVERY_STATE, FILES, NOW, make_face, visible

DYING = replace(make_face().capabilities, links_die=True)


def _with_copy(state, **facts):
    """Make a completed production of which the first file's copy stands like this."""
    copy = Copy(state=state, at=NOW, reason="It was gone.")
    files = (replace(FILES[0], copy=copy), *FILES[1:])
    return replace(EVERY_STATE["completed"], deliverables=files, **facts)


def draw_dying(production):
    """Draw a card of a service whose links soon die."""
    return build_card(production, make_face(capabilities=DYING))["blocks"]


@pytest.mark.parametrize("name", ["queued", "producing", "distributing"])
def test_card_says_that_files_are_being_copied(name):
    """And how far that is; there is nothing to download yet."""
    copies = (CopyState.KEPT, *[CopyState.WANTED] * (len(FILES) - 1))
    files = tuple(
        replace(one, copy=Copy(state=state)) for one, state in zip(FILES, copies, strict=True)
    )
    copying = Copying(since_at=NOW, then=State.COMPLETED)
    production = replace(EVERY_STATE[name], copying=copying, deliverables=files)
    card = draw_dying(production)
    assert f"being copied first: 1 of {len(FILES)} done" in visible(card)
    assert "[Download]" not in visible(card)


def test_file_that_was_lost_says_so_and_has_no_button():
    """A button that leads nowhere is worse than none."""
    card = draw_dying(_with_copy(CopyState.LOST))
    assert "1 file could not be copied before JARAI's link died." in visible(card)
    assert "Could not be kept." in visible(card)
    assert visible(card).count("[Download]") == len(FILES) - 1


def test_card_says_that_files_were_deleted():
    """And after how long."""
    deleted_at = EVERY_STATE["completed"].state_since_at + timedelta(days=90, hours=1)
    production = _with_copy(CopyState.DELETED, files_deleted_at=deleted_at)
    card = draw_dying(production)
    assert "after 90 days" in visible(card)
    assert "Deleted; its time was over." in visible(card)
    assert visible(card).count("[Download]") == len(FILES) - 1


def test_service_whose_links_live_still_hands_its_files_out():
    """What became of our copies is then no reason to hide a button."""
    for state in (CopyState.LOST, CopyState.DELETED):
        card = build_card(_with_copy(state), make_face())["blocks"]
        assert visible(card).count("[Download]") == len(FILES)
