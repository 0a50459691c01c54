"""What the documents do not have: the operator's hand, the clock, faults and a look inside.

Nothing here is part of the service's API, and nothing of the bot may use it.
"""

import contextlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.typedefs import Handler

from twin.faults import read_fault
from twin.files import sha256_hex
from twin.jarai.deliverables import items_of, summary
from twin.jarai.model import Job, UnknownProductionError, WrongStatusError, status_body, wire_time
from twin.jarai.settings import is_seconds
from twin.jarai.webhooks import read_mishap

if TYPE_CHECKING:
    from twin.jarai.app import JaraiTwin

LONGEST_WAIT_S = 60.0
FASTEST = 100_000.0


def control_app(twin: "JaraiTwin") -> web.Application:
    """Build the application that is mounted under `/__twin/`."""
    control = Control(twin)
    app = web.Application(middlewares=[_in_sentences])
    app.add_routes(
        [
            web.get("/productions", control.list_productions),
            web.get("/productions/{production_id}", control.show_production),
            web.post("/productions/{production_id}/{action}", control.act),
            web.get("/settings", control.show_settings),
            web.post("/settings", control.change_settings),
            web.get("/faults", control.list_faults),
            web.post("/faults", control.add_fault),
            web.delete("/faults", control.clear_faults),
            web.get("/journal", control.read_journal),
            web.post("/clock", control.set_clock),
            web.post("/webhooks/next", control.add_mishap),
            web.post("/webhooks/send", control.send_event),
        ]
    )
    return app


class Control:
    """Answer the control calls."""

    def __init__(self, twin: "JaraiTwin") -> None:
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
        more = _read_failure(await _read_object(request)) if action == self._twin.act.fail else {}
        return self._shown(action(request.match_info["production_id"], **more))

    async def show_settings(self, _: web.Request) -> web.Response:
        """Show every setting."""
        return web.json_response(self._twin.settings.as_json())

    async def change_settings(self, request: web.Request) -> web.Response:
        """Change the settings that are named."""
        self._twin.configure(**await _read_object(request))
        return web.json_response(self._twin.settings.as_json())

    async def list_faults(self, _: web.Request) -> web.Response:
        """List the rules in force."""
        return web.json_response({"faults": self._twin.faults.as_json()})

    async def add_fault(self, request: web.Request) -> web.Response:
        """Add a rule."""
        self._twin.faults.add(read_fault(await _read_object(request)))
        return await self.list_faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Drop every rule."""
        self._twin.faults.clear()
        return await self.list_faults(request)

    async def read_journal(self, request: web.Request) -> web.Response:
        """List what went over the wire after an entry, waiting for it if asked to."""
        after = int(_number(request, "after", highest=math.inf))
        wait_s = _number(request, "wait_s", highest=LONGEST_WAIT_S)
        journal = self._twin.journal
        with contextlib.suppress(TimeoutError):
            await journal.wait_for(lambda: journal.number > after, timeout_s=wait_s)
        entries = [
            asdict(entry) | {"at": entry.at.isoformat()} for entry in journal.entries(after=after)
        ]
        return web.json_response({"number": journal.number, "entries": entries})

    async def set_clock(self, request: web.Request) -> web.Response:
        """Move time on, or change how fast it goes."""
        body = await _read_object(request)
        if len(body) != 1 or next(iter(body)) not in {"advance_s", "speed"}:
            raise ValueError("give either advance_s or speed")
        name, value = next(iter(body.items()))
        if not is_seconds(value) or (name == "speed" and value > FASTEST):
            raise ValueError(f"{name} must be a number, 0 or more, and not absurdly large")
        if name == "speed":
            self._twin.clock.set_speed(value)
        else:
            await self._twin.clock.advance(value)
        return web.json_response({"now": self._twin.clock.now().isoformat()})

    async def add_mishap(self, request: web.Request) -> web.Response:
        """Let the next event go wrong."""
        mishap = read_mishap(await _read_object(request))
        self._twin.webhooks.add_mishap(mishap)
        return web.json_response({"next": asdict(mishap)})

    async def send_event(self, request: web.Request) -> web.Response:
        """Deliver the body as it is, signed, once to every subscription."""
        deliveries = await self._twin.webhooks.send_raw(await request.read())
        return web.json_response({"deliveries": deliveries})

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


async def _read_object(request: web.Request) -> dict[str, Any]:
    """Read a control body; none at all counts as an empty object."""
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
async def _in_sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every mistake with a status and a sentence."""
    try:
        return await handler(request)
    except ValueError as error:
        status, text = 400, str(error)
    except UnknownProductionError as error:
        status, text = 404, str(error)
    except WrongStatusError as error:
        status, text = 409, str(error)
    except web.HTTPException as error:
        status, text = error.status, error.reason
    return web.json_response({"error": text}, status=status)
