"""What the documents do not have: an operator's hand, credits that can be set, a look inside.

Nothing here is part of the service's API, and nothing of the bot may use it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from twin.clock import wire_time
from twin.controlling import ServiceControl, blob_json
from twin.crediting import CreditsControl
from twin.narakeet.catalogue import NORTHWIND
from twin.narakeet.deliverables import files_of
from twin.narakeet.model import Job, Source, State
from twin.openapi import Operation
from twin.operating import Action
from twin.switches import Check, is_seconds

if TYPE_CHECKING:
    from twin.narakeet.app import NarakeetTwin

CREDITS_MOST = 10_000_000
_CREDITS: Check = (
    (lambda value: is_seconds(value) and value <= CREDITS_MOST),
    "a number, 0 or more, and not absurdly large",
    {"type": "number", "minimum": 0, "maximum": CREDITS_MOST},
)


class Control(ServiceControl[Job]):
    """Answer the control calls."""

    def __init__(self, twin: "NarakeetTwin") -> None:
        life = twin.act
        super().__init__(
            twin,
            actions={
                "step": Action(run=life.step),
                "finish": Action(run=life.finish),
                "fail": Action(run=life.fail, takes={"message": "message"}),
            },
        )
        self._twin = twin
        self._credits = CreditsControl(
            twin.credits_left, field="creditSeconds", amount=_CREDITS, standard=NORTHWIND.name
        )

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [*self._credits.routes(), *super().routes()]

    def operations(self) -> Sequence[Operation]:
        """List the operations that not every service has."""
        return self._credits.operations()

    def files_json(self, job: Job) -> list[dict[str, Any]]:
        """Describe what was made; nothing before it succeeded."""
        if job.state is not State.SUCCEEDED:
            return []
        made = files_of(job, settings=self._twin.settings)
        return [blob_json(label, blob) for label, blob in made.items()]

    def job_json(self, job: Job) -> dict[str, Any]:
        """Describe a job without its script and without its links."""
        wish = job.wish
        if isinstance(wish, Source):
            asked = {"repositoryType": wish.repository_type, "source": wish.script}
        else:
            asked = {"format": wish.format, "voice": wish.voice or "", "accept": wish.accept}
        return asked | {
            "productionId": job.task_id,
            "account": job.account,
            "kind": "video" if job.is_video else "audio",
            "topic": job.topic,
            "status": job.state,
            "percent": job.percent,
            "message": job.message,
            "seconds": job.seconds,
            "createdAt": wire_time(job.created_at),
            "updatedAt": wire_time(job.updated_at),
        }
