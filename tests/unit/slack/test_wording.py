"""Words that fit what was made, who did it, and what the service can do."""

from dataclasses import replace

import pytest

from bot.core.notices import Kind
from bot.core.production import Answer, Ending, Progress, State, Verdict
from bot.providers.base import Capabilities
from bot.slack.views.card import build_card
from bot.slack.views.form import Around, Filled, build_form
from bot.slack.views.thread import build_reply
from tests.unit.slack.factory import (
    EVERY_STATE,
    FILES,
    GATE,
    NOW,
    make_decision,
    make_face,
    make_form,
    make_production,
    make_request,
    visible,
)
from tests.unit.slack.test_form_view import METADATA

BY_ANA = {"actor_id": "U0ANA", "decided_by": "U0ANA", "attempt": 1}


def drawn(production, **face):
    """Draw a card; gives what is seen."""
    return visible(build_card(production, make_face(**face))["blocks"])


def said(kind, production, detail=BY_ANA, **face):
    """Write a reply; gives its words."""
    return build_reply(kind, production, detail, make_face(**face))["text"]


def test_progress_begins_as_a_sentence():
    """Whatever case the service writes in."""
    production = make_production(State.PRODUCING, progress=Progress(step="reading the script"))
    assert "\nReading the script. Started" in drawn(production)


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("captions", "video"), "Watch it, then press"),
        (("Audio", "Captions (SRT)"), "Listen to it, then press"),
        (("Image",), "Look at it, then press"),
        (("Document", "Report"), "Look at it, then press"),
    ],
)
def test_review_says_how_to_take_it_in(kinds, words):
    """Nobody watches a recording, or listens to a banner."""
    files = tuple(replace(FILES[0], key=kind, kind=kind) for kind in kinds)
    production = make_production(State.AWAITING_APPROVAL, deliverables=files)
    assert words in said(Kind.REVIEW, production)


@pytest.mark.parametrize(
    ("kind", "production", "words"),
    [
        (
            Kind.COMPLETED,
            EVERY_STATE["completed"],
            "<@U0ANA> approved “Autumn range”; it is published.",
        ),
        (Kind.REJECTION, EVERY_STATE["rejected"], "<@U0ANA> rejected “Autumn range”."),
        (
            Kind.REJECTED,
            EVERY_STATE["rejected"],
            "“Autumn range” was rejected by <@U0ANA>. It will not be released.",
        ),
        (Kind.DECISION_WITHDRAWN, EVERY_STATE["awaiting"], "<@U0ANA> took the decision on"),
    ],
)
def test_nobody_is_told_what_they_did_themselves(kind, production, words):
    """Their own name at the head of it would read as somebody else's doing."""
    detail = BY_ANA | {"verdict": Verdict.APPROVE}
    assert said(kind, production, detail, approver_ids=()).startswith(words)
    other = detail | {"actor_id": "U0BO", "decided_by": "U0BO"}
    assert said(kind, production, other, approver_ids=()).startswith("<@U0ANA>: ")


def test_whose_video_another_cancels_is_told():
    """And who cancelled their own is not."""
    by_bo = make_production(State.CANCELLED, ending=Ending(user_id="U0BO", at=NOW))
    assert said(Kind.CANCELLED, by_bo, {}).startswith("<@U0ANA>: “Autumn range” was cancelled.")
    assert said(Kind.CANCELLED, EVERY_STATE["cancelled"], {}).startswith("“Autumn range” was")


def test_service_that_releases_nothing_is_not_said_to():
    """Where the decision here is the last word, a rejection takes links back and no more."""
    shown = drawn(EVERY_STATE["rejected"], capabilities=GATE)
    assert "*Rejected*\nIts download links no longer work." in shown
    words = said(Kind.REJECTED, EVERY_STATE["rejected"], capabilities=GATE)
    assert words == "“Autumn range” was rejected by <@U0ANA>."


def test_services_word_stands_until_it_was_decided_here():
    """A “succeeded” beneath Rejected would leave people wondering which holds."""
    waiting = make_production(State.AWAITING_APPROVAL, provider_word="succeeded", at_gate=True)
    assert "JARAI says “succeeded”" in drawn(waiting)
    decided = replace(waiting, state=State.REJECTED, decision=make_decision(Verdict.REJECT))
    assert "succeeded" not in drawn(decided)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("https://localhost/a.png", "a.png"),
        ("https://assets.example/x/voice%20over.mp3?sig=abc#x", "voice over.mp3"),
        ("https://assets.example/", "assets.example"),
        ("https://assets.example/%3C!channel%3E", "&lt;!channel&gt;"),
        ("1.1", "Speed 1.1"),
        ("720p", "720p"),
    ],
)
def test_answers_on_the_card_can_be_read_out_of_their_form(shown, told):
    """Files by their names, numbers with what they are of."""
    answer = Answer(key="speed", label="Speed", value=shown, shown=shown)
    production = make_production(State.QUEUED)
    request = make_request(answers=(answer,))
    production = replace(production, attempt=replace(production.attempt, request=request))
    assert f"For <@U0ANA> · JARAI · {told}\n" in drawn(production)


@pytest.mark.parametrize(
    ("makes", "title", "submit"),
    [
        ("a video", "Make a video", "Make the video"),
        ("audio", "Make audio", "Make it"),
        ("a photo check", "Make a photo check", "Make it"),
    ],
)
def test_form_says_what_it_makes(makes, title, submit):
    """Not every service makes videos only."""
    view = build_form(
        make_form(makes=makes),
        around=Around(metadata=METADATA, label="JARAI"),
        filled=Filled(),
        needs_channel=False,
    )
    assert (view["title"]["text"], view["submit"]["text"]) == (title, submit)


def test_retry_in_place_is_said_to_cost():
    """The reply says it before anybody presses the button."""
    able = Capabilities(retries_in_place=True)
    words = said(Kind.FAILED, EVERY_STATE["failed"], {}, capabilities=able)
    assert "take the same job up again, which may be charged once more, or Again with" in words
