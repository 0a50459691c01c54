"""JARAI as a `Provider`: asks through `calls`, reads through `reading`, decides nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

import structlog

from bot.core.addresses import is_same_origin
from bot.core.errors import ProviderError, ProviderRefusedError, ProviderReplyError
from bot.core.form import NOTHING_CHOSEN, Form
from bot.core.production import Deliverable, Job, ProductionRequest
from bot.providers.base import (
    BUDGET_SPENT,
    Accepted,
    Capabilities,
    Finding,
    Link,
    Observation,
    Remembered,
    Submission,
    WebhookEvent,
)
from bot.providers.configured import check_key
from bot.providers.desks import Subscription
from bot.providers.http import Reply
from bot.providers.jarai.calls import READ, JaraiCalls
from bot.providers.jarai.desk import Desk
from bot.providers.jarai.errors import correlation_of, refused, unreadable
from bot.providers.jarai.form import (
    account_of,
    build_form,
    build_submit,
)
from bot.providers.jarai.links import Links
from bot.providers.jarai.reading import (
    WORD_LIMIT,
    Listed,
    has_more_files,
    read_deliverables,
    read_id,
    read_observation,
    read_pasted_id,
)
from bot.providers.jarai.settings import JaraiSettings, Paths, check_choices
from bot.providers.jarai.stock import Stock
from bot.providers.jarai.webhooks import DEFAULT_EVENTS, read_event
from bot.providers.jarai.words import LABEL, NAME
from bot.providers.lean import LeanProvider
from bot.providers.notebook import Notebook
from bot.providers.reading import UnreadableError, read_text

log = structlog.get_logger(__name__)

_GONE = frozenset({404})
_NO_FILES = frozenset({404, 409})
OTHER_JOB = "other_job"
"""Code of the error for an answer about another production, or one of another account."""
_MISSING_WORDS = "JARAI has no such production in this account. Waiting does not help."
_TOO_LATE_WORDS = "JARAI says that it is too late to cancel this production."
_NOT_KEPT_WORDS = "JARAI no longer has this file. Waiting does not help."
_Files = tuple[Listed, ...]


class JaraiProvider(LeanProvider):
    """Speak to JARAI with one key.

    A job's handle holds `account_id` and, where JARAI gave one we may follow, `status_url`.
    """

    name = NAME
    label = LABEL
    default_events = DEFAULT_EVENTS
    _calls: JaraiCalls

    def __init__(
        self,
        settings: JaraiSettings,
        *,
        clock: Callable[[], datetime],
        remembered: Remembered,
    ) -> None:
        self._settings = settings
        check_key("JARAI_API_KEY", settings.api_key)
        check_choices(settings)
        self._paths = Paths(settings.dialect, base_url=settings.base_url)
        self._calls = JaraiCalls(settings, base_url=self._paths.base_url, clock=clock)
        self._desk = Desk(self._calls, self._paths)
        notebook = Notebook(
            remembered, service=NAME, credential=self.budget.credential, clock=clock
        )
        self._stock = Stock(
            self._calls, self._paths, notebook=notebook, fresh_s=settings.accounts_fresh_s
        )
        self._links = Links(clock=clock, life_s=settings.link_life_s)
        self._has_logged_long_list = False
        self._asking_links: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.capabilities = Capabilities(
            has_webhooks=True,
            has_cancel=True,
            decides_in_console=True,
            reject_cancels=settings.reject_cancels,
            finds_by_id=True,
        )

    async def check(self) -> tuple[Finding, ...]:
        """Try the key on what the bot needs; five requests."""
        return await self._desk.check()

    async def known_form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form | None:  # noqa: ARG002 - nothing reshapes it.
        """Build the form from remembered accounts, however old."""
        accounts = await self._stock.known_accounts()
        return build_form(accounts, self._settings) if accounts else None

    async def form(self, chosen: Mapping[str, str] = NOTHING_CHOSEN) -> Form:  # noqa: ARG002 - as above.
        """Build the form with accounts that are fresh or asked for now."""
        return build_form(await self._stock.accounts(), self._settings)

    async def prepare(self, request: ProductionRequest) -> Mapping[str, Any]:
        """Build and check the body; nothing needs to be asked or uploaded first."""
        body = build_submit(request)
        account_id = account_of(request)
        if account_id is None:
            text = "The form names no account that JARAI could know. Waiting does not help."
            raise ProviderRefusedError(text, code="form_incomplete")
        return {"account_id": account_id, "body": body}

    async def submit(self, prepared: Mapping[str, Any], *, key: str) -> Submission:
        """Start a production; one POST, whatever happens."""
        account_id: str = prepared["account_id"]
        url = self._paths.productions(account_id)
        headers = {"Idempotency-Key": key} if self._settings.sends_idempotency_key else {}
        content = json.dumps(prepared["body"]).encode()
        return await self._calls.order(
            url,
            content=content,
            headers=headers,
            accepted=partial(self._accepted, account_id=account_id, url=url),
        )

    def _accepted(self, reply: Reply, *, account_id: str, url: str) -> Submission:
        body = READ.fields(reply)
        production_id = read_id(body.get("productionId"))
        if production_id is None:
            raise unreadable(reply, "JARAI's answer names no production.")
        handle = {"account_id": account_id, "status_url": self._location(reply, production_id, url)}
        word = read_text(body, "status", limit=WORD_LIMIT) or "Queued"
        return Accepted(job=Job(job_id=production_id, handle=handle), word=word)

    def _location(self, reply: Reply, production_id: str, url: str) -> str | None:
        """Give the status address that JARAI named, if our key may go there."""
        try:
            location = urljoin(url, reply.headers.get("location", ""))
        except ValueError:
            return None
        is_ours = is_same_origin(location, self._paths.base_url)
        return location if is_ours and production_id in location.lower() else None

    def _status_url(self, job: Job) -> str:
        """Prefer the address JARAI named, unless we speak to another origin by now."""
        named = job.handle.get("status_url")
        if isinstance(named, str) and is_same_origin(named, self._paths.base_url):
            return named
        return self._paths.production(job.handle["account_id"], job.job_id)

    async def find(self, request: ProductionRequest, *, job_id: str) -> tuple[Job, str]:
        """Look up a production by its id, or an address that holds it, in the request's account."""
        production_id, account_id = read_pasted_id(job_id), account_of(request)
        if production_id is None or account_id is None:
            text = "That is not an id of a JARAI video: it looks like 1a2b3c4d-…, 36 characters."
            raise ProviderRefusedError(text, code="not_an_id")
        job = Job(job_id=production_id, handle={"account_id": account_id, "status_url": None})
        try:
            observation = await self.observe(job)
        except ProviderReplyError as error:
            if error.code != OTHER_JOB:
                raise
            raise ProviderRefusedError(  # A path without the account finds those of all accounts.
                _MISSING_WORDS, code="job_missing", correlation_id=error.correlation_id
            ) from error
        return job, observation.word

    async def observe(self, job: Job) -> Observation:
        """Look once."""
        reply = await self._calls.look(self._status_url(job), also=_GONE)
        if reply.status in _GONE:
            raise refused(reply, code="job_missing", text=_MISSING_WORDS)
        body = READ.fields(reply)
        if not _is_about(body, job):
            text = "JARAI answered about another production."
            raise unreadable(reply, text, code=OTHER_JOB)
        try:
            return read_observation(body, correlation_id=correlation_of(reply))
        except UnreadableError as error:
            raise unreadable(reply) from error

    async def deliverables(self, job: Job) -> tuple[Deliverable, ...]:
        """List the files; their links are kept in memory for the clicks that follow."""
        listed = await self._fetch_listed(job, ask=self._calls.look)
        return tuple(one.deliverable for one in listed)

    async def _fetch_listed(self, job: Job, *, ask: Callable[..., Awaitable[Reply]]) -> _Files:
        """List the files and keep what comes of it for the clicks that follow.

        Args:
            ask: A GET of the calls, which takes its request from one of the shares.
        """
        url = self._paths.deliverables(job.handle["account_id"], job.job_id)
        try:
            listed = self._listed(await ask(url, also=_NO_FILES))
        except ProviderError as error:
            if error.code != BUDGET_SPENT:  # Then nobody was asked.
                self._links.keep_failure(job.job_id, error)
            raise
        self._links.keep(job.job_id, listed)
        return listed

    def _listed(self, reply: Reply) -> _Files:
        if reply.status in _NO_FILES:
            return ()
        value = READ.body(reply)
        try:
            listed = read_deliverables(value)
        except UnreadableError as error:
            raise unreadable(reply) from error
        if has_more_files(value) and not self._has_logged_long_list:
            self._has_logged_long_list = True
            log.warning("deliverables_list_was_cut", provider=NAME)
        return listed

    async def open(self, job: Job, key: str) -> Link:
        """Give a link that is good for a while; clicks on a job cost one request a minute at most.

        Whoever clicks while JARAI is being asked shares the answer, or its failure.
        """
        async with self._asking_links.setdefault(job.job_id, asyncio.Lock()):
            link = self._links.find(job.job_id, key)
            if link is None:
                if not self._links.is_recent(job.job_id):
                    await self._fetch_listed(job, ask=self._calls.click)
                link = self._links.recall(job.job_id, key)
        if link is None:
            raise ProviderRefusedError(_NOT_KEPT_WORDS, code="deliverable_missing")
        READ.link(link.url, base=self._paths.base_url)
        return link

    async def cancel(self, job: Job) -> None:
        """Ask JARAI to cancel; the right to do so in every state is not documented."""
        url = self._paths.production(job.handle["account_id"], job.job_id)
        reply = await self._calls.change("DELETE", url, also=_NO_FILES)
        if reply.status == 404:  # noqa: PLR2004 - named by the texts.
            raise refused(reply, code="job_missing", text=_MISSING_WORDS)
        if reply.status == 409:  # noqa: PLR2004 - as above.
            raise refused(reply, code="too_late", text=_TOO_LATE_WORDS)

    def console_url(self, job: Job | None) -> str | None:
        """Give the Studio's page; its front page where the template needs a job and has none."""
        url = self._settings.console_url
        if job is None:
            parts = urlsplit(url)
            return f"{parts.scheme}://{parts.netloc}" if "{" in url else url
        account_id = str(job.handle.get("account_id", ""))
        return url.replace("{account_id}", account_id).replace("{production_id}", job.job_id)

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, secrets: tuple[str, ...], now: datetime
    ) -> WebhookEvent:
        """Verify a webhook and read it."""
        return read_event(headers, body, secrets=secrets, now=now, settings=self._settings)

    async def webhooks_add(self, url: str, events: tuple[str, ...]) -> Subscription:
        """Register an address; event types that JARAI does not know are left out."""
        return await self._desk.add(url, events)

    async def webhooks_list(self) -> tuple[Subscription, ...]:
        """List what is registered."""
        return await self._desk.list()

    async def webhooks_remove(self, webhook_id: str) -> None:
        """Remove a registration."""
        await self._desk.remove(webhook_id)


def _is_about(body: Mapping[str, Any], job: Job) -> bool:
    """Tell whether a status answer can be about this job; ids it leaves out speak for it."""
    named = read_id(body.get("productionId"))
    account = read_id(body.get("accountId"))
    return named in {None, job.job_id} and account in {None, job.handle["account_id"]}
