"""The API's operations: from a call that was let in to its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import web

from twin.clock import Clock, wire_time
from twin.credits import Credits
from twin.jobs import JobShelf, UnknownJobError
from twin.techforge.catalogue import (
    JOB_TYPES,
    Field,
    Project,
    find_project,
    projects_of,
)
from twin.techforge.gate import Call, CallHandler, Gate, RefusalError
from twin.techforge.life import Life, missing_value
from twin.techforge.media import media_of, trouble_with
from twin.techforge.model import (
    Job,
    Json,
    Status,
    credits_number,
    milliseconds,
    row_of,
    with_old_names,
)
from twin.techforge.reading import read_ids, read_update, read_wish
from twin.techforge.settings import Settings
from twin.techforge.storage import Storage

JOB_NOT_FOUND = {"message": "Job not found"}
_CREATED = "Job update accepted and processing"
_SHORT = ("uuid", "job_status", "job_type", "template_id")


@dataclass(frozen=True, kw_only=True)
class Api:
    """Answer the operations (docs.techforgeinnovate.com/api, all pages seen 2026-11-21)."""

    clock: Clock
    jobs: JobShelf[Job]
    life: Life
    storage: Storage
    credits_left: Credits
    settings: Callable[[], Settings]

    def add_routes(self, app: web.Application, *, gate: Gate) -> None:
        """Serve every operation; look-ups have a prefix of their own."""
        projects = "/api/provider/projects"
        handlers: Mapping[tuple[str, str], CallHandler] = {
            ("GET", f"{projects}/active"): self.list_projects,
            ("GET", projects + "/{project_id}/mapping-fields"): self.show_fields,
            ("POST", "/jobs/v2"): self.submit,
            ("POST", "/jobs/trigger-job"): self.trigger,
            ("GET", "/jobs/{uuid}"): self.show_job,
            ("PUT", "/jobs/{uuid}"): self.update,
            ("GET", "/storage/generate-signed-path"): self.sign,
            ("GET", "/auth/credits"): self.show_credits,
        }
        for (method, path), handler in handlers.items():
            app.router.add_route(method, path, gate.guarded(handler))

    async def list_projects(self, call: Call) -> web.Response:
        """Answer with the projects that are active now."""
        now = self.clock.now()
        active = [each for each in projects_of(call.account) if each.is_active(now)]
        return _success([_project_json(each) for each in active])

    async def show_fields(self, call: Call) -> web.Response:
        """Answer with what a project's template has to be given."""
        project = find_project(call.request.match_info["project_id"], account=call.account)
        if project is None:
            raise RefusalError(404, "Project not found")
        with_flag = self.settings().required_flag
        fields = {
            name: _field_json(field, with_flag=with_flag) for name, field in project.fields.items()
        }
        found = _heading(project) | {"fields": fields, "fetchedAt": milliseconds(self.clock.now())}
        return _success(found)

    async def submit(self, call: Call) -> web.Response:
        """Accept a job; nothing makes two submits one."""
        body, settings, now = await call.read(), self.settings(), self.clock.now()
        wish = read_wish(body, account=call.account, settings=settings, now=now)
        self._check_credits(call)
        if settings.missing_values == "refuse" and (missing := missing_value(wish)):
            raise RefusalError(400, f"values.{missing} is required")
        if settings.bad_media == "refuse":
            trouble = await trouble_with(media_of(wish), settings=settings)
            if trouble is not None:
                raise RefusalError(400, trouble)
        job = Job(
            uuid=str(uuid4()),
            account=call.account,
            wish=wish,
            run_cost=JOB_TYPES[wish.job_type],
            created_at=now,
            updated_at=now,
            history=((Status.QUEUED, now),),
        )
        return self._created(self.life.begin(job))

    async def show_job(self, call: Call) -> web.Response:
        """Answer with a job's row, or with a sentence where a row would be."""
        job = self._own_job(call, call.request.match_info["uuid"])
        if job is None:
            return self._job_not_found()
        return self._row(job)

    async def update(self, call: Call) -> web.Response:
        """Overwrite a job, as the service's workers do."""
        update = read_update(await call.read())
        job = self._own_job(call, call.request.match_info["uuid"])
        if job is None:
            return self._job_not_found()
        return self._row(self.life.update(job, update))

    async def trigger(self, call: Call) -> web.Response:
        """Put jobs on the queue again, up to the first that is not found."""
        for uuid in read_ids(await call.read()):
            job = self._any_job(uuid) if self.settings().trigger_foreign else None
            job = job or self._own_job(call, uuid)
            if job is None:
                status = int(self.settings().trigger_not_found)
                return web.json_response({"message": "No job found"}, status=status)
            self.life.trigger(job)
        return web.json_response({"message": "Job triggered"}, status=201)

    async def sign(self, call: Call) -> web.Response:
        """Answer with a link to a key of the store."""
        key, settings = call.request.query.get("path", ""), self.settings()
        if not key:
            status = 400 if settings.is_old else int(settings.sign_without_path)
            error = {"error": "Path query parameter is required"}
            return web.json_response(error, status=status)
        found = self.storage.find(key)
        is_own = found is not None and found[0].account is call.account
        if not is_own and (settings.is_old or settings.sign_unknown == "404"):
            raise RefusalError(404, "File not found")
        link, ends_at = self.storage.sign(key, settings=settings)
        end = {"expiresAt": wire_time(ends_at)} if settings.is_old else {}
        return web.json_response({"signedUrl": link, **end})

    async def show_credits(self, call: Call) -> web.Response:
        """Answer with the balance."""
        return web.json_response(
            {"credits": credits_number(self.credits_left.left(call.account.name))}
        )

    def _check_credits(self, call: Call) -> None:
        how = self.settings().without_credits
        if how in {"400", "402"} and self.credits_left.left(call.account.name) <= 0:
            raise RefusalError(int(how), "Insufficient credits")

    def _created(self, job: Job) -> web.Response:
        settings = self.settings()
        if settings.is_old:
            body = {"jobId": job.uuid, "status": "queued", "message": _CREATED}
            return web.json_response(body, status=202)
        row = row_of(job, reason=settings.reason)
        if settings.created_row == "short":
            row = {name: row[name] for name in _SHORT}
        return web.json_response({"message": _CREATED, "job": row}, status=201)

    def _row(self, job: Job) -> web.Response:
        row = row_of(job, reason=self.settings().reason)
        return web.json_response(with_old_names(row) if self.settings().is_old else row)

    def _job_not_found(self) -> web.Response:
        return web.json_response(JOB_NOT_FOUND, status=int(self.settings().job_not_found))

    def _own_job(self, call: Call, uuid: str) -> Job | None:
        job = self._any_job(uuid)
        return job if job is not None and job.account is call.account else None

    def _any_job(self, uuid: str) -> Job | None:
        try:
            return self.jobs.get(uuid.lower())
        except UnknownJobError:
            return None


def _success(data: Any) -> web.Response:
    return web.json_response({"message": "Success", "data": data})


def _heading(project: Project) -> Json:
    return {
        "projectId": project.project_id,
        "projectName": project.name,
        "projectType": project.type,
    }


def _project_json(project: Project) -> Json:
    dates = {"startDate": project.starts_at, "endDate": project.ends_at}
    return _heading(project) | {
        name: None if moment is None else milliseconds(moment) for name, moment in dates.items()
    }


def _field_json(field: Field, *, with_flag: bool) -> Json:
    found: Json = {"label": field.label}
    if field.instruction_type is not None:
        found["instructionType"] = field.instruction_type
    return found | {"required": field.is_required} if with_flag else found
