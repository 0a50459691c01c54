"""Checks of interactive elements, one row each."""

import re
from typing import Any

from twin.slack.checks.parts import (
    ANY_OPTION,
    CONFIRM,
    DISPATCH_CONFIG,
    FILTER,
    IMAGE,
    OPTION_GROUP,
    PLAIN_OPTION,
    distinct_values,
    initial_is_offered,
    option,
    options_or_groups,
    plain,
)
from twin.slack.checks.schema import (
    Check,
    Problems,
    Rule,
    add,
    anything,
    flag,
    listed,
    one_of,
    run,
    shape,
    string,
    web_address,
    whole,
)
from twin.slack.model import Json

_EPOCH_MOST = 9_999_999_999
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def pattern(form: str, what: str) -> Check:
    """Accept text that fits a pattern as a whole."""
    compiled = re.compile(form, re.ASCII)

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            add(problems, at, f"must be {what}")

    return check


DATE = pattern(r"\d{4}-\d{2}-\d{2}", "a date as YYYY-MM-DD")
TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
NUMBER_TEXT = pattern(_NUMBER.pattern, "a number as a string")

_COMMON: dict[str, Check] = {"action_id": string(most=255), "confirm": CONFIRM}
_FOCUS: dict[str, Check] = {"focus_on_load": flag}
_PICKER: dict[str, Check] = {**_COMMON, **_FOCUS, "placeholder": plain(150)}
_TYPED: dict[str, Check] = {
    "action_id": string(most=255),
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH_CONFIG,
}
_MANY: dict[str, Check] = {"max_selected_items": whole(least=1, most=100)}
_STATIC: dict[str, Check] = {
    **_PICKER,
    "options": listed(PLAIN_OPTION, most=100),
    "option_groups": listed(OPTION_GROUP, most=100),
}
_STATIC_RULES: tuple[Rule, ...] = (options_or_groups, distinct_values, initial_is_offered)
_CHOICE_RULES: tuple[Rule, ...] = (distinct_values, initial_is_offered)
_IDS = listed(string(most=255), most=100)


def _ordered(low: str, high: str) -> Rule:
    """Want one field to be no larger than another, where both are given."""

    def check(element: Json, at: str, problems: Problems) -> None:
        if low in element and high in element and float(element[low]) > float(element[high]):
            add(problems, at, f"{low} must not be more than {high}")

    return check


def _initial_fits(element: Json, at: str, problems: Problems) -> None:
    """Want the first text to be no longer than what may be entered."""
    if len(element.get("initial_value", "")) > element.get("max_length", 3000):
        add(problems, f"{at}/initial_value", "must not be longer than max_length")


BUTTON = shape(
    {
        **_COMMON,
        "text": plain(75),
        "url": web_address(),
        "value": string(most=2000),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(most=75),
    },
    needs=("text",),
)

_SELECTS: dict[str, Check] = {
    "static_select": shape({**_STATIC, "initial_option": PLAIN_OPTION}, rules=_STATIC_RULES),
    "multi_static_select": shape(
        {**_STATIC, **_MANY, "initial_options": listed(PLAIN_OPTION, most=100)},
        rules=_STATIC_RULES,
    ),
    "external_select": shape(
        {
            **_PICKER,
            "initial_option": PLAIN_OPTION,
            "min_query_length": whole(least=0, most=3000),
        }
    ),
    "multi_external_select": shape(
        {
            **_PICKER,
            **_MANY,
            "initial_options": listed(PLAIN_OPTION, most=100),
            "min_query_length": whole(least=0, most=3000),
        }
    ),
    "users_select": shape({**_PICKER, "initial_user": string()}),
    "multi_users_select": shape({**_PICKER, **_MANY, "initial_users": _IDS}),
    "channels_select": shape(
        {**_PICKER, "initial_channel": string(), "response_url_enabled": flag}
    ),
    "multi_channels_select": shape({**_PICKER, **_MANY, "initial_channels": _IDS}),
    "conversations_select": shape(
        {
            **_PICKER,
            "initial_conversation": string(),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": FILTER,
        }
    ),
    "multi_conversations_select": shape(
        {
            **_PICKER,
            **_MANY,
            "initial_conversations": _IDS,
            "default_to_current_conversation": flag,
            "filter": FILTER,
        }
    ),
}

_CHOICES: dict[str, Check] = {
    "checkboxes": shape(
        {
            **_COMMON,
            **_FOCUS,
            "options": listed(ANY_OPTION, most=10),
            "initial_options": listed(ANY_OPTION, most=10),
        },
        needs=("options",),
        rules=_CHOICE_RULES,
    ),
    "radio_buttons": shape(
        {
            **_COMMON,
            **_FOCUS,
            "options": listed(ANY_OPTION, most=10),
            "initial_option": ANY_OPTION,
        },
        needs=("options",),
        rules=_CHOICE_RULES,
    ),
}

_PICKERS: dict[str, Check] = {
    "datepicker": shape({**_PICKER, "initial_date": DATE}),
    "timepicker": shape({**_PICKER, "initial_time": TIME, "timezone": string()}),
    "datetimepicker": shape(
        {**_COMMON, **_FOCUS, "initial_date_time": whole(least=0, most=_EPOCH_MOST)}
    ),
}

_TEXT_FIELDS: dict[str, Check] = {
    "plain_text_input": shape(
        {
            **_TYPED,
            "initial_value": string(most=3000, least=0),
            "multiline": flag,
            "min_length": whole(least=0, most=3000),
            "max_length": whole(least=1, most=3000),
        },
        rules=(_ordered("min_length", "max_length"), _initial_fits),
    ),
    "email_text_input": shape({**_TYPED, "initial_value": string(most=3000, least=0)}),
    "url_text_input": shape({**_TYPED, "initial_value": string(most=3000, least=0)}),
    "number_input": shape(
        {
            **_TYPED,
            "is_decimal_allowed": flag,
            "initial_value": NUMBER_TEXT,
            "min_value": NUMBER_TEXT,
            "max_value": NUMBER_TEXT,
        },
        needs=("is_decimal_allowed",),
        rules=(_ordered("min_value", "max_value"),),
    ),
}

_ONLY_INPUT: dict[str, Check] = {
    "rich_text_input": shape({**_TYPED, "initial_value": anything}),
    "file_input": shape(
        {
            "action_id": string(most=255),
            "filetypes": listed(string(), most=100),
            "max_files": whole(least=1, most=10),
        }
    ),
}

_OVERFLOW = shape(
    {**_COMMON, "options": listed(option(plain(75), has_url=True), most=5)},
    needs=("options",),
    rules=(distinct_values,),
)

IN_ACTIONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": _OVERFLOW,
    **_SELECTS,
    **_CHOICES,
    **_PICKERS,
    "plain_text_input": _TEXT_FIELDS["plain_text_input"],
}
IN_SECTION: dict[str, Check] = {
    "button": BUTTON,
    "image": IMAGE,
    "overflow": _OVERFLOW,
    **_SELECTS,
    **_CHOICES,
    **{kind: _PICKERS[kind] for kind in ("datepicker", "timepicker")},
}
IN_INPUT: dict[str, Check] = {**_SELECTS, **_CHOICES, **_PICKERS, **_TEXT_FIELDS, **_ONLY_INPUT}

_SUGGESTED = shape(
    {
        "options": listed(PLAIN_OPTION, most=100, least=0),
        "option_groups": listed(OPTION_GROUP, most=100, least=0),
    },
    rules=(options_or_groups,),
)


def option_problems(answer: Any) -> Problems:
    """List what is wrong with an answer to `block_suggestion`."""
    return run(_SUGGESTED, answer, at="")
