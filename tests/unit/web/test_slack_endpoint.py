"""What reaches Bolt: signed, once, and in a shape that makes sense."""

import json
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request

from bot.slack.shape import read_request
from bot.web.slack import SIGNATURE_KEPT, SlackEndpoint

SECRET = "signing-secret"
FORM = "application/x-www-form-urlencoded"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
COMMAND = {"command": "/produce", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2.a"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
NAMES = ("user", "team", "enterprise", "channel", "container", "view", "event", "actions", "type")


class Bench:
    """The endpoint, a stand-in for Bolt, and a clock moved by hand."""

    def __init__(self):
        self.now = NOW
        self.bolt = AsyncMock()
        self.bolt.async_dispatch.return_value = BoltResponse(status=200, body="")
        self.endpoint = SlackEndpoint(self.bolt, signing_secret=SECRET, clock=lambda: self.now)

    def sign(self, body):
        """Sign as Slack does, now."""
        timestamp = str(int(self.now.timestamp()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
        return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}

    async def post(self, body, headers):
        """Send bytes to the endpoint; gives the status."""
        headers = {"content-type": FORM} | headers
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        receive = AsyncMock(return_value={"type": "http.request", "body": body})
        scope = {"type": "http", "method": "POST", "path": "/", "headers": raw}
        return (await self.endpoint.answer(Request(scope, receive))).status_code


@pytest.fixture
def bench():
    return Bench()


async def test_recording_is_refused(bench):
    """The same signed bytes again are a recording, and reach nobody."""
    body = urlencode(COMMAND).encode()
    headers = bench.sign(body)
    assert [await bench.post(body, headers) for _ in range(2)] == [200, 401]
    assert bench.bolt.async_dispatch.await_count == 1


async def test_same_body_signed_anew_is_taken(bench):
    """Slack's own second try has a new timestamp, so it is no recording."""
    body = urlencode(COMMAND).encode()
    await bench.post(body, bench.sign(body))
    bench.now += timedelta(seconds=3)
    assert await bench.post(body, bench.sign(body)) == 200


async def test_signatures_are_forgotten_once_they_are_worth_nothing(bench):
    """Memory holds the last minutes of signatures and no more."""
    for _ in range(2):
        body = urlencode(COMMAND).encode()
        await bench.post(body, bench.sign(body))
        bench.now += SIGNATURE_KEPT
    assert len(bench.endpoint._signatures._seen) == 1


async def test_signatures_kept_have_an_end(bench, monkeypatch):
    """However many come in ten minutes, memory holds so many and drops the oldest."""
    monkeypatch.setattr("bot.web.slack.SIGNATURES_MOST", 2)
    for number in range(4):
        body = urlencode(COMMAND | {"text": number}).encode()
        await bench.post(body, bench.sign(body))
    assert len(bench.endpoint._signatures._seen) == 2


async def test_what_bolt_trips_over_is_the_senders_mistake(bench):
    """An exception of Bolt's is a 400, not a 500."""
    bench.bolt.async_dispatch.side_effect = TypeError("x")
    body = urlencode(COMMAND).encode()
    assert await bench.post(body, bench.sign(body)) == 400


async def test_headers_that_steer_bolt_stay_outside(bench):
    """Bolt's own headers are not signed by Slack, so they count for nothing."""
    body = urlencode(COMMAND).encode()
    steering = {"x-slack-bolt-lazy-only": "1", "x-slack-bolt-lazy-function-name": "x"}
    await bench.post(body, bench.sign(body) | steering)
    asked = bench.bolt.async_dispatch.call_args.args[0]
    assert (asked.lazy_only, asked.lazy_function_name) == (False, None)


def test_command_with_the_word_payload_is_a_command():
    """Only a field of that name makes an interaction."""
    fields = COMMAND | {"text": "our payload explained"}
    assert read_request(urlencode(fields), FORM) == fields


@given(st.dictionaries(st.sampled_from(NAMES), JSON) | JSON)
def test_any_shape_is_read_or_refused(value):
    """Whatever an interaction or an event holds, reading it never raises."""
    text = json.dumps(value)
    for body, kind in ((urlencode({"payload": text}), FORM), (text, "application/json")):
        assert isinstance(read_request(body, kind), dict | None)
