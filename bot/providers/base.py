"""What a video service must be able to do, and the values it answers with."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.core.budget import Limits, Spent
from bot.core.events import News
from bot.core.form import NOTHING_CHOSEN, Choice, Form
from bot.core.production import (
    Deliverable,
    Failure,
    FileReference,
    Job,
    ProductionRequest,
    Progress,
)

BUDGET_SPENT = "budget_spent"
"""Code of the error for a request that our own budget held back: nobody was asked."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a service offers; buttons are drawn from these and checked again at the click.

    Attributes:
        has_webhooks: Whether it can tell us that something happened.
        has_cancel: Whether a job can be cancelled over its API.
        decides_in_console: Whether approval happens there, so that a decision here never changes
            the state. Without it what is finished waits at our gate: there it is the last word.
        reject_cancels: Whether a rejection also cancels the job, as configured.
        retries_in_place: Whether a failed job can be taken up again under its own id, by `retry`.
        has_percent: Whether its progress comes with a percentage.
        finds_by_id: Whether `find` can look up a job, so that a lost one can be linked.
        links_die: Whether its links cannot be renewed later, so that files must be copied at once.
        is_off: Whether it is not switched on here, so that its productions rest.
    """

    has_webhooks: bool = False
    has_cancel: bool = False
    decides_in_console: bool = False
    reject_cancels: bool = False
    retries_in_place: bool = False
    has_percent: bool = False
    finds_by_id: bool = False
    links_die: bool = False
    is_off: bool = False


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One look at a job.

    Attributes:
        news: One of the `seen_…` news, or None for a word we do not know.
        word: The service's own word for the state.
        cost: What it has cost so far, as in `Production`; None where the service does not say.
    """

    news: News | None
    word: str
    progress: Progress | None = None
    failure: Failure | None = None
    cost: str | None = None


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The service took the job."""

    job: Job
    word: str


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """Nothing reached the service; trying again is safe.

    Attributes:
        text: Why, free of secrets.
    """

    text: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The service said no; the same request would be refused again."""

    failure: Failure


@dataclass(frozen=True, kw_only=True)
class Delayed:
    """The service took nothing and asked to wait.

    Attributes:
        wait_s: Seconds until it is worth trying again.
    """

    text: str
    wait_s: float


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """It may or may not have arrived; it must not be sent again by itself."""

    failure: Failure


Submission = Accepted | NotSent | Refused | Delayed | Uncertain


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where a file can be fetched now; a secret while it lives.

    Attributes:
        expires_at: When the address dies, or None where the service does not say.
    """

    url: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class WebhookEvent:
    """A verified webhook, reduced to what we act on.

    Attributes:
        delivery_ids: Keys that make it known again, the main one first.
        job_id: None for a test event.
        account: The service's account it belongs to, or None.
        progress: Set where the body alone updates the progress of a producing job.
    """

    delivery_ids: tuple[str, ...]
    kind: str
    job_id: str | None
    account: str | None = None
    progress: Progress | None = None


class Remembered(Protocol):
    """A small store for what a service was asked lately, kept across restarts."""

    async def recall(self, key: str) -> tuple[Any, datetime] | None:
        """Give the JSON value kept under `key` and when it was kept, or None."""

    async def remember(self, key: str, value: Any) -> None:
        """Keep a JSON value."""


class Uploads(Protocol):
    """Where files that people uploaded with a form are read from."""

    async def open(self, file: FileReference) -> AsyncGenerator[bytes, None]:
        """Begin to read a file; the chunks add up to its `size_bytes`, or reading them raises.

        Close what it gives (`contextlib.aclosing`), also where not all of it is read.

        Raises:
            ProviderRefusedError: It is gone, or was replaced, or we may not read it.
            ProviderUnavailableError: Not now; code `FILES_UNREACHABLE`.
        """


@dataclass(frozen=True, kw_only=True)
class Unsaved:
    """Requests that the database has not been told of.

    Attributes:
        day: The UTC day they belong to.
        minute_at: Start of the minute they are booked on.
    """

    day: date
    minute_at: datetime
    count: int


class Budget(Protocol):
    """The request budget of one credential."""

    credential: str

    @property
    def limits(self) -> Limits:
        """What applies now."""

    def may_look(self) -> bool:
        """Tell whether a look still fits, or costs nothing; a fifth is left for people."""

    def wait_s(self, *, for_people: bool = False) -> float:
        """Say in how many seconds a look, or a request for people, will fit; 0 where it does now."""

    def stretched_s(self, interval_s: float, *, open_productions: int) -> float:
        """Stretch a look interval so that what is left lasts."""

    def take_unsaved(self) -> Unsaved:
        """Give the requests to save; they are given again until `absorb` confirms them."""

    def absorb(self, unsaved: Unsaved, total: Spent) -> None:
        """Take over the totals that the database holds after `unsaved` was added to them."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was checked, in a sentence for whoever runs the bot."""

    is_good: bool
    text: str


class Provider(Protocol):
    """One service, spoken to with one credential.

    Every awaiting method but `submit` raises `ProviderError`s. The handle in a `Job` is opaque to
    callers and may hold secrets.
    """

    name: str
    label: str
    capabilities: Capabilities

    @property
    def budget(self) -> Budget:
        """Its request budget; it counts by itself."""

    async def aclose(self) -> None:
        """Close its connections."""

    async def check(self) -> tuple[Finding, ...]:
        """Find out whether it can be used as it is set up; raises for nothing it does."""

    async def known_form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form | None:
        """Build the form from what is remembered, without asking the service; None when cold.

        Args:
            chosen: What is chosen in the fields that reshape it, by key; possibly out of date.
        """

    async def form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form:
        """Build the form with fresh choices, and remember them.

        Args:
            chosen: As for `known_form`.
        """

    async def search(self, key: str, typed: str) -> tuple[Choice, ...]:
        """Offer what fits the words typed into a `SearchField`, at most 100, the best first.

        Somebody is typing and Slack waits 3 s at most, so answer from what is remembered wherever
        that is fresh enough (`bot.core.form.matching` does the finding). A choice's own value
        finds it, and only it.

        Raises:
            ProviderError: It cannot be said now; what somebody chose before is then believed.
        """

    def complaints(self, request: ProductionRequest, form: Form) -> Mapping[str, str]:
        """Say what in a form keeps it from being ordered, while it is still open.

        Pure, and told by the functions that `prepare` uses: what only the service, or the content
        of a file, can tell is found out later.

        Args:
            form: As it was asked, with the fields that were left empty too.

        Returns:
            Field key to a sentence in the words of the field; empty where nothing is wrong.
        """

    async def prepare(self, request: ProductionRequest) -> Mapping[str, Any]:
        """Do all that may be repeated before the paid call.

        Returns:
            What `submit` needs.

        Raises:
            ProviderRefusedError: The request cannot be sent as it is.
        """

    async def submit(self, prepared: Mapping[str, Any], *, key: str) -> Submission:
        """Make the one paid call; never raises for anything the network or the service does.

        Args:
            key: Idempotency key, sent where the service may honour one.
        """

    async def retry(self, job: Job) -> Submission:
        """Make the service take up a failed job again; as strict as `submit`, and as paid.

        Only called where `capabilities.retries_in_place`.
        """

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:
        """Look up a job for linking, with the service's word; called only where `finds_by_id`.

        Raises:
            ProviderRefusedError: There is no such job, or it is somebody else's.
        """

    async def observe(self, job: Job) -> Observation:
        """Look at a job once."""

    async def deliverables(self, job: Job) -> tuple[Deliverable, ...]:
        """List the finished files; empty where there are none yet."""

    async def open(self, job: Job, key: str) -> Link:
        """Give a fresh link to one deliverable.

        It was checked by `urls.check_url` against the service's own base: we may fetch it too.

        Raises:
            ProviderRefusedError: The service no longer has it.
        """

    async def cancel(self, job: Job) -> None:
        """Ask for a job to be cancelled; what it became is learnt by looking.

        Raises:
            ProviderRefusedError: Too late.
        """

    def console_url(self, job: Job | None) -> str | None:
        """Give the page where a person can see the job at the service, or None."""

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, secrets: tuple[str, ...], now: datetime
    ) -> WebhookEvent:
        """Verify a webhook and read it.

        Args:
            headers: With lower-case names.
            secrets: Signing secrets to try.

        Raises:
            WebhookError: It must not be believed, or cannot be read.
        """
