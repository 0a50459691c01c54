"""Look at everything that must be right before `serve`, and say what to do about what is not.

Nothing here changes anything outside, nor shows the value of a setting.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import BotError, SettingsError
from bot.database import open_to_look
from bot.manifest import optional_scopes, read_manifest, required_scopes
from bot.providers.base import Provider
from bot.providers.registry import build_providers
from bot.services import service_settings
from bot.settings import Catalog, Settings, read_catalog
from bot.slack.bolt import build_client
from bot.slack.errors import Paused, Refused, classify
from storage.engine import Database, sqlite_path
from storage.migrate import schema_state

Clock = Callable[[], datetime]

OLDEST = {"slack-bolt": (1, 30), "slack-sdk": (3, 47)}
"""bolt before 1.29 can be talked out of checking signatures (slackapi/bolt-python#1495)."""
SKEW_LIMIT_S = 300.0
"""Slack's own limit for the age of a request."""
SKEW_NOTED_S = 60.0


class Level(StrEnum):
    """How bad it is; a problem stops the bot from working."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: What it is about, in a word or two.
        todo: What to do; None where there is nothing.
    """

    level: Level
    about: str
    text: str
    todo: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Topic:
    """Makes findings about one thing."""

    about: str

    def ok(self, text: str) -> Finding:
        return Finding(level=Level.OK, about=self.about, text=text)

    def warning(self, text: str, todo: str) -> Finding:
        return Finding(level=Level.WARNING, about=self.about, text=text, todo=todo)

    def problem(self, text: str, todo: str) -> Finding:
        return Finding(level=Level.PROBLEM, about=self.about, text=text, todo=todo)


async def examine(settings: Settings, *, clock: Clock) -> list[Finding]:
    """Look at everything, one after the other; raises for nothing it finds."""
    catalog, about_catalog = _examine_catalog(settings)
    return [
        *_examine_versions(),
        _Topic(about="settings").ok("Every setting can be read."),
        about_catalog,
        await _examine_database(settings, clock),
        *await _examine_slack(settings, catalog, clock),
        *await _examine_services(settings, catalog, clock),
        _examine_public_url(settings.public_url),
    ]


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Tell whether the bot can work."""
    return all(finding.level is not Level.PROBLEM for finding in findings)


def as_lines(findings: Iterable[Finding]) -> list[str]:
    """Write findings for people, what to do under each that needs it."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.level:<8} {finding.about:<12} {finding.text}")
        if finding.todo is not None:
            lines.append(f"{'':<21} > {finding.todo}")
    return lines


def as_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """Write findings for programs."""
    listed = list(findings)
    return {"healthy": is_healthy(listed), "findings": [asdict(finding) for finding in listed]}


def _examine_versions() -> list[Finding]:
    topic = _Topic(about="versions")
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
    topic = _Topic(about="catalog")
    try:
        catalog = read_catalog(settings.catalog)
    except SettingsError as error:
        return None, topic.problem(f"{error}.", "docs/settings.md shows what it must look like.")
    named = len(catalog.slack.approvers)
    who = f"approvers {named}" if named else "every full member may decide"
    return catalog, topic.ok(f"It can be read: {who}.")


async def _examine_database(settings: Settings, clock: Clock) -> Finding:
    topic = _Topic(about="database")
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
    topic = _Topic(about="database")
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


async def _examine_slack(
    settings: Settings, catalog: Catalog | None, clock: Clock
) -> list[Finding]:
    topic = _Topic(about="Slack")
    missing = _missing_in_slack(settings)
    if settings.slack_bot_token is None or missing:
        return missing
    client = build_client(settings.slack_bot_token, settings.slack_api_url)
    answer = await _ask(client, "auth.test")
    if answer == _SILENCE:
        return [topic.problem(f"{_SILENCE}.", "Check network and proxy.")]
    if isinstance(answer, str):
        return [topic.problem(f"The token does not work: {answer}.", _WHERE_TOKEN)]
    return [
        topic.ok(f"The token works in {answer.data['team']}, as {answer.data['user']}."),
        *_examine_scopes(answer.headers.get("x-oauth-scopes", "")),
        *_examine_clock(answer.headers.get("date"), now=clock()),
        *await _examine_on_call(client, catalog),
        *await _examine_people(client, catalog),
    ]


def _missing_in_slack(settings: Settings) -> list[Finding]:
    topic = _Topic(about="Slack")
    return [
        topic.problem(f"{name} is not set.", where)
        for name, value, where in (
            ("SLACK_BOT_TOKEN", settings.slack_bot_token, _WHERE_TOKEN),
            ("SLACK_SIGNING_SECRET", settings.slack_signing_secret, _WHERE_SECRET),
        )
        if value is None
    ]


_WHERE_TOKEN = "Copy it from the app's page OAuth & Permissions, after installing the app."  # noqa: S105 - Where it is, not what it is.
_WHERE_SECRET = "Copy it from the app's page Basic Information."  # noqa: S105 - As above.
_SILENCE = "Slack cannot be reached"


@dataclass(frozen=True, kw_only=True)
class _Answer:
    data: Mapping[str, Any]
    headers: Mapping[str, str]


async def _ask(client: AsyncWebClient, method: str, **arguments: str) -> _Answer | str:
    """Call Slack; a text is why there is no answer."""
    try:
        answer = await client.api_call(method, params=arguments)
    except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
        outcome = classify(error)
        if isinstance(outcome, Paused | Refused):
            return outcome.word
        return _SILENCE
    data = answer.data if isinstance(answer.data, dict) else {}
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    return _Answer(data=data, headers=headers)


def _examine_scopes(granted_text: str) -> list[Finding]:
    topic = _Topic(about="scopes")
    granted = frozenset(part.strip() for part in granted_text.split(",") if part.strip())
    manifest = read_manifest()
    missing = sorted(required_scopes(manifest) - granted)
    if missing:
        return [
            topic.problem(
                f"Missing: {', '.join(missing)}.",
                "Put the manifest (greenlight manifest) into the app and reinstall it.",
            )
        ]
    lacking = sorted(optional_scopes(manifest) - granted)
    if lacking:
        return [
            topic.warning(
                f"All needed ones are there; the optional {', '.join(lacking)} are not.",
                "Without them a message may repeat once after a timeout: docs/slack-scopes.md.",
            )
        ]
    return [topic.ok("All are there, the optional ones too.")]


def _examine_clock(date: str | None, *, now: datetime) -> list[Finding]:
    topic = _Topic(about="clock")
    try:
        skew_s = (now - parsedate_to_datetime(date or "")).total_seconds()
    except (ValueError, TypeError):
        return [topic.warning("Slack did not say what time it is.", "Check this machine's clock.")]
    text = f"This machine's clock is {abs(skew_s):.0f} s {'behind' if skew_s < 0 else 'ahead'}."
    if abs(skew_s) > SKEW_LIMIT_S:
        return [topic.problem(f"{text} Everything from Slack is refused.", "Set it by NTP.")]
    if abs(skew_s) > SKEW_NOTED_S:
        return [topic.warning(text, "Set it by NTP, before it is five minutes.")]
    return [topic.ok("This machine's clock agrees with Slack's.")]


async def _examine_on_call(client: AsyncWebClient, catalog: Catalog | None) -> list[Finding]:
    topic = _Topic(about="on call")
    channel = catalog.slack.on_call_channel if catalog is not None else None
    if channel is None:
        return [topic.ok("No channel is set; odd answers are only logged.")]
    answer = await _ask(client, "conversations.info", channel=channel)
    if isinstance(answer, str):
        return [topic.problem(f"The channel cannot be seen: {answer}.", _INVITE)]
    info = answer.data.get("channel") or {}
    if not info.get("is_member") or info.get("is_archived"):
        return [topic.problem("The bot is not in the channel, or it is archived.", _INVITE)]
    return [topic.ok(f"The bot is in #{info.get('name')}.")]


_INVITE = "Invite the bot there, or change on_call_channel in the catalog."


async def _examine_people(client: AsyncWebClient, catalog: Catalog | None) -> list[Finding]:
    """Look up whom the catalog names: a mistyped id would leave nobody to decide or to call."""
    topic = _Topic(about="people")
    if catalog is None:
        return []
    named = {*catalog.slack.approvers, catalog.slack.on_call_group or ""} - {""}
    if not named:
        return [topic.ok("The catalog names nobody.")]
    groups = await _ask(client, "usergroups.list")
    found = [(one, await _why_lost(client, one, groups=groups)) for one in sorted(named)]
    lost = ", ".join(f"{one} ({why})" for one, why in found if why is not None)
    if lost:
        todo = "Change approvers and on_call_group in the catalog to ids that Slack shows."
        return [topic.warning(f"Not found: {lost}.", todo)]
    return [topic.ok("Everybody whom the catalog names is there.")]


async def _why_lost(client: AsyncWebClient, slack_id: str, *, groups: _Answer | str) -> str | None:
    """Say why a person or a user group cannot be counted on; None where they can."""
    if slack_id.startswith("S"):
        if isinstance(groups, str):
            return groups
        known = {group.get("id") for group in groups.data.get("usergroups") or ()}
        return None if slack_id in known else "no user group in use"
    answer = await _ask(client, "users.info", user=slack_id)
    if isinstance(answer, str):
        return answer
    return "has left" if (answer.data.get("user") or {}).get("deleted") else None


async def _examine_services(
    settings: Settings, catalog: Catalog | None, clock: Clock
) -> list[Finding]:
    topic = _Topic(about="services")
    if catalog is None:
        return []
    try:
        chosen = service_settings(settings, catalog)
        providers = build_providers(chosen, clock=clock, remembered=_NoMemory())
    except SettingsError as error:
        return [topic.problem(f"{error}.", "Set it in the environment or .env.")]
    findings: list[Finding] = []
    for provider in providers.values():
        findings += await _examine_service(provider)
    return findings


async def _examine_service(provider: Provider) -> list[Finding]:
    topic = _Topic(about=provider.label)
    try:
        found = await provider.check()
    finally:
        await provider.aclose()
    limits = provider.budget.limits
    shown = [
        f"{count} a {span}"
        for count, span in ((limits.per_minute, "minute"), (limits.per_day, "day"))
        if count is not None
    ]
    return [
        *(
            topic.ok(one.text)
            if one.is_good
            else topic.problem(one.text, f"See docs/providers/{provider.name}.md.")
            for one in found
        ),
        topic.ok(f"Requests allowed: {' and '.join(shown) or 'no limit known'}."),
        topic.ok("Whether the key may add webhooks is not tried; adding one shows it."),
    ]


class _NoMemory:
    """Remembers nothing, so that what is found is what is."""

    async def recall(self, _key: str) -> tuple[Any, datetime] | None:
        return None

    async def remember(self, _key: str, _value: Any) -> None:
        return


def _examine_public_url(url: str | None) -> Finding:
    topic = _Topic(about="public URL")
    if url is None:
        return topic.warning(
            "PUBLIC_URL is not set: Download answers privately, and no webhook can arrive.",
            "Set it to the https address at which the world reaches this bot.",
        )
    if urlsplit(url).scheme != "https":
        return topic.warning(
            "PUBLIC_URL is http on this machine: nobody else can follow a link.",
            "Set it to the https address at which the world reaches this bot.",
        )
    return topic.ok("It is an https address (not tried).")
