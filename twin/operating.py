"""What an operator of a local service may do to a job, each by the name the page and scripts use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from twin.jobs import JobT
from twin.openapi import Operation


@dataclass(frozen=True, kw_only=True)
class Action(Generic[JobT]):
    """One thing an operator does.

    Attributes:
        run: Takes the job's id and gives the job as it then is.
        takes: Field of the body → the argument of `run` that it becomes. All are texts.
        needs_all: Nothing may be left out of the body.
    """

    run: Callable[..., JobT]
    takes: Mapping[str, str] = field(default_factory=dict)
    needs_all: bool = False

    def read(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Read a body into arguments of `run`.

        Raises:
            ValueError: It has more than is taken, less than is needed, or what is no text.
        """
        fields = ", ".join(self.takes) or "an empty body"
        if not body.keys() <= self.takes.keys():
            raise ValueError(f"this action takes nothing but {fields}")
        if self.needs_all and body.keys() != self.takes.keys():
            raise ValueError(f"this action needs {fields}")
        if not all(isinstance(value, str) for value in body.values()):
            raise ValueError(f"what this action takes must be texts: {fields}")
        return {self.takes[name]: value for name, value in body.items()}

    def schema(self) -> dict[str, Any]:
        """Describe the body as JSON Schema."""
        return {
            "properties": {name: {"type": "string"} for name in self.takes},
            "required": list(self.takes) if self.needs_all else [],
            "additionalProperties": False,
        }


def describe(call: str, actions: Mapping[str, Action[Any]]) -> Operation:
    """Describe the call by which actions are done."""
    taking = [f"{name} ({', '.join(one.takes)})" for name, one in actions.items() if one.takes]
    return Operation(
        call=call,
        summary=f"Do what an operator does: {', '.join(actions)}. "
        f"Only these take something: {', '.join(taking)}.",
        body={"type": "object", "anyOf": [one.schema() for one in actions.values()]},
    )
