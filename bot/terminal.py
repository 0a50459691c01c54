"""Questions to whoever types a command; never on standard output, which may be JSON.

typer's own prompts leave a blank there even when told to use standard error.
"""

import sys

import typer

from bot.core.errors import UserError


def ask(given: str | None, words: str) -> str:
    """Ask for what was not given.

    Raises:
        UserError: Nobody answers.
    """
    if given is not None:
        return given
    answer = _read_answer(words)
    if answer is None:
        raise UserError("Nothing was sent. --help names what can be given.")
    return answer


def confirm(question: str) -> None:
    """Insist on a yes.

    Raises:
        UserError: It was anything else, or nobody answers.
    """
    answer = _read_answer(f"{question} [y/N]") or ""
    if answer.lower() not in {"y", "yes"}:
        raise UserError("Nothing was changed. With --yes nobody is asked.")


def _read_answer(words: str) -> str | None:
    """Read a line; None at the end of the input."""
    typer.echo(f"{words}: ", nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        typer.echo(err=True)  # Ends the line of the question.
        return None
    return line.strip()
