"""What comes back from Slack is read strictly, whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.ids import (
    METADATA_LIMIT,
    VALUE_LIMIT,
    Action,
    Block,
    ButtonValue,
    Callback,
    Metadata,
    UnreadableIdError,
    build_metadata,
    build_page_value,
    build_value,
    read_metadata,
    read_page_value,
    read_value,
)

HOSTILE_VALUES = [
    None,
    7,
    "",
    "1.7K3MQ2",
    "3.7K3MQ2.1",
    "2.7K3MQ2.1",
    "2.7K3MQ2.1.0",
    "2.7K3MQ2.1.x",
    "2.7K3MQ2.1.99999",
    "2.7K3MQ2.1.1.",
    "1.7k3mq2.1",
    "1.7K3MQU.1",
    "1.7K3MQ2.0",
    "1.7K3MQ2.-1",
    "1.7K3MQ2.99999",
    "1.7K3MQ2.1.",
    "1.7K3MQ2.1\n",
    " 1.7K3MQ2.1",
    "1.7K3MQ2.\u0661",
    "1.open.0",
]
HOSTILE_METADATA = [
    None,
    {},
    "",
    "null",
    "[]",
    "{",
    "[" * 2900,
    "1" * 2900,
    "\ud800",
    json.dumps({"v": 2, "channel": "C1"}),
    json.dumps({"v": 1, "channel": ""}),
    json.dumps({"v": 1, "channel": 7}),
    json.dumps({"v": 1, "channel": "C1", "provider": []}),
    json.dumps({"v": 1, "channel": "C1", "value": "nonsense"}),
    json.dumps({"v": 1, "channel": "C1", "thread": {}}),
    json.dumps({"v": 1, "channel": "C" * METADATA_LIMIT}),
]


@given(
    number=st.integers(1, 9999),
    round_number=st.none() | st.integers(1, 9999),
    key=st.none() | st.text(min_size=1, max_size=200),
)
def test_button_value_survives_the_way_to_slack_and_back(number, round_number, key):
    """Whatever the deliverable's key holds, dots and all, the value reads as it was written."""
    about = ButtonValue(production_id="7K3MQ2", attempt=number, round_number=round_number, key=key)
    assert read_value(build_value(about)) == about


@pytest.mark.parametrize(
    ("value", "key"), [("1.7K3MQ2.3", None), ("1.7K3MQ2.3.4", "4"), ("1.7K3MQ2.3.a.b", "a.b")]
)
def test_values_of_before_rounds_are_still_read(value, key):
    """Cards from then stand in Slack; their buttons say which attempt, and no round."""
    assert read_value(value) == ButtonValue(production_id="7K3MQ2", attempt=3, key=key)


@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_malformed_button_value_is_refused(value):
    """A value this version never wrote raises the one documented error."""
    with pytest.raises(UnreadableIdError):
        read_value(value)


@given(st.text() | st.binary() | st.integers() | st.none())
def test_nothing_breaks_the_readers(value):
    """Any value at all is either read or refused."""
    for read in (read_value, read_page_value, read_metadata):
        try:
            read(value)
        except UnreadableIdError:
            continue


def test_key_too_long_for_a_button_gives_no_value():
    """A deliverable's key beyond Slack's limit cannot be carried by a button."""
    about = ButtonValue(production_id="7K3MQ2", attempt=1, round_number=1, key="k" * VALUE_LIMIT)
    assert build_value(about) is None


@pytest.mark.parametrize("page", [0, 1, 12])
def test_page_value_survives_the_way_to_slack_and_back(page):
    """A list's page reads as it was written."""
    assert read_page_value(build_page_value("failed", page)) == ("failed", page)


@pytest.mark.parametrize("value", [None, "1.closed.0", "1.open.-1", "1.open.1000", "1.open.0\n"])
def test_malformed_page_value_is_refused(value):
    """A page this version never wrote raises the one documented error."""
    with pytest.raises(UnreadableIdError):
        read_page_value(value)


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata(channel_id="C1"),
        Metadata(channel_id="C1", provider="jarai"),
        Metadata(channel_id=None, provider="jarai", asks_channel=True),
        Metadata(
            channel_id="C1",
            value=ButtonValue(production_id="7K3MQ2", attempt=3, round_number=2),
            thread_ts="1700000000.000100",
        ),
    ],
)
def test_metadata_survives_the_way_to_slack_and_back(metadata):
    """What a form carries along reads as it was written."""
    assert read_metadata(build_metadata(metadata)) == metadata


@pytest.mark.parametrize("text", HOSTILE_METADATA)
def test_malformed_metadata_is_refused(text):
    """Metadata this version never wrote raises the one documented error."""
    with pytest.raises(UnreadableIdError):
        read_metadata(text)


def test_ids_clash_nowhere():
    """No id is used for two things, so no listener hears what is meant for another."""
    ids = [one.value for kind in (Action, Callback, Block) for one in kind]
    assert len(ids) == len(set(ids))
