"""The small pieces all messages are made of."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.views.parts import (
    cut,
    escape,
    foreign,
    is_usable_url,
    link,
    mention,
    mentions,
    message_url,
    quoted,
    sentence,
    when,
)
from tests.unit.slack.factory import HOSTILE


def test_hostile_text_loses_its_meaning():
    """A topic can neither wake a channel nor hide a link."""
    escaped = "&lt;!channel&gt; *x* &amp; &lt;http://evil|x&gt;"
    assert escape(HOSTILE) == escaped
    assert quoted(HOSTILE) == "“&lt;!channel&gt; \u2217x\u2217 &amp; &lt;http://evil|x&gt;”"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*stars*", "\u2217stars\u2217"),
        ("very _quiet_, ~not~ now", "very \u02cdquiet\u02cd, \u223cnot\u223c now"),
        ("`code`", "'code'"),
        ("a `b` c`d", "a 'b' c'd"),
        ("snake_case, 2*3 and a~b", "snake_case, 2*3 and a~b"),
        ("__init__", "\u02cd\u02cdinit\u02cd\u02cd"),
        ("Müller*", "Müller\u2217"),
    ],
)
def test_marks_of_others_format_nothing(written, shown):
    """What could begin or end a format is replaced by what looks alike; within words it stays."""
    assert foreign(written) == shown
    assert sentence(written) == f"{shown}."


@given(text=st.text(max_size=300), limit=st.integers(2, 100))
def test_cut_text_fits_on_one_line(text, limit):
    """Cut text is never longer than asked and has no line breaks."""
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == " ".join(short.split())


def test_text_is_cut_at_a_word():
    """A long title ends with a whole word."""
    assert cut("Autumn range for the northern shops", 22) == "Autumn range for the…"


@pytest.mark.parametrize(
    ("user_id", "shown"),
    [
        ("U0ANA", "<@U0ANA>"),
        ("W0ANA", "<@W0ANA>"),
        ("S0PRODUCERS", "<!subteam^S0PRODUCERS>"),
        ("", "someone"),
        ("U1> <!channel", "someone"),
        ("C0MARKETING", "someone"),
    ],
)
def test_only_people_and_groups_are_mentioned(user_id, shown):
    """An id that is neither becomes a word that wakes nobody."""
    assert mention(user_id) == shown


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        ([], ""),
        (["U1"], "<@U1>"),
        (["U1", "U1"], "<@U1>"),
        (["U1", "U2", "S3"], "<@U1>, <@U2> and <!subteam^S3>"),
    ],
)
def test_each_is_mentioned_once(ids, shown):
    """Several people read as a list, without repetition."""
    assert mentions(ids) == shown


def test_many_mentions_are_counted():
    """A long list of approvers does not fill the card."""
    assert mentions([f"U{number}" for number in range(30)]).endswith("and 20 more")


def test_moment_is_the_readers_own():
    """Slack shows the reader's zone; what cannot is given UTC."""
    at = datetime(2026, 11, 22, 12, 2, tzinfo=timezone(timedelta(hours=2)))
    assert when(at, "{time}") == "<!date^1795341720^{time}|22 Nov 10:02 UTC>"
    assert when(at.astimezone(UTC), "{time}") == when(at, "{time}")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "nonsense",
        "ftp://x/y",
        "https://",
        "https://a b",
        "https://[",
        "https://x/" + "y" * 3000,
    ],
)
def test_unusable_address_makes_no_button(url):
    """Slack would refuse the whole message for such an address."""
    assert not is_usable_url(url)


def test_link_cannot_be_broken_out_of():
    """An address with Slack's own signs stays one link."""
    assert link("https://x/?a=1&b=<|>", "here") == "<https://x/?a=1&amp;b=&lt;%7C&gt;|here>"


def test_message_address_names_workspace_channel_and_message():
    """The way to a thread needs no call to Slack."""
    url = message_url("T1", "C1", "17.01")
    assert url == "https://slack.com/app_redirect?team=T1&channel=C1&message_ts=17.01"


@pytest.mark.parametrize(
    ("text", "shown"), [("No luck", "No luck."), ("Why?", "Why?"), ("", ""), (" ", "")]
)
def test_foreign_words_become_a_sentence(text, shown):
    """Others can follow a service's words; nothing stays nothing."""
    assert sentence(text) == shown
