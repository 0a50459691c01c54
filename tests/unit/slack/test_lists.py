"""What the sub-commands answer."""

from dataclasses import replace

import pytest

from bot.slack.views.lists import PAGE_SIZE, build_help, build_list, build_status
from tests.unit.slack.factory import EVERY_STATE, buttons, make_face, make_production, visible

THREAD = (
    "<https://slack.com/app_redirect?team=T0GREEN&amp;channel=C0MARKETING"
    "&amp;message_ts=1700000000.000100|thread>"
)
AGO = "<!date^1795341720^{ago}|22 Nov 10:02 UTC>"


def draw(found, listing="open", page=0):
    """Draw a list."""
    return build_list(listing, found, page=page, face_of=lambda _: make_face(), command="/produce")


def test_line_says_state_topic_age_and_whom_it_waits_for():
    """One line is enough to know whether to care."""
    shown = visible(draw([EVERY_STATE["awaiting"]])["blocks"])
    assert shown == (
        "Under way in this channel\n"
        f"*Awaiting approval* · “Autumn range” · {AGO} · waits for a decision · 7K3MQ2 · {THREAD}"
    )


@pytest.mark.parametrize(
    ("name", "whom"),
    [
        ("queued", "JARAI"),
        ("unknown", "<@U0ANA>"),
        ("approved", "the Studio"),
    ],
)
def test_list_says_whom_it_waits_for(name, whom):
    """People see whose turn it is."""
    assert f"waits for {whom}" in visible(draw([EVERY_STATE[name]])["blocks"])


def test_production_without_thread_has_no_link():
    """Before the card is posted there is nowhere to go."""
    assert "thread>" not in visible(draw([make_production(thread_ts=None)])["blocks"])


def test_failed_list_has_reasons_and_buttons():
    """What went wrong can be put right from the list."""
    unclear = replace(EVERY_STATE["unknown"], id="7K3MQ3")
    message = draw([EVERY_STATE["failed"], unclear], "failed")
    assert "JARAI could not finish it." in visible(message["blocks"])
    assert "don't know if it arrived" in visible(message["blocks"])
    assert buttons(message["blocks"])[:2] == ["Retry", "Again with changes"]
    assert message["text"] == "Failed or unclear in this channel: 2 videos."


@pytest.mark.parametrize(
    ("listing", "page", "words"),
    [
        (
            "open",
            0,
            "No video is under way in this channel. `/produce` and a topic starts one.",
        ),
        ("failed", 0, "Nothing has failed in this channel."),
        ("open", 2, "There are no more."),
    ],
)
def test_empty_list_says_what_to_do(listing, page, words):
    """Nothing to show is an answer too."""
    assert draw([], listing, page)["text"] == words


def test_pages_can_be_turned():
    """A full page has a next one, a later page a previous one."""
    full = [make_production(version=number) for number in range(PAGE_SIZE)]
    assert buttons(draw(full)["blocks"]) == ["Next page"]
    assert buttons(draw(full[:1], page=1)["blocks"]) == ["Previous page"]
    assert draw(full[:1], page=1)["text"] == "Under way in this channel: 1 video on page 2."


def test_status_tells_one_production():
    """State, decision and the way to the thread."""
    message = build_status(EVERY_STATE["turned down"], make_face())
    assert "“Autumn range”* is now: *Awaiting approval*." in message["text"]
    assert "Decision: rejected by <@U0BO>" in visible(message["blocks"])
    assert THREAD in visible(message["blocks"])


def test_help_names_the_configured_command():
    """Help speaks of the command people really have."""
    text = build_help("/video")["text"]
    assert "`/video list`" in text
    assert "/produce" not in text
