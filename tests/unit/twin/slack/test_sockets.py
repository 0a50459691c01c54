"""Socket Mode of the local Slack, over real WebSockets."""

import aiohttp
import pytest
from aiohttp import WSMsgType

from tests.unit.twin.slack.socket_support import (
    PAYLOAD,
    ack,
    connect,
    connected,
    deliver,
    ends,
    make_app,
    running,
)
from twin.slack.errors import SlackError
from twin.slack.outbound.links import PATH
from twin.slack.outbound.sockets import DEBUG_LIFE_S, LIFE_S


@pytest.fixture
async def slack():
    async with running() as slack:
        yield slack


async def test_link_works_once(slack, session):
    """A second connection to the same link is refused."""
    url = slack.sockets.link(slack.app)
    await session.ws_connect(url)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(url)
    assert refused.value.status == 404


@pytest.mark.parametrize("query", ["", "?ticket=made-up", "?ticket=&app_id=A0GREEN"])
async def test_made_up_link_is_refused(slack, session, query):
    """Only `apps.connections.open` makes links."""
    slack.sockets.link(slack.app)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(f"{slack.url}{PATH}{query}")
    assert refused.value.status == 404


async def test_link_of_another_app_is_refused(slack, session):
    """A ticket is good for the app it was given to."""
    url = slack.sockets.link(slack.app).replace("A0GREEN", "A0BLUE")
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(url)


async def test_plain_request_leaves_the_link_unused(slack, session):
    """Who looks at a link with a browser is told no, and the bot can still use it."""
    url = slack.sockets.link(slack.app)
    async with session.get(url.replace("ws", "http", 1)) as answer:
        assert answer.status == 400
    ws = await session.ws_connect(url)
    assert (await ws.receive_json())["type"] == "hello"


async def test_no_link_without_socket_mode(slack):
    """An app that is set up for HTTP gets no link."""
    slack.app.is_socket_mode = False
    with pytest.raises(SlackError, match="socket_mode_not_enabled"):
        slack.sockets.link(slack.app)


async def test_link_from_before_switching_off_is_turned_away(slack, session):
    """Who connects after Socket Mode was switched off is told so and sent away."""
    url = slack.sockets.link(slack.app)
    slack.app.is_socket_mode = False
    ws = await session.ws_connect(url)
    assert await ends(ws) == ["link_disabled"]


async def test_greeting_counts_the_apps_own_connections(slack, session):
    """Each greeting counts the connections of its app, not those of others."""
    apps = (slack.app, make_app("A0BLUE"), slack.app)
    opened = [await connect(slack, session, app=app) for app in apps]
    counts = [(told["connection_info"]["app_id"], told["num_connections"]) for _, told in opened]
    assert counts == [("A0GREEN", 1), ("A0BLUE", 1), ("A0GREEN", 2)]


@pytest.mark.parametrize(
    ("more", "life_s"), [("", LIFE_S), ("&debug_reconnects=true", DEBUG_LIFE_S)]
)
async def test_connection_ends_when_its_greeting_said(slack, session, more, life_s):
    """Ten seconds before its time is up a connection is warned, then it is asked to refresh."""
    ws, greeting = await connect(slack, session, more=more)
    assert greeting["debug_info"]["approximate_connection_time"] == life_s
    await slack.clock.advance(life_s - 11)
    assert slack.answers() == ["hello"]
    await slack.clock.advance(1)
    assert (await ws.receive_json())["reason"] == "warning"
    await slack.clock.advance(9)
    assert slack.sockets.numbers("A0GREEN") == [1]
    await slack.clock.advance(1)
    assert await ends(ws) == ["refresh_requested"]
    assert slack.sockets.numbers("A0GREEN") == []


async def test_eleventh_connection_is_turned_away(slack, session):
    """Ten connections are let in; one more gets no greeting, until another leaves."""
    ten = [await connected(slack, session) for _ in range(10)]
    ws, refusal = await connect(slack, session)
    assert (refusal["type"], refusal["reason"]) == ("disconnect", "too_many_websockets")
    assert await ends(ws) == []
    assert len(slack.sockets.numbers("A0GREEN")) == 10
    await ten[0].close()
    await slack.journal.wait_for(lambda: slack.answers()[-1] == "closed", timeout_s=5)
    await connected(slack, session)


async def test_connections_take_turns(slack, session):
    """Payloads go to the live connections one after the other."""
    both = [await connected(slack, session) for _ in range(2)]
    for turn in (0, 1, 0, 1):
        delivery = deliver(slack)
        await ack(both[turn], await both[turn].receive_json())
        assert (await delivery).error is None


async def test_ack_brings_the_answer(slack, session):
    """What comes with the ack of a command counts as the body of an HTTP answer."""
    ws = await connected(slack, session)
    delivery = deliver(slack)
    frame = await ws.receive_json()
    assert (frame["type"], frame["payload"]) == ("slash_commands", PAYLOAD)
    await ack(ws, frame, payload={"text": "hi"})
    outcome = await delivery
    assert (outcome.status, outcome.body) == (200, '{"text": "hi"}')
    assert outcome.error is outcome.reason is None


async def test_answer_to_an_event_is_not_looked_at(slack, session):
    """Where no response payload is accepted, what the bot sends along is dropped."""
    ws = await connected(slack, session)
    delivery = deliver(slack, kind="events_api", retry_num=1, retry_reason="timeout")
    frame = await ws.receive_json()
    assert (frame["retry_attempt"], frame["accepts_response_payload"]) == (1, False)
    await ack(ws, frame, payload={"text": "hi"})
    assert (await delivery).body == ""


async def test_nobody_connected_is_dispatch_failed(slack):
    """Without a connection nothing can be sent."""
    outcome = await deliver(slack)
    assert (outcome.status, outcome.error, outcome.reason) == (
        None,
        "dispatch_failed",
        "connection_failed",
    )


async def test_no_ack_in_time_is_operation_timeout(slack, session):
    """A connection that says nothing lets the person down when the deadline is over."""
    await connected(slack, session)
    outcome = await deliver(slack, deadline_s=0.05)
    assert (outcome.status, outcome.error, outcome.reason) == (None, "operation_timeout", "timeout")


async def test_ack_after_the_deadline_is_only_noted(slack, session):
    """An ack that comes too late changes nothing, and neither does a second one."""
    ws = await connected(slack, session)
    late = deliver(slack, deadline_s=0.05)
    await late
    await ack(ws, await ws.receive_json())
    await slack.journal.wait_for(lambda: slack.answers()[-1] == "unknown_envelope", timeout_s=5)
    assert slack.sockets.numbers("A0GREEN") == [1]


async def test_ack_may_come_over_another_connection(slack, session):
    """A bot that has several connections may ack on any of them."""
    first, second = [await connected(slack, session) for _ in range(2)]
    delivery = deliver(slack)
    await ack(second, await first.receive_json())
    assert (await delivery).error is None


async def test_ack_of_another_app_does_not_count(slack, session):
    """An app cannot ack what was sent to another."""
    ws = await connected(slack, session)
    stranger = await connected(slack, session, app=make_app("A0BLUE"))
    delivery = deliver(slack)
    frame = await ws.receive_json()
    await ack(stranger, frame)
    await slack.journal.wait_for(lambda: slack.answers()[-1] == "unknown_envelope", timeout_s=5)
    assert not delivery.done()
    await ack(ws, frame)
    assert (await delivery).error is None


async def test_bot_that_reconnects_may_still_ack(slack, session):
    """A bot that closes its connection with an envelope in hand acks over its next one."""
    ws = await connected(slack, session)
    delivery = deliver(slack)
    frame = await ws.receive_json()
    await ws.close()
    newer = await connected(slack, session)
    await ack(newer, frame)
    assert (await delivery).error is None


@pytest.mark.parametrize("do", ["drop", "disconnect"])
async def test_envelope_is_lost_with_a_connection_that_slack_ends(slack, session, do):
    """What is under way on a connection that Slack ends has failed, whatever is acked later."""
    ws = await connected(slack, session)
    delivery = deliver(slack)
    frame = await ws.receive_json()
    await slack.sockets.disturb(slack.app, do=do)
    await slack.clock.advance(10)
    assert (await delivery).error == "dispatch_failed"
    newer = await connected(slack, session)
    await ack(newer, frame)
    await slack.journal.wait_for(lambda: slack.answers()[-1] == "unknown_envelope", timeout_s=5)


@pytest.mark.parametrize("nonsense", ["", "hello", "{}", '{"envelope_id": "made-up"}', b"\x00"])
async def test_nonsense_is_ignored_and_noted(slack, session, nonsense):
    """What is no ack, or acks nothing, leaves the connection as it was."""
    ws = await connected(slack, session)
    if isinstance(nonsense, bytes):
        await ws.send_bytes(nonsense)
    else:
        await ws.send_str(nonsense)
    delivery = deliver(slack)
    await ack(ws, await ws.receive_json())
    assert (await delivery).error is None
    assert slack.answers()[-1] in {"no_ack", "unknown_envelope"}


async def test_nothing_goes_to_a_connection_that_has_ended(slack, session):
    """Once a connection has ended, every payload goes to the one that is left."""
    gone, left = [await connected(slack, session) for _ in range(2)]
    await slack.sockets.disturb(slack.app, do="drop", number=1)
    for _ in range(2):
        delivery = deliver(slack)
        await ack(left, await left.receive_json())
        assert (await delivery).error is None
    assert await ends(gone) == []


async def test_warning_ends_nothing(slack, session):
    """A connection that was warned is used until it is ended."""
    ws = await connected(slack, session)
    assert await slack.sockets.disturb(slack.app, do="warn") == [1]
    assert (await ws.receive_json())["reason"] == "warning"
    await slack.clock.advance(10)
    delivery = deliver(slack)
    await ack(ws, await ws.receive_json())
    assert (await delivery).error is None


async def test_disconnect_warns_and_ends_ten_seconds_later(slack, session):
    """A refresh by hand goes as Slack's own do, on the connection that was named."""
    first, second = [await connected(slack, session) for _ in range(2)]
    assert await slack.sockets.disturb(slack.app, do="disconnect", number=2) == [2]
    assert slack.sockets.numbers("A0GREEN") == [1, 2]
    await slack.clock.advance(10)
    assert await ends(second) == ["warning", "refresh_requested"]
    assert slack.sockets.numbers("A0GREEN") == [1]
    assert not first.closed


async def test_bot_that_leaves_on_the_warning_is_not_told_twice(slack, session):
    """A connection that the bot has closed gets no refresh."""
    ws = await connected(slack, session)
    await slack.sockets.disturb(slack.app, do="disconnect")
    await ws.receive_json()
    await ws.close()
    await slack.journal.wait_for(lambda: slack.answers()[-1] == "closed", timeout_s=5)
    await slack.clock.advance(10)
    assert slack.answers() == ["hello", "warning", "closed"]


async def test_drop_has_no_goodbye(slack, session):
    """A dropped connection ends with no frame and no close code of Slack's."""
    ws = await connected(slack, session)
    await slack.sockets.disturb(slack.app, do="drop")
    frame = await ws.receive()
    assert frame.type in {WSMsgType.CLOSED, WSMsgType.ERROR}
    assert ws.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE


async def test_switching_off_ends_every_connection(slack, session):
    """When Socket Mode is switched off each connection is told why it ends."""
    both = [await connected(slack, session) for _ in range(2)]
    assert await slack.sockets.disable(slack.app) == [1, 2]
    assert [await ends(ws) for ws in both] == [["link_disabled"], ["link_disabled"]]
    assert slack.app.is_socket_mode is False


async def test_slack_pings_and_misses_those_who_do_not_answer(session):
    """A bot that answers is pinged again; one that leaves a ping unanswered is cut off."""
    async with running(ping_s=0.2) as slack:
        ws, _ = await connect(slack, session, autoping=False)
        first = await ws.receive()
        assert (first.type, first.data) == (WSMsgType.PING, b"Ping from applink-1")
        await ws.pong(first.data)
        assert (await ws.receive()).type is WSMsgType.PING
        assert (await ws.receive()).type is not WSMsgType.PING
        await slack.journal.wait_for(lambda: slack.answers()[-1] == "closed", timeout_s=5)


async def test_slack_answers_pings(slack, session):
    """A bot's ping comes back with what it held, as official clients want it."""
    ws, _ = await connect(slack, session, autoping=False)
    await ws.ping(b"sdk-ping-pong:1.5")
    frame = await ws.receive()
    assert (frame.type, frame.data) == (WSMsgType.PONG, b"sdk-ping-pong:1.5")
