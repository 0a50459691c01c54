"""Signatures over webhook bodies.

Whatever is wrong with a header or a secret, callers see one error and answer one way.
"""

import base64
import binascii
import hashlib
import hmac
import re

from bot.core.errors import InvalidSignatureError

_SHA256_HEX = re.compile(r"sha256=([0-9a-fA-F]{64})")


def decode_secret(secret: str) -> bytes:
    """Decode a base64url secret; the padding may be missing.

    Raises:
        InvalidSignatureError: It is none, or it is empty.
    """
    text = secret.strip().rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidSignatureError("the secret is not base64url") from error
    if not key:
        raise InvalidSignatureError("the secret is empty")
    return key


def sign_sha256(key: bytes, body: bytes) -> str:
    """Sign a body the way `verify_sha256` expects it."""
    return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def verify_sha256(header: str | None, body: bytes, *, keys: tuple[bytes, ...]) -> None:
    """Check a header of the form `sha256=<hex>` against each key, in constant time.

    Raises:
        InvalidSignatureError: Missing, malformed, or made with none of the keys.
    """
    match = _SHA256_HEX.fullmatch(header or "")
    if match is None:
        raise InvalidSignatureError("the signature is missing or malformed")
    given = bytes.fromhex(match.group(1))
    # Every key is tried, so that the time taken does not tell which one fits.
    fits = [hmac.compare_digest(hmac.digest(key, body, "sha256"), given) for key in keys]
    if not any(fits):
        raise InvalidSignatureError("the signature does not fit")
