"""The Home tab: one line for each production, and words where there is none."""

from dataclasses import replace

import pytest

from bot.core.production import State
from bot.slack.views.home import MOST, SHOWN, HomeLists, build_closed_home, build_home
from tests.unit.slack.factory import EVERY_STATE, HOSTILE, buttons, make_face, visible
from tests.unit.slack.factory import make_production as make

AGO = "<!date^1795341720^{ago}|22 Nov 10:02 UTC>"
THREAD = (
    "<https://slack.com/app_redirect?team=T0GREEN&amp;channel=C0MARKETING"
    "&amp;message_ts=1700000000.000100|thread>"
)


def draw(*, waiting=(), own=(), finished=()):
    """Draw a tab; gives the words a person reads."""
    lists = HomeLists(waiting=waiting, own=own, finished=finished)
    return build_home(lists, face_of=lambda _: make_face(), command="/produce")


def read(**lists):
    """Read a tab."""
    return visible(draw(**lists)["blocks"])


def many(count, state=State.QUEUED):
    """Make so many productions."""
    return [replace(make(state), id=f"7K3M{number:02}") for number in range(count)]


def test_first_thing_is_the_button():
    """Whoever opens the tab can start a video at once."""
    first, *_ = draw()["blocks"]
    assert buttons([first]) == ["Make a video"]
    assert first["elements"][0]["style"] == "primary"


def test_empty_tab_says_what_to_do():
    """No list is just empty; each says what will be there, or what to do."""
    shown = read()
    assert "Nothing waits for your decision." in shown
    assert "You have no video under way." in shown
    assert "`/produce` with a topic" in shown
    assert "None of your videos has ended yet." in shown


def test_waiting_line_says_what_for_whom_and_where():
    """One line is enough to know whether to go there."""
    assert (
        f"“Autumn range” · ready for review {AGO} · for <@U0ANA> in <#C0MARKETING> · {THREAD}"
        in read(waiting=[EVERY_STATE["awaiting"]])
    )


def test_own_line_says_state_and_whose_turn_it_is():
    """The requester sees who has to act next."""
    shown = read(own=[EVERY_STATE["queued"]])
    assert f"“Autumn range” · *Queued* {AGO} · waits for JARAI · {THREAD}" in shown


def test_order_of_unknown_fate_waits_for_its_requester():
    """Somebody has to choose, so the tab says first that something waits."""
    shown = read(own=[EVERY_STATE["unknown"]])
    assert "Nothing waits for your decision" not in shown
    line = f"“Autumn range” · *Submission unknown* {AGO} · say on its card how it goes on"
    assert shown.index("Waiting for you") < shown.index(line) < shown.index("Yours")
    assert "You have no other video under way." in shown
    both = read(own=[EVERY_STATE["unknown"], EVERY_STATE["queued"]])
    assert both.count("Submission unknown") == 1
    assert "*Queued*" in both


@pytest.mark.parametrize("name", ["completed", "failed", "rejected", "cancelled"])
def test_finished_line_says_how_it_ended(name):
    """Good or bad, the word is there and the way to the thread."""
    production = EVERY_STATE[name]
    shown = read(finished=[production])
    assert "“Autumn range” · *" in shown
    assert shown.count(THREAD) == 1


def test_long_lists_are_cut_and_counted():
    """What is left out is counted, and where to see it is said."""
    shown = read(own=many(SHOWN + 3))
    assert shown.count("*Queued*") == SHOWN
    assert "And 3 more: `/produce list` in a channel shows what is under way there." in shown


def test_count_is_never_understated():
    """Where not even all were looked at, the number says so."""
    assert f"And {MOST - SHOWN} or more others" in read(own=many(MOST))


def test_full_list_has_nothing_more():
    """Exactly as many as are shown leave nothing over."""
    assert "more" not in read(own=many(SHOWN))


def test_finished_ones_are_the_latest_few():
    """What ended long ago is in its thread."""
    assert read(finished=many(20, State.COMPLETED)).count("*Completed*") == 5


def test_topics_cannot_mention_or_link():
    """What people wrote is shown as they wrote it."""
    shown = read(waiting=[make(State.AWAITING_APPROVAL, topic=HOSTILE)])
    assert "<!channel>" not in shown
    assert "<http://evil" not in shown


def test_closed_tab_has_words_and_no_button():
    """Whoever may not ask for videos is told so, and is offered nothing."""
    view = build_closed_home("Guests may not.")
    assert visible(view["blocks"]) == "Guests may not."
    assert buttons(view["blocks"]) == []
