"""The three ways of saying no: to the bot, to a person's client, to who drives the twin."""

from typing import Any


class SlackError(Exception):
    """A Web API call is refused with one of Slack's error words.

    Attributes:
        word: Slack's word, such as `channel_not_found`.
        extra: What stands beside it in the answer, such as `needed` and `provided`.
    """

    def __init__(self, word: str, **extra: Any) -> None:
        super().__init__(word)
        self.word = word
        self.extra = extra

    def as_json(self) -> dict[str, Any]:
        """Give the body that carries the refusal."""
        return {"ok": False, "error": self.word, **self.extra}


class ClientError(Exception):
    """A person's Slack client would not let them do this, so nothing was sent to the bot."""


class ControlError(Exception):
    """A control request makes no sense; the text says why in a sentence."""


def invalid_arguments(*problems: str) -> SlackError:
    """Refuse a call whose arguments do not fit, listing what is wrong with JSON pointers."""
    return SlackError("invalid_arguments", response_metadata={"messages": list(problems)})


def missing_argument(name: str) -> SlackError:
    """Refuse a call that leaves out what it needs."""
    return invalid_arguments(f"[ERROR] missing required field: {name} [json-pointer:/{name}]")
