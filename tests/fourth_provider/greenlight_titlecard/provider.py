"""Titlecard as a `Provider`."""

import base64
import re
from collections.abc import Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from bot.core.errors import InvalidSignatureError, ProviderError, ProviderRefusedError
from bot.core.events import News
from bot.core.form import NOTHING_CHOSEN, Choice, Form, matching
from bot.core.production import (
    Deliverable,
    FileReference,
    Job,
    ProductionRequest,
    Progress,
)
from bot.providers.base import (
    Accepted,
    Budget,
    Capabilities,
    Finding,
    Link,
    Observation,
    Submission,
    Uncertain,
    WebhookEvent,
)
from bot.providers.http import Reply
from bot.providers.outside import Tools
from bot.providers.reading import (
    UnreadableError,
    read_count,
    read_items,
    read_moment,
    read_object,
    read_text,
)
from bot.providers.urls import UnsafeUrlError, check_url

from .calls import Calls, failure_of, unreadable
from .form import build_clip, build_form, read_catalogue, read_fonts
from .settings import Settings

STYLES_FRESH = timedelta(minutes=1)
FONTS_FRESH = timedelta(days=1)
NEWS = {
    "waiting": News.QUEUED,
    "rendering": News.PRODUCING,
    "ready": News.COMPLETED,
    "broken": News.FAILED,
}
_ID = re.compile(r"[0-9a-f]{12}")


class Titlecard:
    """Speak to Titlecard with one key; a job's handle is empty, since its id says all."""

    name = "titlecard"
    label = "Titlecard"
    capabilities = Capabilities(retries_in_place=True, finds_by_id=True, has_percent=True)

    def __init__(self, settings: Settings, tools: Tools) -> None:
        self._tools = tools
        self._calls = Calls(settings, clock=tools.clock)

    @property
    def budget(self) -> Budget:
        """The requests our key may still make; Titlecard sets no limit."""
        return self._calls.budget

    async def aclose(self) -> None:
        """Close every connection."""
        await self._calls.aclose()

    async def check(self) -> tuple[Finding, ...]:
        """Try the key."""
        try:
            await self._calls.look("/styles")
        except ProviderError as error:
            return (Finding(is_good=False, text=error.text),)
        return (Finding(is_good=True, text="Titlecard accepts the key."),)

    # The form.

    async def known_form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form | None:
        """Build the form from remembered styles, however old."""
        recalled = await self._recall("styles")
        if recalled is None:
            return None
        return build_form(read_catalogue(recalled[0].encode()), chosen)

    async def form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form:
        """Build the form from styles, and credits left, of the last minute."""
        recalled = await self._recall("styles")
        if recalled is not None and self._is_fresh(recalled[1], STYLES_FRESH):
            return build_form(read_catalogue(recalled[0].encode()), chosen)
        reply = await self._calls.look("/styles")
        try:
            form = build_form(read_catalogue(reply.body), chosen)
        except UnreadableError as error:
            raise unreadable(reply) from error
        await self._remember("styles", reply.body.decode("utf-8-sig"))
        return form

    async def search(self, key: str, typed: str) -> tuple[Choice, ...]:
        """Offer fonts; those of yesterday where Titlecard does not answer."""
        if key != "font":
            return ()
        recalled = await self._recall("fonts")
        fonts = recalled[0] if recalled is not None else None
        if recalled is None or not self._is_fresh(recalled[1], FONTS_FRESH):
            try:
                reply = await self._calls.look("/fonts")
                fonts = read_fonts(reply.body)
                await self._remember("fonts", fonts)
            except (ProviderError, UnreadableError):
                fonts = fonts or []
        return matching([Choice(value=one["id"], name=one["name"]) for one in fonts], typed)

    async def _recall(self, what: str) -> tuple[Any, datetime] | None:
        return await self._tools.remembered.recall(f"titlecard:{what}:{self.budget.credential}")

    async def _remember(self, what: str, value: Any) -> None:
        key = f"titlecard:{what}:{self.budget.credential}"
        await self._tools.remembered.remember(key, value)

    def _is_fresh(self, kept_at: datetime, life: timedelta) -> bool:
        return self._tools.clock() - kept_at < life

    # The job.

    async def prepare(self, request: ProductionRequest) -> Mapping[str, Any]:
        """Pass the images on, which may be repeated, and build the body."""
        uploads = [await self._pass_on(file) for file in request.files("images")]
        return build_clip(request, uploads)

    async def _pass_on(self, file: FileReference) -> str:
        content = bytearray()
        async with aclosing(await self._tools.uploads.open(file)) as chunks:
            async for chunk in chunks:
                content += chunk
        data = base64.b64encode(content).decode()
        reply = await self._calls.change("/uploads", {"name": file.name, "data": data})
        upload_id = read_text(self._read(reply), "id")
        if upload_id is None:
            raise unreadable(reply)
        return upload_id

    async def submit(self, prepared: Mapping[str, Any], *, key: str) -> Submission:
        """Order a clip; one POST, whatever happens."""
        return self._submission(await self._calls.pay("/clips", prepared, key=key))

    async def retry(self, job: Job) -> Submission:
        """Let Titlecard take a broken clip up again, under the same id."""
        return self._submission(await self._calls.pay(f"/clips/{job.job_id}/retry", {}, key=""))

    def _submission(self, outcome: Reply | Submission) -> Submission:
        if not isinstance(outcome, Reply):
            return outcome
        try:
            body = read_object(outcome.body) if outcome.is_whole else {}
        except UnreadableError:
            body = {}
        job_id, word = read_text(body, "id"), read_text(body, "state")
        if job_id is None or word is None:
            text = "Titlecard's answer names no clip. It may or may not have been started."
            return Uncertain(failure=failure_of(outcome, text))
        return Accepted(job=Job(job_id=job_id, handle={}), word=word)

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:
        """Look a clip up by its id."""
        wanted = job_id.strip().lower()
        if not _ID.fullmatch(wanted):
            text = "That is no id of a clip: those have 12 letters a to f and digits."
            raise ProviderRefusedError(text, code="not_an_id")
        job = Job(job_id=wanted, handle={})
        return job, (await self.observe(job)).word

    async def observe(self, job: Job) -> Observation:
        """Look once."""
        try:
            reply = await self._calls.look(f"/clips/{job.job_id}")
        except ProviderRefusedError as error:
            text = "Titlecard has no such clip."
            raise ProviderRefusedError(text, code="job_missing") from error
        body = self._read(reply)
        word = read_text(body, "state")
        if word is None:
            raise unreadable(reply)
        news = NEWS.get(word)
        progress = Progress(stage=read_text(body, "step"), percent=read_count(body, "percent"))
        text = read_text(body, "error") or "It gave no reason."
        return Observation(
            news=news,
            word=word,
            progress=progress if news is News.PRODUCING else None,
            failure=failure_of(reply, text) if news is News.FAILED else None,
        )

    async def deliverables(self, job: Job) -> tuple[Deliverable, ...]:
        """List the files."""
        return tuple(
            Deliverable(
                key=read_text(one, "name") or "",
                kind=read_text(one, "kind") or "",
                name=read_text(one, "name") or "",
                size_bytes=read_count(one, "size"),
            )
            for one in await self._files(job)
        )

    async def open(self, job: Job, key: str) -> Link:
        """Give a link that Titlecard signs anew for every click."""
        for one in await self._files(job):
            url = read_text(one, "url", limit=4000)
            if read_text(one, "name") != key or url is None:
                continue
            try:
                check_url(url, base=self._calls.base_url)
            except UnsafeUrlError:
                break
            return Link(url=url, expires_at=read_moment(one.get("expires")))
        raise ProviderRefusedError("Titlecard no longer has this file.", code="file_missing")

    async def _files(self, job: Job) -> list[Mapping[str, Any]]:
        reply = await self._calls.look(f"/clips/{job.job_id}/files")
        try:
            return read_items(read_object(reply.body), "files")
        except UnreadableError as error:
            raise unreadable(reply) from error

    def _read(self, reply: Reply) -> Mapping[str, Any]:
        try:
            return read_object(reply.body)
        except UnreadableError as error:
            raise unreadable(reply) from error

    async def cancel(self, job: Job) -> None:
        """Refuse: Titlecard has no such call, and `capabilities` say so."""
        raise ProviderRefusedError(f"{job.job_id} cannot be cancelled.", code="no_cancel")

    def console_url(self, job: Job | None) -> str | None:
        """Give no page: Titlecard has none."""
        return None

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, secrets: tuple[str, ...], now: datetime
    ) -> WebhookEvent:
        """Believe nothing: Titlecard sends none."""
        raise InvalidSignatureError("Titlecard sends no webhooks")
