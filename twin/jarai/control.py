"""What the documents do not have: the operator's hand, webhooks that go wrong and a look inside.

Nothing here is part of the service's API, and nothing of the bot may use it.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from twin.clock import wire_time
from twin.controlling import ServiceControl, read_object
from twin.files import sha256_hex
from twin.jarai.deliverables import items_of, summary
from twin.jarai.dialect import V1
from twin.jarai.model import Job, status_body
from twin.jarai.openapi import OPERATIONS
from twin.jarai.webhooks import read_mishap
from twin.openapi import Operation
from twin.operating import Action

if TYPE_CHECKING:
    from twin.jarai.app import JaraiTwin


class Control(ServiceControl[Job]):
    """Answer the control calls."""

    def __init__(self, twin: "JaraiTwin") -> None:
        life = twin.act
        failure = {"errorCode": "error_code", "errorMessage": "error_message"}
        super().__init__(
            twin,
            actions={
                "release": Action(run=life.release),
                "reject": Action(run=life.reject),
                "fail": Action(run=life.fail, takes=failure),
                "step": Action(run=life.step),
                "pick_up": Action(run=life.pick_up),
                "revive": Action(run=life.revive),
                "cancel": Action(run=life.cancel),
                "finish": Action(run=life.finish),
            },
        )
        self._twin = twin

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [
            web.post("/webhooks/next", self.add_mishap),
            web.post("/webhooks/send", self.send_event),
            web.get("/mails", self.list_mails),
            *super().routes(),
        ]

    def operations(self) -> Sequence[Operation]:
        """List the operations that only this service has."""
        return OPERATIONS

    async def add_mishap(self, request: web.Request) -> web.Response:
        """Let the next event go wrong."""
        mishap = read_mishap(await read_object(request))
        self._twin.webhooks.add_mishap(mishap)
        return web.json_response({"next": asdict(mishap)})

    async def send_event(self, request: web.Request) -> web.Response:
        """Deliver the body as it is, signed, once to every subscription."""
        deliveries = await self._twin.webhooks.send_raw(await request.read())
        return web.json_response({"deliveries": deliveries})

    async def list_mails(self, _: web.Request) -> web.Response:
        """List what was sent to those who registered, oldest first."""
        path = f"{self._twin.url}{V1.path_of('verify')}"
        mails = self._twin.enrolment.mails
        shown = [mail.as_json(link=f"{path}?token={mail.token}") for mail in mails]
        return web.json_response({"mails": shown})

    def files_json(self, job: Job) -> list[dict[str, Any]]:
        """Describe what was made; nothing before the review."""
        items = items_of(job, settings=self._twin.settings)
        return [summary(item) | {"sha256": sha256_hex(item.content)} for item in items]

    def job_json(self, job: Job) -> dict[str, Any]:
        """Describe a production with what was asked and what is only known inside."""
        history = [{"status": status, "at": wire_time(at)} for status, at in job.history]
        return status_body(job) | {
            "languageId": job.wish.language_id,
            "countryId": job.wish.country_id,
            "avatarId": job.wish.avatar_id,
            "projectTypeSlug": job.wish.project_type_slug,
            "metadataMD": job.wish.metadata_md,
            "sandbox": job.sandbox,
            "partner": job.partner,
            "submits": job.submits,
            "idempotencyKey": job.idempotency_key,
            "stepsDone": job.steps_done,
            "sequence": job.sequence,
            "history": history,
        }
