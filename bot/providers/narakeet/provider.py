"""Narakeet as a `Provider`: asks through `calls`, reads through `reading`, decides nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.addresses import UnsafeUrlError, check_url
from bot.core.errors import FormRefusedError, ProviderRefusedError, ProviderUnavailableError
from bot.core.events import News
from bot.core.form import NOTHING_CHOSEN, Choice, Form, matching
from bot.core.production import Deliverable, Failure, Job, ProductionRequest, Progress
from bot.providers.base import (
    Accepted,
    Budget,
    Capabilities,
    Finding,
    Link,
    Observation,
    Remembered,
    Submission,
    Uploads,
)
from bot.providers.http import Reply
from bot.providers.lean import LeanProvider
from bot.providers.narakeet.calls import READ, NarakeetCalls
from bot.providers.narakeet.errors import correlation_of, unreadable
from bot.providers.narakeet.form import build_form, cost_words, credits_note, voice_choices
from bot.providers.narakeet.links import Links
from bot.providers.narakeet.preparing import PaidCall, Preparer
from bot.providers.narakeet.reading import (
    MESSAGE_LIMIT,
    Status,
    Task,
    Voice,
    read_status,
    read_task,
)
from bot.providers.narakeet.settings import NarakeetSettings, Paths
from bot.providers.narakeet.stock import Stock
from bot.providers.narakeet.wish import read_wish
from bot.providers.narakeet.words import (
    BUILDING,
    FAILED,
    LABEL,
    LINK_DEAD,
    LOST,
    MISSING,
    NAME,
    NO_LOOK_UP,
    NOT_SAID,
    SUCCEEDED,
    TOO_OLD,
)
from bot.providers.notebook import Notebook
from bot.providers.reading import UnreadableError, read_moment, redact
from bot.providers.sharing import Shared

_MISSING = frozenset({403, 404})
"""How the storage says that there is no such status, or none yet, or none any more."""


class NarakeetProvider(LeanProvider):
    """Speak to Narakeet with one key.

    A job's handle holds `status_url`, the only way to ask about it and a secret, and
    `submitted_at`.
    """

    name = NAME
    label = LABEL
    capabilities = Capabilities(has_percent=True, links_die=True)
    _calls: NarakeetCalls

    def __init__(
        self,
        settings: NarakeetSettings,
        *,
        clock: Callable[[], datetime],
        remembered: Remembered,
        uploads: Uploads,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._paths = Paths(settings)
        self._calls = NarakeetCalls(settings, base_url=self._paths.base_url, clock=clock)
        self._stock = Stock(
            settings=settings,
            paths=self._paths,
            calls=self._calls,
            notebook=Notebook(
                remembered, service=NAME, credential=self.budget.credential, clock=clock
            ),
        )
        self._preparer = Preparer(
            settings=settings, paths=self._paths, calls=self._calls, uploads=uploads, clock=clock
        )
        self._links = Links(clock=clock, life_s=settings.link_life_s)
        self._opening: Shared[Status | None] = Shared()

    @property
    def budget(self) -> Budget:
        """The requests our key may still make; looks at jobs are none of them."""
        return self._calls.budget

    async def check(self) -> tuple[Finding, ...]:
        """Ask for credits and voices; two requests."""
        return await self._stock.check()

    async def known_form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form | None:
        """Build the form; None before the voices were ever asked for."""
        if not await self._stock.known_voices():
            return None
        return self._form(chosen, await self._stock.known_credits())

    async def form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form:
        """Build the form with the credits that are left, and have the voices at hand."""
        await self._stock.voices()
        return self._form(chosen, await self._stock.credits())

    def _form(self, chosen: Mapping[str, str], seconds: int | None) -> Form:
        note = credits_note(seconds) if seconds is not None else None
        return build_form(self._settings, chosen=chosen, note=note)

    async def search(self, key: str, typed: str) -> tuple[Choice, ...]:
        """Offer voices by name or language."""
        voices: tuple[Voice, ...] = await self._stock.voices() if key == "voice" else ()
        return matching(voice_choices(voices), typed)

    def complaints(self, request: ProductionRequest, form: Form) -> Mapping[str, str]:  # noqa: ARG002 - what was left empty is not in the request.
        """Read the request as `prepare` does."""
        try:
            read_wish(request, self._settings)
        except FormRefusedError as error:
            return error.fields
        return {}

    async def prepare(self, request: ProductionRequest) -> Mapping[str, Any]:
        """Read texts, pack and upload files."""
        return {"call": await self._preparer.prepare(read_wish(request, self._settings))}

    async def submit(self, prepared: Mapping[str, Any], *, key: str) -> Submission:  # noqa: ARG002 - Narakeet honours no key.
        """Order it; one POST, whatever happens."""
        call: PaidCall = prepared["call"]
        return await self._calls.order(
            call.url, content=call.content, headers=call.headers, accepted=self._accepted
        )

    def _accepted(self, reply: Reply) -> Submission:
        try:
            task: Task = read_task(READ.fields(reply))
            check_url(task.status_url, base=self._paths.base_url)
        except UnreadableError as error:
            why = "Narakeet's answer does not say where to ask about the job."
            raise unreadable(reply, why) from error
        except UnsafeUrlError as error:
            why = f"Narakeet names an address that cannot be used: {error}."
            raise unreadable(reply, why, code="unsafe_link") from error
        handle = {"status_url": task.status_url, "submitted_at": self._clock().isoformat()}
        return Accepted(job=Job(job_id=task.task_id, handle=handle), word=BUILDING)

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:  # noqa: ARG002 - as above.
        """Refuse: there is no way from an id to a job."""
        raise ProviderRefusedError(NO_LOOK_UP, code="no_look_up")

    async def observe(self, job: Job) -> Observation:
        """Look once; a job that is not finished in time has failed."""
        reply = await self._calls.look_at_storage(job.handle["status_url"], also=_MISSING)
        age_s = self._age_s(job)
        if reply.status in _MISSING:
            return self._not_there(reply, age_s=age_s)
        status = _status_of(reply)
        if status.has_succeeded:
            self._links.keep(job.job_id, status.files)
            return Observation(news=News.COMPLETED, word=SUCCEEDED, cost=cost_words(status.seconds))
        if status.is_finished:
            text = redact(status.message) if status.message else NOT_SAID
            return _failed(reply, code="build_failed", text=text)
        if age_s > self._settings.max_age_s:
            return _failed(reply, code="too_old", text=TOO_OLD)
        step = redact(status.message, MESSAGE_LIMIT) if status.message else None
        progress = Progress(step=step, percent=status.percent)
        return Observation(news=News.PRODUCING, word=BUILDING, progress=progress)

    def _not_there(self, reply: Reply, *, age_s: float) -> Observation:
        """Say what a missing status means: not yet, a mystery, or never again.

        Raises:
            ProviderRefusedError: It should be there.
        """
        if age_s <= self._settings.grace_s:
            return Observation(news=News.QUEUED, word=BUILDING)
        if age_s > self._settings.max_age_s:
            return _failed(reply, code="status_lost", text=LOST)
        raise ProviderRefusedError(
            MISSING, code="job_missing", correlation_id=correlation_of(reply)
        )

    def _age_s(self, job: Job) -> float:
        submitted_at = read_moment(job.handle.get("submitted_at"))
        return (self._clock() - submitted_at).total_seconds() if submitted_at else 0.0

    async def deliverables(self, job: Job) -> tuple[Deliverable, ...]:
        """List the files; their links are kept in memory and die within minutes."""
        status = await self._finished(job)
        return tuple(one.deliverable for one in status.files) if status else ()

    async def _finished(self, job: Job) -> Status | None:
        """Look at a job for its files; None where the status is not there."""
        reply = await self._calls.look_at_storage(job.handle["status_url"], also=_MISSING)
        if reply.status in _MISSING:
            return None
        status = _status_of(reply)
        self._links.keep(job.job_id, status.files)
        return status

    async def open(self, job: Job, key: str) -> Link:
        """Give a link while it lives; a dead one only comes back if Narakeet makes a new one.

        One answer that the status is not there settles nothing: it may be there the next time.
        """
        link = self._links.find(job.job_id, key)
        if link is None and not self._links.is_recent(job.job_id):
            status = await self._opening.ask(job.job_id, lambda: self._finished(job))
            if status is None:
                raise ProviderUnavailableError(MISSING, code="job_missing")
            link = self._links.find(job.job_id, key)
        if link is None:
            raise ProviderRefusedError(LINK_DEAD, code="deliverable_missing")
        READ.link(link.url, base=self._paths.base_url)
        return link


def _status_of(reply: Reply) -> Status:
    try:
        return read_status(READ.fields(reply))
    except UnreadableError as error:
        raise unreadable(reply) from error


def _failed(reply: Reply, *, code: str, text: str) -> Observation:
    failure = Failure(code=code, text=text, correlation_id=correlation_of(reply))
    return Observation(news=News.FAILED, word=FAILED, failure=failure)
