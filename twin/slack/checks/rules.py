"""Rules over several fields, which no schema can state; each a few lines under its name.

A rule gets what has passed the schema, so it can take every field for what it should be.

Source: Block Kit reference (docs.slack.dev/reference/block-kit), read in copies, 2026-11-22, unless
    said.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from twin.foreign_json import Json
from twin.slack.checks.parts import Part, is_same_option, options_of, typed_parts
from twin.slack.checks.problems import Problem

MARKDOWN_MOST = 12_000
DATA_TABLES_MOST = 20_000

Found = Iterator[Problem]
Rule = Callable[[Json, str], Found]


def one_of_them_at_least(*names: str) -> Rule:
    """Want one of these fields to be there."""

    def rule(part: Json, at: str) -> Found:
        if not any(name in part for name in names):
            yield Problem(f"must provide at least one of: {', '.join(names)}", at=at)

    return rule


def exactly_one(*names: str) -> Rule:
    """Want one of these fields, and no other of them."""

    def rule(part: Json, at: str) -> Found:
        if sum(name in part for name in names) != 1:
            yield Problem(f"must provide exactly one of: {', '.join(names)}", at=at)

    return rule


def ordered(low: str, high: str) -> Rule:
    """Want one field to be no larger than another, where both are given."""

    def rule(part: Json, at: str) -> Found:
        if low in part and high in part and float(part[low]) > float(part[high]):
            yield Problem(f"{low} must not be more than {high}", at=at)

    return rule


def distinct_actions(place: str) -> Rule:
    """Want no `action_id` twice within one block; in different blocks it may repeat."""

    def rule(block: Json, at: str) -> Found:
        named = [one["action_id"] for one in block.get(place, []) if "action_id" in one]
        if len(named) != len(set(named)):
            yield Problem("action_id must be unique within a block", at=f"{at}/{place}")

    return rule


def distinct_values(element: Json, at: str) -> Found:
    """Want no two options with the same value."""
    values = Counter(one["value"] for one in options_of(element))
    if any(count > 1 for count in values.values()):
        yield Problem("option values must be unique", at=at)


def initial_is_offered(element: Json, at: str) -> Found:
    """Want what is chosen at first to be among the options."""
    chosen = [*element.get("initial_options", [])]
    chosen += [element["initial_option"]] if "initial_option" in element else []
    for one in chosen:
        if not any(is_same_option(one, offered) for offered in options_of(element)):
            yield Problem("initial option must match one of the options", at=at)


def no_option_links(element: Json, at: str) -> Found:
    """Refuse a `url` on an option; only an overflow menu opens addresses."""
    named = ("options", "initial_options", "initial_option", "option_groups")
    for pointer, option in _options_at({name: element.get(name) for name in named}, at):
        if "url" in option:
            yield Problem("invalid additional property: url", at=pointer)


def _options_at(value: Any, at: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        if "value" in value:
            yield at, value
        for name, one in value.items():
            yield from _options_at(one, f"{at}/{name}")


def initial_text_fits(element: Json, at: str) -> Found:
    """Want the first text to be no longer than what may be entered."""
    if len(element.get("initial_value", "")) > element.get("max_length", 3000):
        yield Problem("must not be longer than max_length", at=f"{at}/initial_value")


def initial_count_fits(element: Json, at: str) -> Found:
    """Want no more to be chosen at first than may be chosen."""
    for name, value in element.items():
        is_too_many = name.startswith("initial_") and isinstance(value, list)
        if is_too_many and len(value) > element.get("max_selected_items", len(value)):
            yield Problem("must not be more than max_selected_items", at=f"{at}/{name}")


def filter_says_something(element: Json, at: str) -> Found:
    """Want a filter to leave something out."""
    if element.get("filter") == {}:
        names = "include, exclude_bot_users, exclude_external_shared_channels"
        yield Problem(f"must provide at least one of: {names}", at=f"{at}/filter")


def no_dispatch_of_files(block: Json, at: str) -> Found:
    """Refuse `dispatch_action` on a file field."""
    if block.get("dispatch_action") and block["element"]["type"] == "file_input":
        yield Problem("dispatch_action is not allowed with file_input", at=at)


def closed_only_if_it_opens(block: Json, at: str) -> Found:
    """Want a container that starts collapsed to be one that can be opened."""
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        yield Problem("default_collapsed requires is_collapsible", at=f"{at}/default_collapsed")


def no_slack_video(block: Json, at: str) -> Found:
    """Refuse a player on Slack's own domain (docs, video block: no Slack domains)."""
    host = urlsplit(block["video_url"]).hostname or ""
    if f".{host}".endswith(".slack.com"):
        yield Problem("must not be an address of Slack", at=f"{at}/video_url")


def row_header_is_a_column(block: Json, at: str) -> Found:
    """Want the row header of a data table to be one of its columns."""
    column, width = block.get("row_header_column_index", 0), len(block["rows"][0])
    if column >= width:
        yield Problem(f"must be less than {width}", at=f"{at}/row_header_column_index")


def even_rows(block: Json, at: str) -> Found:
    """Want all rows of a data table to be as long as its first."""
    width = len(block["rows"][0])
    for index, row in enumerate(block["rows"]):
        if len(row) != width:
            yield Problem(f"must have {width} items", at=f"{at}/rows/{index}")


def plain_header_row(block: Json, at: str) -> Found:
    """Refuse rich text in the first row of a data table."""
    for index, cell in enumerate(block["rows"][0]):
        if cell["type"] == "rich_text":
            yield Problem("unsupported type: 'rich_text'", at=f"{at}/rows/0/{index}/type")


_CHOICE: tuple[Rule, ...] = (distinct_values, initial_is_offered, no_option_links)
_MENU: tuple[Rule, ...] = (exactly_one("options", "option_groups"), *_CHOICE)
_MANY: tuple[Rule, ...] = (initial_count_fits,)

RULES: dict[str, tuple[Rule, ...]] = {
    "actions": (distinct_actions("elements"),),
    "card": (
        one_of_them_at_least("hero_image", "title", "actions", "body"),
        distinct_actions("actions"),
    ),
    "checkboxes": _CHOICE,
    "container": (one_of_them_at_least("title", "rich_text_title"), closed_only_if_it_opens),
    "context_actions": (distinct_actions("elements"),),
    "conversations_select": (filter_says_something,),
    "data_table": (even_rows, plain_header_row, row_header_is_a_column),
    "external_select": (no_option_links,),
    "input": (no_dispatch_of_files,),
    "multi_channels_select": _MANY,
    "multi_conversations_select": (filter_says_something, *_MANY),
    "multi_external_select": (no_option_links, *_MANY),
    "multi_static_select": (*_MENU, *_MANY),
    "multi_users_select": _MANY,
    "number_input": (ordered("min_value", "max_value"),),
    "overflow": (distinct_values,),
    "plain_text_input": (ordered("min_length", "max_length"), initial_text_fits),
    "radio_buttons": _CHOICE,
    "rich_text_input": (ordered("min_lines", "max_lines"),),
    "section": (one_of_them_at_least("text", "fields"),),
    "static_select": _MENU,
    "video": (no_slack_video,),
}


def part_problems(parts: Iterable[Part]) -> list[str]:
    """List what is wrong within single blocks and elements."""
    return [
        problem
        for pointer, part in parts
        for rule in RULES.get(part["type"], ())
        for problem in rule(part, pointer)
    ]


def message_problems(parts: list[Part], *, at: str) -> list[str]:
    """List what is wrong among the blocks of a message."""
    return [
        *_distinct_blocks(parts),
        *_one_table(parts),
        *_markdown_fits(parts, at),
        *_data_tables_fit(parts, at),
    ]


def view_problems(view: Json, parts: list[Part], *, at: str) -> list[str]:
    """List what is wrong among the blocks of a view."""
    return [
        *_submit_with_inputs(view, at),
        *_distinct_blocks(parts),
        *_one_focus(parts, at),
        *_no_multiple_choice_in_rows(parts),
    ]


def _distinct_blocks(parts: list[Part]) -> Found:
    seen: set[str] = set()
    for pointer, part in parts:
        block_id = part.get("block_id")
        if block_id in seen:
            yield Problem(f"`block_id` already exists: {block_id}", at=f"{pointer}/block_id")
        elif block_id is not None:
            seen.add(block_id)


def _one_table(parts: list[Part]) -> Found:
    tables = [pointer for pointer, part in parts if part["type"] == "table"]
    for pointer in tables[1:]:
        yield Problem("only_one_table_allowed", at=pointer, error="invalid_attachments")


def _markdown_fits(parts: list[Part], at: str) -> Found:
    """Want all markdown of a message together to stay within what one block may hold."""
    size = sum(len(part["text"]) for _, part in parts if part["type"] == "markdown")
    if size > MARKDOWN_MOST:
        words = f"markdown must be less than {MARKDOWN_MOST + 1} characters in sum"
        yield Problem(words, at=at, error="msg_blocks_too_long")


def _data_tables_fit(parts: list[Part], at: str) -> Found:
    """Want the cells of all data tables of a message to stay within a size in sum."""
    tables = [part for _, part in parts if part["type"] == "data_table"]
    cells = [cell for table in tables for _, cell in typed_parts(table["rows"], "")]
    if sum(len(cell.get("text", "")) for cell in cells) > DATA_TABLES_MOST:
        words = f"data tables must be less than {DATA_TABLES_MOST + 1} characters in sum"
        yield Problem(words, at=at)


def _submit_with_inputs(view: Json, at: str) -> Found:
    """Want a way to send what can be entered."""
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_inputs and "submit" not in view:
        yield Problem("missing required field: submit", at=at)


def _one_focus(parts: list[Part], at: str) -> Found:
    if sum(part.get("focus_on_load") is True for _, part in parts) > 1:
        words = "only one element can have focus_on_load set to true"
        yield Problem(words, at=f"{at}/blocks")


def _no_multiple_choice_in_rows(parts: list[Part]) -> Found:
    """Refuse menus for several options in a row of a view, where messages have them.

    Source: what the types and documents allow, Slack's servers refuse (slackapi/
        python-slack-sdk#1631, slackapi/node-slack-sdk#1299).
    """
    for pointer, part in parts:
        elements = part["elements"] if part["type"] == "actions" else []
        for index, element in enumerate(elements):
            if element["type"].startswith("multi_"):
                words = f"unsupported type: {element['type']!r}"
                yield Problem(words, at=f"{pointer}/elements/{index}/type")
