"""Bodies that are too long, too slow, or never end."""

import asyncio

import pytest
from starlette.requests import Request

from bot.web.body import (
    BodyCutOffError,
    BodyTooLargeError,
    BodyTooSlowError,
    read_body,
    refused,
)


def request(*messages):
    """Make a request whose body comes in these messages, and after them nothing more."""
    left = list(messages)

    async def receive():
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


def chunk(body, *, more):
    """Make one message of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


async def test_body_comes_together_from_its_parts():
    """A body in pieces is one body."""
    asked = request(chunk(b"ab", more=True), chunk(b"cd", more=False))
    assert await read_body(asked, max_bytes=4) == b"abcd"


async def test_reading_stops_as_soon_as_it_is_too_much():
    """What comes after the limit is not waited for."""
    with pytest.raises(BodyTooLargeError):
        await read_body(request(chunk(b"abc", more=True)), max_bytes=2)


async def test_body_that_does_not_come_in_time_is_given_up(monkeypatch):
    """Whoever sends a byte a minute does not hold a connection for ever."""
    monkeypatch.setattr("bot.web.body.BODY_S", 0)
    with pytest.raises(BodyTooSlowError):
        await read_body(request(chunk(b"a", more=True)), max_bytes=9)


async def test_sender_who_goes_away_is_no_error_of_ours():
    """A connection that ends inside a body is answered, to nobody, and not logged as a crash."""
    asked = request(chunk(b"a", more=True), {"type": "http.disconnect"})
    with pytest.raises(BodyCutOffError):
        await read_body(asked, max_bytes=9)


@pytest.mark.parametrize(
    ("error", "status"), [(BodyTooLargeError, 413), (BodyTooSlowError, 408), (BodyCutOffError, 400)]
)
def test_refusal_says_why_and_closes_the_connection(error, status):
    """The rest of a body that is not read must not be taken for the next request."""
    answer = refused(error())
    assert (answer.status_code, answer.headers["connection"]) == (status, "close")
