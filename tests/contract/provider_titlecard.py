"""What the contract suite needs of the fourth provider, which is a package of its own."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from bot.core.events import News
from bot.core.production import Answer, Job, ProductionRequest
from bot.providers.base import Provider
from bot.providers.http import Timeouts
from bot.providers.outside import Tools
from tests.contract.documented_errors import TITLECARD
from tests.contract.provider_bench import Act, ProviderBench, Refusal
from tests.fourth_provider.greenlight_titlecard import SERVICE
from tests.fourth_provider.greenlight_titlecard.settings import Settings
from tests.fourth_provider.server import TitlecardTwin
from tests.unit.providers.hands import Memory


class TitlecardBench(ProviderBench):
    """Titlecard with its local server."""

    name = "titlecard"
    label = "Titlecard"
    api_key = TitlecardTwin.api_key
    accepted = 201
    kinds = frozenset({"video", "transcript"})
    steps: ClassVar[Mapping[News, tuple[Act, ...]]] = {
        News.QUEUED: (),
        News.PRODUCING: (lambda twin: lambda _: twin.render(42),),
        News.COMPLETED: (lambda twin: lambda _: twin.finish(),),
        News.FAILED: (lambda twin: lambda _: twin.break_down(),),
    }
    has_progress = has_sizes = has_correlation = True
    renews_links = finds_jobs = has_words = retries_in_place = has_timeouts = True
    documented = TITLECARD
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "unknown key": Refusal(code="KEY", settings={"api_key": "nobody"}),
        "unknown style": Refusal(code="STYLE", values={"style": "gone"}),
    }

    matches: ClassVar[Mapping[str, str]] = {
        "SUBMIT": "POST /clips",
        "LOOK": "GET /clips/",
        "FILES": "/files",
        "FORM": "GET /styles",
        "RETRY": "POST /retry",
        "OPEN": "GET /files",
        "FIND": "GET /clips/",
        "UPLOAD": "POST /uploads",
        "SEARCH": "GET /fonts",
    }
    lacks: ClassVar[Mapping[str, str]] = {
        "CANCEL": "it has no such call",
        "CREDITS": "they come with the styles",
        "FIELDS": "they come with the styles",
        "TOKEN": "uploads need none",
    }

    def make_twin(self) -> TitlecardTwin:
        """Make the local server on the bench's clock."""
        return TitlecardTwin(self.clock)

    def make(
        self,
        *,
        remembered: Memory,
        look_timeout_s: float = 15.0,
        submit_timeout_s: float = 45.0,
        **settings: Any,
    ) -> Provider:
        """Make a provider with these settings."""
        tools = Tools(clock=self.clock.now, remembered=remembered, uploads=self.uploads)
        built = SERVICE.build(Settings(**settings), tools)
        # It has no settings for its patience.
        built._calls._client._timeouts = Timeouts(look_s=look_timeout_s, submit_s=submit_timeout_s)
        return built

    def filled(self) -> dict[str, str]:
        """Give what the form says where nothing else is asked for."""
        return {"style": "plain", "line": "New in store"}

    def with_files(self) -> ProductionRequest:
        """Fill the form in so that something is uploaded."""
        picture = self.uploads.file("shop.jpg", b"\xff\xd8 a picture")
        answer = Answer(key="images", label="Images", value="F", shown="F", files=(picture,))
        request = self.request(style="rich")
        return replace(request, answers=(*request.answers, answer))

    def look_saying(self, word: str, job: Job) -> str:
        """Write what a look would answer if the job's state had another word."""
        return json.dumps({"id": job.job_id, "state": word})

    def configure(self, **_: Any) -> None:
        """Leave the local server as it is; it has nothing to set."""

    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""
        return [job.clip_id for job in self.twin.jobs()]

    def forgotten(self, job: Job) -> Job:
        """Make a job that the service does not know."""
        return Job(job_id="0123456789ab", handle=job.handle)
