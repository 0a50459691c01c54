"""The frames of Socket Mode, as values."""

import json
from datetime import UTC, datetime

import pytest

from twin.slack.outbound.frames import envelope, hello, read_ack

PAYLOAD = {"command": "/produce", "text": "Cats"}


def test_greeting_has_all_that_slacks_has():
    """The greeting tells the app, its connections, and how long this one lasts."""
    opened_at = datetime(2026, 11, 22, 9, 5, 7, 123456, tzinfo=UTC)
    assert hello(app_id="A1", connections=2, life_s=3600.0, opened_at=opened_at) == {
        "type": "hello",
        "num_connections": 2,
        "connection_info": {"app_id": "A1"},
        "debug_info": {
            "host": "applink-1",
            "started": "2026-11-22 09:05:07.123",
            "build_number": 1,
            "approximate_connection_time": 3600,
        },
    }


@pytest.mark.parametrize("kind", ["slash_commands", "interactive"])
def test_only_events_tell_of_retries(kind):
    """A command or an interaction is never sent again, so its envelope has no word of that."""
    plain = envelope("e1", kind=kind, payload=PAYLOAD)
    assert plain == {
        "envelope_id": "e1",
        "type": kind,
        "payload": PAYLOAD,
        "accepts_response_payload": True,
    }


@pytest.mark.parametrize(("num", "reason"), [(0, ""), (2, "timeout")], ids=["first", "again"])
def test_event_tells_how_often_it_was_sent(num, reason):
    """An event's envelope counts the tries, the first one being 0 for no reason."""
    frame = envelope("e1", kind="events_api", payload={}, retry_num=num, retry_reason=reason)
    assert (frame["retry_attempt"], frame["retry_reason"]) == (num, reason)
    assert frame["accepts_response_payload"] is False


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "7", "{}", '{"envelope_id": 7}', "[" * 9000, '{"a": NaN}']
)
def test_what_names_no_envelope_is_no_ack(text):
    """Whatever the bot sends besides acks is told apart without failing."""
    assert read_ack(text) is None


@pytest.mark.parametrize(
    ("payload", "body"),
    [(None, ""), ({"text": "hi"}, '{"text": "hi"}'), ({}, "{}"), ("hi", "hi"), ([1], "[1]")],
)
def test_acks_payload_is_what_a_body_would_be(payload, body):
    """A payload reads as the body of an answer over HTTP; none reads as an empty one."""
    found = read_ack(json.dumps({"envelope_id": "e1", "payload": payload}))
    assert (found.envelope_id, found.body) == ("e1", body)
