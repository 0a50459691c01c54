"""Links that carry their own permission for a while, as storage hosts give them out."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import parse_qsl, urlencode

from twin.clock import wire_time

TWO_KINDS = "Only one kind of permission may be sent: the link's own, or a header."
"""What stores say where a link that carries its permission comes with `Authorization` besides.

Source: S3 answers "Only one auth mechanism allowed" (codegenes.net, seen 2026-11-22).
"""


class LinkState(Enum):
    """What there is to say of a link."""

    GOOD = "good"
    ALTERED = "altered"
    OVER = "over"


class Links:
    """Mint and check links; one minted for reading is no good for writing.

    Args:
        now: The twin's moment, aware UTC.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._secret = secrets.token_bytes(32)

    def mint(self, path: str, *, life: timedelta, permits: str = "r") -> tuple[str, datetime]:
        """Make a link, different at every call.

        Args:
            path: As it stands in the request, such as `/files/1/a.mp4`.
            permits: What it is for: `r` to read, `w` to write.

        Returns:
            Path with query, and the moment it ends, to the second.
        """
        ends_at = (self._now() + life).replace(microsecond=0)
        query = {"se": wire_time(ends_at), "sp": permits, "n": secrets.token_urlsafe(6)}
        signed = urlencode(query)
        return f"{path}?{signed}&sig={self._sign(path, signed)}", ends_at

    def state_of(self, path: str, query: str, *, permits: str = "r") -> LinkState:
        """Say whether a link is ours, unaltered, meant for this and not over.

        Args:
            query: As it was sent: a query that was written anew, `:` for `%3A` for example, is
                another one, as it is to hosts that sign the bytes.
        """
        signed, _, sent = query.rpartition("&sig=")
        good = self._sign(path, signed).encode()
        fields = dict(parse_qsl(signed))
        if not hmac.compare_digest(good, sent.encode("utf-8", "replace")):
            return LinkState.ALTERED
        if fields["sp"] != permits:
            return LinkState.ALTERED
        ends_at = datetime.strptime(fields["se"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return LinkState.GOOD if self._now() < ends_at else LinkState.OVER

    def _sign(self, path: str, query: str) -> str:
        message = f"{path}\n{query}".encode("utf-8", "replace")
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
