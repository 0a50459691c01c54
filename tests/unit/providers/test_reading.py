"""Foreign JSON and texts: read what is sound, refuse or clean the rest."""

from datetime import UTC, datetime

import pytest

from bot.providers.reading import (
    UnreadableError,
    clean,
    read_count,
    read_items,
    read_json,
    read_moment,
    read_object,
    read_text,
    redact,
    redact_body,
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
        b"1" * 10_000,
        b'{"a": 1} {"b": 2}',
    ],
)
def test_what_is_no_json_is_one_error(body: bytes):
    """Neither depth nor size nor encoding brings another error."""
    with pytest.raises(UnreadableError):
        read_json(body)


def test_json_with_a_byte_order_mark_is_read():
    """Some gateways put one in front."""
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("body", [b"[]", b"1", b'"text"', b"null", b"true"])
def test_an_object_must_be_one(body: bytes):
    """A list or a bare value is not what was announced."""
    with pytest.raises(UnreadableError):
        read_object(body)


@pytest.mark.parametrize("value", [[{"a": 1}], {"items": [{"a": 1}]}, {"x": 1, "data": [{"a": 1}]}])
def test_lists_are_read_bare_and_wrapped(value: object):
    """Both shapes are in use."""
    assert read_items(value, "items", "data") == [{"a": 1}]


@pytest.mark.parametrize("value", [None, 3, "text", {}, {"items": {}}, {"items": [1, 2]}, ["a"]])
def test_what_holds_no_list_of_objects_is_unreadable(value: object):
    """An empty list is an answer; nonsense is not one."""
    with pytest.raises(UnreadableError):
        read_items(value, "items")


def test_an_empty_list_is_a_list():
    """There may be nothing."""
    assert read_items({"items": []}, "items") == []


def test_texts_lose_what_cannot_be_stored():
    """NUL, other controls and lone surrogates would break the database or the way to Slack."""
    assert clean("a\x00b\ud800c\nd") == "a\ufffdb\ufffdc d"
    clean("\ud83d\ude00 \udfff").encode()


def test_texts_lose_marks_that_turn_their_order_round():
    """A file's name must not show another ending than it has; other scripts keep their letters."""
    marks = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    assert clean(f"report{marks}4pm.exe") == "report4pm.exe"
    assert clean("\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627") == "שלום مرحبا"


@pytest.mark.parametrize("value", [None, 3, [], {}, "", "  ", "\u202e\u2069"])
def test_a_text_that_is_none_falls_to_the_next_name(value: object):
    """Aliases are tried in order."""
    assert read_text({"a": value, "b": "found"}, "a", "b") == "found"
    assert read_text({"a": value}, "a") is None


@pytest.mark.parametrize("value", [None, True, -1, 1.5, "3", 2**60])
def test_a_count_is_a_whole_number(value: object):
    """Booleans, fractions, negatives and numbers JSON cannot hold are none."""
    assert read_count({"a": value}, "a") is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T10:10:00Z",
        "2026-11-21T10:10:00.0000000Z",
        "2026-11-21T11:10:00+01:00",
        "2026-11-21T10:10:00",
    ],
)
def test_moments_are_read_as_utc(text: str):
    """Seven digits of a second, other offsets and no offset at all occur."""
    assert read_moment(text) == datetime(2026, 11, 21, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, 3, "", "soon", "0001-01-01T00:00:00+14:00", "2026-13-01"])
def test_what_is_no_moment_is_none(value: object):
    """An odd date never raises."""
    assert read_moment(value) is None


SECRETS = [
    ('{"signingSecret": "AAEC", "a": 1}', "AAEC"),
    ('{"apiKey":"k-123456"}', "k-123456"),
    ('{"topic": "Our secret launch"}', "launch"),
    ('{"topic": "cut in the midd', "midd"),
    ('{"metadataMD": "say \\"this\\" softly"}', "softly"),
    ('{"access_token" : "abc"}', "abc"),
    ("see https://store.example/a?sig=abc&se=1 now", "abc"),
    ("X-API-Key: jarai_test_abcdefgh", "abcdefgh"),
    ("the key jarai_live_abcdefgh is wrong", "abcdefgh"),
    ("the key studio_AbCdEfGhIjKlMnOpQrStUv0 is wrong", "AbCdEf"),
    ("password=hunter2;", "hunter2"),
    ("sig=abc", "abc"),
    ("Authorization: Bearer eyJhbGciOi.xyz", "eyJhbGciOi"),
    ("token xoxb-1234567-abc", "1234567"),
    ("key-key-key-api-key: abc", "abc"),
    ("note: api_token=abc", "abc"),
    ("note-old_xoxb-1-studio-AbCdEfGhIjKlMnOpQrStUv0", "AbCdEf"),
    ('{"topic": "two\\\nlines"}', "lines"),
    ("mail bo.smith+x@mail.example.com", "smith"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS, ids=[secret for _, secret in SECRETS])
def test_secrets_do_not_survive(text: str, secret: str):
    """Samples are kept in a database and shown to operators."""
    assert secret not in redact(text)
    assert "[removed]" in redact(text)


MEGABYTE = 1_000_000
HOSTILE = [
    "key-",
    "key ",
    "key = ",
    "a-sig-1-",
    'key"',
    '"key"  ',
    '"topic": "\\',
    "\\",
    "ab_",
    "test-live-",
    "xoxb-",
    "bearer  ",
    "a?",
    "a@a.",
    " ",
    "7",
]


@pytest.mark.parametrize("head", ["", '"', '"key": "'])
@pytest.mark.parametrize("unit", HOSTILE)
def test_a_megabyte_of_anything_is_soon_redacted(head: str, unit: str):
    """Steps in proportion to the length: with any more, one such text would outlast every test."""
    text = head + unit * (MEGABYTE // len(unit))
    assert len(redact(text, len(text))) <= len(text)


def test_what_is_no_secret_survives():
    """A sample without facts would help nobody."""
    for text in (
        '{"status": "Producing", "step": 4, "url": "https://a.example/b"}',
        "2026-autumn-range-teaser-for-all-markets was refused",
    ):
        assert redact(text) == text


def test_samples_are_cut():
    """An answer of any size leaves a sample that fits a row."""
    assert len(redact_body(b"x" * 1_000_000)) <= 1000


def test_a_secret_at_the_cut_does_not_survive():
    """It is removed before the text is cut."""
    assert "SECRET" not in redact("x " * 490 + '"token": "SECRETSECRETSECRET"')
