"""Titlecard as a `Provider`."""

import base64
import json
import re
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from bot.core.errors import ProviderError, ProviderRefusedError
from bot.core.events import News
from bot.core.form import NOTHING_CHOSEN, Choice, Form, matching
from bot.core.production import (
    Deliverable,
    Failure,
    FileReference,
    Job,
    ProductionRequest,
    Progress,
)
from bot.providers.base import (
    Accepted,
    Capabilities,
    Finding,
    Link,
    Observation,
    Submission,
)
from bot.providers.http import Reply
from bot.providers.lean import LeanProvider
from bot.providers.notebook import Notebook
from bot.providers.outside import Tools
from bot.providers.reading import (
    UnreadableError,
    read_count,
    read_items,
    read_moment,
    read_text,
)

from .calls import READ, build_calls, reference_of, unreadable
from .form import build_clip, build_form, read_catalogue, read_fonts
from .settings import Settings

STYLES_FRESH_S = 60.0
FONTS_FRESH_S = 86_400.0
NEWS = {
    "waiting": News.QUEUED,
    "rendering": News.PRODUCING,
    "ready": News.COMPLETED,
    "broken": News.FAILED,
}
_ID = re.compile(r"[0-9a-f]{12}")


class Titlecard(LeanProvider):
    """Speak to Titlecard with one key; a job's handle is empty, since its id says all."""

    name = "titlecard"
    label = "Titlecard"
    capabilities = Capabilities(retries_in_place=True, finds_by_id=True, has_percent=True)

    def __init__(self, settings: Settings, tools: Tools) -> None:
        self._tools = tools
        self._base_url = settings.base_url
        self._calls = build_calls(settings, clock=tools.clock)
        self._notebook = Notebook(
            tools.remembered,
            service="titlecard",
            credential=self.budget.credential,
            clock=tools.clock,
        )

    async def check(self) -> tuple[Finding, ...]:
        """Try the key."""
        try:
            await self._calls.look(self._at("/styles"))
        except ProviderError as error:
            return (Finding(is_good=False, text=error.text),)
        return (Finding(is_good=True, text="Titlecard accepts the key."),)

    # The form.

    async def known_form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form | None:
        """Build the form from remembered styles, however old."""
        styles = await self._notebook.recall("styles")
        return None if styles is None else build_form(read_catalogue(styles), chosen)

    async def form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form:
        """Build the form from styles, and credits left, of the last minute."""
        recalled = await self._notebook.recall("styles", fresh_s=STYLES_FRESH_S)
        if recalled is not None:
            return build_form(read_catalogue(recalled), chosen)
        reply = await self._calls.look(self._at("/styles"))
        styles = READ.fields(reply)
        try:
            form = build_form(read_catalogue(styles), chosen)
        except UnreadableError as error:
            raise unreadable(reply) from error
        await self._notebook.note("styles", styles)
        return form

    async def search(self, key: str, typed: str) -> tuple[Choice, ...]:
        """Offer fonts; those of yesterday where Titlecard does not answer."""
        if key != "font":
            return ()
        fonts = await self._notebook.recall("fonts", fresh_s=FONTS_FRESH_S)
        if fonts is None:
            try:
                reply = await self._calls.look(self._at("/fonts"))
                fonts = read_fonts(READ.fields(reply))
                await self._notebook.note("fonts", fonts)
            except (ProviderError, UnreadableError):
                fonts = await self._notebook.recall("fonts") or []
        return matching([Choice(value=one["id"], name=one["name"]) for one in fonts], typed)

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
        body = {"name": file.name, "data": base64.b64encode(content).decode()}
        reply = await self._calls.change("POST", self._at("/uploads"), content=_json(body))
        upload_id = read_text(READ.fields(reply), "id")
        if upload_id is None:
            raise unreadable(reply)
        return upload_id

    async def submit(self, prepared: Mapping[str, Any], *, key: str) -> Submission:
        """Order a clip; one POST, whatever happens."""
        return await self._calls.order(
            self._at("/clips"),
            content=_json(prepared),
            headers={"X-Once": key},
            accepted=_accepted,
        )

    async def retry(self, job: Job) -> Submission:
        """Let Titlecard take a broken clip up again, under the same id."""
        return await self._calls.order(
            self._at(f"/clips/{job.job_id}/retry"), content=_json({}), accepted=_accepted
        )

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
            reply = await self._calls.look(self._at(f"/clips/{job.job_id}"))
        except ProviderRefusedError as error:
            text = "Titlecard has no such clip."
            raise ProviderRefusedError(text, code="job_missing") from error
        body = READ.fields(reply)
        word = read_text(body, "state")
        if word is None:
            raise unreadable(reply)
        news = NEWS.get(word)
        progress = Progress(stage=read_text(body, "step"), percent=read_count(body, "percent"))
        failure = Failure(
            code="broken",
            text=read_text(body, "error") or "It gave no reason.",
            correlation_id=reference_of(reply),
        )
        return Observation(
            news=news,
            word=word,
            progress=progress if news is News.PRODUCING else None,
            failure=failure if news is News.FAILED else None,
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
            url = READ.link(url, base=self._base_url)
            return Link(url=url, expires_at=read_moment(one.get("expires")))
        raise ProviderRefusedError("Titlecard no longer has this file.", code="file_missing")

    async def _files(self, job: Job) -> list[Mapping[str, Any]]:
        reply = await self._calls.look(self._at(f"/clips/{job.job_id}/files"))
        try:
            return read_items(READ.fields(reply), "files")
        except UnreadableError as error:
            raise unreadable(reply) from error

    def _at(self, path: str) -> str:
        return self._base_url + path


def _accepted(reply: Reply) -> Submission:
    body = READ.fields(reply)
    job_id, word = read_text(body, "id"), read_text(body, "state")
    if job_id is None or word is None:
        raise unreadable(reply, "Titlecard's answer names no clip.")
    return Accepted(job=Job(job_id=job_id, handle={}), word=word)


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()
