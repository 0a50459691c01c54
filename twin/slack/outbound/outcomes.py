"""What becomes of something that is sent to a bot."""

from dataclasses import dataclass
from typing import Self

# What the person who acted is shown; events have no such person.
TIMED_OUT = "operation_timeout"
UNREACHABLE = "dispatch_failed"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one delivery.

    Attributes:
        status: The bot's HTTP status; None without an answer.
        body: The bot's answer as text.
        ms: Real milliseconds until the answer or the end of patience.
        error: What the acting person is shown, such as `operation_timeout`; None if acked.
        reason: Why an event is sent again, such as `http_timeout`; None if acked.
        may_retry: False where the bot asked for no more tries.
    """

    status: int | None
    body: str = ""
    ms: int = 0
    error: str | None = None
    reason: str | None = None
    may_retry: bool = True

    @classmethod
    def unanswered(cls, error: str, *, reason: str) -> Self:
        """Make the outcome of a delivery that got no answer."""
        return cls(status=None, error=error, reason=reason)
