"""What the documents do not have: an operator's hand, credits that can be set, a look inside.

Nothing here is part of the service's API, and nothing of the bot may use it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from twin.clock import wire_time
from twin.controlling import ServiceControl, read_object
from twin.files import sha256_hex
from twin.narakeet.catalogue import NORTHWIND
from twin.narakeet.deliverables import files_of
from twin.narakeet.model import Job, Source, State
from twin.narakeet.openapi import CREDITS_MOST, OPERATIONS
from twin.openapi import Operation
from twin.switches import is_seconds

if TYPE_CHECKING:
    from twin.narakeet.app import NarakeetTwin


class Control(ServiceControl):
    """Answer the control calls."""

    def __init__(self, twin: "NarakeetTwin") -> None:
        super().__init__(twin)
        self._twin = twin
        life = twin.act
        self._actions: Mapping[str, Callable[..., Job]] = {
            "step": life.step,
            "finish": life.finish,
            "fail": life.fail,
        }

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [
            web.get("/productions", self.list_jobs),
            web.get("/productions/{task_id}", self.show_job),
            web.post("/productions/{task_id}/{action}", self.act),
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
        return self._shown(self._twin.job(request.match_info["task_id"]))

    async def act(self, request: web.Request) -> web.Response:
        """Move a job on by hand."""
        name = request.match_info["action"]
        action = self._actions.get(name)
        if action is None:
            raise ValueError(f"the action must be one of {', '.join(self._actions)}")
        body = await read_object(request)
        if not body.keys() <= ({"message"} if name == "fail" else set()):
            raise ValueError("only fail takes something, and only a message")
        if not all(isinstance(value, str) for value in body.values()):
            raise ValueError("message must be a text")
        return self._shown(action(request.match_info["task_id"], **body))

    async def show_credits(self, _: web.Request) -> web.Response:
        """Show every account's credits."""
        return web.json_response(self._twin.credits_left.as_json())

    async def set_credits(self, request: web.Request) -> web.Response:
        """Give an account other credits."""
        body = await read_object(request)
        if not body.keys() <= {"account", "creditSeconds"}:
            raise ValueError("only account and creditSeconds may be given")
        account, seconds = body.get("account", NORTHWIND.name), body.get("creditSeconds", -1)
        if not is_seconds(seconds) or seconds > CREDITS_MOST:
            raise ValueError("creditSeconds must be a number, 0 or more, and not absurdly large")
        self._twin.credits_left.set(str(account), seconds)
        return await self.show_credits(request)

    def _shown(self, job: Job) -> web.Response:
        made = {}
        if job.state is State.SUCCEEDED:
            made = files_of(job, settings=self._twin.settings)
        files = [
            {
                "type": label,
                "fileName": blob.file_name,
                "contentType": blob.content_type,
                "sizeBytes": len(blob.content),
                "sha256": sha256_hex(blob.content),
            }
            for label, blob in made.items()
        ]
        return web.json_response(_job_json(job) | {"deliverables": files})


def _job_json(job: Job) -> dict[str, Any]:
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
