"""What must hold between the parts of a manifest, one rule a function, all listed in `RULES`.

Source, unless a rule says otherwise: docs.slack.dev/reference/app-manifest, read in a copy,
2026-11-22, and the answers of `apps.manifest.validate` that its users report.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Any

from twin.foreign_json import Json
from twin.slack.checks.formats import is_https_address
from twin.slack.manifests.problem import Problem, pointer
from twin.slack.manifests.words import BUILT_IN_COMMANDS, EVENT_SCOPES, NOT_FOR_BOTS

Found = Iterator[tuple[tuple[str | int, ...], str]]
"""Where, as a path of keys and positions, and what."""

_COMMAND = re.compile(r"/[a-z0-9_-]+")
_DOMAIN = re.compile(r"(?![.-])[a-z0-9.-]{1,254}[a-z0-9]")
_PREFIX_MOST = 32
_COMMANDS = ("features", "slash_commands")
_INTERACTIVITY = ("settings", "interactivity")
_EVENTS = ("settings", "event_subscriptions")
_SCOPES = ("oauth_config", "scopes")


def rule_problems(manifest: Json) -> list[Problem]:
    """List which rules a manifest of the right shape breaks."""
    return [
        Problem(at=pointer(path), words=words) for rule in RULES for path, words in rule(manifest)
    ]


def _part(manifest: Json, path: tuple[str, ...], *, default: Any) -> Any:
    """Give a part of a manifest, or the default where it is left out."""
    for key in path:
        if key not in manifest:
            return default
        manifest = manifest[key]
    return manifest


def _scopes(manifest: Json, kind: str) -> list[str]:
    found: list[str] = _part(manifest, (*_SCOPES, kind), default=[])
    return found


def _is_socket_mode(manifest: Json) -> bool:
    return _part(manifest, ("settings", "socket_mode_enabled"), default=False) is True


def _addresses(manifest: Json) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """List where Slack would call the app, and the address there."""
    for at, command in enumerate(_part(manifest, _COMMANDS, default=[])):
        if "url" in command:
            yield (*_COMMANDS, at, "url"), command["url"]
    for part, key in (
        (_EVENTS, "request_url"),
        (_INTERACTIVITY, "request_url"),
        (_INTERACTIVITY, "message_menu_options_url"),
    ):
        url = _part(manifest, (*part, key), default=None)
        if url is not None:
            yield (*part, key), url


def command_names(manifest: Json) -> Found:
    """A command is `/` and lower-case letters, digits, `-` and `_`, and not one of Slack's own."""
    for at, command in enumerate(_part(manifest, _COMMANDS, default=[])):
        name = command["command"]
        if not _COMMAND.fullmatch(name) or name[1:] in BUILT_IN_COMMANDS:
            yield (*_COMMANDS, at, "command"), "the slash command has an invalid name"


def commands_once(manifest: Json) -> Found:
    """A command is listed once."""
    seen = set()
    for at, command in enumerate(_part(manifest, _COMMANDS, default=[])):
        if command["command"] in seen:
            yield (*_COMMANDS, at, "command"), "the slash command is listed twice"
        seen.add(command["command"])


def usage_hints(manifest: Json) -> Found:
    """A usage hint has no `|`, `<` or `>`."""
    for at, command in enumerate(_part(manifest, _COMMANDS, default=[])):
        if set("|<>") & set(command.get("usage_hint", "")):
            yield (*_COMMANDS, at, "usage_hint"), "must not contain any of: | < >"


def commands_scope(manifest: Json) -> Found:
    """Commands and shortcuts need the scope `commands`."""
    for feature in ("slash_commands", "shortcuts"):
        if feature in manifest.get("features", {}) and "commands" not in _scopes(manifest, "bot"):
            yield ("features", feature), "requires the bot scope commands"


def commands_address(manifest: Json) -> Found:
    """Over HTTP each command has an address."""
    for at, command in enumerate(_part(manifest, _COMMANDS, default=[])):
        if "url" not in command and not _is_socket_mode(manifest):
            yield (*_COMMANDS, at), "a slash command requires a url or Socket Mode"


def interactivity_address(manifest: Json) -> Found:
    """Over HTTP interactivity has an address."""
    found = _part(manifest, _INTERACTIVITY, default={})
    if found.get("is_enabled") and "request_url" not in found and not _is_socket_mode(manifest):
        yield _INTERACTIVITY, "interactivity requires a request_url or Socket Mode"


def shortcuts_interactive(manifest: Json) -> Found:
    """Shortcuts need interactivity, for their payloads come that way."""
    is_enabled = _part(manifest, (*_INTERACTIVITY, "is_enabled"), default=False)
    if "shortcuts" in manifest.get("features", {}) and not is_enabled:
        yield ("features", "shortcuts"), "shortcuts require interactivity"


def events_address(manifest: Json) -> Found:
    """Over HTTP event subscriptions have an address."""
    found = _part(manifest, _EVENTS, default=None)
    if found is not None and "request_url" not in found and not _is_socket_mode(manifest):
        yield _EVENTS, "event subscriptions require a request_url or Socket Mode"


def no_address_on_a_socket(manifest: Json) -> Found:
    """Over Socket Mode there is no address.

    Source: reports of refused manifests; others report that addresses are ignored there.
    """
    if _is_socket_mode(manifest):
        for path, _ in _addresses(manifest):
            yield path, "no address is taken with Socket Mode"


def https_addresses(manifest: Json) -> Found:
    """Addresses are https; http to loopback is the one leniency, for local work."""
    redirects = _part(manifest, ("oauth_config", "redirect_urls"), default=[])
    listed = [(("oauth_config", "redirect_urls", at), url) for at, url in enumerate(redirects)]
    for path, url in [*_addresses(manifest), *listed]:
        if not is_https_address(url):
            yield path, "must be an https URL"


def optional_scopes(manifest: Json) -> Found:
    """An optional scope is also listed as a scope."""
    for kind in ("bot", "user"):
        listed = _scopes(manifest, kind)
        for at, scope in enumerate(_scopes(manifest, f"{kind}_optional")):
            if scope not in listed:
                yield (*_SCOPES, f"{kind}_optional", at), f"{scope} must also be listed in {kind}"


def scopes_once(manifest: Json) -> Found:
    """A scope is listed once."""
    for kind in ("bot", "bot_optional", "user", "user_optional"):
        listed = _scopes(manifest, kind)
        for at, scope in enumerate(listed):
            if scope in listed[:at]:
                yield (*_SCOPES, kind, at), f"{scope} is listed twice"


def bot_for_scopes(manifest: Json) -> Found:
    """Bot scopes need a bot."""
    if _scopes(manifest, "bot") and "bot_user" not in manifest.get("features", {}):
        yield (*_SCOPES, "bot"), "bot scopes require features.bot_user"


def events_for_bots(manifest: Json) -> Found:
    """Some events are not sent to bots."""
    for at, event in enumerate(_part(manifest, (*_EVENTS, "bot_events"), default=[])):
        if event in NOT_FOR_BOTS:
            yield (*_EVENTS, "bot_events", at), f"not an event for bots: {event}"


def event_scopes(manifest: Json) -> Found:
    """An event needs a scope to see what it tells of."""
    for kind in ("bot", "user"):
        granted = set(_scopes(manifest, kind))
        for at, event in enumerate(_part(manifest, (*_EVENTS, f"{kind}_events"), default=[])):
            wanted = EVENT_SCOPES.get(event)
            if wanted and not wanted & granted:
                words = f"{event} requires the {kind} scope {' or '.join(sorted(wanted))}"
                yield (*_EVENTS, f"{kind}_events", at), words


def metadata_scope(manifest: Json) -> Found:
    """Message metadata is seen with a scope of its own."""
    at = (*_EVENTS, "metadata_subscriptions")
    granted = {*_scopes(manifest, "bot"), *_scopes(manifest, "user")}
    if _part(manifest, at, default=[]) and "metadata.message:read" not in granted:
        yield at, "metadata subscriptions require the scope metadata.message:read"


def home_needs_a_bot(manifest: Json) -> Found:
    """The tabs of App Home are the bot's."""
    features = manifest.get("features", {})
    for tab in ("home_tab_enabled", "messages_tab_enabled"):
        if features.get("app_home", {}).get(tab) and "bot_user" not in features:
            yield ("features", "app_home", tab), "requires features.bot_user"


def unfurl_domains(manifest: Json) -> Found:
    """An unfurl domain is a bare domain in lower case."""
    domains = _part(manifest, ("features", "unfurl_domains"), default=[])
    for at, domain in enumerate(domains):
        if not _DOMAIN.fullmatch(domain):
            yield ("features", "unfurl_domains", at), "must be a domain, in lower case"


def ip_ranges(manifest: Json) -> Found:
    """An allowed range is an IPv4 address, with or without the length of its prefix."""
    ranges = _part(manifest, ("settings", "allowed_ip_address_ranges"), default=[])
    for at, one in enumerate(ranges):
        if not _is_ip_range(one):
            yield ("settings", "allowed_ip_address_ranges", at), "must be an IPv4 address or range"


def _is_ip_range(text: str) -> bool:
    address, slash, prefix = text.partition("/")
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return not slash or (
        prefix.isascii() and prefix.isdecimal() and int(prefix[:3]) <= _PREFIX_MOST
    )


def rotation_needs_oauth(manifest: Json) -> Found:
    """Tokens that expire come by OAuth alone, which needs somewhere to send people back to.

    Source: github.com/slackapi/bolt-python/issues/746, answered by Slack.
    """
    at = ("settings", "token_rotation_enabled")
    redirects = _part(manifest, ("oauth_config", "redirect_urls"), default=[])
    if _part(manifest, at, default=False) and not redirects:
        yield at, "token rotation requires oauth_config.redirect_urls"


def functions_org_ready(manifest: Json) -> Found:
    """An app with workflow steps is ready for a whole organisation.

    Source: docs.slack.dev/workflows/workflow-steps.
    """
    is_ready = _part(manifest, ("settings", "org_deploy_enabled"), default=False)
    if manifest.get("functions") and not is_ready:
        yield ("functions",), "functions require settings.org_deploy_enabled"


RULES: tuple[Callable[[Json], Found], ...] = (
    command_names,
    commands_once,
    usage_hints,
    commands_scope,
    commands_address,
    interactivity_address,
    shortcuts_interactive,
    events_address,
    no_address_on_a_socket,
    https_addresses,
    optional_scopes,
    scopes_once,
    bot_for_scopes,
    events_for_bots,
    event_scopes,
    metadata_scope,
    home_needs_a_bot,
    unfurl_domains,
    ip_ranges,
    rotation_needs_oauth,
    functions_org_ready,
)
