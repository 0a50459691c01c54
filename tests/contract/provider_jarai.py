"""What the contract suite needs of JARAI: a provider, its local server, and bad days by name."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from bot.core.events import News
from bot.core.form import Choice
from bot.core.production import Job
from bot.providers.base import Provider
from bot.providers.registry import JaraiSettings, build_providers
from tests.contract.documented_errors import JARAI
from tests.contract.provider_bench import Act, ProviderBench, Refusal
from tests.unit.providers.hands import Memory
from twin.jarai.app import JaraiTwin
from twin.jarai.catalogue import ARCHIVE, COUNTRIES, KEYS, LANGUAGES, PROJECT_TYPES, SOCIAL
from twin.jarai.settings import Settings
from twin.jarai.webhooks import Mishap

KEY = {key.name: key.value for key in KEYS.values()}
UNKNOWN_ID = "99999999-2a11-4b8e-9d33-7a5f10c2e901"


def _avatar(account_id: str, avatar_id: str) -> dict[str, str]:
    return {"avatar": f"{account_id}/{avatar_id}"}


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
        "unknown key": Refusal(code="UNAUTHORIZED", settings={"api_key": "jarai_test_nobody"}),
        "partner off": Refusal(
            code="PARTNER_NOT_ACTIVE", settings={"api_key": KEY[f"{kind}inactive"]}
        ),
        "right missing": Refusal(
            code="PERMISSION_DENIED", settings={"api_key": KEY[f"{kind}readonly"]}
        ),
        "foreign account": Refusal(
            code="INSUFFICIENT_SCOPE", values=_avatar(UNKNOWN_ID, SOCIAL.avatars[0].avatar_id)
        ),
        "closed account": Refusal(
            code="ACCOUNT_NOT_ACTIVE",
            values=_avatar(ARCHIVE.account_id, ARCHIVE.avatars[0].avatar_id),
        ),
        "unknown avatar": Refusal(
            code="INVALID_REQUEST", values=_avatar(SOCIAL.account_id, ARCHIVE.avatars[0].avatar_id)
        ),
        "unknown language": Refusal(code="INVALID_REQUEST", values={"language": UNKNOWN_ID}),
        "budget spent": Refusal(code="BUDGET_GATE_1_FAILED", twin={"over_budget": True}),
    }


class JaraiBench(ProviderBench):
    """JARAI with its local server.

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
    finished = News.AWAITING_APPROVAL
    kinds = frozenset({"video", "captions", "transcript"})
    listing = "deliverables"
    accepted = 202
    steps = STEPS
    has_progress = has_sizes = has_correlation = has_cancel = True
    has_webhooks = has_tiers = has_scopes = points_to_status = lists_deliverables = True
    renews_links = finds_jobs = has_words = has_timeouts = True
    documented = JARAI

    matches: ClassVar[Mapping[str, str]] = {
        "SUBMIT": "POST /productions",
        "LOOK": "GET /productions/",
        "FILES": "GET /deliverables",
        "FORM": "GET /accounts",
        "CANCEL": "DELETE /productions/",
        "OPEN": "GET /deliverables",
        "FIND": "GET /productions/",
    }
    lacks: ClassVar[Mapping[str, str]] = {
        "RETRY": "only its Studio takes a job up again",
        "CREDITS": "its budget shows in a refusal alone",
        "FIELDS": "every job has the same form",
        "TOKEN": "nothing is uploaded",
        "UPLOAD": "nothing is uploaded",
        "SEARCH": "no field is searched",
    }

    def make_twin(self) -> JaraiTwin:
        """Make the local server on the bench's clock."""
        return JaraiTwin(self.clock, settings=Settings(dialects=self.dialect))

    def make(self, *, remembered: Memory, **settings: Any) -> Provider:
        """Make a provider with these settings."""
        about = {
            "dialect": self.dialect,
            "languages": _choices(LANGUAGES),
            "countries": _choices(COUNTRIES),
            "project_types": _choices(PROJECT_TYPES),
        }
        return build_providers(
            {self.name: JaraiSettings(**(about | settings))},
            clock=self.clock.now,
            remembered=remembered,
        ).of(self.name)

    def filled(self) -> dict[str, str]:
        """Give what the form says where nothing else is asked for."""
        return {
            "language": next(iter(LANGUAGES)),
            "country": next(iter(COUNTRIES)),
            **_avatar(SOCIAL.account_id, SOCIAL.avatars[0].avatar_id),
            "notes": "Tone: warm.",
        }

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


class OldJaraiBench(JaraiBench):
    """JARAI's older generation."""

    dialect = "v1"
    api_key = JaraiTwin.v1_api_key
    unwritable = "productions:cancel"
    refusals = _refusals("v1 ")


def _choices(named: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, name=name) for value, name in named.items())
