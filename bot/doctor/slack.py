"""Slack as the bot will meet it: tokens, scopes, clock, the channels and people of the catalog."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.catalog import Catalog
from bot.doctor.findings import Finding, Topic
from bot.manifest import optional_scopes, read_manifest, required_scopes
from bot.settings import Settings
from bot.slack.bolt import build_client
from bot.slack.errors import Outcome, Paused, RateLimited, Refused, classify

Clock = Callable[[], datetime]

SKEW_LIMIT_S = 300.0
"""Slack's own limit for the age of a request."""
SKEW_NOTED_S = 60.0


async def examine_slack(settings: Settings, catalog: Catalog | None, clock: Clock) -> list[Finding]:
    """Ask Slack about all that it knows; what is not set is not asked about."""
    topic = Topic(about="Slack")
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
        *await _examine_socket(client, settings.slack_app_token),
        *_examine_scopes(
            answer.headers.get("x-oauth-scopes", ""), shares_files=settings.share_most_bytes > 0
        ),
        *examine_clock(answer.headers.get("date"), now=clock()),
        *await _examine_on_call(client, catalog),
        *await _examine_people(client, catalog),
    ]


async def may_share(settings: Settings) -> bool:
    """Tell whether Slack lets us put files into threads; where it does not answer, it does not."""
    if settings.slack_bot_token is None:
        return False
    answer = await _ask(build_client(settings.slack_bot_token, settings.slack_api_url), "auth.test")
    granted = "" if isinstance(answer, str) else answer.headers.get("x-oauth-scopes", "")
    return "files:write" in {part.strip() for part in granted.split(",")}


def _missing_in_slack(settings: Settings) -> list[Finding]:
    topic = Topic(about="Slack")
    secret = settings.slack_app_token or settings.slack_signing_secret
    return [
        topic.problem(f"{name} is not set.", where)
        for name, value, where in (
            ("SLACK_BOT_TOKEN", settings.slack_bot_token, _WHERE_TOKEN),
            ("SLACK_SIGNING_SECRET", secret, _WHERE_SECRET),
        )
        if value is None
    ]


async def _examine_socket(client: AsyncWebClient, token: SecretStr | None) -> list[Finding]:
    """Ask once for an address to connect to, and leave it unused: no connection is opened."""
    topic = Topic(about="socket mode")
    if token is None:
        return []
    try:
        await client.apps_connections_open(app_token=token.get_secret_value())
    except Exception as error:  # noqa: BLE001 - classify() names what it knows, and re-raises.
        return [socket_finding(classify(error))]
    return [topic.ok("The app token works; Slack would let us connect.")]


def socket_finding(outcome: Outcome) -> Finding:
    """Say what an error of `apps.connections.open` means, and what to do."""
    topic = Topic(about="socket mode")
    if isinstance(outcome, RateLimited):
        return topic.warning("Slack was asked too often for a connection.", "Look in a minute.")
    if not isinstance(outcome, Paused | Refused):
        return topic.problem(f"{_SILENCE}.", "Check network and proxy.")
    todo = _SOCKET_TODO.get(outcome.word, _HOW_TO_CONNECT)
    return topic.problem(f"Slack would not let us connect: {outcome.word}.", todo)


_WHERE_TOKEN = "Copy it from the app's page OAuth & Permissions, after installing the app."  # noqa: S105 - Where it is, not what it is.
_WHERE_SECRET = "Copy it from the app's page Basic Information."  # noqa: S105 - As above.
_HOW_TO_CONNECT = (
    "Make an app-level token with the scope connections:write on the app's page Basic "
    "Information, and set SLACK_APP_TOKEN to it."
)
_SOCKET_OFF = (
    "Switch it on, on the app's page Socket Mode, or put the manifest that "
    "greenlight manifest --socket prints into the app."
)
_SOCKET_TODO = {"socket_mode_not_enabled": _SOCKET_OFF}
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


def _examine_scopes(granted_text: str, *, shares_files: bool) -> list[Finding]:
    topic = Topic(about="scopes")
    granted = frozenset(part.strip() for part in granted_text.split(",") if part.strip())
    manifest = read_manifest()
    missing = sorted(required_scopes(manifest) - granted)
    if missing:
        return [topic.problem(f"Missing: {', '.join(missing)}.", _REINSTALL)]
    if shares_files and "files:write" not in granted:
        return [
            topic.problem(
                "Missing: files:write, which GREENLIGHT_UPLOAD_TO_THREAD_MAX_MB needs.",
                f"{_REINSTALL} Or set it to 0.",
            )
        ]
    lacking = sorted(optional_scopes(manifest) - granted)
    if lacking:
        return [
            topic.warning(
                f"All needed ones are there; the optional {', '.join(lacking)} are not.",
                f"{_without(lacking)} See docs/slack-scopes.md.",
            )
        ]
    return [topic.ok("All are there, the optional ones too.")]


_REINSTALL = "Put the manifest (greenlight manifest) into the app and reinstall it."


def _without(lacking: list[str]) -> str:
    """Say what does not work without optional scopes."""
    costs = []
    if "files:read" in lacking:
        costs.append("Without files:read no form can take files.")
    if "files:write" in lacking:
        costs.append("Without files:write no file can be put into a thread.")
    if any(scope.endswith(":history") for scope in lacking):
        costs.append("Without the history ones a message may repeat once after a timeout.")
    return " ".join(costs)


def examine_clock(date: str | None, *, now: datetime) -> list[Finding]:
    """Compare our clock with Slack's, as its answer told the time; None where it did not."""
    topic = Topic(about="clock")
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
    topic = Topic(about="on call")
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
    topic = Topic(about="people")
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
