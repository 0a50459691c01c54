"""Bodies in the journal: readable, without secrets, and never a reason to fail."""

import json

from twin.secrecy import BODY_MOST, payload_shown


def test_a_short_body_is_shown_as_what_it_is():
    """Who reads the journal sees fields, not a text with quotes in it."""
    assert payload_shown(b'{"topic": "Cats"}') == {"topic": "Cats"}


def test_a_body_nested_without_end_is_shown_as_text():
    """What is read back from the journal can be written as JSON again."""
    nested = b"[" * 600 + b"]" * 600
    assert payload_shown(nested) == nested.decode()


def test_a_long_body_is_cut():
    """The journal stays readable whatever was sent."""
    shown = payload_shown(json.dumps({"text": "x" * 10_000}).encode())
    assert len(shown) == BODY_MOST


def test_tokens_and_secrets_are_taken_out():
    """Nobody learns a credential from the journal."""
    body = json.dumps({"signingSecret": "s3cret", "note": "xoxb-1-abc", "url": "/f?sig=abc&x=1"})
    shown = payload_shown(body.encode())
    assert shown == {"signingSecret": "…", "note": "xoxb-…", "url": "/f?sig=…&x=1"}
