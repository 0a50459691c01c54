"""TechForge as a `Provider`: asks through `calls`, reads through `reading`, decides nothing."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.core.addresses import UnsafeUrlError, check_url
from bot.core.errors import ProviderRefusedError
from bot.core.events import News
from bot.core.form import NOTHING_CHOSEN, Form
from bot.core.production import Answer, Deliverable, Failure, Job, ProductionRequest
from bot.providers.base import (
    Accepted,
    Capabilities,
    Finding,
    Link,
    Observation,
    Refused,
    Remembered,
    Submission,
)
from bot.providers.http import Reply, Verdict
from bot.providers.lean import LeanProvider
from bot.providers.notebook import Notebook
from bot.providers.outside import Publishing
from bot.providers.reading import UnreadableError, read_moment
from bot.providers.sharing import Shared
from bot.providers.techforge.calls import READ, TechForgeCalls
from bot.providers.techforge.errors import (
    correlation_of,
    refused,
    said_in,
    unreadable,
)
from bot.providers.techforge.files import Found, find_files
from bot.providers.techforge.form import build_submit, complaints, project_of
from bot.providers.techforge.links import Links
from bot.providers.techforge.reading import (
    is_job_missing,
    read_job_id,
    read_observation,
    read_pasted_id,
    read_source,
    read_word,
)
from bot.providers.techforge.settings import Paths, TechForgeSettings
from bot.providers.techforge.stock import Stock
from bot.providers.techforge.words import JOB_TRIGGERED, JOBS_MISSING, LABEL, NAME

_GONE = frozenset({404})
_FIRST_WORD = "QUEUED"
_MISSING = "TechForge has no such job, or it belongs to another account. Waiting does not help."
_NOT_KEPT = "TechForge no longer has this file. Waiting does not help."
_NO_ID = "That is not an id of a TechForge job: it looks like 1a2b3c4d-…, 36 characters."
_OTHER_PROJECT = "That TechForge job was made from another project than this form names."


class TechForgeProvider(LeanProvider):
    """Speak to TechForge with one key.

    A job's handle is empty: its id is all there is to know.
    """

    name = NAME
    label = LABEL
    capabilities = Capabilities(retries_in_place=True, finds_by_id=True)
    _calls: TechForgeCalls

    def __init__(
        self,
        settings: TechForgeSettings,
        *,
        clock: Callable[[], datetime],
        remembered: Remembered,
        publishing: Publishing | None = None,
    ) -> None:
        self._settings = settings
        self._publishing = publishing
        self._paths = Paths(settings)
        self._calls = TechForgeCalls(settings, base_url=self._paths.base_url, clock=clock)
        notebook = Notebook(
            remembered, service=NAME, credential=self.budget.credential, clock=clock
        )
        self._stock = Stock(
            self._calls,
            self._paths,
            settings,
            notebook=notebook,
            takes_files=publishing is not None,
        )
        self._links = Links(clock=clock, life_s=settings.link_life_s)
        self._listing: Shared[tuple[Found, ...]] = Shared()
        self._signing: Shared[Link] = Shared()

    async def check(self) -> tuple[Finding, ...]:
        """Try the key on what the bot needs; two requests."""
        return await self._stock.check()

    async def known_form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form | None:
        """Build the form from what is remembered, however old."""
        return await self._stock.known_form(chosen)

    async def form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form:
        """Build the form with projects and fields that are fresh or asked for now."""
        return await self._stock.form(chosen)

    def complaints(self, request: ProductionRequest, form: Form) -> Mapping[str, str]:
        """Build the body as `prepare` does, and see that there is something in it."""
        return complaints(request, form, self._settings, base_url=self._paths.base_url)

    async def prepare(self, request: ProductionRequest) -> Mapping[str, Any]:
        """Give every uploaded file an address, then build and check the body."""
        answers = [await self._addressed(one) for one in request.answers]
        addressed = replace(request, answers=tuple(answers))
        return build_submit(addressed, self._settings, base_url=self._paths.base_url)

    async def _addressed(self, answer: Answer) -> Answer:
        """Put an uploaded file's public address in its place: TechForge fetches files itself."""
        if not answer.files:
            return answer
        file = answer.files[0]
        if self._publishing is None:
            text = f"“{file.name}” has no address for TechForge: PUBLIC_URL is not set any more."
            raise ProviderRefusedError(f"{text} Nothing was sent.", code="no_address")
        url = await self._publishing.publish(file)
        try:
            return replace(answer, value=check_url(url, base=self._paths.base_url), files=())
        except UnsafeUrlError as error:
            text = f"TechForge cannot fetch “{file.name}” from our PUBLIC_URL: {error}."
            raise ProviderRefusedError(f"{text} Nothing was sent.", code="no_address") from error

    async def submit(self, prepared: Mapping[str, Any], *, key: str) -> Submission:
        """Start a job; one POST, whatever happens.

        TechForge has no idempotency key. Ours is sent as `session_id`, by which the job can be told
        at TechForge.
        """
        content = json.dumps({**prepared, "session_id": key}).encode()
        return await self._calls.order(
            self._paths.submit(), content=content, accepted=self._accepted
        )

    async def retry(self, job: Job) -> Submission:
        """Put a job back on the queue under its own id; one POST with one id, whatever happens."""
        content = json.dumps({"ids": [job.job_id]}).encode()
        outcome = await self._calls.submit(self._paths.trigger(), content=content)
        if not isinstance(outcome, Reply):
            return outcome
        if _says(outcome, JOBS_MISSING) and outcome.verdict in {Verdict.DONE, Verdict.REFUSED}:
            correlation_id = correlation_of(outcome)
            failure = Failure(code="job_missing", text=_MISSING, correlation_id=correlation_id)
            return Refused(failure=failure)
        return self._calls.settled(outcome, partial(_triggered, job=job))

    @staticmethod
    def _accepted(reply: Reply) -> Submission:
        body = READ.fields(reply)
        job_id = read_job_id(body)
        if job_id is None:
            raise unreadable(reply, "TechForge's answer names no job.")
        return Accepted(job=Job(job_id=job_id, handle={}), word=read_word(body) or _FIRST_WORD)

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:
        """Look a job up by its id, or an address that holds it; it must be of the same project."""
        known = read_pasted_id(job_id)
        if known is None:
            raise ProviderRefusedError(_NO_ID, code="not_an_id")
        job = Job(job_id=known, handle={})
        reply, body = await self._row(job, ask=self._calls.look)
        source, project = read_source(body), project_of(request)
        if source is not None and project is not None and source != project[0]:
            raise refused(reply, code="other_project", text=_OTHER_PROJECT)
        return job, self._observed(reply, body).word

    async def observe(self, job: Job) -> Observation:
        """Look once."""
        reply, body = await self._row(job, ask=self._calls.look)
        return self._observed(reply, body)

    async def deliverables(self, job: Job) -> tuple[Deliverable, ...]:
        """List the files of a job that has succeeded; a retried one still shows its old output."""
        found = await self._list_files(job, ask=self._calls.look)
        return tuple(one.deliverable for one in found)

    async def open(self, job: Job, key: str) -> Link:
        """Give a link that was signed just now; whoever clicks meanwhile shares it."""
        link = self._links.link(job.job_id, key)
        if link is not None:
            return link
        return await self._signing.ask((job.job_id, key), lambda: self._new_link(job, key))

    async def _new_link(self, job: Job, key: str) -> Link:
        link = await self._sign(await self._place(job, key))
        self._links.keep_link(job.job_id, key, link)
        return link

    async def _place(self, job: Job, key: str) -> Found:
        """Find where a file lies, asking for the job where that is not known."""
        found = self._links.file(job.job_id, key)
        if found is None and not self._links.is_recent(job.job_id):
            await self._listing.ask(
                job.job_id, lambda: self._list_files(job, ask=self._calls.click)
            )
            found = self._links.file(job.job_id, key)
        if found is None:
            raise ProviderRefusedError(_NOT_KEPT, code="deliverable_missing")
        return found

    async def _sign(self, found: Found) -> Link:
        if found.is_url:
            return Link(url=self._safe(found.path), expires_at=None)
        reply = await self._calls.click(self._paths.sign(found.path), also=_GONE)
        if reply.status in _GONE:
            raise refused(reply, code="deliverable_missing", text=_NOT_KEPT)
        body = READ.fields(reply)
        url = body.get("signedUrl")
        if not isinstance(url, str) or not url:
            raise unreadable(reply, "TechForge's answer holds no link to the file.")
        return Link(url=self._safe(url), expires_at=read_moment(body.get("expiresAt")))

    def _safe(self, url: str) -> str:
        return READ.link(url, base=self._paths.base_url)

    async def _list_files(
        self, job: Job, *, ask: Callable[..., Awaitable[Reply]]
    ) -> tuple[Found, ...]:
        """List the files and keep where they lie for the clicks that follow.

        Args:
            ask: A GET of the calls, which takes its request from one of the shares.
        """
        reply, body = await self._row(job, ask=ask)
        is_done = self._observed(reply, body).news is News.COMPLETED
        found = find_files(body.get("output")) if is_done else ()
        self._links.keep(job.job_id, found)
        return found

    async def _row(
        self, job: Job, *, ask: Callable[..., Awaitable[Reply]]
    ) -> tuple[Reply, Mapping[str, Any]]:
        """Ask for a job's row.

        An unknown job is answered with 200 and a sentence, so the row must name it.
        """
        reply = await ask(self._paths.job(job.job_id), also=_GONE)
        if reply.status in _GONE:
            raise refused(reply, code="job_missing", text=_MISSING)
        body = READ.fields(reply)
        if is_job_missing(body):
            raise refused(reply, code="job_missing", text=_MISSING)
        if read_job_id(body) != job.job_id:
            raise unreadable(reply, "TechForge answered about something else than this job.")
        return reply, body

    def _observed(self, reply: Reply, body: Mapping[str, Any]) -> Observation:
        try:
            return read_observation(
                body, correlation_id=correlation_of(reply), statuses=self._settings.statuses
            )
        except UnreadableError as error:
            raise unreadable(reply) from error

    def console_url(self, job: Job | None) -> str | None:  # noqa: ARG002 - jobs have no page that is documented.
        """Give the TFI Studio's front page; None where none is configured."""
        return self._settings.console_url or None


def _triggered(reply: Reply, job: Job) -> Submission:
    if _says(reply, JOB_TRIGGERED):
        return Accepted(job=job, word=_FIRST_WORD)
    why = "TechForge's answer does not say whether it took the job up again."
    raise unreadable(reply, why)


def _says(reply: Reply, sentence: str) -> bool:
    said = said_in(reply) if reply.is_whole else None
    return said is not None and said.rstrip(".!").lower() == sentence
