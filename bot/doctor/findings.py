"""What an examination finds, and how it is written down."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How bad it is; a problem stops the bot from working."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: What it is about, in a word or two.
        todo: What to do; None where there is nothing.
    """

    level: Level
    about: str
    text: str
    todo: str | None = None


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Makes findings about one thing."""

    about: str

    def ok(self, text: str) -> Finding:
        """Find it in order."""
        return Finding(level=Level.OK, about=self.about, text=text)

    def warning(self, text: str, todo: str) -> Finding:
        """Find something that could be better."""
        return Finding(level=Level.WARNING, about=self.about, text=text, todo=todo)

    def problem(self, text: str, todo: str) -> Finding:
        """Find something that stops the bot from working."""
        return Finding(level=Level.PROBLEM, about=self.about, text=text, todo=todo)


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Tell whether the bot can work."""
    return all(finding.level is not Level.PROBLEM for finding in findings)


def as_lines(findings: Iterable[Finding]) -> list[str]:
    """Write findings for people, what to do under each that needs it."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.level:<8} {finding.about:<12} {finding.text}")
        if finding.todo is not None:
            lines.append(f"{'':<21} > {finding.todo}")
    return lines


def as_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """Write findings for programs."""
    listed = list(findings)
    return {"healthy": is_healthy(listed), "findings": [asdict(finding) for finding in listed]}
