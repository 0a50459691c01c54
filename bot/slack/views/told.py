"""What a reply is written from, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.production import Production, State
from bot.slack.views.face import Face
from bot.slack.views.parts import ended, escape, mention, quoted
from bot.slack.views.words import topic_of

REASON_LIMIT = 300


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a reply says.

    Attributes:
        small: Small print below, or None.
        shows_files: Whether a line with the files follows.
        shows_poster: Whether the poster stands beside the words, where there is one.
    """

    words: str
    small: str | None = None
    shows_files: bool = False
    shows_poster: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a reply is written from.

    Attributes:
        detail: Facts of the moment it tells of, which the production may have left behind.
    """

    production: Production
    detail: Mapping[str, Any]
    face: Face

    @property
    def topic(self) -> str:
        """The topic, in quotes."""
        return quoted(topic_of(self.production))

    @property
    def label(self) -> str:
        """The service's name."""
        return escape(self.face.label)

    @property
    def requester(self) -> str:
        """A mention of the requester."""
        return mention(self.production.request.requester_id)

    def who(self, key: str = "actor_id") -> str:
        """Mention the person a detail names."""
        return mention(str(self.detail.get(key, "")))

    def for_requester(self, words: str, *, by_id: str | None = None) -> str:
        """Call the requester before the words, unless these tell of the requester's own doing.

        Args:
            by_id: Who did it; None for the person of the moment it tells of.
        """
        by_id = by_id or self.detail.get("actor_id")
        is_own = by_id == self.production.request.requester_id
        return words if is_own else f"{self.requester}: {words}"

    def because(self) -> str:
        """Give the reason, as a sentence of its own; empty where none was given."""
        reason = self.detail.get("reason")
        return ended(f" Reason: {quoted(str(reason), REASON_LIMIT)}") if reason else ""

    def is_still(self, state: State) -> bool:
        """Tell whether what the reply is about still holds when it is written."""
        number = self.production.attempt.number
        return self.production.state is state and self.detail.get("attempt", number) == number

    def was(self, what: str) -> Reply:
        """Tell of something that no longer holds."""
        who = mention(self.production.request.requester_id)
        return Reply(words=f"{who}: {self.topic} {what}; it has gone on since, as the card shows.")
