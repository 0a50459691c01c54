"""What the contract suite needs of TechForge: a provider, its local server, and bad days by name."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from bot.core.events import News
from bot.core.production import Job
from bot.providers.base import Provider
from bot.providers.outside import Publishing
from bot.providers.registry import TechForgeSettings, build_providers
from tests.contract.documented_errors import TECHFORGE
from tests.contract.provider_bench import Act, ProviderBench, Refusal
from tests.unit.providers.hands import Memory
from twin.techforge.app import TechForgeTwin
from twin.techforge.catalogue import HARBOUR_NEWS, SPRING, TEASER, Project
from twin.techforge.settings import Settings

UNKNOWN_ID = "99999999-2a11-4b8e-9d33-7a5f10c2e901"


def project_value(project: Project, job_type: str | None = None) -> str:
    """Write a project as the form's select does."""
    return f"{project.project_id}/{job_type or project.type}"


class TechForgeBench(ProviderBench):
    """TechForge with its local server; its documents name no codes, so those are ours."""

    name = "techforge"
    label = "TechForge"
    api_key = TechForgeTwin.api_key
    chosen: ClassVar[Mapping[str, str]] = {"project": project_value(TEASER)}
    kinds = frozenset({"video"})
    listing = "GET /jobs/"
    accepted = 201
    has_progress = has_sizes = has_correlation = False
    retries_in_place = renews_links = finds_jobs = has_words = has_timeouts = True
    documented = TECHFORGE
    steps: ClassVar[Mapping[News, tuple[Act, ...]]] = {
        News.QUEUED: (),
        News.PRODUCING: (lambda twin: twin.act.pick_up,),
        News.COMPLETED: (lambda twin: twin.act.finish,),
        News.FAILED: (lambda twin: twin.act.fail,),
    }
    refusals: ClassVar[Mapping[str, Refusal]] = {
        "unknown key": Refusal(code="unauthorized", settings={"api_key": "tfi-nobody"}),
        "foreign project": Refusal(code="invalid", values={"project": project_value(HARBOUR_NEWS)}),
        "project that is over": Refusal(code="invalid", values={"project": project_value(SPRING)}),
        "unknown type": Refusal(
            code="invalid", values={"project": project_value(TEASER, "hologram")}
        ),
        "bad file": Refusal(code="invalid", twin={"bad_media": "refuse", "outside_media": "doubt"}),
        "value missing": Refusal(
            code="invalid", values={"text.headline": ""}, twin={"missing_values": "refuse"}
        ),
        "error in another shape": Refusal(
            code="invalid", values={"project": project_value(SPRING)}, twin={"errors": "text"}
        ),
        "no credits": Refusal(
            code="no_credits", twin={"without_credits": "402", "credits_left": 0}
        ),
    }

    matches: ClassVar[Mapping[str, str]] = {
        "SUBMIT": "POST /jobs/v2",
        "LOOK": "GET /jobs/",
        "FILES": "GET /jobs/",
        "FORM": "GET /api/provider/projects/active",
        "RETRY": "POST /jobs/trigger-job",
        "OPEN": "GET /storage/generate-signed-path",
        "FIND": "GET /jobs/",
        "FIELDS": "GET /mapping-fields",
        "CREDITS": "GET /auth/credits",
    }
    lacks: ClassVar[Mapping[str, str]] = {
        "CANCEL": "no call is documented",
        "TOKEN": "media are named by address",
        "UPLOAD": "media are named by address",
        "SEARCH": "no field is searched",
    }

    publishing: Publishing | None = None

    def make_twin(self) -> TechForgeTwin:
        """Make the local server on the bench's clock."""
        return TechForgeTwin(self.clock, settings=Settings(retry_after=True))

    def make(self, *, remembered: Memory, **settings: Any) -> Provider:
        """Make a provider with these settings."""
        return build_providers(
            {self.name: TechForgeSettings(**settings)},
            clock=self.clock.now,
            remembered=remembered,
            publishing=self.publishing,
        ).of(self.name)

    def filled(self) -> dict[str, str]:
        """Give what the form says where nothing else is asked for."""
        return {
            **self.chosen,
            "text.headline": "Meet the autumn range",
            "audio.voiceover": "https://assets.example/vo.mp3",
            "image.avatar": "https://assets.example/face.png",
        }

    def configure(self, *, credits_left: float | None = None, **settings: Any) -> None:
        """Set the local server."""
        super().configure(**settings)
        if credits_left is not None:
            self.twin.credits_left.set("northwind", credits_left)

    def job_ids(self) -> list[str]:
        """List the ids of the service's jobs, oldest first."""
        return [job.uuid for job in self.twin.jobs()]

    def forgotten(self, job: Job) -> Job:
        """Give a job like another one that the service does not know."""
        return Job(job_id=UNKNOWN_ID, handle=job.handle)

    def look_saying(self, word: str, job: Job) -> str:
        """Write what a look would answer if the job's state had another word."""
        return json.dumps({"uuid": job.job_id, "job_status": word})
