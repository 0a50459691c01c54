"""What a terminal shows of Slack's own notation."""

import pytest

from twin.demo.words import render

NAMES = {"U0BO": "Bo Lind", "C0MARKETING": "marketing", "S0ONCALL": "On call"}


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("plain", "plain"),
        ("<@U0BO> said", "@Bo Lind said"),
        ("<@U0WHO> said", "@U0WHO said"),
        ("in <#C0MARKETING>", "in #marketing"),
        ("<!subteam^S0ONCALL>: help", "@On call: help"),
        ("<https://a.example/x|the card>", "the card"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("*Queued*", "Queued"),
        ("a _b_ c", "a b c"),
        ("snake_case_word", "snake_case_word"),
        ("&lt;!channel&gt; &amp; more", "<!channel> & more"),
        ("*<@U0BO>*", "@Bo Lind"),
        ("Started <!date^1795424400^{ago}|23 Nov>.", "Started a moment ago."),
        ("", ""),
    ],
)
def test_notation_is_shown_as_slack_would(mrkdwn, shown):
    """Names, links, bold type and escapes are shown the way people see them."""
    assert render(mrkdwn, names=NAMES).plain == shown


def test_moments_are_on_the_local_clock():
    """A moment is shown as a time of day, with today's date in words."""
    words = render("<!date^1795424400^{date_short_pretty} at {time}|23 Nov>", names={}).plain
    assert words.startswith("today at ")
    assert words[-3] == ":"
    words = render("<!date^1795424400^{date_short_pretty}|23 Nov>", names={}).plain
    assert words.endswith("Nov 2026")
