"""The operations of the API: from a call that was let in to its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web

from twin.clock import Clock
from twin.credits import Credits
from twin.narakeet.addresses import Addresses
from twin.narakeet.archives import Archives
from twin.narakeet.catalogue import CROWD, FORMATS, UPLOAD_TYPE, UPLOADED, VOICES
from twin.narakeet.deliverables import sound
from twin.narakeet.gate import SPEECH, Call, Gate, RefusalError
from twin.narakeet.life import NO_CREDITS, Life
from twin.narakeet.model import Job, Source, Speech
from twin.narakeet.reading import (
    STREAM,
    InvalidRequestError,
    is_streamed,
    read_source,
    read_speech,
    text_limit,
)
from twin.narakeet.settings import Settings

BUILD_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Api:
    """Answer the operations."""

    clock: Clock
    life: Life
    archives: Archives
    addresses: Addresses
    credits_left: Credits
    settings: Callable[[], Settings]

    def add_routes(self, app: web.Application, *, gate: Gate) -> None:
        """Serve every operation."""
        for method, path, handler in (
            ("GET", "/video/upload-request/zip", self.give_upload_token),
            ("POST", "/video/build", self.build),
            ("POST", SPEECH + "{format}", self.speak),
            ("GET", "/voices", self.list_voices),
            ("GET", "/account/credits", self.show_credits),
        ):
            app.router.add_route(method, path, gate.guarded(handler))

    async def give_upload_token(self, call: Call) -> web.Response:
        """Answer with a place for an archive."""
        repository = self.archives.open(account=call.account.name)
        return web.json_response(
            {
                "url": self.addresses.upload(repository),
                "contentType": UPLOAD_TYPE,
                "repository": repository,
                "repositoryType": UPLOADED,
            }
        )

    async def build(self, call: Call) -> web.Response:
        """Accept a video; whether its project is any good shows in the status."""
        raw = await _read(call, most=BUILD_MOST_BYTES)
        try:
            wish = read_source(raw, content_type=call.request.content_type)
        except InvalidRequestError as error:
            raise RefusalError(400, str(error)) from error
        self._check_credits(call)
        return self._accepted(self.life.begin(self._new_job(call, wish)))

    async def speak(self, call: Call) -> web.Response:
        """Accept a text, or answer a short one with its sound."""
        if call.request.match_info["format"] not in FORMATS:
            raise web.HTTPNotFound
        settings = self.settings()
        raw = await _read(call, most=text_limit(call.request, settings=settings))
        try:
            wish = read_speech(call.request, raw, settings=settings)
        except InvalidRequestError as error:
            raise RefusalError(400, str(error)) from error
        self._check_credits(call)
        job = self._new_job(call, wish)
        if not is_streamed(call.request):
            return self._accepted(self.life.begin(job))
        self.life.speak_now(job)
        return web.Response(
            body=sound(wish.format, seed=job.task_id, seconds=wish.seconds),
            content_type=STREAM,
            headers={"x-duration-seconds": str(wish.seconds)},
        )

    async def list_voices(self, _: Call) -> web.Response:
        """Answer with every voice."""
        listed = VOICES + CROWD if self.settings().many_voices else VOICES
        return web.json_response([voice.as_json() for voice in listed])

    async def show_credits(self, call: Call) -> web.Response:
        """Answer with the balance (account credits page, seen 2026-11-22)."""
        return web.json_response(
            {
                "creditSeconds": int(self.credits_left.left(call.account.name)),
                "requestId": str(uuid4()),
                "identity": call.key.name,
                "billingId": call.account.billing_id,
                "plan": call.account.plan,
            }
        )

    def _check_credits(self, call: Call) -> None:
        how = self.settings().without_credits
        if how != "fails" and self.credits_left.left(call.account.name) <= 0:
            raise RefusalError(int(how), NO_CREDITS)

    def _new_job(self, call: Call, wish: Source | Speech) -> Job:
        now = self.clock.now()
        return Job(
            task_id=str(uuid4()),
            account=call.account.name,
            wish=wish,
            created_at=now,
            updated_at=now,
            steps=self.settings().steps,
        )

    def _accepted(self, job: Job) -> web.Response:
        return web.json_response({"taskId": job.task_id, "statusUrl": self.addresses.status(job)})


async def _read(call: Call, *, most: int) -> bytes:
    """Read a body of bounded size."""
    raw = await call.request.read()
    if len(raw) > most:
        raise RefusalError(400, f"the body is longer than {most} bytes")
    return raw
