"""What the store answers with, where `bot.core` has no word for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from bot.core.notices import Kind, Priority, Route
from bot.core.production import Answer, Deliverable, Job, Production, ShareState

SchemaState = Literal["current", "older", "empty", "newer"]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of a form.

    Attributes:
        production_id: The new production, or the one the same form made before.
        outcome: `differs` where the same form was sent before with other values.
    """

    production_id: str
    outcome: Literal["new", "same", "differs"]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What was sent of a form that goes on in a further step.

    Attributes:
        channel_id: Where the thread shall be.
        chosen: What was chosen in the fields that reshape the form, by key.
    """

    answers: tuple[Answer, ...]
    channel_id: str
    chosen: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A production that is ours to act on until the lease ends."""

    production: Production
    token: str
    until_at: datetime


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A look that changed nothing.

    Attributes:
        claim: Token of the claim it was made under.
        hints: As they were when it was claimed; where they moved, the production stays due.
        version: As it was when it was claimed; where a person's click moved it, the moment that
            the click set stays.
        due_at: When to look next; None for never by itself.
    """

    production_id: str
    claim: str
    hints: int
    version: int
    due_at: datetime | None
    quiet_looks: int = 0


@dataclass(frozen=True, kw_only=True)
class Hinted:
    """What became of a webhook.

    Attributes:
        is_new: False where one of its ids was seen before; then nothing else happened.
        production_id: Whose job it is about; None where no attempt has that job.
    """

    is_new: bool
    production_id: str | None


@dataclass(frozen=True, kw_only=True)
class UnmatchedJob:
    """A job that webhooks spoke of and no attempt has."""

    provider: str
    job_id: str
    account: str | None
    kind: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OutboxRow:
    """One message owed to people.

    Attributes:
        id: Unique for ever, so it may stand in a message's metadata.
        not_before_at: Held back until then; None for at once.
        token: Lane claim under which it is being sent; None while owed.
        sending_since_at: Since when its outcome is open; None while owed.
        unknowns: How often it was put back because nobody knew what had come of it.
    """

    id: int
    production_id: str
    team_id: str
    lane: str
    route: Route
    kind: Kind
    priority: Priority
    attempt: int
    owed_at: datetime
    not_before_at: datetime | None = None
    token: str | None = None
    sending_since_at: datetime | None = None
    unknowns: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Messages that share one limit at Slack, ours to send until the lease ends.

    Attributes:
        rows: Those that may be sent now, in the order to send them.
        window_started_at: What the last holder noted at `release_lane`, or None.
        window_count: As above, 0 at first.
    """

    key: str
    token: str
    rows: tuple[OutboxRow, ...]
    window_started_at: datetime | None = None
    window_count: int = 0


@dataclass(frozen=True, kw_only=True)
class FoundDeliverable:
    """What a download link stands for."""

    production_id: str
    topic: str
    attempt: int
    deliverable: Deliverable
    is_revoked: bool
    provider: str
    job: Job | None


@dataclass(frozen=True, kw_only=True)
class CopyClaim:
    """A file that is ours to copy until the lease ends.

    Attributes:
        wanted_at: Since when it is wanted.
        tries: Tries that failed before this one.
    """

    id: int
    production_id: str
    attempt: int
    deliverable: Deliverable
    provider: str
    job: Job | None
    wanted_at: datetime
    tries: int
    token: str


@dataclass(frozen=True, kw_only=True)
class KeptCopy:
    """A copy that was made whole.

    Attributes:
        file: Its name in the store of files.
    """

    file: str
    size_bytes: int
    sha256: str
    content_type: str | None


class PublishedState(StrEnum):
    """How it stands with an uploaded file that services fetch from us.

    `begun` is being written and served to nobody; `live` is served; `over` is served no more;
    `gone` has left the store too.
    """

    BEGUN = "begun"
    LIVE = "live"
    OVER = "over"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class PublishedFile:
    """An uploaded file that services fetch from us.

    Attributes:
        file_id: Slack's id of what was uploaded.
        folder: Its folder in the store of files, which no other has.
        sha256: None until it is whole.
        token: Its address ends with it; None where only the file was asked for.
        until_at: When it is served no more, or was given up where it never came to be whole.
    """

    id: int
    state: PublishedState
    file_id: str
    folder: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str | None
    until_at: datetime
    token: str | None = field(default=None, repr=False)

    @property
    def public_name(self) -> str:
        """Its name to the world: for services that go by the ending; the rest tells nothing."""
        return f"file.{ending_of(self.name)}"


def ending_of(name: str) -> str:
    """Give a file name's ending, in small letters and without the dot."""
    return name.rpartition(".")[2].lower()


@dataclass(frozen=True, kw_only=True)
class ClaimedShare:
    """One file of a `ShareClaim`.

    Attributes:
        wanted_at: Since when it is wanted in the thread; since the first try, once one has failed.
        asked_by: Who asked for it; None where the setting did.
        tries: Tries that failed before this one.
        file_id: Slack's id, where Slack has its bytes already.
        sending_since_at: Since when it is unknown whether the thread shows it, or None.
        is_taken_back: Whether its links were ended.
    """

    id: int
    deliverable: Deliverable
    wanted_at: datetime
    asked_by: str | None
    tries: int
    file_id: str | None
    sending_since_at: datetime | None
    is_taken_back: bool


@dataclass(frozen=True, kw_only=True)
class ShareClaim:
    """Files of one production that are ours to put into its thread until the lease ends.

    Attributes:
        state: The same in all of them.
        shares: At least one.
    """

    production_id: str
    topic: str
    attempt: int
    token: str
    state: ShareState
    shares: tuple[ClaimedShare, ...]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An answer of a service that made no sense to us, without its secrets."""

    provider: str
    production_id: str | None
    sample: str
    at: datetime
