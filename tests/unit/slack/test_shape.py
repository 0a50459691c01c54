"""What is let through to Bolt from an envelope: what makes sense, and nothing that trips it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.shape import read_payload

USER = {"id": "U0BO"}
CLICK = {
    "type": "block_actions",
    "user": USER,
    "trigger_id": "1.2.a",
    "channel": {"id": "C1"},
    "actions": [{"action_id": "approve"}],
}
AT_HOME = CLICK | {
    "channel": None,
    "view": {"id": "V1", "type": "home"},
    "actions": [{"action_id": "make_video"}],
}
SHORTCUT = {"type": "shortcut", "user": USER, "callback_id": "make_video", "trigger_id": "1.2.a"}
COMMAND = {"command": "/produce", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2.a"}
OPENED = {"type": "app_home_opened", "user": "U0BO", "tab": "home"}
EVENT = {"type": "event_callback", "event": OPENED}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def without(body, name):
    """Leave a field out."""
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("interactive", CLICK),
        ("interactive", AT_HOME),
        ("interactive", SHORTCUT),
        ("slash_commands", COMMAND),
        ("events_api", EVENT),
        ("events_api", {"type": "event_callback", "event": {"type": "of_next_year"}}),
        ("events_api", {"type": "app_rate_limited"}),
    ],
)
def test_what_makes_sense_is_let_through(kind, payload):
    """It reaches Bolt as it came."""
    assert read_payload(kind, payload) == payload


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("interactive", without(CLICK, "channel")),
        ("interactive", AT_HOME | {"actions": [{"action_id": "approve"}]}),
        ("interactive", without(AT_HOME, "view")),
        ("interactive", without(SHORTCUT, "trigger_id")),
        ("interactive", without(SHORTCUT, "user")),
        ("slash_commands", without(COMMAND, "user_id")),
        ("slash_commands", COMMAND | {"text": ["a list"]}),
        ("events_api", EVENT | {"event": without(OPENED, "tab")}),
        ("events_api", EVENT | {"event": OPENED | {"user": {}}}),
        ("events_api", EVENT | {"event": None}),
        ("interactive", CLICK | {"half": "\ud800"}),
        ("hello", CLICK),
    ],
)
def test_what_a_listener_would_trip_over_is_not(kind, payload):
    """It is refused in one way, before anybody reads it."""
    assert read_payload(kind, payload) is None


@given(st.sampled_from(["interactive", "slash_commands", "events_api", "x"]), JSON)
def test_nothing_makes_it_raise(kind, payload):
    """Whatever an envelope holds, the answer is the payload or None."""
    assert read_payload(kind, payload) in (None, payload)
