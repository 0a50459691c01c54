"""Slack's rate limits, on the twin's clock.

Source: per method, app and workspace, windows of a minute, tiers of 1, 20, 50 and 100; posting
    about one message a second a channel and several hundred a minute a workspace
    (docs.slack.dev/apis/web-api/rate-limits, read in a copy, 2026-11-21).
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime

WINDOW_S = 60.0
PER_MINUTE_OF_TIER = {1: 1, 2: 20, 3: 50, 4: 100}
POSTS_PER_MINUTE = 300
POST_METHOD = "chat.postMessage"


class Limits:
    """Count calls and say when one comes too soon.

    Args:
        now: The twin's moment, aware UTC.
        post_burst: Messages a channel takes at once before it falls back to one a second.
    """

    def __init__(self, now: Callable[[], datetime], *, post_burst: int = 5) -> None:
        self._now = now
        self._post_burst = post_burst
        self._calls: dict[tuple[str, ...], deque[datetime]] = defaultdict(deque)
        self._tokens: dict[tuple[str, str], tuple[float, datetime]] = {}
        self._set: dict[str, int | None] = {}

    def set(self, method: str, per_minute: int | None) -> None:
        """Change one method's limit for every app, or all with `*`; None lifts it."""
        self._set[method] = per_minute

    def wait_s(self, method: str, *, tier: int | None, caller: tuple[str, ...]) -> int | None:
        """Count a call; say how many seconds too early it comes, or None for in time.

        Args:
            method: Its name.
            tier: 1 to 4, or None for posting, which has a limit of its own.
            caller: Who is counted apart: an app, and the workspace where there is one.
        """
        per_minute = self._per_minute(method, tier)
        if per_minute is None:
            return None
        now = self._now()
        calls = self._calls[method, *caller]
        while calls and (now - calls[0]).total_seconds() >= WINDOW_S:
            calls.popleft()
        if len(calls) < per_minute:
            calls.append(now)
            return None
        oldest = calls[-per_minute] if per_minute else now
        return max(1, math.ceil(WINDOW_S - (now - oldest).total_seconds()))

    def channel_wait_s(self, channel: str, *, app_id: str) -> int | None:
        """Count an app's post to a channel; say how many seconds too early it comes, or None."""
        if self._per_minute(POST_METHOD, None) is None:
            return None
        now = self._now()
        tokens, at = self._tokens.get((app_id, channel), (float(self._post_burst), now))
        tokens = min(self._post_burst, tokens + (now - at).total_seconds())
        if tokens < 1:
            self._tokens[app_id, channel] = (tokens, now)
            return max(1, math.ceil(1 - tokens))
        self._tokens[app_id, channel] = (tokens - 1, now)
        return None

    def _per_minute(self, method: str, tier: int | None) -> int | None:
        for name in (method, "*"):
            if name in self._set:
                return self._set[name]
        return POSTS_PER_MINUTE if tier is None else PER_MINUTE_OF_TIER[tier]
