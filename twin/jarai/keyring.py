"""The keys that are good at the moment: those of the catalogue, and those made since."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_urlsafe

from twin.jarai.catalogue import KEYS, Key, Partner


class Keyring:
    """Hold keys, make new ones, and let old ones end."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._keys = dict(KEYS)
        self._ends_at: dict[str, datetime] = {}

    def find(self, value: str) -> Key | None:
        """Give the key with this value; None where there is none, or its time is over."""
        ends_at = self._ends_at.get(value)
        if ends_at is not None and ends_at <= self._now():
            return None
        return self._keys.get(value)

    def make(self, partner: Partner) -> Key:
        """Make a partner's first key; like all old ones it is not limited to scopes."""
        return self._add(
            Key(name=partner.name, value="", partner=partner, scopes=None, is_test=False)
        )

    def change(self, key: Key, *, grace_s: float) -> tuple[Key, datetime]:
        """Make a key with the same rights, and say when the old one ends.

        A key that was changed before ends no later for being changed again.
        """
        ends_at = self._now() + timedelta(seconds=grace_s)
        self._ends_at[key.value] = min(ends_at, self._ends_at.get(key.value, ends_at))
        return self._add(key), self._ends_at[key.value]

    def _add(self, like: Key) -> Key:
        made = replace(like, value=f"jarai_{token_urlsafe(32)}")
        self._keys[made.value] = made
        return made
