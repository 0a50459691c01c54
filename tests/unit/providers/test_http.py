"""The tables that say what answers and lost connections mean."""

import ssl
from datetime import UTC, datetime

import aiohttp
import httpx
import pytest

from bot.providers.http import (
    LONGEST_WAIT_S,
    Outcome,
    Phase,
    Reply,
    Verdict,
    classify_error,
    classify_status,
    read_retry_after_s,
    read_wait_s,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

ERRORS: list[tuple[Exception, Outcome]] = [
    (httpx.ConnectError("refused"), Outcome.NOT_SENT),
    (httpx.ConnectTimeout("slow"), Outcome.NOT_SENT),
    (httpx.PoolTimeout("full"), Outcome.NOT_SENT),
    (httpx.ProxyError("403"), Outcome.NOT_SENT),
    (httpx.UnsupportedProtocol("gopher"), Outcome.NOT_SENT),
    (httpx.InvalidURL("odd"), Outcome.NOT_SENT),
    (httpx.ReadTimeout("slow"), Outcome.UNCERTAIN),
    (httpx.WriteTimeout("slow"), Outcome.UNCERTAIN),
    (TimeoutError(), Outcome.UNCERTAIN),
    (httpx.ReadError("reset"), Outcome.UNCERTAIN),
    (httpx.WriteError("reset"), Outcome.UNCERTAIN),
    (httpx.CloseError("odd"), Outcome.UNCERTAIN),
    (httpx.RemoteProtocolError("garbage"), Outcome.UNCERTAIN),
    (httpx.LocalProtocolError("odd"), Outcome.UNCERTAIN),
    (httpx.DecodingError("odd"), Outcome.UNCERTAIN),
    (httpx.StreamClosed(), Outcome.UNCERTAIN),
    (ConnectionRefusedError(), Outcome.UNCERTAIN),
    (ConnectionResetError(), Outcome.UNCERTAIN),
    (ssl.SSLError("late"), Outcome.UNCERTAIN),
    (aiohttp.ClientPayloadError("cut"), Outcome.UNCERTAIN),
    (UnicodeError("label too long"), Outcome.UNCERTAIN),
]


@pytest.mark.parametrize(("error", "outcome"), ERRORS, ids=[type(e).__name__ for e, _ in ERRORS])
def test_only_what_cannot_have_left_is_not_sent(error: Exception, outcome: Outcome):
    """Every other failure of a paid call leaves it open whether it arrived."""
    assert classify_error(error, phase=Phase.SUBMIT) is outcome


@pytest.mark.parametrize("error", [e for e, _ in ERRORS], ids=[type(e).__name__ for e, _ in ERRORS])
def test_a_look_that_fails_is_unavailable(error: Exception):
    """For a look it does not matter whether the request arrived."""
    assert classify_error(error, phase=Phase.LOOK) is Outcome.UNAVAILABLE


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ((200, 201, 202, 204, 299), Verdict.DONE),
        ((400, 401, 403, 404, 409, 413, 422, 499), Verdict.REFUSED),
        ((429,), Verdict.DELAYED),
        ((408, 500, 501, 502, 503, 504, 599), Verdict.FAULTY),
        ((100, 199, 300, 301, 303, 307, 399, 600, 999), Verdict.ODD),
    ],
)
def test_every_status_has_a_verdict(statuses: tuple[int, ...], verdict: Verdict):
    """A gateway's 408 counts as a fault: the service behind it may have acted."""
    assert {classify_status(status) for status in statuses} == {verdict}


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        (0, 0.0),
        (37, 37.0),
        (1.5, 1.5),
        ("37", 37.0),
        (" 37 ", 37.0),
        (" " * 30 + "37", 37.0),
        (10**12, LONGEST_WAIT_S),
        ("9" * 12, LONGEST_WAIT_S),
    ],
)
def test_waits_are_read_and_bounded(value: object, wait_s: float):
    """Nothing may make us wait for ever."""
    assert read_wait_s(value) == wait_s


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -1,
        float("nan"),
        float("inf"),
        10**400,
        "9" * 5000,
        "",
        " " * 30,
        "soon",
        "-5",
        "1.5",
        "٣",
        [],
        {},
    ],
)
def test_what_is_no_wait_is_none(value: object):
    """An odd wait never raises."""
    assert read_wait_s(value) is None


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("120", 120.0),
        ("Sat, 21 Nov 2026 10:05:00 GMT", 300.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("Sat, 99 Nov 2026 10:05:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_spellings(header: str, wait_s: float | None):
    """Seconds or a date; a date in the past means now."""
    reply = Reply(status=503, headers={"retry-after": header}, body=b"")
    assert read_retry_after_s(reply, now=NOW) == wait_s


def test_a_reply_does_not_show_its_body():
    """It may hold secrets, and replies end up in tracebacks."""
    assert "hush" not in repr(Reply(status=200, headers={}, body=b"hush"))
