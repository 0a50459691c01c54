# ruff: noqa: ARG002 - It takes what every service takes, and needs none of it.
"""What stands in for a service that productions name and nobody has switched on here.

Its key may have been taken out, or the package that brings it. Productions of it rest until it is
back, and everything that is shown or asked about them works as for any other: nothing is possible.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from bot.core.budget import Limits, Spent
from bot.core.errors import SWITCHED_OFF, InvalidSignatureError, ProviderUnavailableError
from bot.core.form import NOTHING_CHOSEN, Choice, Form
from bot.core.production import Deliverable, Job, ProductionRequest
from bot.providers.base import (
    Capabilities,
    Finding,
    Link,
    NotSent,
    Observation,
    Provider,
    Submission,
    Unsaved,
    WebhookEvent,
)

TEXT = "It is switched off here."
_NEVER = datetime.min.replace(tzinfo=UTC)


class Services:
    """All services, those that are on and those that productions name all the same.

    Args:
        on: By name, in the order in which forms offer them.
        label_of: Gives the name for people of a service that is off.
    """

    def __init__(
        self, on: Mapping[str, Provider], *, label_of: Callable[[str], str] = str.capitalize
    ) -> None:
        self._on = dict(on)
        self._label_of = label_of

    def on(self) -> tuple[Provider, ...]:
        """List the services that are on."""
        return tuple(self._on.values())

    def of(self, name: str) -> Provider:
        """Give a service by its name, or what stands in for it while it is off."""
        there = self._on.get(name)
        return there or SwitchedOffProvider(name, label=self._label_of(name))


class NothingToSpend:
    """The budget of a service that is never asked."""

    credential = ""
    limits = Limits(per_minute=None, per_day=None)

    def may_look(self) -> bool:
        """Refuse."""
        return False

    def wait_s(self, *, for_people: bool = False) -> float:
        """Hold nothing back: there is nobody to ask."""
        return 0.0

    def stretched_s(self, interval_s: float, *, open_productions: int) -> float:
        """Leave it as it is."""
        return interval_s

    def take_unsaved(self) -> Unsaved:
        """Have spent nothing."""
        return Unsaved(day=_NEVER.date(), minute_at=_NEVER, count=0)

    def absorb(self, unsaved: Unsaved, total: Spent) -> None:
        """Need nothing."""


class SwitchedOffProvider:
    """A `Provider` at which nothing is possible."""

    capabilities = Capabilities(is_off=True)
    budget = NothingToSpend()

    def __init__(self, name: str, *, label: str) -> None:
        self.name = name
        self.label = label

    async def aclose(self) -> None:
        """Hold nothing open."""

    async def check(self) -> tuple[Finding, ...]:
        """Say why it cannot be used."""
        return (Finding(is_good=False, text=f"{self.label} is switched off here."),)

    async def known_form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form | None:
        """Refuse."""
        _refuse()

    async def form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form:
        """Refuse."""
        _refuse()

    async def search(self, key: str, typed: str) -> tuple[Choice, ...]:
        """Refuse."""
        _refuse()

    def complaints(self, request: ProductionRequest, form: Form) -> Mapping[str, str]:
        """Find nothing wrong: nothing is asked here."""
        return {}

    async def prepare(self, request: ProductionRequest) -> Mapping[str, Any]:
        """Refuse."""
        _refuse()

    async def submit(self, prepared: Mapping[str, Any], *, key: str) -> Submission:
        """Send nothing."""
        return NotSent(text=TEXT)

    async def retry(self, job: Job) -> Submission:
        """Send nothing."""
        return NotSent(text=TEXT)

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:
        """Refuse."""
        _refuse()

    async def observe(self, job: Job) -> Observation:
        """Refuse."""
        _refuse()

    async def deliverables(self, job: Job) -> tuple[Deliverable, ...]:
        """Refuse."""
        _refuse()

    async def open(self, job: Job, key: str) -> Link:
        """Refuse."""
        _refuse()

    async def cancel(self, job: Job) -> None:
        """Refuse."""
        _refuse()

    def console_url(self, job: Job | None) -> str | None:
        """Know no page: its address comes with its settings."""
        return None

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, secrets: tuple[str, ...], now: datetime
    ) -> WebhookEvent:
        """Believe nothing."""
        raise InvalidSignatureError("the service is switched off")


def _refuse() -> NoReturn:
    raise ProviderUnavailableError(TEXT, code=SWITCHED_OFF)
