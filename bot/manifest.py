"""The Slack manifest of this deployment, made from the committed `manifest.yml`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.core.errors import SettingsError

NAME = "manifest.yml"
PACKAGE = Path(__file__).resolve().parent
SLACK_PATH = "/slack/events"


def read_manifest(package: Path = PACKAGE) -> dict[str, Any]:
    """Read the committed manifest: a wheel carries it in the package, the repository beside it.

    Raises:
        SettingsError: It is in neither place.
    """
    shipped = package / NAME
    place = shipped if shipped.exists() else package.parent / NAME
    try:
        manifest: dict[str, Any] = yaml.safe_load(place.read_text(encoding="utf-8"))
    except OSError:
        raise SettingsError(NAME, "is missing here: install Greenlight again") from None
    return manifest


def build_manifest(
    manifest: Mapping[str, Any], *, command: str, url: str | None, is_socket: bool
) -> dict[str, Any]:
    """Fill in what differs between deployments.

    Args:
        command: The slash command, with its slash.
        url: How the world reaches the bot, without a path; None keeps the committed addresses.
        is_socket: Take all addresses out: over Socket Mode Slack calls none.
    """
    address = None if url is None else url.rstrip("/") + SLACK_PATH
    filled: dict[str, Any] = _filled(manifest, address, drops_addresses=is_socket)
    filled["features"]["slash_commands"][0]["command"] = command
    filled["settings"]["socket_mode_enabled"] = is_socket
    return filled


def _filled(value: Any, address: str | None, *, drops_addresses: bool) -> Any:
    """Copy a part of the manifest with its addresses replaced or left out."""
    if isinstance(value, list):
        return [_filled(one, address, drops_addresses=drops_addresses) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: (address or one)
        if _is_address(key)
        else _filled(one, address, drops_addresses=drops_addresses)
        for key, one in value.items()
        if not (drops_addresses and _is_address(key))
    }


def _is_address(key: str) -> bool:
    return key == "url" or key.endswith("_url")


def required_scopes(manifest: Mapping[str, Any]) -> frozenset[str]:
    """List the scopes without which the bot cannot work."""
    scopes = manifest["oauth_config"]["scopes"]
    return frozenset(scopes["bot"]) - frozenset(scopes.get("bot_optional", ()))


def optional_scopes(manifest: Mapping[str, Any]) -> frozenset[str]:
    """List the scopes that only make some things better."""
    return frozenset(manifest["oauth_config"]["scopes"].get("bot_optional", ()))


def as_yaml(manifest: Mapping[str, Any]) -> str:
    """Write a manifest as Slack's form takes it."""
    text: str = yaml.safe_dump(dict(manifest), sort_keys=False, allow_unicode=True, width=100)
    return text
