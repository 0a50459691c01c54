"""A server of Socket Mode that means harm: we connect again, answer, and write down no nonsense."""

import pytest
from structlog.testing import capture_logs

from tests.unit.sockets.switchboard import CLICK, eventually, until_up

BAD_REASONS = ["\ud800", "two\nlines", "x" * 1_000_000, [], 7, None]


@pytest.mark.parametrize("reason", BAD_REASONS, ids=lambda reason: repr(reason)[:20])
async def test_goodbye_of_no_word_is_written_down_as_none(bench, slack, reason):
    """A reason that is no word reaches no log, and the next connection comes."""
    slack.greeting = {"type": "disconnect", "reason": reason}
    sockets = bench.sockets(count=1)
    with capture_logs() as logs:
        sockets.start()
        await eventually(lambda: logs)
        slack.greeting = {"type": "hello"}
        await until_up(sockets, 1)
        await sockets.close()
    assert [line["why"] for line in logs if line["event"] == "socket_lost"] == ["no_reason"]


async def test_refusal_of_no_word_is_written_down_as_none(bench, slack):
    """The same holds for the answer to the question where to connect."""
    slack.refusals = [{"ok": False, "error": "\ud800"}]
    with capture_logs() as logs:
        async with bench.connected(count=1):
            pass
    assert [line["why"] for line in logs if line["event"] == "socket_lost"] == ["unknown"]


@pytest.mark.parametrize("bytes_", [b"\x81\x04\xff\xff\xff\xff", b"\xff" * 50])
async def test_bytes_that_are_no_frame_cost_one_connection(bench, slack, bytes_):
    """What is no WebSocket at all is a loss, and the next connection answers."""
    async with bench.connected(count=1) as sockets:
        slack.sockets[0]._req.transport.write(bytes_)
        await slack.until(lambda: len(slack.sockets) == 2)
        await until_up(sockets, 1)
        await slack.envelope(1, "interactive", CLICK, envelope_id="E2")
        assert await slack.acked() == [(1, {"envelope_id": "E2"})]


async def test_frame_without_end_costs_one_connection(bench, slack):
    """A frame larger than Slack's ever are is not read to its end."""
    async with bench.connected(count=1) as sockets:
        giant = b"\x81\x7f" + (2**40).to_bytes(8, "big")
        slack.sockets[0]._req.transport.write(giant)
        await slack.until(lambda: len(slack.sockets) == 2)
        await until_up(sockets, 1)
