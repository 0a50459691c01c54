"""The local Slack refuses the manifests that Slack refuses, and says where they are wrong."""

import copy
import json
from typing import Any

import pytest

from twin.slack.manifests import Problem, find_problems, manifest_problems
from twin.slack.manifests.rules import RULES
from twin.slack.manifests.structure import SCHEMA_PATH, structure_problems
from twin.slack.manifests.words import BUILT_IN_COMMANDS, EVENT_SCOPES, NOT_FOR_BOTS
from twin.slack.outbound.events import SCOPE_OF

LIMITS_KNOWN = 45
GONE = object()

URL = "https://bot.example.com/slack/events"
GOOD: dict[str, Any] = {
    "_metadata": {"major_version": 1, "minor_version": 1},
    "display_information": {
        "name": "Tally",
        "description": "Counts things",
        "long_description": "Counts. " * 30,
        "background_color": "#0a0b0c",
    },
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "tally", "always_online": True},
        "shortcuts": [
            {"type": "global", "name": "Count", "callback_id": "count", "description": "Count"}
        ],
        "slash_commands": [
            {"command": "/tally", "url": URL, "description": "Count", "usage_hint": "[what]"},
            {"command": "/count-2_x", "url": URL, "description": "Count", "should_escape": True},
        ],
        "unfurl_domains": ["example.com"],
    },
    "oauth_config": {
        "redirect_urls": ["https://bot.example.com/slack/oauth_redirect"],
        "scopes": {
            "bot": ["commands", "chat:write", "channels:read", "app_mentions:read"],
            "bot_optional": ["channels:read"],
            "user": ["users:read"],
        },
    },
    "settings": {
        "allowed_ip_address_ranges": ["203.0.113.7", "203.0.113.0/24"],
        "event_subscriptions": {
            "request_url": URL,
            "bot_events": ["app_home_opened", "app_mention", "member_joined_channel"],
            "user_events": ["user_change"],
        },
        "interactivity": {
            "is_enabled": True,
            "request_url": URL,
            "message_menu_options_url": URL,
        },
        "org_deploy_enabled": False,
        "socket_mode_enabled": False,
        "token_rotation_enabled": False,
    },
}
COMMANDS = ("features", "slash_commands")
SHORTCUTS = ("features", "shortcuts")
SCOPES = ("oauth_config", "scopes")
EVENTS = ("settings", "event_subscriptions")
INTERACTIVITY = ("settings", "interactivity")
FUNCTION = {
    "title": "Count",
    "description": "Counts",
    "input_parameters": {"properties": {"what": {"type": "string"}}},
    "output_parameters": {"properties": {}},
}

Path = tuple[str | int, ...]


def changed(*changes: tuple[Path, Any]) -> dict[str, Any]:
    """Copy the good manifest with some values put in or taken out."""
    manifest = copy.deepcopy(GOOD)
    for (*way, last), value in changes:
        part: Any = manifest
        for key in way:
            part = part[key]
        if value is GONE:
            del part[last]
        else:
            part[last] = value
    return manifest


def command(name: str) -> dict[str, str]:
    """Make a command that lacks nothing."""
    return {"command": name, "url": URL, "description": "Count"}


def shortcut(number: int) -> dict[str, str]:
    """Make a shortcut that lacks nothing."""
    return {"type": "message", "name": "N", "callback_id": f"n{number}", "description": "N"}


# Where and what to put into the good manifest → where it is then wrong.
BAD: list[tuple[Path, Any, str]] = [
    (("display_information",), GONE, "/display_information"),
    (("display_information", "name"), GONE, "/display_information/name"),
    (("display_information", "name"), "n" * 36, "/display_information/name"),
    (("display_information", "name"), "", "/display_information/name"),
    (("display_information", "name"), 7, "/display_information/name"),
    (("display_information", "description"), "d" * 141, "/display_information/description"),
    (
        ("display_information", "long_description"),
        "d" * 174,
        "/display_information/long_description",
    ),
    (
        ("display_information", "long_description"),
        "d" * 4001,
        "/display_information/long_description",
    ),
    (("display_information", "background_color"), "green", "/display_information/background_color"),
    (("display_information", "colour"), "#000", "/display_information/colour"),
    (("a/b~c",), 1, "/a~1b~0c"),
    (("_metadata", "major_version"), 3, "/_metadata/major_version"),
    (("_metadata", "minor_version"), 1.5, "/_metadata/minor_version"),
    (("features", "bot_user", "display_name"), "b" * 81, "/features/bot_user/display_name"),
    (("features", "app_home", "home_tab_enabled"), "yes", "/features/app_home/home_tab_enabled"),
    (COMMANDS, [], "/features/slash_commands"),
    (COMMANDS, [command(f"/c{n}") for n in range(51)], "/features/slash_commands"),
    ((*COMMANDS, 0, "command"), "/remind", "/features/slash_commands/0/command"),
    ((*COMMANDS, 1, "command"), "/tally", "/features/slash_commands/1/command"),
    ((*COMMANDS, 0, "command"), "tally", "/features/slash_commands/0/command"),
    ((*COMMANDS, 0, "command"), "/Tally", "/features/slash_commands/0/command"),
    ((*COMMANDS, 0, "command"), "/two words", "/features/slash_commands/0/command"),
    ((*COMMANDS, 0, "command"), "/tally\n", "/features/slash_commands/0/command"),
    ((*COMMANDS, 0, "command"), "/" + "c" * 32, "/features/slash_commands/0/command"),
    ((*COMMANDS, 0, "description"), GONE, "/features/slash_commands/0/description"),
    ((*COMMANDS, 0, "description"), "d" * 2001, "/features/slash_commands/0/description"),
    ((*COMMANDS, 0, "usage_hint"), "a|b", "/features/slash_commands/0/usage_hint"),
    ((*COMMANDS, 0, "usage_hint"), "<what>", "/features/slash_commands/0/usage_hint"),
    ((*COMMANDS, 0, "usage_hint"), "h" * 1001, "/features/slash_commands/0/usage_hint"),
    ((*COMMANDS, 0, "url"), GONE, "/features/slash_commands/0"),
    ((*COMMANDS, 0, "url"), "http://bot.example.com/", "/features/slash_commands/0/url"),
    ((*COMMANDS, 0, "url"), "https://", "/features/slash_commands/0/url"),
    ((*COMMANDS, 0, "url"), "https://[bot/", "/features/slash_commands/0/url"),
    (SHORTCUTS, [shortcut(n) for n in range(11)], "/features/shortcuts"),
    ((*SHORTCUTS, 0, "name"), "n" * 25, "/features/shortcuts/0/name"),
    ((*SHORTCUTS, 0, "type"), "local", "/features/shortcuts/0/type"),
    ((*SHORTCUTS, 0, "callback_id"), "c" * 256, "/features/shortcuts/0/callback_id"),
    ((*SHORTCUTS, 0, "description"), "d" * 151, "/features/shortcuts/0/description"),
    (("features", "unfurl_domains"), [f"{n}.com" for n in range(6)], "/features/unfurl_domains"),
    (("features", "unfurl_domains", 0), "https://example.com", "/features/unfurl_domains/0"),
    (("features", "unfurl_domains", 0), ".example.com", "/features/unfurl_domains/0"),
    (
        ("oauth_config", "redirect_urls", 0),
        "http://bot.example.com",
        "/oauth_config/redirect_urls/0",
    ),
    ((*SCOPES, "bot", 1), "chat:shout", "/oauth_config/scopes/bot/1"),
    ((*SCOPES, "bot", 1), "commands", "/oauth_config/scopes/bot/1"),
    ((*SCOPES, "user", 0), "app_mentions:read", "/oauth_config/scopes/user/0"),
    ((*SCOPES, "bot_optional", 0), "im:write", "/oauth_config/scopes/bot_optional/0"),
    ((*SCOPES, "user_optional"), ["files:read"], "/oauth_config/scopes/user_optional/0"),
    ((*EVENTS, "request_url"), GONE, "/settings/event_subscriptions"),
    (
        (*EVENTS, "request_url"),
        "http://bot.example.com",
        "/settings/event_subscriptions/request_url",
    ),
    ((*EVENTS, "bot_events", 0), "presence_change", "/settings/event_subscriptions/bot_events/0"),
    ((*EVENTS, "bot_events", 0), "app_mention", "/settings/event_subscriptions/bot_events"),
    ((*EVENTS, "bot_events", 0), "message.im", "/settings/event_subscriptions/bot_events/0"),
    ((*EVENTS, "user_events", 0), "star_added", "/settings/event_subscriptions/user_events/0"),
    (
        (*EVENTS, "metadata_subscriptions"),
        [{"app_id": "*", "event_type": "counted"}],
        "/settings/event_subscriptions/metadata_subscriptions",
    ),
    ((*INTERACTIVITY, "is_enabled"), GONE, "/settings/interactivity/is_enabled"),
    ((*INTERACTIVITY, "is_enabled"), False, "/features/shortcuts"),
    ((*INTERACTIVITY, "request_url"), GONE, "/settings/interactivity"),
    (
        (*INTERACTIVITY, "message_menu_options_url"),
        "ftp://bot.example.com/",
        "/settings/interactivity/message_menu_options_url",
    ),
    (
        ("settings", "allowed_ip_address_ranges", 1),
        "203.0.113.0/33",
        "/settings/allowed_ip_address_ranges/1",
    ),
    (
        ("settings", "allowed_ip_address_ranges", 0),
        "2001:db8::1",
        "/settings/allowed_ip_address_ranges/0",
    ),
    (("settings", "org_deploy_enabled"), 1, "/settings/org_deploy_enabled"),
    (("functions",), {"count": FUNCTION}, "/functions"),
    (
        ("functions",),
        {"count": {**FUNCTION, "input_parameters": {"properties": {"what": {}}}}},
        "/functions/count/input_parameters/properties/what/type",
    ),
]


def pointers(manifest: Any) -> list[str]:
    """List where a manifest is wrong."""
    return [problem.at for problem in find_problems(manifest)]


def test_a_full_manifest_is_taken():
    """The bad ones below differ from it in one place each."""
    assert manifest_problems(GOOD) == []


def test_the_least_manifest_is_taken():
    """A name is all that an app must have."""
    assert manifest_problems({"display_information": {"name": "Tally"}}) == []


@pytest.mark.parametrize(
    ("path", "value", "at"), BAD, ids=[f"{n}{at}" for n, (_, _, at) in enumerate(BAD)]
)
def test_one_fault_is_refused_where_it_is(path, value, at):
    """Each bad manifest has one problem, and its pointer leads there."""
    assert pointers(changed((path, value))) == [at]


@pytest.mark.parametrize("manifest", [None, [], "name: Tally", 7])
def test_what_is_no_object_is_refused(manifest):
    """A manifest is an object, whatever else was sent."""
    assert manifest_problems(manifest) == ["[ERROR] must be an object [json-pointer:]"]


def test_each_missing_field_is_named_once():
    """Two fields are missing, so there are two problems."""
    found = pointers(changed(((*COMMANDS, 0), {"url": URL})))
    assert found == [
        "/features/slash_commands/0/command",
        "/features/slash_commands/0/description",
    ]


def test_a_bot_user_is_needed_for_scopes_and_tabs():
    """Without a bot nobody holds the scopes or owns the tabs."""
    found = pointers(changed((("features", "bot_user"), GONE)))
    assert found == [
        "/oauth_config/scopes/bot",
        "/features/app_home/home_tab_enabled",
        "/features/app_home/messages_tab_enabled",
    ]


def test_commands_and_shortcuts_need_their_scope():
    """Slack installs them with the scope `commands`, and not without."""
    scopes = [one for one in GOOD["oauth_config"]["scopes"]["bot"] if one != "commands"]
    found = pointers(changed(((*SCOPES, "bot"), scopes)))
    assert found == ["/features/slash_commands", "/features/shortcuts"]


def test_an_event_that_bots_cannot_have_is_refused():
    """It is in the list of events, and people's tokens get it."""
    scopes = [*GOOD["oauth_config"]["scopes"]["bot"], "files:read"]
    event = ((*EVENTS, "bot_events", 0), "file_comment_added")
    found = pointers(changed(event, ((*SCOPES, "bot"), scopes)))
    assert found == ["/settings/event_subscriptions/bot_events/0"]


def test_expiring_tokens_need_a_redirect_url():
    """They are handed out by OAuth alone."""
    rotation = (("settings", "token_rotation_enabled"), True)
    assert pointers(changed(rotation)) == []
    found = pointers(changed(rotation, (("oauth_config", "redirect_urls"), [])))
    assert found == ["/settings/token_rotation_enabled"]


SOCKET = (("settings", "socket_mode_enabled"), True)
NO_ADDRESSES = [
    ((*COMMANDS, 0, "url"), GONE),
    ((*COMMANDS, 1, "url"), GONE),
    ((*EVENTS, "request_url"), GONE),
    ((*INTERACTIVITY, "request_url"), GONE),
    ((*INTERACTIVITY, "message_menu_options_url"), GONE),
]


def test_over_socket_mode_no_address_is_needed():
    """Everything comes through the socket."""
    assert pointers(changed(SOCKET, *NO_ADDRESSES)) == []


def test_over_socket_mode_no_address_is_taken():
    """Whoever leaves one in believes that it is called."""
    assert pointers(changed(SOCKET)) == [
        "/features/slash_commands/0/url",
        "/features/slash_commands/1/url",
        "/settings/event_subscriptions/request_url",
        "/settings/interactivity/request_url",
        "/settings/interactivity/message_menu_options_url",
    ]


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost", "[::1]:3000"])
def test_http_to_loopback_is_the_one_leniency(host):
    """Nobody needs a certificate to work on a bot."""
    assert pointers(changed(((*EVENTS, "request_url"), f"http://{host}/slack/events"))) == []


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "10.0.0.1", "localhost.example.com"])
def test_http_elsewhere_is_refused(host):
    """What only begins like loopback is not."""
    found = pointers(changed(((*EVENTS, "request_url"), f"http://{host}/slack/events")))
    assert found == ["/settings/event_subscriptions/request_url"]


def test_functions_are_taken_from_an_app_that_is_org_ready():
    """Workflow steps come with `org_deploy_enabled`."""
    ready = (("settings", "org_deploy_enabled"), True)
    assert pointers(changed((("functions",), {"count": FUNCTION}), ready)) == []


def test_a_problem_reads_as_slack_writes_it():
    """The words, then where."""
    (found,) = manifest_problems(changed(((*COMMANDS, 0, "command"), "/me")))
    at = "[json-pointer:/features/slash_commands/0/command]"
    assert found == f"[ERROR] the slash command has an invalid name {at}"


def test_a_long_value_is_quoted_in_part():
    """What was sent comes back in the answer, but not at any length."""
    (problem,) = find_problems(changed(((*SHORTCUTS, 0, "type"), "x" * 10_000)))
    assert problem == Problem(
        at="/features/shortcuts/0/type", words="not a known value: " + "x" * 60
    )


def test_every_rule_has_a_bad_manifest():
    """A rule that nothing breaks may as well be gone."""
    manifests = [
        *[changed((path, value)) for path, value, _ in BAD],
        changed(SOCKET),
        changed((("features", "bot_user"), GONE)),
        changed(((*SCOPES, "bot"), [])),
        changed(((*EVENTS, "bot_events", 0), "file_comment_added")),
        changed(
            (("settings", "token_rotation_enabled"), True),
            (("oauth_config", "redirect_urls"), []),
        ),
    ]
    shaped = [one for one in manifests if not structure_problems(one)]
    broken = {rule for rule in RULES for manifest in shaped if list(rule(manifest))}
    assert broken == set(RULES)


def limits(schema: Any) -> int:
    """Count the limits in a schema."""
    if isinstance(schema, list):
        return sum(limits(one) for one in schema)
    if not isinstance(schema, dict):
        return 0
    words = ("minLength", "maxLength", "minItems", "maxItems", "maxProperties", "pattern")
    own = sum(isinstance(schema.get(word), (int, str)) for word in words)
    return own + sum(limits(one) for one in schema.values())


def test_the_schema_holds_every_limit_known():
    """A refresh that loses limits makes the local Slack forgiving."""
    assert limits(json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))) >= LIMITS_KNOWN


def test_events_are_sent_by_the_scopes_that_manifests_ask_for():
    """What the manifest lets an app subscribe to is what it then hears."""
    assert all(scope in EVENT_SCOPES[event] for event, scope in SCOPE_OF.items())


def test_the_lists_of_words_name_what_exists():
    """A scope or event that is misspelt in our tables would never be asked for."""
    kinds = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))["$defs"]
    scopes = {*kinds["BotScope"]["enum"], *kinds["UserScope"]["enum"]}
    assert set(EVENT_SCOPES) | NOT_FOR_BOTS <= set(kinds["ManifestEvent"]["enum"])
    assert set().union(*EVENT_SCOPES.values()) <= scopes
    assert all(f"/{name}".isprintable() and name.islower() for name in BUILT_IN_COMMANDS)
