"""Checks of the small objects that blocks are made of: text, options, confirmations."""

from typing import Any

from twin.slack.checks.schema import (
    Check,
    Problems,
    add,
    flag,
    listed,
    one_of,
    shape,
    string,
    typed,
    web_address,
)
from twin.slack.model import Json


def plain(most: int) -> Check:
    """Accept a `plain_text` object only."""
    return typed({"plain_text": _plain_shape(most)}, what="text type")


def any_text(most: int) -> Check:
    """Accept a `plain_text` or `mrkdwn` object."""
    return typed({"plain_text": _plain_shape(most), "mrkdwn": _mrkdwn_shape(most)})


def _plain_shape(most: int) -> Check:
    return shape({"text": string(most=most), "emoji": flag}, needs=("text",))


def _mrkdwn_shape(most: int) -> Check:
    """Accept mrkdwn; `emoji` beside it is refused (slack-go/slack#1414)."""
    return shape({"text": string(most=most), "verbatim": flag}, needs=("text",))


TEXT_IN_CONTEXT = {"plain_text": _plain_shape(3000), "mrkdwn": _mrkdwn_shape(3000)}

CONFIRM = shape(
    {
        "title": plain(100),
        "text": any_text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": one_of("primary", "danger"),
    },
    needs=("title", "text", "confirm", "deny"),
)


def option(text: Check, *, has_url: bool = False) -> Check:
    """Accept an option; only those of an overflow menu may have a `url`."""
    fields: dict[str, Check] = {
        "text": text,
        "value": string(most=75),
        "description": any_text(75),
    }
    if has_url:
        fields["url"] = web_address()
    return shape(fields, needs=("text", "value"))


PLAIN_OPTION = option(plain(75))
ANY_OPTION = option(any_text(75))

OPTION_GROUP = shape(
    {"label": plain(75), "options": listed(PLAIN_OPTION, most=100)}, needs=("label", "options")
)

DISPATCH_CONFIG = shape(
    {"trigger_actions_on": listed(one_of("on_enter_pressed", "on_character_entered"), most=2)}
)

FILTER = shape(
    {
        "include": listed(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)

SLACK_FILE = shape({"id": string(), "url": web_address()})

IMAGE_FIELDS: dict[str, Check] = {
    "image_url": web_address(only_https=True),
    "slack_file": SLACK_FILE,
    "alt_text": string(most=2000),
}


def one_image_source(value: Json, at: str, problems: Problems) -> None:
    """Want exactly one of an address and a file in Slack."""
    if ("image_url" in value) == ("slack_file" in value):
        add(problems, at, "must provide exactly one of: image_url, slack_file")


IMAGE = shape(IMAGE_FIELDS, needs=("alt_text",), rules=(one_image_source,))


def options_of(element: Json) -> list[Json]:
    """List the options of a checked element, those in groups included."""
    grouped = [one for group in element.get("option_groups", []) for one in group["options"]]
    return [*element.get("options", []), *grouped]


def is_same_option(one: Json, other: Json) -> bool:
    """Say whether two checked options are the same to Slack: text and value agree."""
    return (one["value"], one["text"]["text"]) == (other["value"], other["text"]["text"])


def distinct_values(element: Json, at: str, problems: Problems) -> None:
    """Want no two options with the same value."""
    seen: set[Any] = set()
    for one in options_of(element):
        if one["value"] in seen:
            add(problems, at, "option values must be unique")
            return
        seen.add(one["value"])


def initial_is_offered(element: Json, at: str, problems: Problems) -> None:
    """Want what is chosen at first to be among the options."""
    chosen = list(element.get("initial_options", []))
    if "initial_option" in element:
        chosen.append(element["initial_option"])
    for one in chosen:
        if not any(is_same_option(one, offered) for offered in options_of(element)):
            add(problems, at, "initial option must match one of the options")


def options_or_groups(element: Json, at: str, problems: Problems) -> None:
    """Want exactly one of plain options and groups of them."""
    if ("options" in element) == ("option_groups" in element):
        add(problems, at, "must provide exactly one of: options, option_groups")
