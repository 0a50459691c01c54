"""Twin and bot, connected and running, in a folder of their own."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from twin.demo.bot_process import BotError, BotProcess
from twin.demo.environment import (
    Place,
    build_environment,
    free_port,
    read_dialect,
    write_catalog,
)
from twin.jarai.app import JaraiTwin
from twin.jarai.dialect import DIALECTS
from twin.launch import Twins
from twin.slack.app import SlackTwin

STORY = ("slack", "jarai")
"""The services that the story needs; the others would only make it start later."""

EVENTS = (
    "production.queued",
    "production.step.complete",
    "production.published",
    "production.failed",
    "deliverable.ready",
)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a story is played with."""

    slack: SlackTwin
    jarai: JaraiTwin
    bot: BotProcess
    bot_url: str


def make_folder() -> Path:
    """Make the folder for the bot's database and log."""
    return Path(tempfile.mkdtemp(prefix="greenlight-demo-"))


@contextlib.asynccontextmanager
async def set_up(
    folder: Path, *, port: int, speed: float, by_socket: bool = False
) -> AsyncIterator[Stage]:
    """Start everything, and end everything on the way out.

    Args:
        port: Port of the first service, the others and the bot following; 0 takes free ones.
        by_socket: Whether the bot hears Slack over Socket Mode.

    Raises:
        BotError: The bot does not start.
        OSError: A port is taken.
        ValueError: The caller's environment names a generation of JARAI's API that there is not.
    """
    dialect = read_dialect()
    twins = Twins(only=STORY, port=port, speed=speed)
    place = Place(folder=folder, port=port + len(STORY) if port else free_port())
    slack, jarai = twins.slack, twins.jarai
    if slack is None or jarai is None:
        raise RuntimeError("all services were asked for")
    async with contextlib.AsyncExitStack() as stack:
        await twins.start()
        stack.push_async_callback(twins.stop)
        jarai.configure(dialects=dialect)
        secret = await register_webhooks(
            jarai, endpoint_url=f"{place.url}/webhooks/jarai", dialect=dialect
        )
        slack.app.is_socket_mode = by_socket
        write_catalog(place, page_url=f"{slack.url}/")
        environment = build_environment(
            place,
            twins,
            webhook_secret=secret,
            speed=speed,
            dialect=dialect,
            app_token=slack.app.app_token if by_socket else None,
        )
        bot = BotProcess(folder=folder, environment=environment)
        stack.push_async_callback(bot.stop)
        await bot.start()
        await bot.wait_ready(place.url)
        slack.app.request_url = f"{place.url}/slack/events"
        yield Stage(slack=slack, jarai=jarai, bot=bot, bot_url=place.url)


async def register_webhooks(jarai: JaraiTwin, *, endpoint_url: str, dialect: str) -> str:
    """Subscribe the bot to the five documented events, as a partner would.

    Returns:
        The signing secret, which is shown this once.

    Raises:
        BotError: The service refused.
    """
    body = {"endpointUrl": endpoint_url, "eventTypes": list(EVENTS)}
    path = DIALECTS[dialect].path_of("add_webhook")
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": jarai.key_of(dialect)}) as session,
        session.post(jarai.url + path, json=body) as answer,
    ):
        found = await answer.json()
        if "signingSecret" not in found:
            raise BotError(f"the local JARAI refused the webhook: {answer.status}")
        return str(found["signingSecret"])
