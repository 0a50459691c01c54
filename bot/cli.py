# ruff: noqa: PLC0415 - What a command needs is imported inside it, so that `--help` is quick.
"""The command line: reads arguments and settings, calls one function, prints what it says."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.core.errors import (
    BotError,
    ProviderError,
    SettingsError,
    StorageError,
    UnknownProductionError,
    UserError,
)
from bot.terminal import ask, confirm

if TYPE_CHECKING:
    from bot.core.events import Event
    from bot.core.production import Decision, Production
    from bot.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
JARAI = "jarai"

app = typer.Typer(
    name="greenlight",
    help="Video productions in Slack, each in one thread from request to files.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
jarai = typer.Typer(help="What has to be set up at JARAI.", no_args_is_help=True)
webhooks = typer.Typer(help="Where JARAI tells us its news.", no_args_is_help=True)
app.add_typer(jarai, name=JARAI)
jarai.add_typer(webhooks, name="webhooks")


def main(arguments: list[str] | None = None) -> None:
    """Run a command; exit 2 for a wrong setting, 1 for anything else that went wrong."""
    try:
        app(args=arguments, prog_name="greenlight")
    except SettingsError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except BotError as error:
        typer.echo(_sentence(error), err=True)
        sys.exit(1)


def _sentence(error: BotError) -> str:
    """Say in a sentence what went wrong."""
    if isinstance(error, UnknownProductionError):
        return "There is no production with this id."
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, ProviderError):
        # Only the commands below `jarai` speak to a service.
        named = f" JARAI's id for this: {error.correlation_id}" if error.correlation_id else ""
        return f"{error.text}{named}"
    if isinstance(error, StorageError):
        return "The database is locked or gone. See docs/runbooks/database-gone.md."
    return str(error)


@app.command()
def serve() -> None:
    """Run the bot until it is ended."""
    settings = _settings()
    from bot.catalog import read_catalog
    from bot.serve import run

    run(settings, read_catalog(settings.catalog))


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option(help="End after the story.")] = False,
    port: Annotated[int, typer.Option(help="First port; 0 takes free ones.")] = 0,
    speed: Annotated[
        float | None, typer.Option(help="Seconds the video service lives per real second.")
    ] = None,
    provider: Annotated[str, typer.Option(help="Which video service.")] = JARAI,
    socket: Annotated[
        bool, typer.Option("--socket", help="Hear Slack over Socket Mode, and reconnect midway.")
    ] = False,
) -> None:
    """Play one production against the offline twin, and print its thread."""
    from twin.demo import DEFAULT_SPEED, run

    chosen = DEFAULT_SPEED if speed is None else speed
    raise typer.Exit(run(once=once, port=port, speed=chosen, provider=provider, by_socket=socket))


@app.command()
def twin(
    port: Annotated[int, typer.Option(help="First port; 0 takes free ones.")] = 0,
    speed: Annotated[float, typer.Option(help="Seconds the services live per real second.")] = 1.0,
    only: Annotated[str | None, typer.Option(help="Comma list, such as slack,jarai.")] = None,
    bot_url: Annotated[
        str | None, typer.Option(help="Where the local Slack sends what people do.")
    ] = None,
) -> None:
    """Run the local Slack and the local services alone; one JSON line says where they are."""
    from twin.launch import run

    services = None if only is None else only.split(",")
    address = {} if bot_url is None else {"bot_url": bot_url}
    try:
        run(port=port, speed=speed, only=services, **address)
    except (ValueError, OSError) as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(2) from None


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """Check everything that must be right before serving; exit 1 where something is wrong."""
    settings = _settings()
    from bot import doctor as examination
    from bot.app import utc_now

    findings = asyncio.run(examination.examine(settings, clock=utc_now))
    if as_json:
        _print_json(examination.as_json(findings))
    else:
        _print_lines(examination.as_lines(findings))
    raise typer.Exit(0 if examination.is_healthy(findings) else 1)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    settings = _settings()
    from storage.migrate import migrate as bring_up_to_date

    asyncio.run(bring_up_to_date(settings.database_url))
    typer.echo("The database has the newest schema.")


@app.command("list")
def list_productions(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List productions, those changed last first."""
    settings = _settings()
    from bot import report

    productions = asyncio.run(_load_list(settings, limit))
    if as_json:
        _print_json(report.list_as_json(productions))
    else:
        _print_lines(report.list_as_lines(productions))


@app.command()
def show(
    production_id: Annotated[str, typer.Argument(metavar="ID", help="Such as 7K3MQ2.")],
    *,
    as_json: AsJson = False,
    answer: Annotated[
        bool,
        typer.Option(
            "--answer",
            help="Print what nobody could follow, secrets and all; it is kept for 7 days.",
        ),
    ] = False,
) -> None:
    """Show a production's history, attempts and decisions, and what may safely be done."""
    settings = _settings()
    if answer:
        _print_json(asyncio.run(_load_answer(settings, production_id.upper())))
        return
    from bot import report

    production, events, decisions = asyncio.run(_load_one(settings, production_id.upper()))
    if as_json:
        _print_json(report.show_as_json(production, events=events, decisions=decisions))
    else:
        _print_lines(report.show_as_lines(production, events=events, decisions=decisions))


@app.command()
def manifest(
    *,
    url: Annotated[
        str | None, typer.Option(help="How Slack reaches the bot; else PUBLIC_URL.")
    ] = None,
    socket: Annotated[bool, typer.Option("--socket", help="For Socket Mode.")] = False,
) -> None:
    """Print the Slack manifest for this deployment."""
    settings = _settings(**({} if url is None else {"public_url": url}))
    from bot.manifest import as_yaml, build_manifest, read_manifest

    filled = build_manifest(
        read_manifest(), command=settings.command, url=settings.public_url, is_socket=socket
    )
    typer.echo(as_yaml(filled), nl=False)


@webhooks.command("list")
def list_jarai_webhooks(*, as_json: AsJson = False) -> None:
    """List the addresses that are registered at JARAI."""
    settings = _settings()
    from bot.app import utc_now
    from bot.subscriptions import list_webhooks, subscription_json, subscription_lines

    found = asyncio.run(list_webhooks(settings, JARAI, clock=utc_now))
    if as_json:
        _print_json([subscription_json(one) for one in found])
    else:
        _print_lines(subscription_lines(found))


@webhooks.command("add")
def add_jarai_webhook(*, as_json: AsJson = False) -> None:
    """Register PUBLIC_URL at JARAI and keep the signing secret, encrypted, in the database."""
    settings = _settings()
    from bot.app import utc_now
    from bot.subscriptions import add_webhook, subscription_json, subscription_lines

    made = asyncio.run(add_webhook(settings, JARAI, clock=utc_now))
    if as_json:
        _print_json(subscription_json(made))
    else:
        _print_lines(subscription_lines([made]))


@webhooks.command("remove")
def remove_jarai_webhook(
    webhook_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")],
) -> None:
    """Remove an address at JARAI, and forget its secret."""
    settings = _settings()
    from bot.app import utc_now
    from bot.subscriptions import remove_webhook

    asyncio.run(remove_webhook(settings, JARAI, webhook_id, clock=utc_now))
    typer.echo(f"{webhook_id} is removed.")


@jarai.command("register")
def register_at_jarai(
    *,
    organisation: Annotated[str | None, typer.Option(help="Name of the organisation.")] = None,
    email: Annotated[str | None, typer.Option(help="Where JARAI writes to.")] = None,
    name: Annotated[str | None, typer.Option(help="Who reads it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask to become a partner of JARAI's older generation; asks for what is not given."""
    settings = _settings()
    from bot import enrolment
    from bot.app import utc_now
    from bot.providers.desks import Applicant
    from bot.services import open_partner_desk

    desk = open_partner_desk(settings, clock=utc_now)
    applicant = Applicant(
        organisation=ask(organisation, "Organisation"),
        email=ask(email, "E-mail address"),
        name=ask(name, "Name of who reads it"),
    )
    partner_id = asyncio.run(desk.register(applicant))
    if as_json:
        _print_json(enrolment.registered_json(partner_id, email=applicant.email))
    else:
        _print_lines(enrolment.registered_lines(partner_id, desk, email=applicant.email))


@jarai.command("verify")
def verify_at_jarai(
    link: Annotated[
        str | None, typer.Argument(metavar="LINK", help="From JARAI's mail, or the token in it.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Change the link in JARAI's mail for the key, which is printed this once."""
    settings = _settings()
    from bot import enrolment
    from bot.app import utc_now
    from bot.services import open_partner_desk

    desk = open_partner_desk(settings, clock=utc_now)
    made = asyncio.run(desk.verify(ask(link, "Link in JARAI's mail")))
    if as_json:
        _print_json(enrolment.key_json(made))
    else:
        _print_lines(enrolment.key_lines(made, desk))


@jarai.command("rotate-key")
def rotate_jarai_key(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change the key in JARAI_API_KEY for a new one, which is printed this once."""
    settings = _settings()
    from bot import enrolment
    from bot.app import utc_now
    from bot.services import open_partner_desk

    desk = open_partner_desk(settings, clock=utc_now)
    key = enrolment.present_key(settings, desk)
    if not yes:
        confirm(enrolment.ROTATION_QUESTION)
    made = asyncio.run(desk.rotate_key(key))
    if as_json:
        _print_json(enrolment.key_json(made))
    else:
        _print_lines(enrolment.key_lines(made, desk))


def _settings(**overrides: Any) -> "Settings":
    """Read the settings and set up logging by them."""
    from bot import logs
    from bot.settings import read_settings, unknown_names

    settings = read_settings(**overrides)
    logs.configure(
        level=settings.log_level,
        log_format=settings.log_format,
        secrets=logs.secrets_in(settings),
    )
    logs.warn_of_unknown(unknown_names())
    return settings


async def _load_list(settings: "Settings", limit: int) -> "list[Production]":
    from bot.database import open_to_look

    database, store = await open_to_look(settings)
    try:
        return await store.list_productions(limit=limit)
    finally:
        await database.close()


async def _load_one(
    settings: "Settings", production_id: str
) -> "tuple[Production, list[Event], list[Decision]]":
    from bot.database import open_to_look

    database, store = await open_to_look(settings)
    try:
        production = await store.load(production_id)
        return (
            production,
            await store.events(production_id),
            await store.decisions(production_id),
        )
    finally:
        await database.close()


async def _load_answer(settings: "Settings", production_id: str) -> dict[str, Any] | None:
    from bot.database import open_to_look

    database, store = await open_to_look(settings)
    try:
        await store.load(production_id)
        job = await store.kept_answer(production_id)
        return None if job is None else {"job_id": job.job_id, "handle": dict(job.handle)}
    finally:
        await database.close()


def _print_lines(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
