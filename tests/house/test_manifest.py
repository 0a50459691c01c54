"""The Slack manifest asks for what the code uses, no more and no less."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import SettingsError
from bot.manifest import (
    as_yaml,
    build_manifest,
    optional_scopes,
    read_manifest,
    required_scopes,
)
from bot.providers.switched_off import Services
from bot.settings import Settings
from bot.slack import ids
from bot.slack.listeners import Listeners
from tests.factories import NOW
from twin.slack.api.webapi import METHODS
from twin.slack.manifests import manifest_problems
from twin.slack.place import seed

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = read_manifest()

SCOPES = {
    # With the app-level token, whose one scope (connections:write) stands in no manifest.
    "apps.connections.open": set(),
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    # Also to a person's id, which opens the direct conversation.
    "chat.postMessage": {"chat:write", "im:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.delete": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.replies": {"channels:history", "groups:history"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
}
"""Web API method to the scopes it needs for what we use it for (docs.slack.dev, 2026-11-21)."""

FAMILIES = re.compile(
    r"(?:admin|apps|auth|bookmarks|bots|calls|chat|conversations|dnd|emoji|files|oauth|pins"
    r"|reactions|reminders|search|stars|team|tooling|usergroups|users|views|workflows)"
)


def nodes() -> Iterator[ast.AST]:
    """Walk through everything in the bot's code."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def called_methods() -> set[str]:
    """List the Web API methods that the code calls, by name or by the client's own methods."""
    found: set[str] = set()
    for node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(rf"{FAMILIES.pattern}(?:\.[a-zA-Z]+)+", node.value):
                found.add(node.value)
        elif (
            isinstance(node, ast.Attribute)
            and re.match(rf"{FAMILIES.pattern}_", node.attr)
            and hasattr(AsyncWebClient, node.attr)
        ):
            found.add(node.attr.replace("_", "."))
    return found


def test_every_method_the_code_calls_has_its_scopes_listed():
    """A new Web API call must say here which scope it needs."""
    assert called_methods() == set(SCOPES)


def test_the_local_slack_asks_for_the_same_scopes():
    """A scope that is missing here would be found in the first test against the local Slack."""
    checked = {name: METHODS[name].scope for name in set(SCOPES) & set(METHODS)}
    assert all(scope in SCOPES[name] for name, scope in checked.items() if scope is not None)


def test_the_manifest_asks_for_exactly_the_scopes_in_use():
    """Each scope is needed by a call or the command, and each call has its scopes."""
    used = set().union(*SCOPES.values()) | {"commands"}
    assert required_scopes(MANIFEST) | optional_scopes(MANIFEST) == used


def test_only_reading_back_and_files_are_optional():
    """What the bot can do without is marked so, and nothing else."""
    spare = SCOPES["conversations.history"] | SCOPES["files.info"] | SCOPES["files.delete"]
    assert optional_scopes(MANIFEST) == spare
    assert optional_scopes(MANIFEST) <= set(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_every_scope_has_a_written_reason():
    """The list of reasons and the manifest name the same scopes."""
    text = (ROOT / "docs/slack-scopes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z.:]+)` \| (yes|optional) \| (.+) \|$", text, re.MULTILINE)
    named = {scope for scope, need, _why in rows if need == "yes"}
    spare = {scope for scope, need, _why in rows if need == "optional"}
    assert (named, spare) == (required_scopes(MANIFEST), optional_scopes(MANIFEST))


class Recorder:
    """Stands in for Bolt's app and notes what is registered."""

    def __init__(self) -> None:
        self.registered: dict[str, list[str]] = {
            "command": [],
            "action": [],
            "view": [],
            "options": [],
            "event": [],
            "shortcut": [],
        }

    def __getattr__(self, kind):
        """Give a registering method such as `app.action`."""

        def register(name):
            self.registered[kind].append(name)
            return lambda listener: listener

        return register


@pytest.fixture
def registered():
    """Register the listeners, whose collaborators are not needed for that."""
    recorder = Recorder()
    nothing = dict.fromkeys(("productions", "people", "channels", "face_of", "workspace", "policy"))
    Listeners(**nothing, providers=Services({}), command="/produce").register(recorder)
    return recorder.registered


NOT_SENT = {ids.Callback.NOTHING}


def test_every_action_is_registered_once(registered):
    """No button is without a listener, and none has two."""
    expected = {action.value for action in ids.Action}
    assert sorted(registered["action"]) == sorted(expected)


def test_every_form_is_registered_once(registered):
    """No form that can be sent is without a listener, and none has two."""
    expected = {callback.value for callback in ids.Callback if callback not in NOT_SENT}
    assert sorted(registered["view"]) == sorted(expected)


@pytest.mark.parametrize("kind", [ids.Action, ids.Callback, ids.Shortcut, ids.Block])
def test_ids_are_unique(kind):
    """Two members with one value would silently be one."""
    assert len(kind.__members__) == len(set(kind))


def test_the_command_is_the_setting(registered):
    """The manifest, the setting's default and the listener agree on the name."""
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == Settings.model_fields["command"].default == "/produce"
    assert registered["command"] == ["/produce"]


def test_the_local_app_is_what_the_manifest_says():
    """What works in the local Slack works in an app that was made from the manifest."""
    features, settings = MANIFEST["features"], MANIFEST["settings"]
    local = seed.directory(lambda: NOW, request_url="http://127.0.0.1:1/").apps[seed.APP_ID]
    assert local.scopes == set(MANIFEST["oauth_config"]["scopes"]["bot"])
    assert local.bot_events == set(settings["event_subscriptions"]["bot_events"])
    assert set(local.commands) == {one["command"] for one in features["slash_commands"]}
    assert local.has_home_tab == features["app_home"]["home_tab_enabled"]
    assert local.has_messages_tab == features["app_home"]["messages_tab_enabled"]
    assert {(one.callback_id, one.kind, one.name) for one in local.shortcuts.values()} == {
        (one["callback_id"], one["type"], one["name"]) for one in features["shortcuts"]
    }


VARIANTS = {
    "as committed": MANIFEST,
    "url": build_manifest(MANIFEST, command="/make", url="https://bot.test", is_socket=False),
    "socket": build_manifest(MANIFEST, command="/produce", url=None, is_socket=True),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_slack_takes_every_variant(name):
    """What `greenlight manifest` prints can be pasted into Slack's form."""
    assert manifest_problems(yaml.safe_load(as_yaml(VARIANTS[name]))) == []


def test_events_are_subscribed_only_where_heard(registered):
    """Every event that is asked for has a listener, and none is heard without being asked for."""
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(subscribed) == sorted(registered["event"])


def test_every_shortcut_is_registered_once(registered):
    """Manifest, ids and listeners agree on the shortcuts."""
    listed = sorted(one["callback_id"] for one in MANIFEST["features"]["shortcuts"])
    assert listed == sorted(registered["shortcut"]) == sorted(ids.Shortcut)


def addresses(manifest) -> list[str]:
    """List every address in a manifest."""
    clicks = manifest["settings"]["interactivity"]
    events = manifest["settings"]["event_subscriptions"]
    (command,) = manifest["features"]["slash_commands"]
    found = [command.get("url"), events.get("request_url"), clicks.get("request_url")]
    return [one for one in [*found, clicks.get("message_menu_options_url")] if one]


def test_the_committed_addresses_are_all_the_same():
    """Command, events, interactivity and options all come to one endpoint."""
    assert addresses(MANIFEST) == ["https://greenlight.example.com/slack/events"] * 4


def test_the_url_fills_every_address():
    """One address is given, four are filled in."""
    filled = build_manifest(MANIFEST, command="/make", url="https://x.test/", is_socket=False)
    assert addresses(filled) == ["https://x.test/slack/events"] * 4
    assert filled["features"]["slash_commands"][0]["command"] == "/make"
    assert "greenlight.example.com" not in as_yaml(filled)


def test_the_socket_variant_has_no_address():
    """Over Socket Mode Slack calls no address, and takes none."""
    filled = build_manifest(MANIFEST, command="/produce", url="https://x.test", is_socket=True)
    assert addresses(filled) == []
    assert "http" not in as_yaml(filled)
    assert filled["settings"]["socket_mode_enabled"] is True


def test_filling_in_leaves_the_original_alone():
    """The committed manifest is copied, not changed."""
    before = as_yaml(MANIFEST)
    build_manifest(MANIFEST, command="/make", url="https://x.test", is_socket=True)
    assert as_yaml(MANIFEST) == before


def test_an_installed_bot_reads_the_manifest_it_carries(tmp_path):
    """In a wheel it is part of the package, whatever lies beside that or where it is run."""
    (tmp_path / "bot").mkdir()
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    (tmp_path / "bot/manifest.yml").write_text(text, encoding="utf-8")
    (tmp_path / "manifest.yml").write_text("display_information: {}", encoding="utf-8")
    assert read_manifest(tmp_path / "bot") == MANIFEST


def test_a_missing_manifest_is_named(tmp_path):
    """Whoever runs an incomplete installation is told what is missing."""
    with pytest.raises(SettingsError, match=r"manifest\.yml"):
        read_manifest(tmp_path / "bot")
