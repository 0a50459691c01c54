"""What is wrong with a manifest, and where."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        at: Where, as a JSON pointer; empty for the manifest itself.
        words: What.
    """

    at: str
    words: str

    def __str__(self) -> str:
        """Write it as Slack does in `response_metadata.messages`."""
        return f"[ERROR] {self.words} [json-pointer:{self.at}]"


def pointer(path: Iterable[object]) -> str:
    """Write a path of keys and positions as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
