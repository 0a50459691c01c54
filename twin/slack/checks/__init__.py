"""Refuse what Slack refuses in blocks and views, in Slack's words, with JSON pointers.

`schema` is the small language of checks; `parts`, `elements`, `blocks` and `views` are tables in
it. A new block is a new row in `blocks.BLOCKS`.

Source of all limits, unless said otherwise: Block Kit reference and the types of Slack's own
    node-slack-sdk, read 2026-11-21; where two copies differ the smaller number is taken.
"""

from twin.slack.checks.blocks import block_problems
from twin.slack.checks.elements import option_problems
from twin.slack.checks.views import view_problems

__all__ = ["block_problems", "option_problems", "view_problems"]
