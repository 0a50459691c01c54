"""Checks of modals and Home tabs."""

from typing import Any

from twin.slack.checks.blocks import block_list
from twin.slack.checks.parts import plain
from twin.slack.checks.schema import Check, Problems, add, flag, run, shape, string, typed
from twin.slack.model import Json

_COMMON: dict[str, Check] = {
    "blocks": block_list(most=100),
    "private_metadata": string(most=3000, least=0),
    "callback_id": string(most=255, least=0),
    "external_id": string(most=255, least=0),
}


def _submit_with_inputs(view: Json, at: str, problems: Problems) -> None:
    """Want a way to send what can be entered."""
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    if has_inputs and "submit" not in view:
        add(problems, at, "missing required field: submit")


def _one_focus(view: Json, at: str, problems: Problems) -> None:
    """Want at most one element to take the focus."""
    elements = [element for block in view["blocks"] for element in _elements(block)]
    if sum(element.get("focus_on_load") is True for element in elements) > 1:
        add(problems, f"{at}/blocks", "only one element can have focus_on_load set to true")


def _elements(block: Json) -> list[Json]:
    single = [block[key] for key in ("accessory", "element") if key in block]
    return [*single, *(block["elements"] if block["type"] == "actions" else [])]


_VIEW = typed(
    {
        "modal": shape(
            {
                **_COMMON,
                "title": plain(24),
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": flag,
                "notify_on_close": flag,
            },
            needs=("title", "blocks"),
            rules=(_submit_with_inputs, _one_focus),
        ),
        "home": shape(_COMMON, needs=("blocks",), rules=(_one_focus,)),
    },
    what="view type",
)


def view_problems(view: Any, *, at: str = "/view") -> Problems:
    """List what is wrong with a view."""
    return run(_VIEW, view, at=at)
