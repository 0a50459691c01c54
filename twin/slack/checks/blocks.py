"""Checks of blocks, one row each, and of a list of blocks as a whole."""

from typing import Any

from twin.slack.checks.elements import IN_ACTIONS, IN_INPUT, IN_SECTION
from twin.slack.checks.parts import (
    IMAGE,
    IMAGE_FIELDS,
    TEXT_IN_CONTEXT,
    any_text,
    one_image_source,
    plain,
)
from twin.slack.checks.schema import (
    Check,
    Problems,
    add,
    flag,
    listed,
    run,
    shape,
    string,
    typed,
    web_address,
    whole,
)
from twin.slack.model import Json

_ID: dict[str, Check] = {"block_id": string(most=255)}
_RICH_TEXT_PARTS = frozenset(
    {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
)


def _text_or_fields(block: Json, at: str, problems: Problems) -> None:
    """Want a section to say something."""
    if "text" not in block and "fields" not in block:
        add(problems, at, "must provide at least one of: text, fields")


def _distinct_actions(block: Json, at: str, problems: Problems) -> None:
    """Want no `action_id` twice within one block; in different blocks it may repeat."""
    named = [one["action_id"] for one in block["elements"] if "action_id" in one]
    if len(named) != len(set(named)):
        add(problems, f"{at}/elements", "action_id must be unique within a block")


def _no_dispatch_of_files(block: Json, at: str, problems: Problems) -> None:
    """Refuse `dispatch_action` on a file field."""
    if block.get("dispatch_action") and block["element"]["type"] == "file_input":
        add(problems, at, "dispatch_action is not allowed with file_input")


def _rich_text_part(value: Any, at: str, problems: Problems) -> None:
    """Look at the outermost parts of rich text only."""
    if not isinstance(value, dict) or value.get("type") not in _RICH_TEXT_PARTS:
        add(problems, at, "unsupported rich text element")
    elif not isinstance(value.get("elements"), list):
        add(problems, at, "missing required field: elements")


BLOCKS: dict[str, Check] = {
    "section": shape(
        {
            **_ID,
            "text": any_text(3000),
            "fields": listed(any_text(2000), most=10),
            "accessory": typed(IN_SECTION, what="element"),
            "expand": flag,
        },
        rules=(_text_or_fields,),
    ),
    "header": shape({**_ID, "text": plain(150), "level": whole(least=1, most=4)}, needs=("text",)),
    "context": shape(
        {
            **_ID,
            "elements": listed(typed({**TEXT_IN_CONTEXT, "image": IMAGE}, what="element"), most=10),
        },
        needs=("elements",),
    ),
    "actions": shape(
        {**_ID, "elements": listed(typed(IN_ACTIONS, what="element"), most=25)},
        needs=("elements",),
        rules=(_distinct_actions,),
    ),
    "divider": shape(_ID),
    "image": shape(
        {**_ID, **IMAGE_FIELDS, "title": plain(2000)},
        needs=("alt_text",),
        rules=(one_image_source,),
    ),
    "input": shape(
        {
            **_ID,
            "label": plain(2000),
            "element": typed(IN_INPUT, what="element"),
            "hint": plain(2000),
            "dispatch_action": flag,
            "optional": flag,
        },
        needs=("label", "element"),
        rules=(_no_dispatch_of_files,),
    ),
    "markdown": shape({**_ID, "text": string(most=12_000)}, needs=("text",)),
    "rich_text": shape(
        {**_ID, "elements": listed(_rich_text_part, most=1000, least=0)}, needs=("elements",)
    ),
    "video": shape(
        {
            **_ID,
            "alt_text": string(most=2000),
            "title": plain(199),
            "title_url": web_address(only_https=True),
            "description": plain(199),
            "author_name": string(most=49),
            "provider_name": string(most=49),
            "provider_icon_url": web_address(),
            "thumbnail_url": web_address(),
            "video_url": web_address(only_https=True),
        },
        needs=("alt_text", "title", "thumbnail_url", "video_url"),
    ),
}

_BLOCK = typed(BLOCKS)


def block_list(*, most: int) -> Check:
    """Accept a list of blocks with no `block_id` twice."""
    items = listed(_BLOCK, most=most, least=0)

    def check(value: Any, at: str, problems: Problems) -> None:
        count = len(problems)
        items(value, at, problems)
        if len(problems) == count:
            _distinct_blocks(value, at, problems)

    return check


def _distinct_blocks(blocks: list[Json], at: str, problems: Problems) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            add(problems, f"{at}/{index}/block_id", f"`block_id` already exists: {block_id}")
        elif block_id is not None:
            seen.add(block_id)


_IN_MESSAGE = block_list(most=50)


def block_problems(blocks: Any, *, at: str = "/blocks") -> Problems:
    """List what is wrong with the blocks of a message."""
    return run(_IN_MESSAGE, blocks, at=at)
