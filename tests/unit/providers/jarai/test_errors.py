"""What JARAI's refusals become."""

import pytest

from bot.core.errors import (
    TEXT_LIMIT,
    ProviderAuthError,
    ProviderRefusedError,
    ProviderReplyError,
    ProviderUnavailableError,
)
from bot.providers.jarai.errors import error_of, read_refusal, unreadable
from bot.providers.jarai.words import BUDGET_WORDS, ERRORS, explain
from tests.unit.providers.hands import NOW
from tests.unit.providers.jarai.samples import build_reply, sample_bytes


def body(code: str, *, message: str = "Words.", wait: object = None) -> dict:
    """Write an error as it is documented."""
    return {"error": code, "message": message, "retryAfterSeconds": wait}


TABLE = [
    (401, "UNAUTHORIZED", ProviderAuthError),
    (403, "PARTNER_NOT_ACTIVE", ProviderAuthError),
    (403, "PERMISSION_DENIED", ProviderAuthError),
    (403, "INSUFFICIENT_SCOPE", ProviderRefusedError),
    (403, "ACCOUNT_NOT_ACTIVE", ProviderRefusedError),
    (400, "INVALID_REQUEST", ProviderRefusedError),
    (409, "BUDGET_GATE_1_FAILED", ProviderRefusedError),
    (409, "BUDGET_GATE_2_FAILED", ProviderRefusedError),
    (429, "RATE_LIMIT_EXCEEDED", ProviderUnavailableError),
    (500, "INTERNAL_ERROR", ProviderUnavailableError),
    (503, "SERVICE_UNAVAILABLE", ProviderUnavailableError),
    (418, "SOMETHING_NEW", ProviderRefusedError),
    (403, "SOMETHING_NEW", ProviderAuthError),
]


@pytest.mark.parametrize(("status", "code", "kind"), TABLE)
def test_documented_codes_become_the_right_error(status: int, code: str, kind: type):
    """Code and correlation id come along, to be quoted to JARAI's support."""
    error = error_of(build_reply(status, body(code), x_correlation_id="corr-9"), now=NOW)
    assert type(error) is kind
    assert (error.code, error.correlation_id) == (code, "corr-9")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ProviderAuthError),
        (403, ProviderAuthError),
        (404, ProviderRefusedError),
        (408, ProviderUnavailableError),
        (413, ProviderRefusedError),
        (429, ProviderUnavailableError),
        (500, ProviderUnavailableError),
        (502, ProviderUnavailableError),
        (301, ProviderReplyError),
    ],
)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>no</html>",
        b"[]",
        b"null",
        b'{"error": {}}',
        b'{"error": 5, "message": []}',
        b'{"error": {"code": 5}}',
        b"\xff",
    ],
)
def test_without_a_readable_body_the_status_decides(status: int, kind: type, raw: bytes):
    """A gateway answers in any shape; the code is then ours, in lower case."""
    error = error_of(build_reply(status, raw), now=NOW)
    assert type(error) is kind
    assert error.code is not None
    assert error.code == error.code.lower()
    assert error.text


def test_a_gateways_answer_is_understood():
    """Its message is not JARAI's and is not quoted."""
    error = error_of(build_reply(401, sample_bytes("error_gateway_401")), now=NOW)
    assert isinstance(error, ProviderAuthError)
    assert error.text == ERRORS["UNAUTHORIZED"]


def test_a_nested_error_is_understood():
    """Some gateways wrap code and message."""
    refusal = read_refusal(
        build_reply(400, {"error": {"code": "INVALID_REQUEST", "message": "topic is empty"}}),
        now=NOW,
    )
    assert refusal.code == "INVALID_REQUEST"
    assert refusal.text.endswith("It says: topic is empty")


def test_every_budget_code_is_the_budget():
    """Only one is documented in full; all of the family share their first word."""
    refusal = read_refusal(build_reply(409, sample_bytes("error_budget_409")), now=NOW)
    assert refusal.text == BUDGET_WORDS
    assert explain("BUDGET_OF_ANOTHER_KIND", None) == BUDGET_WORDS


@pytest.mark.parametrize(
    ("wait", "headers", "wait_s"),
    [
        (37, {}, 37.0),
        (None, {}, None),
        (None, {"retry_after": "12"}, 12.0),
        (37, {"retry_after": "12"}, 37.0),
        ("x", {"retry_after": "12"}, 12.0),
        (-3, {}, None),
    ],
)
def test_the_wait_is_what_the_body_or_else_the_header_says(wait, headers, wait_s):
    """The header is not documented, and honoured where it is there."""
    reply = build_reply(429, body("RATE_LIMIT_EXCEEDED", wait=wait), **headers)
    error = error_of(reply, now=NOW)
    assert isinstance(error, ProviderUnavailableError)
    assert error.retry_after_s == wait_s


def test_every_text_fits_and_is_made_of_sentences():
    """People who never saw an API read them."""
    for text in [*ERRORS.values(), BUDGET_WORDS]:
        assert len(text) <= TEXT_LIMIT
        assert text.endswith(".")
        assert "_" not in text
    assert all("aiting" in text or "Wait" in text or "again" in text for text in ERRORS.values())


@pytest.mark.parametrize("code", ["x" * 500, "a b", "<b>", "5", "\x00", "KEY=abc"])
def test_a_code_that_is_none_is_not_taken(code: str):
    """It would stand in logs and cards."""
    assert read_refusal(build_reply(400, body(code)), now=NOW).code == "refused"


def test_what_it_says_is_cut_and_without_secrets():
    """Foreign words may quote our own request."""
    message = "The key jarai_live_abcdefgh of bo@mail.example may not " + "x" * 1000
    text = read_refusal(build_reply(418, body("ODD", message=message)), now=NOW).text
    assert len(text) <= TEXT_LIMIT
    assert "abcdefgh" not in text
    assert "bo@" not in text


def test_a_sample_is_kept_of_what_we_do_not_understand():
    """Without secrets, for the operator."""
    error = unreadable(build_reply(200, b'{"token": "abc", "odd": 1}', x_correlation_id="c"))
    assert isinstance(error, ProviderReplyError)
    assert error.sample == '{"token": "[removed]", "odd": 1}'
    assert error.correlation_id == "c"
