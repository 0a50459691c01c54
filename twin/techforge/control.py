"""What the documents do not have: the operator's hand, balances that can be set, a look inside.

Nothing here is part of the service's API, and nothing of the bot may use it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from twin.controlling import ServiceControl, blob_json
from twin.crediting import CreditsControl
from twin.openapi import Operation
from twin.operating import Action
from twin.switches import Check
from twin.techforge.catalogue import NORTHWIND
from twin.techforge.model import Job, milliseconds, row_of
from twin.techforge.reading import is_number
from twin.techforge.storage import files_of

if TYPE_CHECKING:
    from twin.techforge.app import TechForgeTwin

CREDITS_MOST = 1_000_000_000.0
_CREDITS: Check = (
    (lambda value: is_number(value) and abs(value) <= CREDITS_MOST),
    "a number, and not absurdly large",
    {"type": "number", "minimum": -CREDITS_MOST, "maximum": CREDITS_MOST},
)


class Control(ServiceControl[Job]):
    """Answer the control calls."""

    def __init__(self, twin: "TechForgeTwin") -> None:
        life = twin.act
        super().__init__(
            twin,
            actions={
                "pick_up": Action(run=life.pick_up),
                "step": Action(run=life.step),
                "finish": Action(run=life.finish),
                "fail": Action(run=life.fail, takes={"reason": "reason"}),
                "revive": Action(run=life.revive),
                "stand": Action(run=life.stand, takes={"job_status": "job_status"}, needs_all=True),
            },
        )
        self._credits = CreditsControl(
            twin.credits_left, field="credits", amount=_CREDITS, standard=NORTHWIND.name
        )

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [*self._credits.routes(), *super().routes()]

    def operations(self) -> Sequence[Operation]:
        """List the operations that not every service has."""
        return self._credits.operations()

    def files_json(self, job: Job) -> list[dict[str, Any]]:
        """Describe what was made, each file with its place in the store."""
        return [blob_json(each.label, each.blob) | {"key": each.key} for each in files_of(job)]

    def job_json(self, job: Job) -> dict[str, Any]:
        """Describe a job by its row and what the row does not say."""
        return row_of(job, reason="none") | {
            "productionId": job.uuid,
            "status": job.status,
            "account": job.account.name,
            "projectId": job.wish.project_id,
            "reason": job.reason,
            "runs": job.runs,
            "history": [{"status": status, "at": milliseconds(at)} for status, at in job.history],
        }
