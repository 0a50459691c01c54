"""Signatures: one that fits, and every way not to fit answered alike."""

import pytest

from bot.core.errors import InvalidSignatureError
from bot.providers.signing import decode_secret, sign_sha256, verify_sha256

KEY = bytes(range(32))
OTHER = bytes(32)
BODY = b'{"a": 1}'
GOOD = sign_sha256(KEY, BODY)


def test_a_fitting_signature_passes_with_any_of_the_keys():
    """While a secret is rotated, the old one and the new one both count."""
    verify_sha256(GOOD, BODY, keys=(OTHER, KEY))
    upper = "sha256=" + GOOD.removeprefix("sha256=").upper()
    verify_sha256(upper, BODY, keys=(KEY,))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        "v1",
        "v1,",
        "sha256=",
        "sha256=zz",
        "sha256=" + "0" * 63,
        "sha256=" + "0" * 65,
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        GOOD + "\n",
        GOOD + "," + GOOD,
        "sha256=" + "\u0663" * 64,
        "sha256=\ud800" + "0" * 63,
        "\x00",
        "=" * 10_000,
    ],
)
def test_any_other_header_is_one_error(header: str | None):
    """Callers answer one way, whatever was sent."""
    with pytest.raises(InvalidSignatureError):
        verify_sha256(header, BODY, keys=(KEY,))


def test_the_body_counts_to_the_byte():
    """A body that means the same is not the same."""
    with pytest.raises(InvalidSignatureError):
        verify_sha256(GOOD, BODY + b" ", keys=(KEY,))


def test_no_keys_means_no_signature_fits():
    """A service whose secret is not set is never believed."""
    with pytest.raises(InvalidSignatureError):
        verify_sha256(GOOD, BODY, keys=())


@pytest.mark.parametrize("secret", ["AAEC", "AAEC====", " AAEC\n"])
def test_secrets_are_read_with_and_without_padding(secret: str):
    """Copying a secret by hand may lose or add a little around it."""
    assert decode_secret(secret) == b"\x00\x01\x02"


def test_secrets_use_the_alphabet_for_urls():
    """The two characters that differ from plain base64 decode to their bits."""
    assert decode_secret("-_8") == b"\xfb\xff"


@pytest.mark.parametrize("secret", ["", "=", "A", "AAé", "not base64!"])
def test_broken_secrets_are_one_error(secret: str):
    """A secret that cannot be one fails as a signature does."""
    with pytest.raises(InvalidSignatureError):
        decode_secret(secret)
