"""The values everything else speaks about: a production, its attempts and what belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a production stands, in our words; every service's words are mapped onto these."""

    REQUESTED = "requested"
    SUBMITTING = "submitting"
    SUBMISSION_UNKNOWN = "submission_unknown"
    QUEUED = "queued"
    PRODUCING = "producing"
    AWAITING_APPROVAL = "awaiting_approval"
    DISTRIBUTING = "distributing"
    COMPLETED = "completed"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


LOOKED_AT = frozenset({State.QUEUED, State.PRODUCING, State.AWAITING_APPROVAL, State.DISTRIBUTING})
"""States in which the service has a job that moves by itself."""

TERMINAL = frozenset({State.COMPLETED, State.FAILED, State.REJECTED, State.CANCELLED})
"""Ends, as far as we know; news of life may re-open all but `completed`."""


class Verdict(StrEnum):
    """What a person decided about the finished files."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True)
class FileReference:
    """A file that somebody uploaded with a form; its address is asked for when it is read.

    Attributes:
        file_id: Slack's id.
        name: As its owner called it, checked to be a plain file name.
    """

    file_id: str
    name: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One field as a person filled it in.

    Attributes:
        value: What the service is sent; for files their ids, which only tell forms apart.
        shown: What the person saw, so that no id ever reaches a card.
        files: What was uploaded, in the order it was chosen.
    """

    key: str
    label: str
    value: str
    shown: str
    files: tuple[FileReference, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProductionRequest:
    """A person's wish."""

    provider: str
    topic: str
    team_id: str
    channel_id: str
    requester_id: str
    answers: tuple[Answer, ...]

    def value(self, key: str) -> str | None:
        """Give the value of a field, or None where it was left empty."""
        return next((answer.value for answer in self.answers if answer.key == key), None)

    def files(self, key: str) -> tuple[FileReference, ...]:
        """Give the files of a field; empty where none was uploaded."""
        return next((answer.files for answer in self.answers if answer.key == key), ())


@dataclass(frozen=True, kw_only=True)
class Job:
    """The service's side of an attempt.

    Attributes:
        job_id: The service's id, in the clear, unique per service.
        handle: What the service needs to be asked about it; opaque, may hold secrets.
    """

    job_id: str
    handle: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One request sent to a service: v1, v2 and so on in the same thread."""

    number: int
    request: ProductionRequest
    started_at: datetime
    job: Job | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the service says it is; each part is None where it does not say.

    Attributes:
        percent: 0 to 100, only where the service gives it.
    """

    stage: str | None = None
    step: str | None = None
    step_number: int | None = None
    total_steps: int | None = None
    percent: int | None = None

    def is_beyond(self, known: "Progress | None") -> bool:
        """Tell whether this is further than what is known; unnumbered steps always are."""
        if known is None or known.step_number is None or self.step_number is None:
            return True
        return self.step_number > known.step_number


FORM_CODES = frozenset(
    {"form_incomplete", "form_too_long", "bad_address", "file_gone", "file_changed"}
)
"""Codes of failures that other answers mend, and nothing else."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why an attempt ended badly.

    Attributes:
        code: The service's code, or ours in lower case.
        text: What the service said, cut, free of secrets; may be empty.
    """

    code: str | None
    text: str
    correlation_id: str | None = None

    @property
    def is_of_form(self) -> bool:
        """Whether only the form's answers are at fault: nobody on call can help."""
        return self.code in FORM_CODES


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why we see less than we would like, while the production goes on.

    Attributes:
        kind: `unreachable`, `nonsense`, `auth`, `missing`, `delayed`, `files` where uploads
            cannot be read, `store` where they cannot be stored, or `slow` where that took too long.
    """

    kind: str
    text: str
    since_at: datetime
    correlation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What somebody decided, on which attempt."""

    verdict: Verdict
    user_id: str
    at: datetime
    attempt: int
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class PendingCancel:
    """A cancel that somebody asked for and the service has not shown yet.

    Attributes:
        sent_at: When the service took it; None while it is still to be sent.
    """

    user_id: str
    at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Who ended it, and why, where a person did."""

    user_id: str
    at: datetime
    reason: str | None = None


class CopyState(StrEnum):
    """How it stands with our own copy of a file."""

    WANTED = "wanted"
    KEPT = "kept"
    LOST = "lost"
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Our own copy of a file, or what became of it.

    Attributes:
        at: Since when it is so.
        file: Its name in our store; None until it is kept.
        size_bytes: Bytes that were counted; None until it is kept.
        sha256: Of those bytes, in hexadecimal; None until it is kept.
        content_type: What the service sent it as, or None.
        reason: Why it was lost, in words for people; None otherwise.
    """

    state: CopyState
    at: datetime | None = None
    file: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    content_type: str | None = None
    reason: str | None = None


class ShareState(StrEnum):
    """How it stands with a file that is to be put into the thread."""

    WANTED = "wanted"
    SENDING = "sending"
    SHARED = "shared"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Share:
    """A file put into the production's thread, or what became of that.

    Attributes:
        at: Since when it is so.
        permalink: Where it is in Slack, for its members; None until Slack has told.
        reason: Slack's word for why it was not taken, or ours; None otherwise.
    """

    state: ShareState
    at: datetime
    permalink: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Deliverable:
    """A finished file that can be fetched: from the service, or from us once `copy` is kept.

    Attributes:
        key: Stable within the attempt; the service's id, or type, name and platform joined.
        kind: `video`, `captions`, `audio_description`, `transcript`, `certificate`, or the
            service's own word where we know none.
        expires_at: When the service stops handing it out; None where it does not say.
        token: Opaque secret of the download link, no part of what the file is; None until stored.
        copy: Our own copy, no part of what the file is either; None where none is wanted.
        share: How it stands with it in the thread, likewise; None where it is not wanted there.
        downloads: How often it was fetched through its link.
    """

    key: str
    kind: str
    name: str
    platform: str | None = None
    language: str | None = None
    content_type: str | None = None
    size_bytes: int | None = None
    expires_at: datetime | None = None
    token: str | None = field(default=None, compare=False, repr=False)
    copy: Copy | None = field(default=None, compare=False)
    share: Share | None = field(default=None, compare=False)
    downloads: int = field(default=0, compare=False)

    def has_copy(self, state: CopyState) -> bool:
        """Tell whether our own copy stands like this."""
        return self.copy is not None and self.copy.state is state


@dataclass(frozen=True, kw_only=True)
class Copying:
    """The files are made, and are being copied before anybody is told.

    Attributes:
        then: The state that is entered once every file is kept or lost.
    """

    since_at: datetime
    then: State


@dataclass(frozen=True, kw_only=True)
class Production:
    """One thread, from the wish to the files.

    Attributes:
        id: Short and readable, such as `7K3MQ2`.
        version: Number of its newest event; `save` compares it.
        thread_ts: The first card's message; None until Slack confirmed it. Never changes.
        card_ts: The message that is edited; differs from `thread_ts` once posted anew.
        due_at: When to act on it next; None where only a person or a webhook can wake it.
        deadline_at: When this state becomes late; None where it cannot.
        hints: Webhooks that said "look now".
        quiet_looks: Looks in a row that failed; 0 after any answer we understood.
        provider_word: The service's own word for the state.
        collecting_since_at: Since when files are promised but not listed; else None.
        is_late: Whether this state has outlived its deadline and people were told.
        listed_at_hints: What `hints` was when the files were listed last; more may have come since.
        at_gate: Whether the service has finished and what remains is decided here alone.
        copying: Set while our copies are made before the next state.
        files_deleted_at: When our copies were deleted because their time was over; else None.
        round_number: Which round of buttons counts, 1 being the first. It goes up whenever what
            people have answered before is open anew, most of all with every order sent again.
        cost: What the attempt has cost in the service's own units, to go on after "It cost", such
            as `12.5 credits`; None where the service does not say.
    """

    id: str
    version: int
    state: State
    attempt: Attempt
    created_at: datetime
    state_since_at: datetime
    thread_ts: str | None = None
    card_ts: str | None = None
    due_at: datetime | None = None
    deadline_at: datetime | None = None
    hints: int = 0
    quiet_looks: int = 0
    provider_word: str | None = None
    progress: Progress | None = None
    failure: Failure | None = None
    problem: Problem | None = None
    decision: Decision | None = None
    pending_cancel: PendingCancel | None = None
    ending: Ending | None = None
    collecting_since_at: datetime | None = None
    is_late: bool = False
    listed_at_hints: int = 0
    at_gate: bool = False
    copying: Copying | None = None
    files_deleted_at: datetime | None = None
    round_number: int = 1
    cost: str | None = None
    deliverables: tuple[Deliverable, ...] = ()

    @property
    def request(self) -> ProductionRequest:
        """The current attempt's request."""
        return self.attempt.request

    @property
    def provider(self) -> str:
        """Name of the service."""
        return self.attempt.request.provider

    @property
    def topic(self) -> str:
        """What it is about, as the requester wrote it."""
        return self.attempt.request.topic

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended, as far as we know."""
        return self.state in TERMINAL

    @property
    def rests(self) -> bool:
        """Whether nothing can be learnt by looking: it has ended, or only waits for a decision."""
        waits_for_us = self.at_gate and self.state is State.AWAITING_APPROVAL
        return self.is_terminal or (
            waits_for_us and bool(self.deliverables) and self.pending_cancel is None
        )
