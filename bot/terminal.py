"""Questions to whoever types a command; never on standard output, which may be JSON."""

import typer

from bot.core.errors import UserError


def ask(given: str | None, words: str) -> str:
    """Ask for what was not given.

    Raises:
        UserError: Nobody answers.
    """
    if given is not None:
        return given
    try:
        return str(typer.prompt(words, err=True))
    except typer.Abort:
        typer.echo(err=True)  # Ends the line of the question.
        raise UserError("Nothing was sent. --help names what can be given.") from None


def confirm(question: str) -> None:
    """Insist on a yes.

    Raises:
        UserError: It was no, or nobody answers.
    """
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        typer.echo(err=True)
        agreed = False
    if not agreed:
        raise UserError("Nothing was changed. With --yes nobody is asked.")
