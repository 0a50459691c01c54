"""Refuse what Slack refuses in an app's manifest, with JSON pointers.

`structure` checks against `manifest.schema.json`, which `checks/refresh` generates from the types
of npm's `@slack/web-api`; `rules` holds what no schema can say; `words` what Slack reserves and
asks for. A new rule is a new row in `rules.RULES`.
"""

from typing import Any

from twin.slack.manifests.problem import Problem
from twin.slack.manifests.rules import rule_problems
from twin.slack.manifests.structure import structure_problems

__all__ = ["Problem", "find_problems", "manifest_problems"]


def find_problems(manifest: Any) -> list[Problem]:
    """List what is wrong with a manifest; rules are asked only of one that has the right shape."""
    return structure_problems(manifest) or rule_problems(manifest)


def manifest_problems(manifest: Any) -> list[str]:
    """List what is wrong with a manifest, each as `[ERROR] words [json-pointer:/where]`."""
    return [str(problem) for problem in find_problems(manifest)]
