"""What a message shows besides the production itself: the service and the people around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.providers.base import Capabilities


@dataclass(frozen=True, kw_only=True)
class Face:
    """The service as people know it, and who may act.

    Attributes:
        label: The service's name for people.
        console_url: Page of this job at the service, or None.
        links: Deliverable key to the address of its download; what is missing is handed out
            privately at the click.
        approver_ids: Users and groups who decide; empty means every full member.
        on_call_ids: Users and groups to wake when something fails; may be empty.
        keep_days: How long after its end a production's files are kept by us; 0 for ever.
    """

    label: str
    capabilities: Capabilities = field(default_factory=Capabilities)
    console_url: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    approver_ids: tuple[str, ...] = ()
    on_call_ids: tuple[str, ...] = ()
    keep_days: int = 0
