"""The thread as the terminal shows it: readable, and nothing twice."""

import io

import pytest
from rich.console import Console

from twin.demo.drawing import STATES, state_of
from twin.demo.screen import WIDTH, Screen

TOPIC = "Failed experiments"


def section(text, **more):
    """Make a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text, **more):
    """Make a button."""
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": "a"} | more


def card(state, line, *buttons, files=0):
    """Make a card."""
    download = {"accessory": button("Download", url="http://127.0.0.1/d/x")}
    return {
        "ts": "1.000001",
        "text": f"The video “{TOPIC}” for <@U0ANA> is now: {state}. {line}",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": TOPIC}},
            section(f"*{state}*\n{line}"),
            *(section(f"*Video {number}*\nv.mp4", **download) for number in range(files)),
            {"type": "actions", "elements": [button(words) for words in buttons]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "ID 7K3MQ2"}]},
        ],
    }


def reply(text, **more):
    """Make a reply."""
    return {"ts": "1.000002", "thread_ts": "1.000001", "text": text, "blocks": []} | more


@pytest.fixture
def shown():
    """Give a screen without a terminal, and a function that gives what it printed since."""
    out = io.StringIO()
    screen = Screen(Console(file=out, width=WIDTH), names={"U0ANA": "Ana"})

    def since():
        text = out.getvalue()
        out.seek(0)
        out.truncate()
        return text

    return screen, since


@pytest.mark.parametrize("state", STATES)
def test_state_is_read_off_the_text(state):
    """The state is the word that follows the topic, whatever words the topic itself holds."""
    assert state_of(card(state, "Fine.")) == state


def test_text_without_a_state_has_none():
    """A message that is no card has no state."""
    assert state_of({"text": "Hello"}) is None


def test_card_shows_its_words_and_buttons(shown):
    """A card is printed in plain lines with its title, state and buttons."""
    screen, since = shown
    screen.show(card("Queued", "In the queue.", "Cancel", "Open in Studio"))
    lines = [line.strip() for line in since().splitlines()]
    assert lines == [
        "── card: Queued ──",
        TOPIC,
        "Queued",
        "In the queue.",
        "[Cancel]  [Open in Studio]",
        "ID 7K3MQ2",
    ]


def test_card_that_says_nothing_new_is_not_printed_again(shown):
    """The same card twice is printed once."""
    screen, since = shown
    screen.show(card("Queued", "In the queue.", "Cancel"))
    since()
    screen.show(card("Queued", "In the queue.", "Cancel"))
    assert since() == ""


def test_progress_is_one_line(shown):
    """A step of progress is one line, not another card."""
    screen, since = shown
    screen.show(card("Producing", "Step 1 of 15.", "Cancel"))
    since()
    screen.show(card("Producing", "Step 2 of 15.", "Cancel"))
    assert since().strip() == "· Step 2 of 15."


def test_new_state_is_a_new_card(shown):
    """A new state is printed as a card again."""
    screen, since = shown
    screen.show(card("Producing", "Step 1 of 15.", "Cancel"))
    since()
    screen.show(card("Awaiting approval", "Ready.", "Approve"))
    assert "card: Awaiting approval" in since()


def test_files_are_listed_once_and_then_counted(shown):
    """The files are listed where they first appear, and only counted afterwards."""
    screen, since = shown
    screen.show(card("Awaiting approval", "Ready.", "Approve", files=2))
    assert since().count("[Download]") == 2
    screen.show(card("Completed", "Published.", "Again", files=2))
    assert "2 files to download: Video 0, Video 1" in since()


def test_replies_say_where_they_are_shown(shown):
    """A reply is printed once, and says when the channel sees it too."""
    screen, since = shown
    screen.show(reply("<@U0ANA>: done", subtype="thread_broadcast"))
    assert since().split("\n")[:2] == [
        "  ↳ reply in the thread, shown in the channel too",
        "    @Ana: done",
    ]
    screen.show(reply("<@U0ANA>: done", subtype="thread_broadcast"))
    assert since() == ""


def test_terminal_gets_a_framed_card():
    """On a terminal a card has a frame with its state."""
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, force_terminal=True)
    Screen(console, names={}).show(card("Queued", "In the queue.", "Cancel"))
    assert "╭─ Queued ─" in out.getvalue()
