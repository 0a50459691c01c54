"""What people read of a video that was made and that nobody can watch."""

from dataclasses import replace

import pytest

from bot.core.notices import Kind
from bot.core.production import Copy, CopyState, State
from bot.slack.views.card import build_card
from bot.slack.views.thread import build_reply
from tests.unit.slack.factory import FILES, make_face, make_production, visible

LOST, KEPT = Copy(state=CopyState.LOST), Copy(state=CopyState.KEPT)
FACE = make_face(capabilities=replace(make_face().capabilities, links_die=True))
NOTHING = "could not be kept: there is nothing to watch"


def made(state, *, captions):
    """Make a production whose videos are all lost; `captions` is what became of the rest."""
    copied = (replace(one, copy=LOST if one.kind == "video" else captions) for one in FILES)
    return make_production(state, deliverables=tuple(copied))


@pytest.mark.parametrize("captions", [LOST, KEPT], ids=["all lost", "captions kept"])
@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.COMPLETED])
def test_nobody_is_sent_to_watch_what_is_lost(kind, captions):
    """Neither review nor end is told as good news; what else was kept is no video."""
    state = State.AWAITING_APPROVAL if kind is Kind.REVIEW else State.COMPLETED
    text = build_reply(kind, made(state, captions=captions), {}, FACE)["text"]
    assert NOTHING in text
    assert "ready" not in text
    assert "published" not in text


@pytest.mark.parametrize("captions", [LOST, KEPT], ids=["all lost", "captions kept"])
def test_the_card_offers_no_approve_for_what_is_lost(captions):
    """It says where to look for it instead, and what can be done."""
    shown = visible(build_card(made(State.AWAITING_APPROVAL, captions=captions), FACE)["blocks"])
    assert NOTHING in shown
    assert "before you decide: reject it, or ask for it again with changes" in shown
    assert "Approve" not in shown
    assert "Again with changes" in shown


def test_what_was_deleted_when_its_time_was_over_was_kept():
    """The card of a video that ended well goes on saying so."""
    deleted = Copy(state=CopyState.DELETED)
    files = tuple(replace(one, copy=deleted) for one in FILES)
    production = make_production(State.COMPLETED, deliverables=files)
    production = replace(production, files_deleted_at=production.state_since_at)
    assert NOTHING not in visible(build_card(production, FACE)["blocks"])
