"""What Slack's errors mean."""

import asyncio
import ssl
from types import SimpleNamespace
from unittest.mock import AsyncMock, Mock

import aiohttp
import pytest
import structlog
from aiohttp.client_reqrep import ConnectionKey
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.errors import SlackApiError

from bot.slack.bolt import build_bolt, build_client
from bot.slack.errors import (
    LIMITED,
    MESSAGE_GONE,
    PAYLOAD_BAD,
    TOKEN_BAD,
    UNSETTLED,
    NotSent,
    Paused,
    RateLimited,
    Refused,
    Unknown,
    classify,
    guarded,
)
from bot.slack.ids import Metadata, build_metadata

KEY = ConnectionKey(
    host="slack.com",
    port=443,
    is_ssl=True,
    ssl=True,
    proxy=None,
    proxy_auth=None,
    proxy_headers_hash=None,
)
REFUSED = OSError(111, "refused")


def answered(word=None, *, status=200, data=None, **headers):
    """Make the error slack_sdk raises for an answer."""
    data = {"ok": False, "error": word} if word else data
    response = SimpleNamespace(status_code=status, headers=headers, data=data)
    return SlackApiError("failed", response)


@pytest.mark.parametrize("word", ["\ud800", "two\nlines", "x" * 101, ["list"], 7])
def test_word_that_is_none_settles_nothing(word):
    """What could not be written into a log or a database is no word; what was done is open."""
    assert classify(answered(word)) == Unknown(text="status 200")


@pytest.mark.parametrize("word", sorted(MESSAGE_GONE | PAYLOAD_BAD | {"is_archived", "new_word"}))
def test_refusal_is_for_good(word):
    """A word of Slack's means that the same call would be refused again."""
    outcome = classify(answered(word))
    assert outcome == Refused(word=word)
    assert outcome.is_message_gone == (word in MESSAGE_GONE)
    assert outcome.is_payload_bad == (word in PAYLOAD_BAD)


@pytest.mark.parametrize("word", sorted(TOKEN_BAD))
def test_bad_token_pauses(word):
    """Nothing can be sent before a person has mended the token; nothing is lost either."""
    assert classify(answered(word)) == Paused(word=word)


@pytest.mark.parametrize("word", sorted(UNSETTLED))
def test_words_that_settle_nothing_leave_it_unknown(word):
    """Slack itself says that part of it may have been done."""
    assert classify(answered(word)) == Unknown(text=word)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "7"}, 7.0),
        ({}, 30.0),
        ({"Retry-After": "soon"}, 30.0),
        ({"Retry-After": "-5"}, 30.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "999999999"}, 3600.0),
    ],
)
def test_rate_limit_waits_as_long_as_slack_says(headers, seconds):
    """A strange header never means no wait, or one for ever."""
    assert classify(answered(status=429, **headers)) == RateLimited(retry_after_s=seconds)


@pytest.mark.parametrize("word", sorted(LIMITED))
def test_limit_told_by_word_counts_as_well(word):
    """Some limits come without status 429."""
    assert isinstance(classify(answered(word)), RateLimited)


@pytest.mark.parametrize(
    "error",
    [
        answered(status=503),
        answered(status=500, data={"html": 1}),
        answered(status=200, data={}),
        answered(status=404, data=b"<html>"),
        SlackApiError("failed", None),
        SlackApiError("no JSON", SimpleNamespace(status=502, headers={})),
        TimeoutError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(104, "reset"),
        aiohttp.ClientPayloadError("cut"),
        aiohttp.SocketTimeoutError(),
        AttributeError("'str' object has no attribute 'get'"),
        ValueError("bad charset"),
    ],
)
def test_everything_else_is_unknown(error):
    """What may have arrived is never called sent or not sent."""
    assert isinstance(classify(error), Unknown)


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ClientConnectorError(KEY, REFUSED),
        aiohttp.ClientConnectorDNSError(KEY, REFUSED),
        aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("bad")),
        aiohttp.ClientConnectorSSLError(KEY, REFUSED),
        aiohttp.ClientProxyConnectionError(KEY, REFUSED),
        aiohttp.ConnectionTimeoutError(),
    ],
)
def test_connection_never_made_carried_nothing(error):
    """Only a connection that never stood makes it safe to send again."""
    assert isinstance(classify(error), NotSent)


def test_unrelated_exception_is_raised_again():
    """A mistake of our own is not mistaken for Slack's."""
    with pytest.raises(KeyError):
        classify(KeyError("x"))


class TestGuarded:
    """What keeps a listener's errors from Bolt."""

    @pytest.mark.parametrize(("acks", "status"), [(True, 200), (False, 500)])
    async def test_ack_counts_even_if_the_listener_fails_at_once(self, acks, status):
        """Slack gets the answer that was given; without one it gets a 500, and no wait for it."""

        async def fails(ack):
            if acks:
                await ack()
            raise RuntimeError("x")

        bolt = build_bolt(build_client(None, "http://127.0.0.1:1/api/"), Mock())
        bolt.action("approve")(guarded(fails))
        body = {
            "type": "block_actions",
            "user": {"id": "U1"},
            "response_url": "http://127.0.0.1:1/",
            "actions": [{"action_id": "approve", "block_id": "b"}],
        }
        with structlog.testing.capture_logs() as logs:
            request = AsyncBoltRequest(body=body, mode="socket_mode")
            answer = await asyncio.wait_for(bolt.async_dispatch(request), timeout=2)
        assert answer.status == status
        assert (logs[0]["event"], logs[0]["error"]) == ("listener_failed", "RuntimeError")

    async def test_listener_gets_what_it_names(self):
        """Bolt hands over everything; the listener sees what it asked for."""
        seen = {}

        async def listens(view, ack):
            seen.update(view=view, ack=ack)

        await guarded(listens)(ack=1, body=2, client=3, respond=4, view=5)
        assert seen == {"view": 5, "ack": 1}


class TestOnError:
    """The net under every listener."""

    async def tell(self, error, body, response_url=None, *, is_acked=True):
        """Let a listener fail; gives the client, what was responded and what was logged."""
        client, respond, self.ack = AsyncMock(), AsyncMock(), AsyncMock()
        respond.response_url = response_url
        self.ack.response = object() if is_acked else None

        async def fails():
            raise error

        with structlog.testing.capture_logs() as logs:
            await guarded(fails)(ack=self.ack, body=body, client=client, respond=respond, view=None)
        return client, respond, logs

    async def test_command_that_failed_in_time_is_explained_with_the_ack(self):
        """Where no call gets through, the ack still does; what was typed is given back."""
        body = {"command": "/produce", "text": "Winter `boots`"}
        client, respond, logs = await self.tell(
            answered("ratelimited"), body, "https://hooks.example/1", is_acked=False
        )
        told = self.ack.call_args.kwargs["text"]
        assert "nothing was ordered" in told
        assert "/produce Winter 'boots'" in told
        assert logs[0]["reference"] in told
        respond.assert_not_called()
        client.chat_postEphemeral.assert_not_called()

    async def test_person_gets_the_reference_that_is_in_the_log(self):
        """One short reference joins what the person saw and the log line."""
        _, respond, logs = await self.tell(RuntimeError("x"), {}, "https://hooks.example/1")
        assert logs[0]["reference"] in respond.call_args.kwargs["text"]

    async def test_log_holds_no_text_of_the_exception(self):
        """An address in an exception may be a secret."""
        error = RuntimeError("https://hooks.example/secret")
        _, _, logs = await self.tell(error, {}, "https://hooks.example/1")
        assert "secret" not in str(logs)
        assert logs[0]["error"] == "RuntimeError"

    async def test_dead_trigger_asks_to_try_again(self):
        """Slack's three seconds are over: nobody is to blame, and trying again helps."""
        _, respond, _ = await self.tell(answered("expired_trigger_id"), {}, "https://h.example/1")
        assert "Please try again." in respond.call_args.kwargs["text"]

    async def test_form_is_answered_in_its_channel(self):
        """A form has no address to answer to, so its metadata tells where."""
        metadata = build_metadata(Metadata(channel_id="C1"))
        body = {"view": {"private_metadata": metadata}, "user": {"id": "U1"}}
        client, _, _ = await self.tell(RuntimeError("x"), body)
        arguments = client.chat_postEphemeral.call_args.kwargs
        assert (arguments["channel"], arguments["user"]) == ("C1", "U1")

    @pytest.mark.parametrize("body", [{}, {"view": {}, "user": {}}, {"view": 1, "user": 2}])
    async def test_nobody_to_tell_is_only_logged(self, body):
        """The handler itself never fails."""
        _, _, logs = await self.tell(RuntimeError("x"), body)
        assert logs[1]["event"] == "person_not_told"
