"""Slack heard over connections that we open: nothing lost, nothing left behind."""

import asyncio
import logging
from unittest.mock import AsyncMock

import pytest
from aiohttp import web
from slack_bolt import BoltResponse
from structlog.testing import capture_logs

from bot.sockets.line import NoConnectionError
from bot.sockets.sockets import Sockets, read_route
from tests.unit.sockets.switchboard import (
    CLICK,
    COMMAND,
    EVENT,
    HELLO,
    QUICK,
    eventually,
    until_up,
)

JSON = {"content-type": ["application/json"]}


def held(bench):
    """Let Bolt wait for an event before it answers; gives that it began, and the event."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def dispatch(_request):
        begun.set()
        await go_on.wait()
        return BoltResponse(status=200, body="")

    bench.bolt.async_dispatch.side_effect = dispatch
    return begun, go_on


# Answers.


async def test_each_connection_gets_its_own_address(bench, slack):
    """An address is good for one use, so there is one question for each connection."""
    async with bench.connected(count=3):
        assert slack.asked == len(slack.sockets) == 3


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("slash_commands", COMMAND), ("interactive", CLICK), ("events_api", EVENT)],
)
async def test_envelope_reaches_bolt_and_is_acked_where_it_came(bench, slack, kind, payload):
    """Bolt gets what was in it, and the answer goes back over the same connection."""
    async with bench.connected():
        await slack.envelope(1, kind, payload)
        assert await slack.acked() == [(1, {"envelope_id": "E1"})]
    (request,) = bench.bolt.async_dispatch.await_args.args
    assert (request.body, request.mode) == (payload, "socket_mode")


async def test_answer_rides_along_where_slack_takes_it(bench, slack):
    """What a form is told stands in the ack as it would in an HTTP answer."""
    body = '{"response_action": "clear"}'
    bench.bolt.async_dispatch.return_value = BoltResponse(status=200, body=body, headers=JSON)
    async with bench.connected():
        await slack.envelope(0, "interactive", CLICK, accepts_response_payload=True)
        await slack.envelope(0, "interactive", CLICK, accepts_response_payload=False)
        answers = [answer for _, answer in await slack.acked(2)]
    assert {"envelope_id": "E1", "payload": {"response_action": "clear"}} in answers
    assert {"envelope_id": "E1"} in answers


async def test_plain_words_answer_a_command(bench, slack):
    """A text that is no JSON is shown as the command's answer."""
    bench.bolt.async_dispatch.return_value = BoltResponse(status=200, body="Hello")
    async with bench.connected():
        await slack.envelope(0, "slash_commands", COMMAND, accepts_response_payload=True)
        ((_, answer),) = await slack.acked()
    assert answer["payload"] == {"text": "Hello"}


async def test_retry_is_told_as_over_http(bench, slack):
    """A listener can tell the second try from the first by the headers it knows."""
    async with bench.connected():
        await slack.envelope(0, "events_api", EVENT, retry_attempt=1, retry_reason="timeout")
        await slack.acked()
    (request,) = bench.bolt.async_dispatch.await_args.args
    assert request.headers["x-slack-retry-num"] == ["1"]
    assert request.headers["x-slack-retry-reason"] == ["timeout"]


@pytest.mark.parametrize("outcome", [BoltResponse(status=404), RuntimeError("tripped")])
async def test_what_nobody_answers_is_not_acked(bench, slack, outcome):
    """Slack hears of a failure by silence; the next envelope is answered as ever."""
    good = BoltResponse(status=200, body="")
    bench.bolt.async_dispatch = AsyncMock(side_effect=[outcome, good])
    async with bench.connected():
        await slack.envelope(0, "interactive", CLICK, envelope_id="E1")
        await slack.envelope(0, "interactive", CLICK, envelope_id="E2")
        assert await slack.acked() == [(0, {"envelope_id": "E2"})]


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "nonsense",
        "[1]",
        "{",
        "{}",
        '{"type": "interactive"}',
        '{"type": "interactive", "envelope_id": 7, "payload": {}}',
        '{"type": "interactive", "envelope_id": "E1", "payload": {"type": "block_actions"}}',
        '{"type": "slash_commands", "envelope_id": "E1", "payload": {"command": "/produce"}}',
        '{"type": "events_api", "envelope_id": "E1", "payload": "text"}',
        '{"type": "events_api", "envelope_id": "E1", "payload": {"type": "\\ud800"}}',
        '{"type": "of_next_year", "envelope_id": "E1", "payload": {}}',
        '{"type": ' + "[" * 100_000,
    ],
    ids=lambda frame: frame[:40],
)
async def test_nonsense_harms_nobody(bench, slack, frame):
    """A frame that makes no sense reaches no listener, and the next one is answered."""
    async with bench.connected(count=1):
        await slack.send(0, frame)
        await slack.envelope(0, "interactive", CLICK, envelope_id="E2")
        assert await slack.acked() == [(0, {"envelope_id": "E2"})]
    assert bench.bolt.async_dispatch.await_count == 1


# Connections that come and go.


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_next_connection_is_there_before_the_old_one_goes(bench, slack, reason):
    """While Slack renews a connection it can always reach us over as many as before."""
    async with bench.connected(count=1) as sockets:
        await slack.send(0, {"type": "disconnect", "reason": reason})
        await slack.until(lambda: len(slack.sockets) == 2)
        assert slack.ended == []
        await slack.envelope(0, "interactive", CLICK)
        assert await slack.acked() == [(0, {"envelope_id": "E1"})]
        await slack.sockets[0].close()
        await slack.until(lambda: slack.ended == [0])
        assert sockets.count_up() == 1


async def test_renewal_is_no_loss(bench, slack):
    """Slack renews connections every few hours; nobody is told."""
    with capture_logs() as lines:
        async with bench.connected(count=1):
            await slack.send(0, {"type": "disconnect", "reason": "warning"})
            await slack.until(lambda: len(slack.sockets) == 2)
    assert lines == []


async def test_lost_connection_is_said_once_and_back_once(bench, slack):
    """However many tries it takes, there is one line for the loss and one for the return."""
    with capture_logs() as lines:
        async with bench.connected(count=1) as sockets:
            slack.refusals = [web.Response(status=503), web.Response(status=503)]
            slack.drop(0)
            await slack.until(lambda: len(slack.sockets) == 2)
            await until_up(sockets, 1)
    assert [line["event"] for line in lines] == ["socket_lost", "socket_back"]
    assert lines[0]["why"] == "dropped"


async def test_silence_is_a_loss(bench, slack):
    """A connection on which nobody greets us does not count; another one is tried."""
    slack.greeting = None
    sockets = bench.sockets(count=1, patience=quick(connect_s=0.05))
    sockets.start()
    await slack.until(lambda: len(slack.sockets) >= 2)
    assert sockets.count_up() == 0
    await sockets.close()


async def test_refused_token_is_an_error_said_once(bench, slack):
    """What a person must mend is said in Slack's word, once, and tried again until it is."""
    slack.refusals = [{"ok": False, "error": "invalid_auth"}] * 3
    with capture_logs() as lines:
        async with bench.connected(count=1):
            assert slack.asked == 4
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("socket_lost", "error"),
        ("socket_back", "info"),
    ]
    assert lines[0]["why"] == "invalid_auth"


async def test_waits_as_long_as_slack_says(bench, slack):
    """Slack allows about one address a minute, and says how long to wait for the next."""
    limited = {"ok": False, "error": "ratelimited"}
    slack.refusals = [web.json_response(limited, status=429, headers={"Retry-After": "1"})]
    began_s = asyncio.get_running_loop().time()
    async with bench.connected(count=1):
        assert asyncio.get_running_loop().time() - began_s >= 1


async def test_surprise_does_not_end_a_line(bench, slack, monkeypatch):
    """What nobody thought of is one bad turn, and the next one connects."""
    dial = Sockets._dial
    surprises = [RuntimeError("nobody thought of this")]

    async def surprised(sockets):
        if surprises:
            raise surprises.pop()
        return await dial(sockets)

    monkeypatch.setattr(Sockets, "_dial", surprised)
    with capture_logs() as lines:
        async with bench.connected(count=1):
            assert slack.asked == 1
    assert [line.get("why") for line in lines] == ["RuntimeError", None]


@pytest.mark.parametrize("reason", ["too_many_websockets", "link_disabled"])
async def test_turned_away_connection_waits_before_the_next(bench, slack, reason):
    """One connection too many, or Socket Mode switched off: asking again at once is no use."""
    slack.greeting = {"type": "disconnect", "reason": reason}
    with capture_logs() as lines:
        sockets = bench.sockets(count=1, patience=quick(base_s=3600.0, ceiling_s=3600.0))
        sockets.start()
        await eventually(lambda: bool(lines))
        await sockets.close()
    assert (slack.asked, sockets.count_up()) == (1, 0)
    assert [(line["event"], line["why"], line["log_level"]) for line in lines] == [
        ("socket_lost", reason, "error")
    ]


async def test_refused_successor_is_no_loss_while_the_old_one_lives(bench, slack):
    """With all of the app's connections in use, a new one has to wait until an old one went."""
    with capture_logs() as lines:
        async with bench.connected(count=1):
            slack.greeting = {"type": "disconnect", "reason": "too_many_websockets"}
            await slack.send(0, {"type": "disconnect", "reason": "warning"})
            await slack.until(lambda: len(slack.sockets) == 3)
            slack.greeting = HELLO
            await slack.until(lambda: len(slack.sockets) == 4)
            await slack.envelope(3, "interactive", CLICK)
            assert await slack.acked() == [(3, {"envelope_id": "E1"})]
    assert lines == []


async def test_answer_goes_over_whichever_connection_lives(bench, slack):
    """A connection that dies while a listener is at work does not take its answer along."""
    begun, go_on = held(bench)
    async with bench.connected() as sockets:
        await slack.envelope(0, "interactive", CLICK)
        await begun.wait()
        slack.drop(0)
        await slack.until(lambda: len(slack.sockets) == 3)
        await until_up(sockets, 2)
        go_on.set()
        ((number, answer),) = await slack.acked()
    assert number in {1, 2}
    assert answer == {"envelope_id": "E1"}


async def test_answer_without_any_connection_is_dropped_with_a_warning(bench, slack):
    """Nothing blows up; Slack sends an event again, and what was asked for is recorded."""
    begun, go_on = held(bench)
    with capture_logs() as lines:
        async with bench.connected(count=1) as sockets:
            await slack.envelope(0, "interactive", CLICK)
            await begun.wait()
            slack.refusals = [{"ok": False, "error": "internal_error"}] * 10_000
            slack.drop(0)
            await until_up(sockets, 0)
            go_on.set()
            await bench.in_flight.finish(5)
    assert {"event": "ack_not_sent", "log_level": "warning", "envelope_id": "E1"} in lines


# Stopping.


async def test_stop_finishes_what_is_in_hand_and_takes_nothing_new(bench, slack):
    """The answer of a listener at work still goes out; what arrives after the stop is left."""
    begun, go_on = held(bench)
    async with bench.connected(count=1) as sockets:
        await slack.envelope(0, "interactive", CLICK, envelope_id="E1")
        await begun.wait()
        sockets.stop_taking()
        await slack.envelope(0, "interactive", CLICK, envelope_id="E2")
        finishing = asyncio.create_task(bench.in_flight.finish(5))
        go_on.set()
        await finishing
        assert await slack.acked() == [(0, {"envelope_id": "E1"})]
    assert bench.bolt.async_dispatch.await_count == 1


async def test_close_while_connecting_leaves_nothing(bench, slack):
    """A stop in the middle of a handshake ends it."""
    slack.greeting = None
    sockets = bench.sockets()
    before = asyncio.all_tasks()
    sockets.start()
    await slack.until(lambda: len(slack.sockets) == 2)
    await sockets.close()
    await slack.until(lambda: sorted(slack.ended) == [0, 1])
    left = [task.get_coro().__qualname__ for task in asyncio.all_tasks() - before]
    assert set(left) <= {"RequestHandler.start"}


# What must not get out, and where we do not go.


async def test_no_log_level_shows_payloads_or_addresses(bench, slack, caplog):
    """The library writes whole frames into its debug log; nobody gets to see that."""
    caplog.set_level(logging.DEBUG)
    secret = CLICK | {"response_url": "https://hooks.slack.test/secret"}
    async with bench.connected(count=1):
        await slack.envelope(0, "interactive", secret)
        await slack.acked()
        slack.drop(0)
        await slack.until(lambda: len(slack.sockets) == 2)
    # The Web API's client is another matter: bot.logs keeps all of its debug lines out.
    ours = [one for one in caplog.records if not one.name.startswith("slack_sdk.web")]
    shown = [one.getMessage() for one in ours]
    assert [line for line in shown if "secret" in line or "ticket" in line] == []


async def test_loopback_is_reached_without_a_proxy(bench, monkeypatch):
    """A proxy of the environment is for the world outside."""
    sockets = bench.sockets(count=1)
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    sockets.start()
    await until_up(sockets, 1)
    await sockets.close()


@pytest.mark.parametrize(
    ("url", "api_url"),
    [
        (None, "https://slack.com/api/"),
        ("", "https://slack.com/api/"),
        ("ws://wss.slack.test/link", "https://slack.com/api/"),
        ("ws://127.0.0.1/link", "https://slack.com/api/"),
        ("ws://wss.slack.test/link", "http://127.0.0.1:1/api/"),
        ("https://wss.slack.test/link", "https://slack.com/api/"),
        ("wss:///link", "https://slack.com/api/"),
        ("wss://[half", "https://slack.com/api/"),
    ],
)
def test_unsafe_addresses_are_refused(url, api_url):
    """We connect without encryption only on this machine, and only if the Web API is here too."""
    with pytest.raises(NoConnectionError):
        read_route(url, api_url=api_url)


def test_encrypted_address_is_taken():
    """Slack's own are; the proxy of the environment then holds."""
    route = read_route("wss://wss.slack.test/link?t=1", api_url="https://slack.com/api/")
    assert (route.url, route.is_direct) == ("wss://wss.slack.test/link?t=1", False)


def quick(**changes):
    """Give the usual patience with some of it changed."""
    return type(QUICK)(**(vars(QUICK) | changes))
