"""Limits that Slack's documents have and its types lack, each with its source.

What a row says is added to the generated schema. A limit that the types come to state is refused
here by a test, so that each number stands in one place.
"""

import copy
from dataclasses import dataclass
from typing import Any

from twin.foreign_json import Json

_COPY = "read in a copy, 2026-11-22"
_DOCS = "docs.slack.dev/reference/block-kit"
_BLOCKS = f"{_DOCS}/blocks ({_COPY})"
_ELEMENTS = f"{_DOCS}/block-elements ({_COPY})"
_OBJECTS = f"{_DOCS}/composition-objects ({_COPY})"
_MODALS = f"docs.slack.dev/surfaces/modals ({_COPY})"
_COMMENT = "said in words by the doc comment of @slack/types 3.2.0"

_WEB = {"format": "web-address", "maxLength": 3000}
_HTTPS = {"format": "https-address", "maxLength": 3000}
_FLAG = {"type": "boolean"}
_NUMBER = {"format": "number"}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit.

    Attributes:
        at: A definition of the schema and a way down its properties; `*` is each item of a list.
        says: Keywords of JSON Schema, or a whole property that the types do not know.
        source: Where the limit is written.
    """

    at: str
    says: Json
    source: str


def _rows(source: str, rows: dict[str, Json]) -> tuple[Limit, ...]:
    return tuple(Limit(at=at, says=says, source=source) for at, says in rows.items())


LIMITS: tuple[Limit, ...] = (
    *_rows(
        _BLOCKS,
        {
            "HeaderBlock.level": {"type": "integer", "minimum": 1, "maximum": 4},
            "AlertBlock.text.text": {"maxLength": 200},
            "CardBlock.actions": {"maxItems": 3},
            "DataTableBlock.rows": {"minItems": 2, "maxItems": 101},
            "DataTableBlock.rows.*": {"maxItems": 20},
            "DataTableBlock.row_header_column_index": {"minimum": 0, "maximum": 19},
            "ImageBlock.image_url": _HTTPS,
            "RichTextList.offset": {"type": "integer", "minimum": 0},
            "RichTextUserMention.style.highlight": _FLAG,
            "RichTextUserMention.style.client_highlight": _FLAG,
            "RichTextUserMention.style.unlink": _FLAG,
            "RichTextUsergroupMention.style.highlight": _FLAG,
            "RichTextUsergroupMention.style.client_highlight": _FLAG,
            "RichTextUsergroupMention.style.unlink": _FLAG,
            "RichTextChannelMention.style.highlight": _FLAG,
            "RichTextChannelMention.style.client_highlight": _FLAG,
            "RichTextChannelMention.style.unlink": _FLAG,
            "VideoBlock.alt_text": {"maxLength": 2000},
            "VideoBlock.description.text": {"maxLength": 199},
            "VideoBlock.provider_name": {"maxLength": 49},
            "VideoBlock.provider_icon_url": _WEB,
            "VideoBlock.thumbnail_url": _WEB,
            "VideoBlock.title_url": _HTTPS,
            "VideoBlock.video_url": _HTTPS,
        },
    ),
    *_rows(
        _ELEMENTS,
        {
            "Button.url": {"format": "web-address"},
            "Checkboxes.initial_options": {"maxItems": 10},
            "FeedbackButtons.positive_button.text.text": {"maxLength": 75},
            "FeedbackButtons.positive_button.value": {"maxLength": 2000},
            "FeedbackButtons.negative_button.text.text": {"maxLength": 75},
            "FeedbackButtons.negative_button.value": {"maxLength": 2000},
            "IconButton.icon": {"enum": ["trash"]},
            "IconButton.value": {"maxLength": 2000},
            "ImageElement.image_url": _HTTPS,
            "ImageElement.alt_text": {"maxLength": 2000},
            "MultiStaticSelect.option_groups.*.label.text": {"maxLength": 75},
            "MultiStaticSelect.option_groups.*.options": {"maxItems": 100},
            "StaticSelect.option_groups.*.label.text": {"maxLength": 75},
            "StaticSelect.option_groups.*.options": {"maxItems": 100},
            "ExternalSelect.min_query_length": {"minimum": 0},
            "MultiExternalSelect.min_query_length": {"minimum": 0},
            "NumberInput.initial_value": _NUMBER,
            "NumberInput.max_value": _NUMBER,
            "NumberInput.min_value": _NUMBER,
            "Overflow.options": {"minItems": 2},
            "PlainTextInput.initial_value": {"maxLength": 3000},
            "PlainTextInput.max_length": {"minimum": 1, "maximum": 3000},
            "PlainTextInput.min_length": {"minimum": 0},
            "URLSourceElement.url": _WEB,
            "WorkflowButton.workflow.trigger.url": _HTTPS,
        },
    ),
    *_rows(
        _OBJECTS,
        {
            "ConfirmationDialog": {"required": ["title", "text", "confirm", "deny"]},
            "Option": {"required": ["text", "value"]},
            # Boxes and radio buttons may format both of their texts.
            "Option.description": {"$ref": "#/$defs/TextObject"},
            "Option.url": {"format": "web-address"},
            "PlainTextOption": {"required": ["text", "value"]},
            "PlainTextOption.url": {"format": "web-address"},
            "SlackFile.url": _WEB,
        },
    ),
    *_rows(_MODALS, {"ModalView.external_id": {"maxLength": 255}}),
    *_rows(_MODALS, {"HomeView.external_id": {"maxLength": 255}}),
    *_rows(
        _COMMENT,
        {
            "Datepicker.initial_date": {"format": "date"},
            "DateTimepicker.initial_date_time": {"minimum": 10**9, "maximum": 10**10 - 1},
            "DispatchActionConfig.trigger_actions_on": {"maxItems": 2},
            "Timepicker.initial_time": {"format": "time"},
        },
    ),
)

# Slack answers "must be more than 0 characters" to an empty text nearly everywhere; here it stands
# for "nothing yet".
MAY_BE_EMPTY_TEXT = frozenset({"initial_value", "private_metadata", "callback_id", "external_id"})
# A view or message may have no blocks, and rich text an empty line. Reports on the latter differ;
# Slack's own people say it must be possible (slackapi/python-slack-sdk#1576).
MAY_BE_EMPTY_LIST = frozenset(
    {
        "HomeView.blocks",
        "ModalView.blocks",
        "RichTextList.elements",
        "RichTextPreformatted.elements",
        "RichTextQuote.elements",
        "RichTextSection.elements",
    }
)
# All other numbers in blocks count something.
MAY_BE_FRACTION = frozenset({"RawNumberElement.value"})


def add_limits(definitions: Json) -> Json:
    """Give the definitions of the schema with everything the types leave out."""
    stricter = copy.deepcopy(definitions)
    for limit in LIMITS:
        name, *way = limit.at.split(".")
        reach(stricter[name], way).update(limit.says)
    for name, definition in stricter.items():
        _add_least(definition, name)
    return stricter


def reach(schema: Json, way: list[str]) -> Json:
    """Go down to a property, making room for one that is not there."""
    for step in way:
        if step == "*":
            schema = schema.setdefault("items", {})
        else:
            schema = schema.setdefault("properties", {}).setdefault(step, {})
    return schema


def _add_least(schema: Any, at: str) -> None:
    """Want text to have a sign in it, lists an item, and counts to be whole."""
    name = at.rpartition(".")[2]
    kind = schema.get("type")
    if kind == "string" and not {"enum", "const"} & schema.keys():
        schema.setdefault("minLength", 0 if name in MAY_BE_EMPTY_TEXT else 1)
    elif kind == "array":
        schema.setdefault("minItems", 0 if at in MAY_BE_EMPTY_LIST else 1)
        _add_least(schema["items"], f"{at}.*")
    elif kind == "number" and at not in MAY_BE_FRACTION:
        schema["type"] = "integer"
    for property_name, one in schema.get("properties", {}).items():
        _add_least(one, f"{at}.{property_name}")
