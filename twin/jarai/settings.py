"""How the local JARAI behaves where the documents are silent or a test wants it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from twin.jarai.catalogue import STEP_NAMES, TIERS
from twin.switches import Check, Switches, one_of, whole


def _is_origin(value: object) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not parts.path


@dataclass(frozen=True, kw_only=True)
class Settings(Switches):
    """Switches and durations; durations are seconds on the twin's clock unless said otherwise.

    Attributes:
        queued_s: Wait before a production is picked up.
        producing_s: All steps together.
        distributing_s: From release to Published.
        cancelling_s: From the accepted DELETE until the production is Cancelled.
        expires_s: Life of a queue slot; 600 is the documented default.
        steps: Steps a production goes through, 1 to 15.
        hold_queue: Nothing is picked up, so productions expire.
        auto_publish: The account publishes without waiting for a release.
        over_budget: Submissions are refused with `BUDGET_GATE_1_FAILED`.
        location: Form of the Location header: `relative`, `absolute`, or `foreign` (on
            `foreign_origin`, where no key may be sent).
        deliverables_before: Answer before there are any: `404`, `409` or `empty`.
        field_aliases: Deliverables name their type and file by the other documented spelling.
        unknown_deliverable: One more deliverable, of a type no document mentions.
        lists: `wrapped` in an object, or `bare` arrays.
        tier: Tier forced on every partner; None means each has its own.
        dialects: Generation that is served: `partner`, `v1`, or `both` side by side.
        self_serve_rotation: Partners may change their keys themselves, as the service calls it.
        verify_s: Life of the link in a registration's e-mail.
        old_key_s: Life of a key after it was changed for a new one; 24 h are documented.
        webhook_timeout_s: Real seconds an endpoint has to answer.
    """

    CHECKS: ClassVar[Mapping[str, Check]] = {
        "steps": whole(lowest=1, highest=len(STEP_NAMES)),
        "location": one_of("relative", "absolute", "foreign"),
        "foreign_origin": (
            _is_origin,
            "an origin such as https://elsewhere.example",
            {"type": "string", "format": "uri"},
        ),
        "deliverables_before": one_of("404", "409", "empty"),
        "lists": one_of("wrapped", "bare"),
        "tier": one_of(None, *TIERS),
        "dialects": one_of("both", "partner", "v1"),
    }

    queued_s: float = 20.0
    producing_s: float = 300.0
    distributing_s: float = 60.0
    cancelling_s: float = 0.0
    expires_s: float = 600.0
    steps: int = len(STEP_NAMES)
    hold_queue: bool = False
    auto_publish: bool = False
    over_budget: bool = False
    location: str = "relative"
    foreign_origin: str = "https://elsewhere.example"
    deliverables_before: str = "404"
    field_aliases: bool = False
    unknown_deliverable: bool = False
    lists: str = "wrapped"
    tier: str | None = None
    dialects: str = "both"
    self_serve_rotation: bool = True
    verify_s: float = 86_400.0
    old_key_s: float = 86_400.0
    webhook_timeout_s: float = 10.0

    @property
    def step_s(self) -> float:
        """Length of one step."""
        return self.producing_s / self.steps
