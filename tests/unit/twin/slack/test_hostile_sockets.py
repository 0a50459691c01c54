"""Peers of Socket Mode that mean harm: the local Slack stays calm."""

import asyncio
import contextlib

import pytest

from tests.unit.twin.slack.socket_support import connected, running

_MORE_THAN_BUFFERS_HOLD = {"text": "x" * 8_000_000}
_HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@pytest.fixture
async def slack():
    async with running() as slack:
        yield slack


@contextlib.asynccontextmanager
async def deaf_peer(slack):
    """Connect, and never read a byte of what comes."""
    _, server = slack.url.rsplit("/", 1)
    host, port = server.split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1)
    path = slack.sockets.link(slack.app).partition(server)[2]
    writer.write(_HANDSHAKE.format(path=path).encode())
    await slack.journal.wait_for(lambda: "hello" in slack.answers(), timeout_s=5)
    try:
        yield reader
    finally:
        writer.transport.abort()


async def send_much(slack):
    """Send more than fits into the buffers on the way, and do not wait long."""
    return await slack.sockets.deliver(
        slack.app, kind="slash_commands", payload=_MORE_THAN_BUFFERS_HOLD, deadline_s=0.05
    )


async def test_peer_that_does_not_read_times_out_each_time(slack):
    """A second delivery to somebody deaf is as late as the first; nobody is cancelled."""
    async with deaf_peer(slack):
        errors = [(await send_much(slack)).error for _ in range(3)]
    assert errors == ["operation_timeout"] * 3


async def test_peer_that_does_not_read_holds_nobody_up(slack):
    """The clock goes on: a warning, and an end, do not wait until somebody deaf has read them."""
    async with deaf_peer(slack), asyncio.timeout(10):
        await send_much(slack)
        await slack.sockets.disturb(slack.app, do="disconnect")
        await slack.clock.advance(10)
    assert slack.answers()[1:] == ["warning", "refresh_requested"]


async def test_peer_that_does_not_read_is_cut_off():
    """Somebody deaf answers no ping, however much is on its way to them."""
    async with running(ping_s=0.2) as slack, deaf_peer(slack):
        await send_much(slack)
        await slack.journal.wait_for(lambda: slack.answers()[-1] == "closed", timeout_s=5)


@pytest.mark.parametrize("bytes_", [b"\x81\x84\0\0\0\0\xff\xff\xff\xff", b"\xff" * 11])
async def test_bytes_that_are_no_frame_end_the_connection(slack, session, bytes_):
    """Text that is not UTF-8 and frames that are none cost the sender the connection."""
    ws = await connected(slack, session)
    ws._writer.transport.write(bytes_)
    await slack.journal.wait_for(lambda: slack.answers()[-1] == "closed", timeout_s=5)
    assert slack.sockets.numbers("A0GREEN") == []
