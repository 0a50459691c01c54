"""What the documents do not have: the operator's hand, balances that can be set, a look inside.

Nothing here is part of the service's API, and nothing of the bot may use it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from twin.controlling import ServiceControl, read_object
from twin.files import sha256_hex
from twin.openapi import Operation
from twin.techforge.catalogue import NORTHWIND
from twin.techforge.model import Job, milliseconds, row_of
from twin.techforge.openapi import CREDITS_MOST, OPERATIONS
from twin.techforge.reading import is_number
from twin.techforge.storage import files_of

if TYPE_CHECKING:
    from twin.techforge.app import TechForgeTwin

_WORDS_OF_ACTIONS: Mapping[str, str] = {"fail": "reason", "stand": "job_status"}


class Control(ServiceControl):
    """Answer the control calls."""

    def __init__(self, twin: "TechForgeTwin") -> None:
        super().__init__(twin)
        self._twin = twin
        life = twin.act
        self._actions: Mapping[str, Callable[..., Job]] = {
            "pick_up": life.pick_up,
            "step": life.step,
            "finish": life.finish,
            "fail": life.fail,
            "revive": life.revive,
            "stand": life.stand,
        }

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [
            web.get("/productions", self.list_jobs),
            web.get("/productions/{uuid}", self.show_job),
            web.post("/productions/{uuid}/{action}", self.act),
            web.get("/credits", self.show_credits),
            web.post("/credits", self.set_credits),
            *super().routes(),
        ]

    def operations(self) -> Sequence[Operation]:
        """List the operations that only this service has."""
        return OPERATIONS

    async def list_jobs(self, _: web.Request) -> web.Response:
        """List every job, oldest first, without its files."""
        return web.json_response({"productions": [_job_json(each) for each in self._twin.jobs()]})

    async def show_job(self, request: web.Request) -> web.Response:
        """Show a job with the digests of its files."""
        return _shown(self._twin.job(request.match_info["uuid"]))

    async def act(self, request: web.Request) -> web.Response:
        """Do what an operator does."""
        name = request.match_info["action"]
        action = self._actions.get(name)
        if action is None:
            raise ValueError(f"the action must be one of {', '.join(self._actions)}")
        more = _read_words(await read_object(request), action=name)
        return _shown(action(request.match_info["uuid"], **more))

    async def show_credits(self, _: web.Request) -> web.Response:
        """Show every balance."""
        return web.json_response(self._twin.credits_left.as_json())

    async def set_credits(self, request: web.Request) -> web.Response:
        """Give an account another balance."""
        body = await read_object(request)
        if not body.keys() <= {"account", "credits"}:
            raise ValueError("only account and credits may be given")
        name, amount = body.get("account", NORTHWIND.name), body.get("credits")
        if not is_number(amount) or not abs(amount) <= CREDITS_MOST:
            raise ValueError("credits must be a number, and not absurdly large")
        self._twin.credits_left.set(str(name), amount)
        return await self.show_credits(request)


def _read_words(body: dict[str, Any], *, action: str) -> dict[str, str]:
    """Read the one text that some actions take."""
    word = _WORDS_OF_ACTIONS.get(action)
    if not body.keys() <= {word} or not all(isinstance(value, str) for value in body.values()):
        raise ValueError(f"{action} takes nothing but {word or 'an empty body'}")
    if action == "stand" and not body:
        raise ValueError("stand needs job_status")
    return body


def _shown(job: Job) -> web.Response:
    made = [
        {
            "type": each.label,
            "key": each.key,
            "fileName": each.blob.file_name,
            "contentType": each.blob.content_type,
            "sizeBytes": len(each.blob.content),
            "sha256": sha256_hex(each.blob.content),
        }
        for each in files_of(job)
    ]
    return web.json_response(_job_json(job) | {"deliverables": made})


def _job_json(job: Job) -> dict[str, Any]:
    return row_of(job, reason="none") | {
        "productionId": job.uuid,
        "status": job.status,
        "account": job.account.name,
        "projectId": job.wish.project_id,
        "reason": job.reason,
        "runs": job.runs,
        "history": [{"status": status, "at": milliseconds(at)} for status, at in job.history],
    }
