"""What the contract suite needs of Narakeet: a provider, its local server, and bad days by name."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from bot.core.events import News
from bot.core.production import Job, ProductionRequest
from bot.providers.base import Provider
from bot.providers.registry import NarakeetSettings, build_providers
from tests.contract.documented_errors import NARAKEET
from tests.contract.provider_bench import Act, ProviderBench, Refusal
from tests.unit.providers.hands import Memory
from tests.unit.providers.narakeet.samples import build_request
from twin.narakeet.app import NarakeetTwin
from twin.narakeet.catalogue import KEYS

KEY = {key.name: key.value for key in KEYS.values()}
SPOKEN: Mapping[str, str] = {"kind": "audio", "script": "Good morning from the marketing team."}
"""A wish that needs nothing to be prepared, so that the paid call itself is refused."""


_refusal = partial(Refusal, values=SPOKEN)


class NarakeetBench(ProviderBench):
    """Narakeet with its local server."""

    name = "narakeet"
    label = "Narakeet"
    api_key = NarakeetTwin.api_key
    chosen: ClassVar[Mapping[str, str]] = {"kind": "audio"}
    kinds = frozenset({"video", "Captions (SRT)", "Captions (VTT)", "Poster"})
    accepted = 200
    has_progress = has_timeouts = True
    has_sizes = has_correlation = False
    documented = NARAKEET
    steps: ClassVar[Mapping[News, tuple[Act, ...]]] = {
        News.PRODUCING: (lambda twin: twin.act.step,),
        News.COMPLETED: (lambda twin: twin.act.finish,),
        News.FAILED: (lambda twin: twin.act.fail,),
    }
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "unknown key": _refusal(code="forbidden", settings={"api_key": "nobody"}),
        "unknown key, another way": _refusal(
            code="forbidden", settings={"api_key": "nobody"}, twin={"bad_key": "401"}
        ),
        "plan without the API": _refusal(code="forbidden", settings={"api_key": KEY["free"]}),
        "no credits": _refusal(code="invalid_request", settings={"api_key": KEY["empty"]}),
        "no credits, another way": _refusal(
            code="no_credits",
            settings={"api_key": KEY["empty"]},
            twin={"without_credits": "402"},
        ),
        "no credits for a video": _refusal(
            code="invalid_request",
            settings={"api_key": KEY["empty"]},
            values={"script": "Hello."},
        ),
        "unknown voice": _refusal(
            code="invalid_request", values={**SPOKEN, "voice": "nobody at all"}
        ),
        "text too long": _refusal(code="invalid_request", twin={"text_bytes": 3}),
    }

    matches: ClassVar[Mapping[str, str]] = {
        "SUBMIT": "POST /",
        "LOOK": "GET /storage/status",
        "FILES": "GET /storage/status",
        "FORM": "GET /voices",
        "CREDITS": "GET /account/credits",
        "TOKEN": "GET /video/upload-request",
        "UPLOAD": "PUT /storage/uploads",
        "OPEN": "GET /storage/status",
    }
    lacks: ClassVar[Mapping[str, str]] = {
        "RETRY": "a failed job is over",
        "CANCEL": "no call is documented",
        "FIND": "there is no way from an id to a job",
        "FIELDS": "what a kind asks for is known",
        "SEARCH": "voices come with the form",
    }

    def make_twin(self) -> NarakeetTwin:
        """Make the local server on the bench's clock."""
        return NarakeetTwin(self.clock)

    def make(self, *, remembered: Memory, **settings: Any) -> Provider:
        """Make a provider with these settings."""
        return build_providers(
            {self.name: NarakeetSettings(**settings)},
            clock=self.clock.now,
            remembered=remembered,
            uploads=self.uploads,
        ).of(self.name)

    def request(self, **values: Any) -> ProductionRequest:
        """Fill the form in; without more it asks for a video of three words."""
        return build_request(**({"script": "Good morning, London."} | values))

    def fail(self, match: str, kind: Any, **more: Any) -> None:
        """Make the next matching call fail; `match` is one of the keys of `matches`."""
        if kind == "rate_limit":
            self.twin.configure(retry_after=True)
        super().fail(match, kind, **more)

    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""
        return [job.task_id for job in self.twin.jobs()]

    def forgotten(self, job: Job) -> Job:
        """Give a job whose status is nowhere, though it was taken a while ago."""
        then = self.clock.now() - timedelta(minutes=10)
        lost = f"{self.twin.url}/storage/status/nowhere.json"
        return Job(job_id=job.job_id, handle={"status_url": lost, "submitted_at": then.isoformat()})
