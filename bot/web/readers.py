"""How many read our copies at once: each holds memory and a connection, and Slack needs some too."""

from collections import Counter

PER_LINK = 16
"""Readers of one link at once: a team that reviews together fits, and one leaked link is not all."""
IN_ALL = 96
"""Readers of all links at once; some 0.9 MB each where they read nothing (measured 2026-11-22)."""


class Readers:
    """Count who is reading, by link."""

    def __init__(self) -> None:
        self._by_link: Counter[str] = Counter()

    def is_full(self) -> bool:
        """Tell whether nobody else can read just now."""
        return self._by_link.total() >= IN_ALL

    def is_full_for(self, link: str) -> bool:
        """Tell whether nobody else can read this link just now."""
        return self._by_link[link] >= PER_LINK

    def enter(self, link: str) -> None:
        """Count one more."""
        self._by_link[link] += 1

    def leave(self, link: str) -> None:
        """Count one less; a link that nobody reads is forgotten."""
        self._by_link[link] -= 1
        self._by_link += Counter()  # Keeps what is above zero.
