"""What the contract suite needs of JARAI: a provider, its local server, and bad days by name."""

import json
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from bot.core.events import News
from bot.core.form import Choice
from bot.core.production import Answer, Job, ProductionRequest
from bot.providers.base import Provider
from bot.providers.registry import JaraiSettings, build_providers
from tests.unit.providers.jarai.samples import Memory
from twin.clock import Clock
from twin.faults import Fault
from twin.jarai.app import JaraiTwin
from twin.jarai.catalogue import ARCHIVE, COUNTRIES, KEYS, LANGUAGES, PROJECT_TYPES, SOCIAL
from twin.jarai.webhooks import Mishap

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
KEY = {key.name: key.value for key in KEYS.values()}
UNKNOWN_ID = "99999999-2a11-4b8e-9d33-7a5f10c2e901"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A documented refusal of a submit.

    Attributes:
        settings: What the provider is set up with.
        values: What the form says.
        twin: How the local server is set.
    """

    code: str
    settings: Mapping[str, Any]
    values: Mapping[str, str]
    twin: Mapping[str, Any]


def _refusal(
    code: str,
    *,
    settings: Mapping[str, Any] | None = None,
    values: Mapping[str, str] | None = None,
    twin: Mapping[str, Any] | None = None,
) -> Refusal:
    return Refusal(code=code, settings=settings or {}, values=values or {}, twin=twin or {})


def _avatar(account_id: str, avatar_id: str) -> dict[str, str]:
    return {"avatar": f"{account_id}/{avatar_id}"}


Act = Callable[[JaraiTwin], Callable[[str], Any]]
_REVIEWED: tuple[Act, ...] = (lambda twin: twin.act.finish,)
_RELEASED: tuple[Act, ...] = (*_REVIEWED, lambda twin: twin.act.release)
STEPS: Mapping[News, tuple[Act, ...]] = {
    News.QUEUED: (),
    News.PRODUCING: (lambda twin: twin.act.pick_up,),
    News.AWAITING_APPROVAL: _REVIEWED,
    News.DISTRIBUTING: _RELEASED,
    News.COMPLETED: (*_RELEASED, lambda twin: twin.act.finish),
    News.FAILED: (lambda twin: twin.act.fail,),
    News.CANCELLED: (lambda twin: twin.act.cancel,),
}


def _refusals(kind: str) -> Mapping[str, Refusal]:
    """List what the service refuses.

    Args:
        kind: Begins the names of the keys of a generation.
    """
    return {
        "unknown key": _refusal("UNAUTHORIZED", settings={"api_key": "jarai_test_nobody"}),
        "partner off": _refusal("PARTNER_NOT_ACTIVE", settings={"api_key": KEY[f"{kind}inactive"]}),
        "right missing": _refusal(
            "PERMISSION_DENIED", settings={"api_key": KEY[f"{kind}readonly"]}
        ),
        "foreign account": _refusal(
            "INSUFFICIENT_SCOPE", values=_avatar(UNKNOWN_ID, SOCIAL.avatars[0].avatar_id)
        ),
        "closed account": _refusal(
            "ACCOUNT_NOT_ACTIVE", values=_avatar(ARCHIVE.account_id, ARCHIVE.avatars[0].avatar_id)
        ),
        "unknown avatar": _refusal(
            "INVALID_REQUEST", values=_avatar(SOCIAL.account_id, ARCHIVE.avatars[0].avatar_id)
        ),
        "unknown language": _refusal("INVALID_REQUEST", values={"language": UNKNOWN_ID}),
        "budget spent": _refusal("BUDGET_GATE_1_FAILED", twin={"over_budget": True}),
    }


class JaraiBench:
    """JARAI on one clock with its local server.

    Attributes:
        dialect: The generation that is spoken; the server takes no other.
        api_key: The key that the usual provider has.
        unwritable: The scope whose lack the check of a key that only reads finds.
    """

    name = "jarai"
    label = "JARAI"
    dialect = "partner"
    api_key = JaraiTwin.api_key
    unwritable = "productions:write"
    refusals = _refusals("")
    chosen: Mapping[str, str] = {}
    finished = News.AWAITING_APPROVAL
    kinds = frozenset({"video", "captions", "transcript"})
    listing = "deliverables"
    accepted = 202
    steps = STEPS
    has_progress = has_sizes = has_correlation = has_cancel = True
    has_webhooks = has_tiers = has_scopes = points_to_status = lists_deliverables = True
    renews_links = finds_jobs = has_words = has_timeouts = True

    def __init__(self) -> None:
        self.clock = Clock(start=START, speed=0)
        self.twin = JaraiTwin(self.clock)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start the server; the usual provider is `provider`."""
        self.twin.configure(dialects=self.dialect)
        await self.twin.start()
        self._stack.push_async_callback(self.twin.stop)
        self.provider = self.build()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything."""
        await self._stack.aclose()

    def build(self, **settings: Any) -> Provider:
        """Make a provider that is closed with the bench."""
        about = {
            "api_key": self.api_key,
            "dialect": self.dialect,
            "base_url": self.twin.url,
            "languages": _choices(LANGUAGES),
            "countries": _choices(COUNTRIES),
            "project_types": _choices(PROJECT_TYPES),
            "max_bytes": 50_000,
        }
        built = build_providers(
            {self.name: JaraiSettings(**(about | settings))},
            clock=self.clock.now,
            remembered=Memory(self.clock.now),
        )[self.name]
        self._stack.push_async_callback(built.aclose)
        return built

    def request(self, *, topic: str = "Autumn range teaser", **values: str) -> ProductionRequest:
        """Fill the form in."""
        about = {
            "language": next(iter(LANGUAGES)),
            "country": next(iter(COUNTRIES)),
            **_avatar(SOCIAL.account_id, SOCIAL.avatars[0].avatar_id),
            "notes": "Tone: warm.",
        } | values
        return ProductionRequest(
            provider=self.name,
            topic=topic,
            team_id="T1",
            channel_id="C1",
            requester_id="U1",
            answers=tuple(
                Answer(key=key, label=key, value=value, shown=value) for key, value in about.items()
            ),
        )

    def fail(self, match: str, kind: Any, **more: Any) -> None:
        """Make the next matching call fail; `match` is one of `SUBMIT`, `LOOK`, `FILES`, `FORM`."""
        self.twin.faults.add(Fault(match=CALLS[match], kind=kind, **more))

    def configure(self, **settings: Any) -> None:
        """Set the local server."""
        self.twin.configure(**settings)

    async def bring(self, job: Job, news: News) -> None:
        """Let the service bring a queued job to where a look says so."""
        for act in self.steps[news]:
            act(self.twin)(job.job_id)

    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""
        return [job.production_id for job in self.twin.jobs()]

    def forgotten(self, job: Job) -> Job:
        """Give a job like another one that the service does not know."""
        return Job(job_id=UNKNOWN_ID, handle={**job.handle, "status_url": None})

    def look_saying(self, word: str, _job: Job) -> str:
        """Write what a look would answer if the job's state had another word."""
        return json.dumps({"status": word})

    def spoil_delivery(self, kind: str) -> None:
        """Let the next webhook come `twice` or with a `bad_signature`."""
        self.twin.webhooks.add_mishap(Mishap(kind=kind))

    async def deliver(self) -> None:
        """Wait until every webhook has arrived."""
        await self.twin.webhooks.courier.settle()

    async def pass_time(self, seconds: float) -> None:
        """Move the clock of both sides."""
        await self.clock.advance(seconds)

    @property
    def submitted(self) -> int:
        """How many jobs the service has."""
        return len(self.twin.jobs())

    def calls(self, what: str = "") -> list[tuple[str, int | None]]:
        """List the calls that reached the service, with their status."""
        return [
            (entry.what, entry.status)
            for entry in self.twin.journal.entries()
            if entry.direction == "in" and what in entry.what
        ]


class OldJaraiBench(JaraiBench):
    """JARAI's older generation."""

    dialect = "v1"
    api_key = JaraiTwin.v1_api_key
    unwritable = "productions:cancel"
    refusals = _refusals("v1 ")


CALLS = {
    "SUBMIT": "POST /productions",
    "LOOK": "GET /productions/",
    "FILES": "GET /deliverables",
    "FORM": "GET /accounts",
    "CANCEL": "DELETE /productions/",
}


def _choices(named: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, name=name) for value, name in named.items())
