"""What operators arrange at a service over its API: webhooks, and becoming its partner."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A webhook registered at a service.

    Attributes:
        secret: Its signing secret, only in the answer to the registration.
    """

    webhook_id: str
    url: str
    events: tuple[str, ...]
    secret: str | None = field(default=None, repr=False)


@runtime_checkable
class WebhookDesk(Protocol):
    """A service at which webhooks are registered over its API; every method raises as it does."""

    default_events: tuple[str, ...]

    async def webhooks_add(self, url: str, events: tuple[str, ...]) -> Subscription:
        """Register an address; the secret is shown this once."""

    async def webhooks_list(self) -> tuple[Subscription, ...]:
        """List what is registered."""

    async def webhooks_remove(self, webhook_id: str) -> None:
        """Remove a registration."""


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who wants to be a partner of a service.

    Attributes:
        email: Where the service writes to.
        name: Of the person who reads it.
    """

    organisation: str
    email: str
    name: str


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key that a service has just made, and shows this once.

    Attributes:
        partner_id: Whose it is; None where the service does not say.
        old_key_s: For how many seconds the one before goes on; None where there was none.
    """

    value: str = field(repr=False)
    partner_id: str | None = None
    old_key_s: float | None = None


class PartnerDesk(Protocol):
    """A service at which one becomes a partner over its API; every method raises as it does."""

    name: str
    label: str

    async def register(self, applicant: Applicant) -> str | None:
        """Ask to become a partner; gives the id, where the service says one."""

    async def verify(self, link: str) -> NewKey:
        """Change what the service wrote to the applicant for the first key."""

    async def rotate_key(self, api_key: str) -> NewKey:
        """Change a key for a new one."""
