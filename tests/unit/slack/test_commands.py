"""What stands after `/produce`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.commands import CommandLine, Order, read_command


@pytest.mark.parametrize(
    ("text", "order"),
    [("help", Order.HELP), (" LIST ", Order.LIST), ("failed", Order.FAILED)],
)
def test_word_alone_is_a_sub_command(text, order):
    """One word that is a sub-command is taken as one, in any case."""
    assert read_command(text) == CommandLine(order=order)


@pytest.mark.parametrize("order", [Order.STATUS, Order.RETRY, Order.CANCEL])
def test_sub_command_with_an_id_reads_small_letters(order):
    """An id typed in small letters is the same id."""
    assert read_command(f" {order}  7k3mq2 ") == CommandLine(order=order, production_id="7K3MQ2")


@pytest.mark.parametrize(
    "text",
    [
        "cancel culture explained",
        "cancel culture",
        "retry",
        "status 7K3MQ",
        "status 7K3MQ22",
        "status 7K3MQU",
        "status 7K3MQ2 now",
        "status\u017f 7K3MQ2",
        "list of things",
        "help me choose shoes",
        "failed startups",
        "retry 7K3MQ\uff12",
    ],
)
def test_anything_else_is_a_topic(text):
    """Sub-commands count only when the whole text fits."""
    line = read_command(text)
    assert (line.order, line.topic, line.production_id) == (Order.OPEN, text, None)


@pytest.mark.parametrize(
    ("text", "nearly"),
    [
        ("status", Order.STATUS),
        ("Retry ABC", Order.RETRY),
        ("cancel 7K3MQ22", Order.CANCEL),
        ("cancel culture explained", None),
        ("statusquo", None),
        ("our status", None),
        ("help me", None),
    ],
)
def test_what_nearly_is_a_sub_command_is_known_as_such(text, nearly):
    """A sub-command that lacks an id, or has a wrong one, can be hinted at."""
    assert read_command(text).nearly == nearly


@pytest.mark.parametrize("text", [None, "", "   "])
def test_nothing_opens_an_empty_form(text):
    """The bare command opens the form."""
    assert read_command(text) == CommandLine(order=Order.OPEN, topic="")


@given(st.text())
def test_every_text_is_understood(text):
    """No text at all makes the command fail."""
    assert read_command(text).order in Order
