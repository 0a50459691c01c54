"""What a video service brings to the story; the rest of it is the same for all."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.service import ServiceTwin

Service = ServiceTwin[Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A service's part.

    Attributes:
        shapes: What is chosen first, one after another, because it decides what else the form
            asks: options by label.
        choices: What the form is filled in with then, by label.
        uploads: Files that are uploaded into the form besides, each with its name, by label.
        said: How many of the choices are told aloud, the first ones.
        submit: The paid call, as faults match it.
        life_s: What a production takes at the service, in its own seconds.
        intervals_s: Settings of the bot that the demo divides by its speed, by name.
        check: Raises ValueError where the caller's own settings cannot be played.
        ready: Sets the service up for a bot at an address, and gives the bot's settings for it.
        made: Gives the digests of what the newest job made.
        release: What an operator does after the approval; None where the approval is the last word.
    """

    shapes: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str]
    uploads: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    said: int
    submit: str
    life_s: float
    intervals_s: Mapping[str, float] = field(default_factory=dict)
    check: Callable[[], object] = dict
    ready: Callable[[Service, str], Awaitable[dict[str, str]]]
    made: Callable[[Service], set[str]]
    release: Callable[[Service], None] | None = None
