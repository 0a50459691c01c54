"""Every id that goes out to Slack and comes back, and the codecs of what travels with them.

What comes back was signed by Slack but may be old, from an earlier version of this program, or
made up by whoever drives a test: everything is read strictly and refused in one way.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.core.errors import UserError

VALUE_LIMIT = 2000
METADATA_LIMIT = 3000
VERSION = "2"
"""Written in front of every value; changed when the meaning of a value changes."""
_UNCOUNTED = "1"
"""In front of values that know no round, as all did once; cards from then still stand in Slack."""

_PRODUCTION_ID = "[0-9A-HJKMNP-TV-Z]{6}"
_COUNT = "[1-9][0-9]{0,3}"
_VALUE = re.compile(
    rf"(?:1\.({_PRODUCTION_ID})\.({_COUNT})|2\.({_PRODUCTION_ID})\.({_COUNT})\.({_COUNT}))"
    r"(?:\.(.+))?",
    re.DOTALL,
)
_PAGE = re.compile(r"[12]\.(open|failed)\.([0-9]{1,3})")


class Action(StrEnum):
    """`action_id` of everything that can be clicked."""

    APPROVE = "approve"
    REJECT = "reject"
    CHANGE_DECISION = "change_decision"
    CANCEL = "cancel"
    RETRY = "retry"
    AGAIN = "again"
    LINK_EXISTING = "link_existing"
    SUBMIT_AGAIN = "submit_again"
    GIVE_UP = "give_up"
    DOWNLOAD = "download"
    DOWNLOAD_LINK = "download_link"
    OPEN_STUDIO = "open_studio"
    SHOW_PAGE = "show_page"
    MAKE = "make_video"
    ENTERED = "entered"
    """The one element of each form field; its block tells the field."""


AT_HOME = frozenset({Action.MAKE})
"""What can be clicked in the Home tab, which is in no channel."""

IN_FORMS = frozenset({Action.ENTERED})
"""What tells us of a choice while a form is still being filled in."""


class Shortcut(StrEnum):
    """`callback_id` of every shortcut, as in `manifest.yml`."""

    MAKE = "make_video"


class Callback(StrEnum):
    """`callback_id` of every form."""

    PRODUCE = "produce"
    PRODUCE_LOADING = "produce_loading"
    REJECT = "reject_reason"
    LINK = "link_job"
    NOTHING = "message_only"


class Block(StrEnum):
    """`block_id` of the fields that every service's form has in common."""

    SERVICE = "service"
    CHANNEL = "channel"
    REASON = "reason"
    JOB = "job"
    CANDIDATE = "candidate"


class UnreadableIdError(UserError):
    """A value came back that this version never sent."""


def field_block(key: str) -> str:
    """Name the block of a service's field."""
    return f"field.{key}"


def card_block(name: str, version: int) -> str:
    """Name a block of a message anew for each version of what it shows, as Slack asks for."""
    return f"{name}.{version}"


@dataclass(frozen=True, kw_only=True)
class ButtonValue:
    """What a button is about.

    Attributes:
        round_number: The round it was drawn for; None where it comes from before rounds.
        key: The deliverable, for Download; else None.
    """

    production_id: str
    attempt: int
    round_number: int | None = None
    key: str | None = None


def build_value(about: ButtonValue) -> str | None:
    """Write a button's value; None where the deliverable's key is too long to fit."""
    counts = [about.attempt, *([about.round_number] if about.round_number is not None else [])]
    version = VERSION if about.round_number is not None else _UNCOUNTED
    parts = [version, about.production_id, *map(str, counts), *([about.key] if about.key else [])]
    value = ".".join(parts)
    return value if len(value) <= VALUE_LIMIT else None


def read_value(value: object) -> ButtonValue:
    """Read a button's value.

    Raises:
        UnreadableIdError: It is nothing that `build_value` writes.
    """
    match = _VALUE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise UnreadableIdError("this button is not one of this version")
    old_id, old_attempt, production_id, attempt, round_number, key = match.groups()
    return ButtonValue(
        production_id=old_id or production_id,
        attempt=int(old_attempt or attempt),
        round_number=int(round_number) if round_number else None,
        key=key,
    )


def build_page_value(listing: str, page: int) -> str:
    """Write the value of a button that turns the page of a list, `open` or `failed`."""
    return f"{VERSION}.{listing}.{page}"


def read_page_value(value: object) -> tuple[str, int]:
    """Read which list and which page, 0 being the first.

    Raises:
        UnreadableIdError: It is nothing that `build_page_value` writes.
    """
    match = _PAGE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise UnreadableIdError("this button is not one of this version")
    return match[1], int(match[2])


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a form carries along unseen.

    Attributes:
        channel_id: Where it was opened; None for the Home tab and the shortcut.
        provider: The service whose form it is, or None for a form about a production.
        value: The production it is about, or None for a new one.
        thread_ts: Thread to answer in, or None.
        asks_channel: Whether the form asks for the channel to post in.
        step: Which step of the form it is, 0 being the first.
    """

    channel_id: str | None
    provider: str | None = None
    value: ButtonValue | None = None
    thread_ts: str | None = None
    asks_channel: bool = False
    step: int = 0


def build_metadata(metadata: Metadata) -> str:
    """Write a form's `private_metadata`."""
    about = metadata.value
    facts = {
        "v": 1,
        "channel": metadata.channel_id,
        "provider": metadata.provider,
        "value": build_value(about) if about else None,
        "thread": metadata.thread_ts,
        "asks_channel": metadata.asks_channel or None,
        "step": metadata.step or None,
    }
    return json.dumps({key: fact for key, fact in facts.items() if fact is not None})


def read_metadata(text: object) -> Metadata:
    """Read a form's `private_metadata`.

    Raises:
        UnreadableIdError: It is nothing that `build_metadata` writes.
    """
    facts = _facts(text)
    value = facts.get("value")
    return Metadata(
        channel_id=_word(facts, "channel"),
        provider=_word(facts, "provider"),
        value=read_value(value) if value is not None else None,
        thread_ts=_word(facts, "thread"),
        asks_channel=facts.get("asks_channel") is True,
        step=_step(facts),
    )


def _step(facts: dict[str, Any]) -> int:
    step = facts.get("step", 0)
    if isinstance(step, bool) or not isinstance(step, int) or step < 0:
        raise UnreadableIdError("this form is not one of this version")
    return step


def _facts(text: object) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > METADATA_LIMIT:
        raise UnreadableIdError("this form is not one of this version")
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableIdError("this form is not one of this version") from error
    if not isinstance(facts, dict) or facts.get("v") != 1 or facts.get("channel") == "":
        raise UnreadableIdError("this form is not one of this version")
    return facts


def _word(facts: dict[str, Any], key: str) -> str | None:
    word = facts.get(key)
    if word is not None and not isinstance(word, str):
        raise UnreadableIdError("this form is not one of this version")
    return word
