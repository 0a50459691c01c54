"""What the documents do not have: the operator's hand, webhooks that go wrong and a look inside.

Nothing here is part of the service's API, and nothing of the bot may use it.
"""

from collections.abc import Callable, Mapping, Sequence
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

if TYPE_CHECKING:
    from twin.jarai.app import JaraiTwin


class Control(ServiceControl):
    """Answer the control calls."""

    def __init__(self, twin: "JaraiTwin") -> None:
        super().__init__(twin)
        self._twin = twin
        life = twin.act
        self._actions: Mapping[str, Callable[..., Job]] = {
            "release": life.release,
            "reject": life.reject,
            "fail": life.fail,
            "step": life.step,
            "pick_up": life.pick_up,
            "revive": life.revive,
            "cancel": life.cancel,
            "finish": life.finish,
        }

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [
            web.get("/productions", self.list_productions),
            web.get("/productions/{production_id}", self.show_production),
            web.post("/productions/{production_id}/{action}", self.act),
            web.post("/webhooks/next", self.add_mishap),
            web.post("/webhooks/send", self.send_event),
            web.get("/mails", self.list_mails),
            *super().routes(),
        ]

    def operations(self) -> Sequence[Operation]:
        """List the operations that only this service has."""
        return OPERATIONS

    async def list_productions(self, _: web.Request) -> web.Response:
        """List every production, oldest first, without its files."""
        return web.json_response({"productions": [_job_json(each) for each in self._twin.jobs()]})

    async def show_production(self, request: web.Request) -> web.Response:
        """Show a production with the digests of its files."""
        return self._shown(self._twin.job(request.match_info["production_id"]))

    async def act(self, request: web.Request) -> web.Response:
        """Do what an operator does in the service's console."""
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise ValueError(f"the action must be one of {', '.join(self._actions)}")
        more = _read_failure(await read_object(request)) if action == self._twin.act.fail else {}
        return self._shown(action(request.match_info["production_id"], **more))

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

    def _shown(self, job: Job) -> web.Response:
        items = items_of(job, settings=self._twin.settings)
        files = [summary(item) | {"sha256": sha256_hex(item.content)} for item in items]
        return web.json_response(_job_json(job) | {"deliverables": files})


def _job_json(job: Job) -> dict[str, Any]:
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


def _read_failure(body: dict[str, Any]) -> dict[str, str]:
    names = {"errorCode": "error_code", "errorMessage": "error_message"}
    for name, value in body.items():
        if name not in names or not isinstance(value, str):
            raise ValueError("only errorCode and errorMessage may be given, both texts")
    return {names[name]: value for name, value in body.items()}
