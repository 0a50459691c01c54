"""Links that carry their own permission for a while, as storage hosts give them out."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import urlencode

from twin.clock import wire_time

_SIGNED = ("se", "sp", "n")


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
        query["sig"] = self._sign(path, query)
        return f"{path}?{urlencode(query)}", ends_at

    def state_of(self, path: str, query: Mapping[str, str], *, permits: str = "r") -> LinkState:
        """Say whether a link is ours, unaltered, meant for this and not over."""
        good = self._sign(path, query)
        sent = query.get("sig", "").encode("utf-8", "replace")
        if not hmac.compare_digest(good.encode(), sent) or query.get("sp") != permits:
            return LinkState.ALTERED
        ends_at = datetime.strptime(query["se"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return LinkState.GOOD if self._now() < ends_at else LinkState.OVER

    def _sign(self, path: str, query: Mapping[str, str]) -> str:
        parts = (path, *(query.get(name, "") for name in _SIGNED))
        message = "\n".join(parts).encode("utf-8", "replace")
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
