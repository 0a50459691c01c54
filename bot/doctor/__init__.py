"""Look at everything that must be right before `serve`, and say what to do about what is not.

Nothing here changes anything outside, nor shows the value of a setting.
"""

import os
import re
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from bot.catalog import Catalog, read_catalog
from bot.copying import with_dying_links
from bot.core.errors import BotError, SettingsError
from bot.database import open_to_look
from bot.doctor.files import examine_files
from bot.doctor.findings import Finding, Level, Topic, as_json, as_lines, is_healthy
from bot.doctor.slack import examine_slack, may_share
from bot.providers.base import Provider
from bot.providers.outside import OutsideService
from bot.providers.registry import FACTORIES, build_providers
from bot.services import outside_services_off, service_settings
from bot.settings import Settings
from storage.engine import Database, sqlite_path
from storage.migrate import schema_state

__all__ = ["Finding", "Level", "as_json", "as_lines", "examine", "is_healthy"]

Clock = Callable[[], datetime]

OLDEST = {"slack-bolt": (1, 30), "slack-sdk": (3, 47)}
"""bolt before 1.29 can be talked out of checking signatures (slackapi/bolt-python#1495)."""


async def examine(settings: Settings, *, clock: Clock) -> list[Finding]:
    """Look at everything, one after the other; raises for nothing it finds."""
    catalog, about_catalog = _examine_catalog(settings)
    about_services, dying = await _examine_services(settings, catalog, clock)
    hidden = [] if dying and await may_share(settings) else dying
    return [
        *_examine_versions(),
        Topic(about="settings").ok("Every setting can be read."),
        about_catalog,
        await _examine_database(settings, clock),
        *await examine_files(settings),
        *await examine_slack(settings, catalog, clock),
        *about_services,
        _examine_public_url(settings.public_url, hidden),
    ]


def _examine_versions() -> list[Finding]:
    topic = Topic(about="versions")
    installed = {name: version(name) for name in OLDEST}
    return [
        topic.ok(f"{name} {installed[name]}.")
        if _numbers(installed[name]) >= oldest
        else topic.problem(
            f"{name} {installed[name]} has faults that matter here.",
            f"Install {oldest[0]}.{oldest[1]} or newer, best from requirements.txt.",
        )
        for name, oldest in OLDEST.items()
    ]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])


def _examine_catalog(settings: Settings) -> tuple[Catalog | None, Finding]:
    topic = Topic(about="catalog")
    try:
        catalog = read_catalog(settings.catalog)
    except SettingsError as error:
        return None, topic.problem(f"{error}.", "docs/settings.md shows what it must look like.")
    named = len(catalog.slack.approvers)
    who = f"approvers {named}" if named else "every full member may decide"
    return catalog, topic.ok(f"It can be read: {who}.")


async def _examine_database(settings: Settings, clock: Clock) -> Finding:
    topic = Topic(about="database")
    try:
        path = sqlite_path(settings.database_url)
        if path is not None and not path.exists():
            if os.access(path.parent, os.W_OK):
                return topic.ok("There is none yet; the first start makes it.")
            return topic.problem(
                "Its folder cannot be written to.", "Give the bot's user the right to."
            )
        return await _examine_open_database(settings, clock)
    except SettingsError as error:
        return topic.problem(f"{error}.", "See docs/runbooks/database-gone.md.")
    except BotError:
        return topic.problem(
            "It does not answer, or is locked.", "See docs/runbooks/database-gone.md."
        )


async def _examine_open_database(settings: Settings, clock: Clock) -> Finding:
    """Look at a database that exists; read, write and decrypt once."""
    topic = Topic(about="database")
    database = await Database.open(settings.database_url)
    try:
        state = await schema_state(database)
        migrates_itself = database.path is not None
    finally:
        await database.close()
    if state in {"older", "empty"} and migrates_itself:
        return topic.ok(f"Its schema is {state}; the next start brings it up to date.")
    if state != "current":
        todo = "Run a newer Greenlight." if state == "newer" else "Run greenlight migrate."
        return topic.problem(f"Its schema is {state}.", todo)
    database, store = await open_to_look(settings)
    try:
        await store.remember("doctor", "was here", clock())
    finally:
        await database.close()
    return topic.ok("It can be read, written and decrypted; its schema is current.")


async def _examine_services(
    settings: Settings, catalog: Catalog | None, clock: Clock
) -> tuple[list[Finding], list[str]]:
    """Look at each service; gives besides the labels of those whose links die."""
    topic = Topic(about="services")
    if catalog is None:
        return [], []
    findings: list[Finding] = []
    try:
        findings += [_is_off(service) for service in outside_services_off()]
        chosen = service_settings(settings, catalog)
        providers = build_providers(chosen, clock=clock, remembered=_NoMemory())
    except SettingsError as error:
        return [*findings, topic.problem(f"{error}.", "Set it in the environment or .env.")], []
    for provider in providers.on():
        findings += await _examine_service(provider)
    return findings, [one.label for one in with_dying_links(providers)]


def _is_off(service: OutsideService) -> Finding:
    return Topic(about=service.label).warning(
        "Its package is installed, but its key is not set: it is switched off.",
        "Set its key in the environment or .env, or remove the package.",
    )


async def _examine_service(provider: Provider) -> list[Finding]:
    topic = Topic(about=provider.label)
    try:
        found = await provider.check()
    finally:
        await provider.aclose()
    page = "what its package says about setting it up"
    if provider.name in FACTORIES:
        page = f"docs/providers/{provider.name}.md"
    limits = provider.budget.limits
    shown = [
        f"{count} a {span}"
        for count, span in ((limits.per_minute, "minute"), (limits.per_day, "day"))
        if count is not None
    ]
    return [
        *(
            topic.ok(one.text) if one.is_good else topic.problem(one.text, f"See {page}.")
            for one in found
        ),
        topic.ok(f"Requests allowed: {' and '.join(shown) or 'no limit known'}."),
    ]


class _NoMemory:
    """Remembers nothing, so that what is found is what is."""

    async def recall(self, _key: str) -> tuple[Any, datetime] | None:
        return None

    async def remember(self, _key: str, _value: Any) -> None:
        return


def _examine_public_url(url: str | None, hidden: list[str]) -> Finding:
    """Look at our address.

    Args:
        hidden: Labels of the services whose files could be opened at no other address, nor in the
            thread.
    """
    topic = Topic(about="public URL")
    if url is None and hidden:
        return topic.problem(
            f"PUBLIC_URL is not set: files of {' and '.join(hidden)} would be paid for and kept "
            "here, and nobody could open them.",
            "Set it to the https address at which the world reaches this bot, or grant files:write: "
            "Download then puts files into the thread.",
        )
    if url is None:
        return topic.warning(
            "PUBLIC_URL is not set: Download answers privately, no webhook can arrive, and a service "
            "that fetches files itself takes no uploads.",
            "Set it to the https address at which the world reaches this bot.",
        )
    if urlsplit(url).scheme != "https":
        return topic.warning(
            "PUBLIC_URL is http on this machine: nobody else can follow a link.",
            "Set it to the https address at which the world reaches this bot.",
        )
    return topic.ok("It is an https address (not tried).")
