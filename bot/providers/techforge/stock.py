"""What TechForge offers to make: its projects, their fields and our balance, asked and remembered."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

import structlog

from bot.core.errors import ProviderError
from bot.core.form import Form
from bot.providers.base import Finding
from bot.providers.http import Reply
from bot.providers.notebook import Notebook
from bot.providers.reading import UnreadableError
from bot.providers.techforge.calls import READ, TechForgeCalls
from bot.providers.techforge.errors import refused, unreadable
from bot.providers.techforge.form import build_form, credits_words, find_chosen
from bot.providers.techforge.reading import (
    Asked,
    Project,
    read_credits,
    read_fields_of,
    read_projects,
)
from bot.providers.techforge.settings import Paths, TechForgeSettings
from bot.providers.techforge.words import NAME

_Value = TypeVar("_Value")

log = structlog.get_logger(__name__)

_NO_PROJECTS = (
    "TechForge has no active project for our key. Waiting does not help; make or extend one in the "
    "TFI Studio."
)
_PROJECT_GONE = (
    "TechForge no longer has this project, or it belongs to another account. Choose another one."
)
_GONE = frozenset({404})


class Stock:
    """Draw the form, from what is remembered where that is fresh enough.

    Args:
        takes_files: Whether uploaded files can be given an address.
    """

    def __init__(
        self,
        calls: TechForgeCalls,
        paths: Paths,
        settings: TechForgeSettings,
        *,
        notebook: Notebook,
        takes_files: bool,
    ) -> None:
        self._calls = calls
        self._paths = paths
        self._settings = settings
        self._notebook = notebook
        self._takes_files = takes_files
        self._asking = asyncio.Lock()

    async def known_form(self, chosen: Mapping[str, str]) -> Form | None:
        """Build the form from what is remembered, however old; None where something is missing."""
        projects = _projects_from(await self._notebook.recall("projects"))
        project = find_chosen(projects, chosen)
        asked = await self._recalled_fields(project) if project is not None else ()
        if not projects or asked is None:
            return None
        balance = await self._notebook.recall("credits", fresh_s=self._settings.credits_fresh_s)
        return self._build(projects, project=project, asked=asked, balance=balance)

    async def form(self, chosen: Mapping[str, str]) -> Form:
        """Build the form with projects and fields that are fresh or asked for now."""
        async with self._asking:
            projects = await self._projects()
            project = find_chosen(projects, chosen)
            asked = await self._fields(project) if project is not None else ()
            return self._build(
                projects, project=project, asked=asked, balance=await self._balance()
            )

    async def check(self) -> tuple[Finding, ...]:
        """Try the key on what the bot needs; two requests."""
        try:
            projects = await self._fetch_projects()
            balance = await self._fetch_balance()
        except ProviderError as error:
            return (Finding(is_good=False, text=error.text),)
        count = "1 project is" if len(projects) == 1 else f"{len(projects)} projects are"
        return (
            Finding(is_good=True, text=f"TechForge knows our key; {count} active."),
            Finding(
                is_good=balance > self._settings.credits_floor,
                text=f"TechForge has {credits_words(balance)} left for us.",
            ),
        )

    def _build(
        self,
        projects: tuple[Project, ...],
        *,
        project: Project | None,
        asked: tuple[Asked, ...],
        balance: float | None,
    ) -> Form:
        return build_form(
            projects,
            self._settings,
            chosen=project,
            asked=asked,
            credits_left=balance,
            takes_files=self._takes_files,
        )

    async def _projects(self) -> tuple[Project, ...]:
        fresh_s = self._settings.projects_fresh_s
        known = _projects_from(await self._notebook.recall("projects", fresh_s=fresh_s))
        return known or await self._fetch_projects()

    async def _fetch_projects(self) -> tuple[Project, ...]:
        reply = await self._calls.look(self._paths.projects())
        projects = _read(reply, read_projects)
        if not projects:
            raise refused(reply, code="no_projects", text=_NO_PROJECTS)
        await self._notebook.note("projects", [asdict(one) for one in projects])
        return projects

    async def _fields(self, project: Project) -> tuple[Asked, ...]:
        fresh_s = self._settings.projects_fresh_s
        known = await self._recalled_fields(project, fresh_s=fresh_s)
        return await self._fetch_fields(project) if known is None else known

    async def _recalled_fields(
        self, project: Project, *, fresh_s: float | None = None
    ) -> tuple[Asked, ...] | None:
        value = await self._notebook.recall(f"fields:{project.project_id}", fresh_s=fresh_s)
        return None if value is None else _fields_from(value)

    async def _fetch_fields(self, project: Project) -> tuple[Asked, ...]:
        reply = await self._calls.look(self._paths.fields(project.project_id), also=_GONE)
        if reply.status in _GONE:
            raise refused(reply, code="project_gone", text=_PROJECT_GONE)
        asked = _read(reply, read_fields_of)
        await self._notebook.note(f"fields:{project.project_id}", [asdict(one) for one in asked])
        return asked

    async def _balance(self) -> float | None:
        """Give the balance; None where it cannot be had, since it is only a help."""
        known = await self._notebook.recall("credits", fresh_s=self._settings.credits_fresh_s)
        if isinstance(known, int | float):
            return known
        try:
            return await self._fetch_balance()
        except ProviderError as error:
            log.warning("credits_not_known", provider=NAME, code=error.code)
            return None

    async def _fetch_balance(self) -> float:
        balance = _read(await self._calls.look(self._paths.credits()), read_credits)
        await self._notebook.note("credits", balance)
        return balance


def _read(reply: Reply, reader: Callable[[Mapping[str, Any]], _Value]) -> _Value:
    fields = READ.fields(reply)
    try:
        return reader(fields)
    except UnreadableError as error:
        raise unreadable(reply) from error


def _projects_from(value: Any) -> tuple[Project, ...]:
    """Read projects that were remembered; none where an older version wrote something else."""
    try:
        return tuple(Project(**one) for one in value or ())
    except TypeError:
        return ()


def _fields_from(value: Any) -> tuple[Asked, ...] | None:
    """Read fields that were remembered; None where an older version wrote something else."""
    try:
        return tuple(Asked(**one) for one in value)
    except TypeError:
        return None
