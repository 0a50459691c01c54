"""Which blocks an app may put where.

Source: docs.slack.dev/reference/block-kit/blocks, the column of surfaces, read in copies,
    2026-11-22. A `file` block is only ever read, never sent.
"""

from typing import Literal

Surface = Literal["message", "modal", "home"]

_EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
_MESSAGES: frozenset[Surface] = frozenset({"message"})
_NOWHERE: frozenset[Surface] = frozenset()

SURFACES: dict[str, frozenset[Surface]] = {
    "actions": _EVERYWHERE,
    "alert": frozenset({"modal"}),
    "card": _EVERYWHERE,
    "carousel": frozenset({"message", "home"}),
    "container": _MESSAGES,
    "context": _EVERYWHERE,
    "context_actions": _MESSAGES,
    "data_table": _MESSAGES,
    "divider": _EVERYWHERE,
    "file": _NOWHERE,
    "header": _EVERYWHERE,
    "image": _EVERYWHERE,
    "input": _EVERYWHERE,
    "markdown": _MESSAGES,
    "plan": _MESSAGES,
    "rich_text": _EVERYWHERE,
    "section": _EVERYWHERE,
    "table": _MESSAGES,
    "task_card": _MESSAGES,
    "video": _EVERYWHERE,
}
