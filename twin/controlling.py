"""The control endpoints of every local video service: jobs, settings, faults, journal, clock.

Nothing here is part of a service's API, and nothing of the bot may use it.
"""

import contextlib
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Generic

from aiohttp import web
from aiohttp.typedefs import Handler

from twin.blobs import Blob
from twin.controlled import ControlledTwin
from twin.faults import fault_schema, read_fault
from twin.files import sha256_hex
from twin.jobs import JobT, UnknownJobError, WrongStatusError
from twin.openapi import Operation, build_document
from twin.operating import Action, describe
from twin.origin import own_pages_only
from twin.service import CONTROL_PREFIX
from twin.switches import is_seconds

LONGEST_WAIT_S = 60.0
FASTEST = 100_000.0

_ABOUT = (
    "What the service's own API does not have: an operator's hand, a clock that can be moved, bad "
    "days and a look inside. Nothing here is part of the service's API."
)
_SECONDS = {"type": "number", "minimum": 0}
_AFTER = {"after": {"type": "integer", "minimum": 0}, "wait_s": {**_SECONDS, "maximum": 60}}
_CLOCK = {
    "type": "object",
    "properties": {"advance_s": _SECONDS, "speed": _SECONDS},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}


class ServiceControl(ABC, Generic[JobT]):
    """Answer the control calls that are the same for every service.

    A service's own control derives from this, says what is particular about its jobs, and adds its
    routes to `routes` and its operations to `operations`.

    Args:
        actions: What an operator does, by name.
    """

    def __init__(
        self, twin: ControlledTwin[Any, JobT], *, actions: Mapping[str, Action[JobT]]
    ) -> None:
        self._service = twin
        self._actions = actions

    def app(self) -> web.Application:
        """Build the application that is mounted under CONTROL_PREFIX."""
        app = web.Application(middlewares=[own_pages_only(CONTROL_PREFIX), in_sentences])
        app.add_routes(self.routes())
        return app

    def routes(self) -> list[web.RouteDef]:
        """List the routes, without the prefix."""
        return [
            web.get("/productions", self.list_jobs),
            web.get("/productions/{job_id}", self.show_job),
            web.post("/productions/{job_id}/{action}", self.act),
            web.get("/settings", self.show_settings),
            web.post("/settings", self.change_settings),
            web.get("/faults", self.list_faults),
            web.post("/faults", self.add_fault),
            web.delete("/faults", self.clear_faults),
            web.delete("/faults/{id}", self.remove_fault),
            web.get("/journal", self.read_journal),
            web.post("/clock", self.set_clock),
            web.get("/openapi.json", self.show_document),
        ]

    def document(self) -> dict[str, Any]:
        """Describe the endpoints in OpenAPI."""
        service = self._service
        return build_document(
            [
                *_job_operations(self._actions),
                *self.operations(),
                *_operations(service.settings.schema()),
            ],
            title=f"Local {service.label}, control",
            about=_ABOUT,
        )

    def operations(self) -> Sequence[Operation]:
        """List the operations that only this service has."""
        return ()

    @abstractmethod
    def job_json(self, job: JobT) -> dict[str, Any]:
        """Describe a job without its files; `productionId` is among the names."""

    @abstractmethod
    def files_json(self, job: JobT) -> list[dict[str, Any]]:
        """Describe what was made, each file with its digest as `sha256`."""

    async def list_jobs(self, _: web.Request) -> web.Response:
        """List every job, oldest first, without its files."""
        jobs = [self.job_json(each) for each in self._service.jobs()]
        return web.json_response({"productions": jobs})

    async def show_job(self, request: web.Request) -> web.Response:
        """Show a job with the digests of its files."""
        return self._shown(self._service.job(request.match_info["job_id"]))

    async def act(self, request: web.Request) -> web.Response:
        """Do what an operator does."""
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise ValueError(f"the action must be one of {', '.join(self._actions)}")
        taken = action.read(await read_object(request))
        return self._shown(action.run(request.match_info["job_id"], **taken))

    def _shown(self, job: JobT) -> web.Response:
        return web.json_response(self.job_json(job) | {"deliverables": self.files_json(job)})

    async def show_settings(self, _: web.Request) -> web.Response:
        """Show every setting."""
        return web.json_response(self._service.settings.as_json())

    async def change_settings(self, request: web.Request) -> web.Response:
        """Change the settings that are named."""
        self._service.configure(**await read_object(request))
        return web.json_response(self._service.settings.as_json())

    async def list_faults(self, _: web.Request) -> web.Response:
        """List the rules in force."""
        return web.json_response({"faults": self._service.faults.as_json()})

    async def add_fault(self, request: web.Request) -> web.Response:
        """Add a rule."""
        self._service.faults.add(read_fault(await read_object(request)))
        return await self.list_faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Drop every rule."""
        self._service.faults.clear()
        return await self.list_faults(request)

    async def remove_fault(self, request: web.Request) -> web.Response:
        """Drop one rule."""
        if not self._service.faults.remove(request.match_info["id"]):
            raise web.HTTPNotFound(reason="There is no rule with this id.")
        return await self.list_faults(request)

    async def read_journal(self, request: web.Request) -> web.Response:
        """List what went over the wire after an entry, waiting for it if asked to."""
        after = int(_number(request, "after", highest=math.inf))
        wait_s = _number(request, "wait_s", highest=LONGEST_WAIT_S)
        journal = self._service.journal
        with contextlib.suppress(TimeoutError):
            await journal.wait_for(lambda: journal.number > after, timeout_s=wait_s)
        entries = [
            asdict(entry) | {"at": entry.at.isoformat()} for entry in journal.entries(after=after)
        ]
        return web.json_response({"number": journal.number, "entries": entries})

    async def set_clock(self, request: web.Request) -> web.Response:
        """Move time on, or change how fast it goes."""
        body = await read_object(request)
        if len(body) != 1 or next(iter(body)) not in {"advance_s", "speed"}:
            raise ValueError("give either advance_s or speed")
        name, value = next(iter(body.items()))
        if not is_seconds(value) or (name == "speed" and value > FASTEST):
            raise ValueError(f"{name} must be a number, 0 or more, and not absurdly large")
        clock = self._service.clock
        if name == "speed":
            clock.set_speed(value)
        else:
            await clock.advance(value)
        self._service.pulse.bump()
        return web.json_response({"now": clock.now().isoformat()})

    async def show_document(self, _: web.Request) -> web.Response:
        """Describe these endpoints."""
        return web.json_response(self.document())


async def read_object(request: web.Request) -> dict[str, Any]:
    """Read a control body; none at all counts as an empty object.

    Raises:
        ValueError: It is no JSON object.
    """
    raw = await request.read()
    try:
        body = json.loads(raw.decode()) if raw else {}
    except (ValueError, RecursionError):
        raise ValueError("the body must be JSON") from None
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 -- answered with 400.
    return body


def _number(request: web.Request, name: str, *, highest: float) -> float:
    try:
        value = float(request.query.get(name, "0"))
    except ValueError:
        value = math.nan
    if not 0 <= value <= highest or math.isinf(value):
        raise ValueError(f"{name} must be a number, 0 or more")
    return value


@web.middleware
async def in_sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every mistake with a status and a sentence."""
    try:
        return await handler(request)
    except ValueError as error:
        status, text = 400, str(error)
    except UnknownJobError as error:
        status, text = 404, str(error)
    except WrongStatusError as error:
        status, text = 409, str(error)
    except web.HTTPException as error:
        status, text = error.status, error.reason
    return web.json_response({"error": text}, status=status)


def blob_json(label: str, blob: Blob) -> dict[str, Any]:
    """Describe a file, so that a test can compare it with what it downloaded."""
    return {
        "type": label,
        "fileName": blob.file_name,
        "contentType": blob.content_type,
        "sizeBytes": len(blob.content),
        "sha256": sha256_hex(blob.content),
    }


def _job_operations(actions: Mapping[str, Action[Any]]) -> list[Operation]:
    return [
        Operation(call="GET /__twin/productions", summary="List every job, oldest first."),
        Operation(
            call="GET /__twin/productions/{job_id}",
            summary="Show a job with the digests of its files.",
        ),
        describe("POST /__twin/productions/{job_id}/{action}", actions),
    ]


def _operations(settings: dict[str, Any]) -> list[Operation]:
    return [
        Operation(call="GET /__twin/settings", summary="Show every setting."),
        Operation(
            call="POST /__twin/settings",
            summary="Change the settings that are named.",
            body=settings,
        ),
        Operation(call="GET /__twin/faults", summary="List the rules in force."),
        Operation(
            call="POST /__twin/faults",
            summary="Add a rule behind those that stand.",
            body=fault_schema(),
        ),
        Operation(call="DELETE /__twin/faults", summary="Drop every rule."),
        Operation(call="DELETE /__twin/faults/{id}", summary="Drop one rule."),
        Operation(
            call="GET /__twin/journal",
            summary="List what went over the wire, waiting for it if asked to.",
            query=_AFTER,
        ),
        Operation(
            call="POST /__twin/clock",
            summary="Move time on, or change how fast it goes.",
            body=_CLOCK,
        ),
        Operation(call="GET /__twin/openapi.json", summary="Show this document."),
    ]
